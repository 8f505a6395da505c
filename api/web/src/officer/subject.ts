import type { DueEntry, SubjectRef } from './store/types.ts'
import { moment, sameDay, clock } from './words.ts'
import { groupOf } from './order.ts'
import type { OfficerWork } from './work.ts'

/** Long codes begin alike: their ends tell one thing from the next. */
const longestCode = 10
const shownCode = 6

/** What people call a thing: its name, else its kind and code. */
export function nameOf(work: Pick<OfficerWork, 'kindTitle'>, subject: SubjectRef & { name?: string | null; code?: string | null }): string {
  const code = String(subject.code ?? subject.id)
  return subject.name || `${work.kindTitle(subject.kind)} ${code.length > longestCode ? `…${code.slice(-shownCode)}` : code}`
}

/** Until when, or since when it waits, in few words. */
export function dueText({ app, store }: Pick<OfficerWork, 'app' | 'store'>, entry: DueEntry): string {
  const { t, lang } = app.settings
  const now = store.now()
  switch (groupOf(entry)) {
    case 'overdue': return entry.missed > 1 ? t('officer.missedN', { n: entry.missed }) : t('officer.missed')
    case 'due': return sameDay(entry.to, now) ? t('officer.until', { at: clock(entry.to, lang.value) }) : t('officer.until', { at: moment(entry.to, now, lang.value) })
    case 'done': return t('officer.doneAt', { at: moment(entry.here?.at ?? entry.last?.at ?? entry.from, now, lang.value) })
    default: return t('officer.from', { at: moment(entry.from, now, lang.value) })
  }
}

export function checkHref(entry: { id: string }): string {
  return `/today/check?item=${encodeURIComponent(entry.id)}`
}

export function subjectText({ kind, id }: SubjectRef): string {
  return `${kind}/${id}`
}

/** Reads what subjectText wrote. */
export function subjectIn(text: string | null): SubjectRef | undefined {
  const [, kind, id] = /^(\w+)\/(\d+)$/.exec(text ?? '') ?? []
  return kind === undefined ? undefined : { kind, id: Number(id) }
}

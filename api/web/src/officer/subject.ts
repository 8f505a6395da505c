import type { DueEntry, SubjectRef } from './store/types.ts'
import { moment, untilText } from './words.ts'
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
  switch (entry.state) {
    case 'overdue': return entry.missed > 1 ? t('officer.missedN', { n: entry.missed }) : t('officer.missed')
    case 'due': return entry.to === null ? '' : t('officer.until', { at: untilText(entry.to, now, lang.value) })
    case 'done': return entry.last ? t('officer.doneAt', { at: moment(entry.last.at, now, lang.value) }) : ''
    default: return entry.from === null ? t('officer.noneComes') : t('officer.from', { at: moment(entry.from, now, lang.value) })
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

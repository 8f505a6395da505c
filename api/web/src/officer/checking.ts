import { nameOf, subjectIn } from './subject.ts'
import type { CheckForm } from './check.ts'
import type { DueEntry, SubjectRef, Uuid } from './store/types.ts'
import type { OfficerWork } from './work.ts'

type Of = Pick<CheckForm, 'subject' | 'name' | 'checklist' | 'edition' | 'seen'> & { item?: string; plan?: string }

export function beginCheck(of: Of | undefined): CheckForm {
  const { item = null, plan = null, ...rest } = of ?? { subject: { kind: 'place', id: 0 }, name: '', checklist: '', edition: '', seen: 0 }
  return { item, plan, ...rest, answers: {}, abnormal: false, note: '', pin: null, exists: false, problem: null }
}

/** The check that an address asks for: a draft of it where there is one, of a due item, or of any subject outside the plans. */
export function findCheck(work: OfficerWork, query: URLSearchParams): { form: CheckForm; draft?: Uuid } | undefined {
  const drafts = work.store.drafts.value.filter(({ kind }) => kind === 'check').map((one) => ({ id: one.id, form: one.form as CheckForm }))
  const asked = drafts.find(({ id }) => id === query.get('draft'))
  if (asked) return { form: structuredClone(asked.form), draft: asked.id }
  const item = query.get('item')
  const entry = item === null ? undefined : work.due.value.find(({ id }) => id === item)
  const subject = entry?.subject ?? subjectIn(query.get('subject'))
  if (!subject) return undefined
  const begun = drafts.find(({ form }) => form.subject.kind === subject.kind && form.subject.id === subject.id && (!item || form.item === item))
  if (begun) return { form: structuredClone(begun.form), draft: begun.id }
  return entry ? { form: ofEntry(work, entry) } : ofSubject(work, subject)
}

function ofEntry(work: OfficerWork, { id, plan, subject, checklist, edition }: DueEntry): CheckForm {
  return beginCheck({ item: id, plan, subject: { kind: subject.kind, id: subject.id }, name: nameOf(work, subject), checklist, edition, seen: work.feature(subject)?.revision ?? 0 })
}

function ofSubject(work: OfficerWork, subject: SubjectRef): { form: CheckForm } | undefined {
  const checklist = work.store.pack.value?.checklists.find(({ subject_kind: kind }) => kind === subject.kind)
  if (!checklist) return undefined
  const feature = work.feature(subject)
  const { name, code } = (feature?.properties ?? {}) as { name?: string; code?: string }
  return { form: beginCheck({ subject, name: nameOf(work, { ...subject, name: name ?? null, code: code ?? null }), checklist: checklist.code, edition: checklist.edition, seen: feature?.revision ?? 0 }) }
}

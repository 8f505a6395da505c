import type { Position } from '../api/types.ts'
import { fixOf, type Here } from './position.ts'
import type { Answer, CheckBody, Checklist, KeptPhoto, ProblemBody, ProblemClass, SubjectRef } from './store/types.ts'
import { ofKind } from './photos.ts'

/** What a check says so far. */
export interface CheckForm {
  item: string | null
  plan: string | null
  subject: SubjectRef
  name: string
  checklist: string
  edition: string
  seen: number
  answers: Record<string, Answer>
  abnormal: boolean
  note: string
  pin: Position | null
  /** The record of the thing was looked at and is right. */
  exists: boolean
  problem: { on: boolean; class: string; onTheSpot: boolean } | null
}

export type Lack = 'item' | 'photo' | 'class' | 'before' | 'after' | 'what' | 'place' | 'fields'

export function failedIn(form: Pick<CheckForm, 'answers'>, checklist: Checklist | undefined): Checklist['items'] {
  return (checklist?.items ?? []).filter(({ code }) => form.answers[code] === 'fail')
}

/** What is still missing before an abnormal check can be recorded; undefined where nothing is. */
export function lackOf(form: CheckForm, checklist: Checklist | undefined, of: ProblemClass | undefined, photos: readonly KeptPhoto[]): Lack | undefined {
  const failed = failedIn(form, checklist)
  if (failed.length === 0 && (checklist?.items.length ?? 0) > 0) return 'item'
  if (failed.some(({ photo_on_fail: needs }) => needs) && photos.length === 0) return 'photo'
  return form.problem?.on ? problemLack({ class: form.problem.class, onTheSpot: form.problem.onTheSpot }, of, photos) : undefined
}

export function problemLack(form: { class: string; onTheSpot: boolean }, of: ProblemClass | undefined, photos: readonly KeptPhoto[]): Lack | undefined {
  if (form.class === '') return 'class'
  if (of?.photo_before && ofKind(photos, 'before').length === 0) return 'before'
  if (form.onTheSpot && of?.photo_after && ofKind(photos, 'after').length === 0) return 'after'
  return undefined
}

/** What a check sends. What was not judged in a check where something fails has passed, as the page says. */
export function bodyOf(form: CheckForm, checklist: Checklist | undefined, here: Here | undefined): CheckBody {
  const answers = Object.fromEntries((checklist?.items ?? []).map(({ code }) => [code, form.abnormal ? form.answers[code] ?? 'pass' : form.answers[code] === 'na' ? 'na' : 'pass'])) as Record<string, Answer>
  const fix = fixOf(here, form.pin ?? undefined)
  const problem: ProblemBody | undefined = form.abnormal && form.problem?.on
    ? { class: form.problem.class, subject: form.subject, ...(form.note !== '' && { note: form.note }), ...(fix && { fix }), ...(form.problem.onTheSpot && { on_the_spot: true }) }
    : undefined
  return {
    ...(form.plan !== null && { plan: form.plan }), subject: form.subject, checklist: form.checklist, edition: form.edition,
    result: form.abnormal ? 'abnormal' : 'normal', answers, seen: form.seen,
    ...(form.note !== '' && { note: form.note }), ...(fix && { fix }), ...(problem && { problem }),
  }
}

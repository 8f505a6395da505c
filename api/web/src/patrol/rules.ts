import type { ProblemClass } from './types.ts'

/** The form of a code of a class. */
export const classForm = /^[a-z][a-z0-9_]{0,30}$/
const ordinalStep = 10
/** What a report may be a duplicate of where nobody said otherwise. */
const usualDuplicate = { duplicate_m: 50, duplicate_hours: 24 }

/** What a new class begins with: the last of the first group. */
export function emptyClass(classes: readonly ProblemClass[]): ProblemClass {
  return {
    code: '', parent: classes.find(({ parent }) => !parent)?.code ?? null, title: '', title_en: '', subject_kinds: [], handle_hours: 24, responsible_dept: null, photo_before: true, photo_after: true,
    ...usualDuplicate, standard: '', verified: false, enabled: true, ordinal: Math.max(0, ...classes.map(({ ordinal }) => ordinal)) + ordinalStep, revision: 0,
  }
}

/** Groups that a class can go into: classes have two levels, and a group that has some stays one. */
export function parentsOf({ code }: Pick<ProblemClass, 'code'>, classes: readonly ProblemClass[]): ProblemClass[] {
  if (classes.some(({ parent }) => parent === code)) return []
  return classes.filter((one) => !one.parent && one.code !== code)
}

/** A whole number in bounds; undefined for anything else, an empty field among it. */
export function wholeIn(value: unknown, least: number, most: number): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : undefined
}

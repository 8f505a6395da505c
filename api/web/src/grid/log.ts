import type { Translate } from '../i18n/index.ts'
import type { Edit } from './types.ts'

const shownCodes = 6

/** The edits that a later one undid. */
export function undoneEdits(edits: Edit[]): Set<number> {
  return new Set(edits.flatMap(({ id, undoes, undone_by: by }) => [...(undoes === null ? [] : [undoes]), ...(by ? [id] : [])]))
}

/** Which grids an edit made, retired and changed, the first few of each. */
export function editText({ made = [], retired = [], changed = [] }: Edit, t: Translate): string {
  const codes = (list: string[]) => list.slice(0, shownCodes).map(shortCode).join('、') + (list.length > shownCodes ? ` …（${list.length}）` : '')
  return [
    ...(retired.length > 0 ? [t('grid.log.retired', { codes: codes(retired) })] : []),
    ...(made.length > 0 ? [t('grid.log.made', { codes: codes(made) })] : []),
    ...(changed.length > 0 ? [t('grid.log.changed', { codes: codes(changed) })] : []),
  ].join('；')
}

const longCode = 12
const tail = 6

/** Of a long code its end: what stands before says only where it is. */
export function shortCode(code: string): string {
  return code.length > longCode ? `…${code.slice(-tail)}` : code
}

import type { Import, Options } from './types.ts'

export const steps = ['read', 'map', 'check', 'done'] as const
export type Step = (typeof steps)[number]

/** It is known which layer the file is for, and what its numbers mean. */
export function isRead(one: Import | undefined): boolean {
  const datum = one?.inspection?.datum
  if (!datum || one?.layer === null || datum.problem || datum.axes_needed) return false
  return !datum.needed || datum.stated !== null || (one?.options.datum ?? '') !== ''
}

/** Every field that has to be filled is. */
export function isMapped(one: Import | undefined): boolean {
  return isRead(one) && one?.inspection?.missing_required.length === 0
}

/** Where somebody who opens the page goes on. */
export function stepOf(one: Import): Step {
  switch (one.state) {
    case 'uploaded': return isMapped(one) ? 'check' : isRead(one) ? 'map' : 'read'
    case 'checking': case 'checked': return 'check'
    default: return 'done'
  }
}

/** The options with one more column mapped: a field comes from one column only, so another column that had it gives it up. */
export function mapped(one: Import, heading: string, field: string): Options {
  const maps = { ...one.options.maps }
  for (const column of one.inspection?.columns ?? []) {
    if (field !== '' && column.field === field && column.heading !== heading) maps[column.heading] = ''
  }
  maps[heading] = field
  return { maps }
}

/** The share of what is known of how far it is; undefined where nobody knows. */
export function shareOf(one: Import | undefined): number | undefined {
  const progress = one?.progress
  return progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : undefined
}

/** Bytes in words a person reads. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(0)} kB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}

import type { FormField } from '../edit/form.ts'
import type { Change, Version } from '../edit/server.ts'

/** Fields that every write changes. */
const silent = new Set(['revision', 'updated_at', 'updated_by', 'created_at', 'geom', 'geometry'])

export interface ReadableChange {
  field: FormField
  before: unknown
  after: unknown
}

/** The changes that say something, in the order of the form. What the form does not know is left out. */
export function readable(changes: readonly Change[], fields: readonly FormField[]): ReadableChange[] {
  const order = new Map(fields.map((field, i) => [field.key, { field, i }]))
  return changes.flatMap(({ field: key, before, after }) => {
    const known = order.get(key)
    return known && !silent.has(key) ? [{ field: known.field, before, after, i: known.i }] : []
  }).sort((a, b) => a.i - b.i)
}

/** A version that shapes can be compared with: one that moved it, or made it. */
export function movedIt({ op, moved_m, changes }: Version): boolean {
  return op === 'update' && ((moved_m ?? 0) > 0 || changes.some(({ field }) => field === 'geom' || field === 'geometry'))
}

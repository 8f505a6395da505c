import type { Geometry } from 'geojson'
import { sameInput, type Draft, type FormField, type Input } from './form.ts'

export type Side = 'mine' | 'theirs'

/** A field that I or somebody else changed since I read it. */
export interface MergeRow {
  field: FormField
  base: Input
  mine: Input
  theirs: Input
  /** Both changed it, and not to the same. */
  clash: boolean
  take: Side
}

/** Compares three states of a feature field by field. What only one of us changed is taken from that one; a clash is for a person to decide and begins with mine. */
export function threeWay(fields: readonly FormField[], base: Draft, mine: Draft, theirs: Draft): MergeRow[] {
  return fields.filter(({ readOnly }) => !readOnly).flatMap((field): MergeRow[] => {
    const [was, my, their] = [base[field.key] ?? '', mine[field.key] ?? '', theirs[field.key] ?? '']
    if (sameInput(field, my, their)) return []
    const [iDid, theyDid] = [!sameInput(field, was, my), !sameInput(field, was, their)]
    return [{ field, base: was, mine: my, theirs: their, clash: iDid && theyDid, take: iDid ? 'mine' : 'theirs' }]
  })
}

/** Their state with what was decided for mine. */
export function mergedDraft(theirs: Draft, rows: readonly MergeRow[]): Draft {
  return { ...theirs, ...Object.fromEntries(rows.filter(({ take }) => take === 'mine').map(({ field, mine }) => [field.key, mine])) }
}

export interface ShapeMerge {
  mine: Geometry
  theirs: Geometry
  clash: boolean
  take: Side
}

/** The same for the shape; undefined where mine and theirs are one. */
export function threeWayShape(base: Geometry | null, mine: Geometry | null, theirs: Geometry | null): ShapeMerge | undefined {
  if (!mine || !theirs || sameShape(mine, theirs)) return undefined
  const [iDid, theyDid] = [!sameShape(base, mine), !sameShape(base, theirs)]
  return { mine, theirs, clash: iDid && theyDid, take: iDid ? 'mine' : 'theirs' }
}

/** A tenth of a millimetre is no move. */
export function sameShape(a: Geometry | null | undefined, b: Geometry | null | undefined): boolean {
  const rounded = (shape: Geometry | null | undefined) => JSON.stringify(shape, (_key, value: unknown) => (typeof value === 'number' ? Math.round(value * 1e9) : value))
  const [x, y] = [shapeOnly(a), shapeOnly(b)]
  return rounded(x) === rounded(y)
}

function shapeOnly(shape: Geometry | null | undefined): Geometry | null {
  if (!shape) return null
  return shape.type === 'GeometryCollection' ? shape : { type: shape.type, coordinates: shape.coordinates } as Geometry
}

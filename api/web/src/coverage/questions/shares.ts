import type { Unit } from '../types.ts'

/** The greatest of some values. */
export function mostOf(values: readonly (number | null)[]): number {
  return Math.max(0, ...values.map((value) => value ?? 0))
}

/** Values for colouring: shares as they are, other measures as parts of the greatest among them. */
export function sharesOf(values: readonly (number | null)[], unit: Unit): (number | null)[] {
  if (unit === 'share') return [...values]
  const most = mostOf(values)
  return values.map((value) => (value === null || most === 0 ? null : value / most))
}

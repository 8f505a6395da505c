import type { Theme } from '../state/permalink.ts'

/** A class of a thematic map, worst first to best; `from` is its least value. */
export interface Band {
  from: number
  color: Record<Theme, string>
}

const dayMs = 86_400_000

/** Days since the last visit: green for a visit of late, red for one long ago; never is hatched. */
export const visitBands: readonly Band[] = [
  { from: 0, color: { light: '#0b6e4f', dark: '#37b58b' } },
  { from: 1, color: { light: '#5fae8c', dark: '#2c8a6c' } },
  { from: 3, color: { light: '#bfe3c0', dark: '#1f5c49' } },
  { from: 7, color: { light: '#f2a65a', dark: '#b8722c' } },
  { from: 30, color: { light: '#c8442b', dark: '#e0583d' } },
]

/** Shares of what was found that is done with: more is deeper. */
export const shareBands: readonly Band[] = [
  { from: 0, color: { light: '#e3efea', dark: '#1b2a2a' } },
  { from: 0.2, color: { light: '#bfe0d3', dark: '#1f4a41' } },
  { from: 0.4, color: { light: '#86c5ae', dark: '#24705e' } },
  { from: 0.6, color: { light: '#3f9c80', dark: '#2c9678' } },
  { from: 0.8, color: { light: '#0b6e4f', dark: '#4cc79f' } },
]

/** The index of the class that a value falls into; undefined for none. */
export function bandOf(bands: readonly Band[], value: number | null | undefined): number | undefined {
  if (value === null || value === undefined) return undefined
  const at = bands.findLastIndex(({ from }) => value >= from)
  return at < 0 ? 0 : at
}

/** Whole and broken days since a time; undefined for never. */
export function daysSince(at: string | null, now = Date.now()): number | undefined {
  return at === null ? undefined : Math.max(0, (now - Date.parse(at)) / dayMs)
}

import type { Box } from '../api/types.ts'
import { tints } from './style.ts'

/** Gives neighbours different tints: each grid takes the tint that is rarest among those its box touches. Boxes touch more than grids do, so real neighbours never miss. */
export function tintOf(boxes: readonly Box[]): string[] {
  const chosen: number[] = []
  const used = tints.map(() => 0)
  boxes.forEach((box, i) => {
    const near = tints.map((_, tint) => boxes.slice(0, i).filter((other, j) => chosen[j] === tint && touch(box, other)).length)
    const least = Math.min(...near)
    const free = tints.map((_, tint) => tint).filter((tint) => near[tint] === least)
    const pick = free.reduce((a, b) => ((used[b] ?? 0) < (used[a] ?? 0) ? b : a))
    used[pick] = (used[pick] ?? 0) + 1
    chosen.push(pick)
  })
  return chosen.map((tint) => tints[tint] ?? tints[0])
}

const touch = (a: Box, b: Box) => a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]

/** The box around boxes. */
export function around(boxes: readonly Box[]): Box | undefined {
  if (boxes.length === 0) return undefined
  const of = (side: 0 | 1 | 2 | 3) => boxes.map((box) => box[side])
  return [Math.min(...of(0)), Math.min(...of(1)), Math.max(...of(2)), Math.max(...of(3))]
}

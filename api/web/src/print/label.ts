import type { WallRow } from './data.ts'
import type { Drawn } from './draw.ts'
import type { Rect } from './paper.ts'
import { textWidth } from './table.ts'

export interface WallLabel {
  code: string
  x: number
  y: number
  sizeMm: number
  lines: { text: string; absent: boolean }[]
}

export interface LabelChoice {
  names: boolean
  heads: boolean
  scale: number
  /** What stands where there is no head. */
  vacant: string
}

const leastMm = 1.7
const mostMm = 4.4
/** How much of a grid's width and height its name may take. */
const share = 0.86

/** What is written into a grid: what it is called, and whose it is. */
export function linesOf(row: WallRow, { names, heads, vacant }: Pick<LabelChoice, 'names' | 'heads' | 'vacant'>): WallLabel['lines'] {
  const first = names ? row.name || row.short_code : row.short_code
  return [{ text: first, absent: false }, ...(heads ? [{ text: row.head || vacant, absent: row.head === '' }] : [])]
}

/** Where each name stands on the sheet and how large its letters are: as large as its grid has room for. */
export function placeLabels(rows: readonly WallRow[], drawn: Pick<Drawn, 'at'>, map: Rect, choice: LabelChoice): WallLabel[] {
  return rows.map((row) => {
    const [x, y] = drawn.at(row.center)
    const [west, south, east, north] = row.bbox
    const [left, top] = drawn.at([west, north])
    const [right, bottom] = drawn.at([east, south])
    const lines = linesOf(row, choice)
    const widest = Math.max(...lines.map(({ text }) => textWidth(text)), 1)
    const fit = share * Math.min(((right - left) * map.width) / widest, ((bottom - top) * map.height) / (lines.length * 1.3))
    const sizeMm = Math.min(mostMm * choice.scale, Math.max(leastMm * choice.scale, fit))
    return { code: row.code, x: map.x + x * map.width, y: map.y + y * map.height, sizeMm, lines }
  })
}

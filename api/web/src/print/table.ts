import type { Rect } from './paper.ts'

export interface Column {
  key: string
  /** Share of the width. */
  share: number
}

export interface Cell {
  text: string
  x: number
  y: number
}

export interface TableLayout {
  rowMm: number
  fontMm: number
  /** Where each column of rows begins, and how wide it is. */
  blocks: { x: number; width: number }[]
  rowsPerBlock: number
  shown: number
}

const headRows = 1
const leastRowMm = 2.9
const mostRowMm = 6
const leastBlockMm = 78

/** Fits rows into a frame: in as many blocks side by side as it has room for, in letters as large as the rows allow. Undone rows are counted. */
export function layTable(frame: Rect, rows: number, scale: number): TableLayout {
  const blocks = Math.max(1, Math.floor(frame.width / (leastBlockMm * scale)))
  const wanted = Math.ceil(rows / blocks) + headRows
  const rowMm = Math.min(mostRowMm * scale, Math.max(leastRowMm * scale, frame.height / wanted))
  const rowsPerBlock = Math.max(0, Math.floor(frame.height / rowMm + 1e-9) - headRows)
  const gap = blocks > 1 ? 3 * scale : 0
  const width = (frame.width - gap * (blocks - 1)) / blocks
  return {
    rowMm, fontMm: Math.min(3.2 * scale, rowMm * 0.62), rowsPerBlock, shown: Math.min(rows, rowsPerBlock * blocks),
    blocks: Array.from({ length: blocks }, (_, i) => ({ x: frame.x + i * (width + gap), width })),
  }
}

/** About how wide a text is, in its own height: Han characters are square, others about half as wide. */
export function textWidth(text: string): number {
  return [...text].reduce((sum, character) => sum + (/[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]/.test(character) ? 1 : 0.58), 0)
}

/** As much of a text as fits into a width, in units of its height. */
export function clipText(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  let kept = ''
  for (const character of text) {
    if (textWidth(`${kept}${character}…`) > width) break
    kept += character
  }
  return `${kept}…`
}

import type { LegendItem } from '../api/types.ts'
import type { SpriteImage } from '../state/sprite.ts'

const maxLinePx = 8
const maxIconPx = 18

export const symbolBox = { cx: 14, cy: 9, r: 5 }

/** Lines keep their width on the map as far as the swatch has room for it. */
export function lineWidth({ width = 2 }: LegendItem): number {
  return Math.min(maxLinePx, Math.max(0.75, width))
}

/** A map style gives dashes in line widths, SVG in pixels; an outline is one pixel wide. */
export function dashOf(item: LegendItem): string | undefined {
  if (!item.dash || item.dash.length === 0) return undefined
  const unit = item.kind === 'line' ? lineWidth(item) : 1
  return item.dash.map((part) => Math.max(1, part * unit)).join(' ')
}

/** Icons shrink to the row and never grow. */
export function iconSize({ width, height }: SpriteImage): { width: number; height: number } {
  const factor = Math.min(1, maxIconPx / Math.max(width, height))
  return { width: Math.round(width * factor), height: Math.round(height * factor) }
}

/** The three heights of the phone's sheet. */
export type SheetStop = 'peek' | 'half' | 'full'

export const peekPx = 76
const topGapPx = 64

export function stopPx(stop: SheetStop, screenPx: number): number {
  switch (stop) {
    case 'peek': return peekPx
    case 'half': return Math.round(screenPx * 0.46)
    case 'full': return screenPx - topGapPx
  }
}

/** Where a sheet let go of at `heightPx` comes to rest. */
export function nearestStop(heightPx: number, screenPx: number): SheetStop {
  const stops: SheetStop[] = ['peek', 'half', 'full']
  const distance = (stop: SheetStop) => Math.abs(stopPx(stop, screenPx) - heightPx)
  return stops.reduce((best, stop) => (distance(stop) < distance(best) ? stop : best))
}

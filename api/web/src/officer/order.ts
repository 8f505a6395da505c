import type { Position } from '../api/types.ts'
import { distanceM } from '../inventory/edit/measure.ts'
import type { DueEntry, DueItem } from './store/types.ts'
import { dayBefore, sameDay } from './words.ts'

export type Group = DueEntry['state']

/** Whether something is to be done today: it is late, or its time ends today. The rest of what is due may wait. */
export function isUrgent(entry: DueEntry, now: Date): boolean {
  return entry.state === 'overdue' || (entry.state === 'due' && entry.to !== null && (new Date(entry.to) < now || sameDay(dayBefore(entry.to), now)))
}

/** Whether it was done today, and not on an earlier day of its time. */
export function isDoneToday(entry: DueEntry, now: Date): boolean {
  return entry.state === 'done' && entry.last !== null && sameDay(entry.last.at, now)
}

export const isOpen = ({ state }: DueItem): boolean => state === 'overdue' || state === 'due'

/** Longer walks are put in order by the server alone. */
const longestWalk = 800

/** What is open as one would walk it from `from`: always to the nearest next. What cannot be placed comes last. */
export function nearestFirst(entries: readonly DueEntry[], from: Position | undefined): DueEntry[] {
  const open = entries.filter(isOpen)
  const [placed, lost] = [open.filter(({ subject }) => isPlaced(subject)), open.filter(({ subject }) => !isPlaced(subject))]
  if (!from || placed.length > longestWalk) return [...placed, ...lost]
  const walk: DueEntry[] = []
  let at: Position = from
  while (placed.length > 0) {
    let best = 0
    let bestM = Infinity
    placed.forEach(({ subject }, i) => {
      const away = distanceM(at, [subject.lon, subject.lat])
      if (away < bestM) [best, bestM] = [i, away]
    })
    const [next] = placed.splice(best, 1)
    if (!next) break
    walk.push(next)
    at = [next.subject.lon, next.subject.lat]
  }
  return [...walk, ...lost]
}

export function isPlaced({ lon, lat }: { lon: number; lat: number }): boolean {
  return Number.isFinite(lon) && Number.isFinite(lat) && !(lon === 0 && lat === 0)
}

/** How far it is from here in a straight line, where both are known. */
export function awayM(from: Position | undefined, { lon, lat }: { lon: number; lat: number }): number | undefined {
  return from && isPlaced({ lon, lat }) ? distanceM(from, [lon, lat]) : undefined
}

/** When the next thing becomes due, of what is neither due nor overdue; undefined where nothing is known. */
export function nextFrom(entries: readonly DueItem[], now: Date): Date | undefined {
  const coming = entries.flatMap(({ state, from }) => (state === 'later' && from !== null ? [new Date(from)] : [])).filter((at) => at > now)
  return coming.length > 0 ? new Date(Math.min(...coming.map(Number))) : undefined
}

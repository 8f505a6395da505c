import { onBeforeUnmount, watch } from 'vue'
import { distanceM } from '../inventory/edit/measure.ts'
import type { Locating } from './position.ts'
import type { OfficerStore } from './store/store.ts'

type Point = [lon: number, lat: number, unixMs: number, accuracyM: number]

const stepM = 20
const stepMs = 60_000
/** So many points are sent together; fewer when the page goes out of sight. */
const batch = 30
const coarsestM = 100

/** Keeps where the officer walked while the app is in use, where the bureau has switched tracks on; the server keeps what lies within hours of duty. */
export function useTrack(store: OfficerStore, { here }: Locating): void {
  let points: Point[] = []
  let last: Point | undefined

  function flush(): void {
    if (points.length === 0) return
    const sent = points
    points = []
    store.record('track', { points: sent }, { label: '' }).catch(() => { points = [...sent, ...points].slice(-batch) })
  }
  const stop = watch(here, (now) => {
    if (!store.pack.value?.tracks.enabled || !now || now.accuracyM > coarsestM) return
    const point: Point = [now.at[0], now.at[1], now.since, Math.round(now.accuracyM)]
    if (last && distanceM([last[0], last[1]], now.at) < stepM && point[2] - last[2] < stepMs) return
    last = point
    points.push(point)
    if (points.length >= batch) flush()
  })
  const hide = () => { if (document.hidden) flush() }
  document.addEventListener('visibilitychange', hide)
  onBeforeUnmount(() => {
    stop()
    document.removeEventListener('visibilitychange', hide)
    flush()
  })
}

import { computed, onBeforeUnmount, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { Position } from '../api/types.ts'
import { fromGCJ } from '../inventory/edit/shift.ts'
import type { Fix } from './store/types.ts'

/** What the position of a phone is measured in: some browsers in China hand out shifted coordinates. */
export type Datum = 'wgs84' | 'gcj02'
export const datums: readonly Datum[] = ['wgs84', 'gcj02']

export type PositionState = 'asking' | 'known' | 'denied' | 'unavailable' | 'zero'

/** Where the phone is. */
export interface Here {
  /** On our map. */
  at: Position
  /** As the phone said, in its datum. */
  raw: Position
  datum: Datum
  accuracyM: number
  /** Unix milliseconds by the phone's clock. */
  since: number
}

export interface Locating {
  state: Ref<PositionState>
  here: ComputedRef<Here | undefined>
  datum: Ref<Datum>
  /** Asks again, after somebody gave the permission or went outside. */
  again(): void
}

/** A position older than this is not where a record was made. */
const staleMs = 5 * 60_000
const datumKey = 'wangge.datum'

/** Follows the phone while the page is looked at: a receiver that runs in the pocket empties the battery. */
export function useLocating(): Locating {
  const state = ref<PositionState>('asking')
  const raw: ShallowRef<Omit<Here, 'at' | 'datum'> | undefined> = shallowRef()
  const datum = ref<Datum>(localStorage.getItem(datumKey) === 'gcj02' ? 'gcj02' : 'wgs84')
  let watching: number | undefined

  function take({ coords, timestamp }: GeolocationPosition): void {
    const { longitude, latitude, accuracy } = coords
    if ((longitude === 0 && latitude === 0) || !Number.isFinite(longitude) || !Number.isFinite(latitude)) {
      raw.value = undefined
      state.value = 'zero'
      return
    }
    raw.value = { raw: [longitude, latitude], accuracyM: accuracy, since: timestamp }
    state.value = 'known'
  }
  function fail({ code }: GeolocationPositionError): void {
    if (code === 1) raw.value = undefined
    if (raw.value && Date.now() - raw.value.since < staleMs) return // a gap between two positions
    raw.value = undefined
    state.value = code === 1 ? 'denied' : 'unavailable'
  }
  function begin(): void {
    if (watching !== undefined) return
    if (!('geolocation' in navigator)) state.value = 'unavailable'
    else watching = navigator.geolocation.watchPosition(take, fail, { enableHighAccuracy: true, maximumAge: 10_000, timeout: 30_000 })
  }
  function end(): void {
    if (watching !== undefined) navigator.geolocation.clearWatch(watching)
    watching = undefined
  }
  const follow = () => { if (document.hidden) end(); else begin() }
  document.addEventListener('visibilitychange', follow)
  follow()
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', follow)
    end()
  })

  return {
    state,
    here: computed(() => raw.value && { ...raw.value, datum: datum.value, at: datum.value === 'gcj02' ? fromGCJ(raw.value.raw) as Position : raw.value.raw }),
    datum: computed({
      get: () => datum.value,
      set(next) {
        datum.value = next
        localStorage.setItem(datumKey, next)
      },
    }),
    again() {
      end()
      state.value = 'asking'
      begin()
    },
  }
}

/** What a record says of its place: the phone's position as it came, or the pin with the phone's position beside it. */
export function fixOf(here: Here | undefined, pin: Position | undefined, now = Date.now()): Fix | undefined {
  const fresh = here && now - here.since < staleMs ? here : undefined
  if (pin) {
    return { lon: pin[0], lat: pin[1], datum: 'wgs84', source: 'pin', ...(fresh && { gps: [fresh.at[0], fresh.at[1]] as [number, number], accuracy_m: round(fresh.accuracyM) }) }
  }
  return fresh && { lon: fresh.raw[0], lat: fresh.raw[1], accuracy_m: round(fresh.accuracyM), datum: fresh.datum, source: 'gps' }
}

const round = (metres: number) => Math.round(metres * 10) / 10

import { shallowRef, watch, type ShallowRef } from 'vue'
import { isAbort } from '../api/client.ts'
import type { InventoryServer } from './server.ts'

/** What the map's tiles of one layer are filtered by. */
export interface TileFilter {
  layer: string
  filter: string
}

export interface OnTiles {
  /** What the map is to draw; undefined for everything. */
  filter: ShallowRef<TileFilter | undefined>
  /** Why the map cannot show the filter, where it cannot. */
  refusal: ShallowRef<unknown>
}

/** Tiles answer less than the record: a filter is tried before the map is given it. */
export function createOnTiles(server: Pick<InventoryServer, 'tryTiles'>, wanted: () => TileFilter | undefined): OnTiles {
  const filter = shallowRef<TileFilter>()
  const refusal = shallowRef<unknown>()
  let pending: AbortController | undefined

  async function attempt({ layer, filter: text }: TileFilter): Promise<void> {
    const mine = pending = new AbortController()
    try {
      await server.tryTiles(layer, text, mine.signal)
      if (pending !== mine) return
      filter.value = { layer, filter: text }
      refusal.value = undefined
    } catch (failure) {
      if (pending !== mine || isAbort(failure)) return
      filter.value = undefined
      refusal.value = failure
    }
  }
  watch(() => JSON.stringify(wanted()), () => {
    pending?.abort()
    pending = undefined
    const now = wanted()
    if (now && now.filter !== '') void attempt(now)
    else {
      filter.value = undefined
      refusal.value = undefined
    }
  }, { immediate: true })
  return { filter, refusal }
}

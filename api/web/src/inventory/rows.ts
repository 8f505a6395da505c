import { shallowRef, type ShallowRef } from 'vue'
import { isAbort } from '../api/client.ts'
import type { InventoryFeature, InventoryServer } from './server.ts'
import { chunksOf, Lru } from './window.ts'

/** Rows asked for together. */
export const chunkRows = 100
const keptChunks = 60
/** Rows that fly past are not asked for. */
const restMs = 60

/** A row: undefined while it is asked for, null where the feature is no more. */
export type Row = InventoryFeature | null | undefined

/** The rows of a long list, of which those near the screen are known. */
export interface Rows {
  /** Counts what arrived: what is drawn of the rows depends on it. */
  version: ShallowRef<number>
  error: ShallowRef<unknown>
  at(row: number): Row
  /** Tells what is on the screen: it is asked for when it has stayed a moment, and what is under way for elsewhere is given up. */
  want(first: number, end: number): void
  /** A new list. `keep` leaves what is known of features until it has been asked for again. */
  reset(layer: string, ids: readonly number[], keep: boolean): void
  /** What is known of a feature. */
  known(id: number): InventoryFeature | undefined
  stop(): void
}

export function createRows(server: Pick<InventoryServer, 'items'>): Rows {
  const version = shallowRef(0)
  const error = shallowRef<unknown>()
  const chunks = new Lru<number, Map<number, InventoryFeature>>(keptChunks)
  const pending = new Map<number, AbortController>()
  let old = new Map<number, InventoryFeature>()
  let layer = ''
  let ids: readonly number[] = []
  let wanted: number[] = []
  let timer: ReturnType<typeof setTimeout> | undefined

  async function ask(chunk: number): Promise<void> {
    const mine = new AbortController()
    pending.set(chunk, mine)
    try {
      const features = await server.items(layer, ids.slice(chunk * chunkRows, (chunk + 1) * chunkRows), mine.signal)
      if (mine.signal.aborted) return
      chunks.set(chunk, new Map(features.map((feature) => [Number(feature.id), feature])))
      error.value = undefined
      version.value++
    } catch (failure) {
      if (!isAbort(failure) && !mine.signal.aborted) error.value = failure
    } finally {
      if (pending.get(chunk) === mine) pending.delete(chunk)
    }
  }

  function giveUp(keep: readonly number[] = []): void {
    for (const [chunk, controller] of pending) {
      if (keep.includes(chunk)) continue
      controller.abort()
      pending.delete(chunk)
    }
  }

  function settle(): void {
    for (const chunk of wanted) if (!chunks.has(chunk) && !pending.has(chunk)) void ask(chunk)
  }

  function at(row: number): Row {
    const id = ids[row]
    if (id === undefined) return undefined
    const chunk = chunks.get(Math.floor(row / chunkRows))
    return chunk ? chunk.get(id) ?? null : old.get(id)
  }

  return {
    version, error, at,
    want(first, end) {
      const near = chunksOf(first, Math.min(end, ids.length), chunkRows)
      if (near.join() === wanted.join() && near.every((chunk) => chunks.has(chunk) || pending.has(chunk))) return
      wanted = near
      giveUp(near)
      clearTimeout(timer)
      timer = setTimeout(settle, restMs)
    },
    reset(nextLayer, next, keep) {
      giveUp()
      old = keep && nextLayer === layer ? new Map(ids.slice((wanted[0] ?? 0) * chunkRows, ((wanted.at(-1) ?? 0) + 1) * chunkRows).flatMap((id, i) => {
        const row = at((wanted[0] ?? 0) * chunkRows + i)
        return row ? [[id, row] as const] : []
      })) : new Map()
      chunks.clear()
      layer = nextLayer
      ids = next
      wanted = []
      version.value++
    },
    known(id) {
      const row = ids.indexOf(id)
      return (row < 0 ? undefined : at(row)) ?? old.get(id)
    },
    stop() {
      clearTimeout(timer)
      giveUp()
    },
  }
}

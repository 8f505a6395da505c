import { ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { isAbort } from '../api/client.ts'

/** Areas that the map colours: all of a kind but for unit grids. */
export const mostColoured = 2_000

/** A piece of a list, and where the next begins. */
export interface Piece<T> {
  items: T[]
  next?: string | null
}

/** A long list that is asked for piece by piece, as one comes to its end. */
export interface Pages<T, P extends Piece<T>> {
  /** The first piece, with what is told of the whole. */
  first: ShallowRef<P | undefined>
  items: ShallowRef<T[]>
  error: ShallowRef<unknown>
  loading: Ref<boolean>
  /** Asks for the next piece, if there is one and none is under way. */
  more(): void
  /** Asks anew; what is known stays until the answer is there. */
  reload(): void
}

/** Asks whenever `key` changes, and not where it is undefined. */
export function createPages<T, P extends Piece<T>>(key: () => string | undefined, ask: (cursor: string | undefined, signal: AbortSignal) => Promise<P>): Pages<T, P> {
  const first = shallowRef<P>()
  const items = shallowRef<T[]>([])
  const error = shallowRef<unknown>()
  const loading = ref(false)
  let next: string | undefined
  let pending: AbortController | undefined

  async function load(cursor: string | undefined): Promise<void> {
    pending?.abort()
    const mine = pending = new AbortController()
    loading.value = true
    try {
      const piece = await ask(cursor, mine.signal)
      if (pending !== mine) return
      error.value = undefined
      next = piece.next ?? undefined
      items.value = cursor === undefined ? piece.items : [...items.value, ...piece.items]
      if (cursor === undefined) first.value = piece
    } catch (failure) {
      if (pending !== mine || isAbort(failure)) return
      error.value = failure
    }
    loading.value = false
  }

  watch(key, (now) => {
    pending?.abort()
    pending = undefined
    loading.value = false
    error.value = undefined
    next = undefined
    first.value = undefined
    items.value = []
    if (now !== undefined) void load(undefined)
  }, { immediate: true })
  return {
    first, items, error, loading,
    more: () => { if (next !== undefined && !loading.value) void load(next) },
    reload: () => { if (key() !== undefined) void load(undefined) },
  }
}

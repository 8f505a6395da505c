import { ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { isAbort } from '../api/client.ts'
import type { Server } from '../api/server.ts'
import type { Box } from '../api/types.ts'

const settleMs = 150

export interface InView {
  counts: ShallowRef<Record<string, number> | undefined>
  loading: Ref<boolean>
  refresh(): void
}

/** How many features of each layer lie in the box on the screen, asked for when the map has come to rest; nobody counts a day that is past. */
export function createCounts(server: Server, box: Ref<Box | undefined>, past: () => boolean = () => false): InView {
  const counts = shallowRef<Record<string, number>>()
  const loading = ref(true)
  let timer: ReturnType<typeof setTimeout> | undefined
  let pending: AbortController | undefined
  let again = false

  async function ask(bbox: Box): Promise<void> {
    pending?.abort()
    const mine = pending = new AbortController()
    loading.value = true
    try {
      counts.value = (await server.counts(bbox, mine.signal)).counts
    } catch (failure) {
      if (isAbort(failure)) return
      counts.value = undefined
    }
    if (pending !== mine) return
    pending = undefined
    loading.value = false
    if (again) refresh()
  }

  /** Asks soon. However fast the city changes, an answer under way is waited for, and a question is not put off. */
  function refresh(): void {
    again = pending !== undefined
    if (!again) timer ??= setTimeout(settle, settleMs)
  }

  function settle(): void {
    timer = undefined
    again = false
    if (past()) {
      counts.value = undefined
      loading.value = false
    } else if (box.value) void ask(box.value)
  }

  watch(box, () => {
    clearTimeout(timer)
    timer = setTimeout(settle, settleMs)
  })
  return { counts, loading, refresh }
}

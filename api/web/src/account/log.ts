import { reactive, ref, watch, type Ref } from 'vue'
import type { Page } from '../api/types.ts'
import { useAsked, type Asked } from '../state/asked.ts'
import { useRoute } from '../state/route.ts'

const settleMs = 250

export interface Log<T, K extends string> {
  filters: Record<K, string>
  asked: Asked<Page<T>>
  cursor: Ref<string | undefined>
}

/** One page of a log, with filters that are in the address too. A new filter begins at the newest record. */
export function useLog<T, K extends string>(names: readonly K[], ask: (filters: Record<string, string | undefined>, cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>): Log<T, K> {
  const route = useRoute()
  const filters = reactive(Object.fromEntries(names.map((name) => [name, route.query.value.get(name) ?? '']))) as Record<K, string>
  const cursor = ref<string>()
  watch(filters, () => {
    cursor.value = undefined
    route.note({ ...filters })
  })
  const asked = useAsked(() => {
    const chosen = Object.fromEntries(Object.entries<string>(filters).map(([name, value]) => [name, value.trim() || undefined]))
    const from = cursor.value
    return (signal) => ask(chosen, from, signal)
  }, settleMs)
  return { filters, asked, cursor }
}

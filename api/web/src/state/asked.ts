import { onBeforeUnmount, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { isAbort } from '../api/client.ts'
import type { Page } from '../api/types.ts'

export interface Asked<T> {
  /** The last answer; it stays while the next one is asked for. */
  value: ShallowRef<T | undefined>
  error: ShallowRef<unknown>
  loading: Ref<boolean>
  reload(): Promise<void>
}

/** Asks whenever what the question depends on changes; an answer to an earlier question never replaces one to a later. Undefined asks nothing. */
export function useAsked<T>(question: () => ((signal: AbortSignal) => Promise<T>) | undefined, settleMs = 0): Asked<T> {
  const value = shallowRef<T>()
  const error = shallowRef<unknown>()
  const loading = ref(false)
  let pending: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  async function reload(): Promise<void> {
    clearTimeout(timer)
    pending?.abort()
    const mine = pending = new AbortController()
    const ask = question()
    if (!ask) {
      value.value = undefined
      loading.value = false
      return
    }
    loading.value = true
    try {
      const answer = await ask(mine.signal)
      if (pending !== mine) return
      value.value = answer
      error.value = undefined
    } catch (failure) {
      if (isAbort(failure) || pending !== mine) return
      error.value = failure
    }
    loading.value = false
  }
  let first = true
  watch(question, () => {
    clearTimeout(timer)
    if (first || settleMs === 0) void reload()
    else timer = setTimeout(() => void reload(), settleMs)
    first = false
  }, { immediate: true })
  onBeforeUnmount(() => {
    clearTimeout(timer)
    pending?.abort()
  })
  return { value, error, loading, reload }
}

/** All pages of a list, up to a number beyond which a person would not read on. */
export async function everyPage<T>(ask: (cursor: string | undefined) => Promise<Page<T>>, most = 2_000): Promise<T[]> {
  const items: T[] = []
  let cursor: string | undefined
  do {
    const page = await ask(cursor)
    items.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor !== undefined && items.length < most)
  return items
}

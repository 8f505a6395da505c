import { onBeforeUnmount, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { isAbort } from '../api/client.ts'
import type { App } from '../state/app.ts'
import type { PersonItem } from './types.ts'

const typingMs = 200

export interface Finder {
  text: Ref<string>
  people: ShallowRef<PersonItem[] | undefined>
  error: ShallowRef<unknown>
  retry(): void
}

/** Finds people while one types; the first few without a word. */
export function useFinder({ grid }: Pick<App, 'grid'>, allowed: () => boolean): Finder {
  const text = ref('')
  const people = shallowRef<PersonItem[]>()
  const error = shallowRef<unknown>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let pending: AbortController | undefined

  async function ask(): Promise<void> {
    pending?.abort()
    const mine = pending = new AbortController()
    try {
      people.value = await grid.server.persons(text.value.trim(), mine.signal)
      error.value = undefined
    } catch (failure) {
      if (!isAbort(failure)) error.value = failure
    }
  }
  watch(allowed, (now) => { if (now) void ask() }, { immediate: true })
  watch(grid.written, () => { if (allowed()) void ask() })
  watch(text, () => {
    clearTimeout(timer)
    timer = setTimeout(() => void ask(), typingMs)
  })
  onBeforeUnmount(() => {
    clearTimeout(timer)
    pending?.abort()
  })
  return { text, people, error, retry: () => void ask() }
}

import { ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'

/** An answer of the server that is asked for whenever its question changes. */
export interface Resource<T> {
  value: ShallowRef<T | undefined>
  error: ShallowRef<unknown>
  loading: Ref<boolean>
  /** Asks again; what was known stays until the answer is there. */
  reload(): void
}

/**
 * Asks when `key` changes, and not where it is undefined. What was known of another question is forgotten at once; of two answers
 * to the same question the later one counts, whatever order they come in.
 */
export function createResource<T>(key: () => string | undefined, ask: () => Promise<T>): Resource<T> {
  const value = shallowRef<T>()
  const error = shallowRef<unknown>()
  const loading = ref(false)
  let asked = 0

  async function load(): Promise<void> {
    const turn = ++asked
    loading.value = true
    try {
      const answer = await ask()
      if (turn !== asked) return
      value.value = answer
      error.value = undefined
    } catch (failure) {
      if (turn !== asked) return
      error.value = failure
    }
    loading.value = false
  }

  watch(key, (now) => {
    asked++
    value.value = undefined
    error.value = undefined
    loading.value = false
    if (now !== undefined) void load()
  }, { immediate: true })
  return { value, error, loading, reload: () => { if (key() !== undefined) void load() } }
}

import { computed, onBeforeUnmount, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { isAbort } from '../api/client.ts'
import { useApp } from '../state/app.ts'
import { Imports } from './server.ts'
import type { Import, Options } from './types.ts'

const lookAgainMs = 700

export interface ImportWork {
  value: ShallowRef<Import | undefined>
  error: ShallowRef<unknown>
  /** A question is under way; what the file is to be read like waits for its answer. */
  busy: Ref<boolean>
  /** The server is trying or writing. */
  running: ComputedRef<boolean>
  change(options: Options): Promise<void>
  check(): Promise<void>
  commit(): Promise<void>
  cancel(): Promise<void>
  remove(): Promise<boolean>
  reload(): Promise<void>
}

const runs = (one: Import | undefined) => one?.state === 'checking' || one?.state === 'committing'

/** One file on its way: asked for again while the server works on it. */
export function useImport(id: number): ImportWork {
  const { server } = useApp()
  const imports = new Imports(server.client)
  const value = shallowRef<Import>()
  const error = shallowRef<unknown>()
  const busy = ref(false)
  const gone = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined

  function take(next: Import): void {
    value.value = next
    clearTimeout(timer)
    if (runs(next) && !gone.signal.aborted) timer = setTimeout(() => void look(), lookAgainMs)
  }
  /** Not reached for a moment is no reason to stop looking. */
  async function look(): Promise<void> {
    try {
      take(await imports.one(id, gone.signal))
      error.value = undefined
    } catch (failure) {
      if (isAbort(failure)) return
      error.value = failure
      if (runs(value.value)) timer = setTimeout(() => void look(), 3 * lookAgainMs)
    }
  }
  async function run(what: (one: Import) => Promise<Import>): Promise<void> {
    const one = value.value
    if (!one) return
    busy.value = true
    error.value = undefined
    try {
      take(await what(one))
    } catch (failure) {
      error.value = failure
      if (value.value === one) await imports.one(id, gone.signal).then(take).catch(() => undefined) // somebody else may have changed it
    } finally {
      busy.value = false
    }
  }
  onBeforeUnmount(() => {
    gone.abort()
    clearTimeout(timer)
  })
  void look()

  return {
    value, error, busy,
    running: computed(() => runs(value.value)),
    change: (options) => run((one) => imports.change(one, options)),
    check: () => run((one) => imports.check(one)),
    commit: () => run((one) => imports.commit(one)),
    cancel: () => run((one) => imports.cancel(one)),
    async remove() {
      const one = value.value
      if (!one) return true
      try {
        await imports.remove(one)
        return true
      } catch (failure) {
        error.value = failure
        return false
      }
    },
    reload: look,
  }
}

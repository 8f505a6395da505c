import { ref, type Ref } from 'vue'
import { useApp } from '../state/app.ts'

export interface Sending {
  busy: Ref<boolean>
  error: Ref<unknown>
  /** Does it, says so and calls `done`; what was refused is in `error`. */
  send(what: () => Promise<unknown>, said: string, done: () => void): Promise<void>
}

/** One write of a dialog. */
export function useSending(): Sending {
  const { toast } = useApp()
  const busy = ref(false)
  const error = ref<unknown>()
  return {
    busy, error,
    async send(what, said, done) {
      busy.value = true
      error.value = undefined
      try {
        await what()
        toast.show(said)
        done()
      } catch (failure) {
        error.value = failure
      } finally {
        busy.value = false
      }
    },
  }
}

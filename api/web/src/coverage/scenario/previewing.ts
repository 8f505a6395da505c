import { ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { Change, Preview } from '../types.ts'

/**
 * Name of the measures that the browser keeps: from a pointer event until figures and map have what came of it. Their detail tells when
 * the event was handled: before that the browser was painting.
 */
export const measureName = 'wangge-coverage-preview'

export interface Previewing {
  /** What the changes shown last would do; undefined where there are none. */
  preview: ShallowRef<Preview | undefined>
  error: ShallowRef<unknown>
  busy: Ref<boolean>
  /** Asks for these changes, now or as soon as the answer under way is there. `since` is the time stamp of the event that made them. */
  ask(changes: readonly Change[], since?: number): void
  /** Asks the last question again. */
  again(): void
}

interface Asked {
  changes: readonly Change[]
  since: number
  handledMs: number
  key: string
}

/**
 * One question is under way at a time, and of those that come meanwhile only the latest is asked next: a pointer that moves faster
 * than the server answers is followed without a queue, and every answer shown is younger than the one before.
 */
export function createPreviewing(key: () => string, send: (changes: Change[]) => Promise<Preview>, shown: (preview: Preview | undefined) => void): Previewing {
  const preview = shallowRef<Preview>()
  const error = shallowRef<unknown>()
  const busy = ref(false)
  let last: Asked | undefined
  let waiting: Asked | undefined
  let running = false

  function show(answer: Preview | undefined, asked?: Asked): void {
    preview.value = answer
    error.value = undefined
    shown(answer)
    if (asked && answer) performance.measure(measureName, { start: asked.since, end: performance.now(), detail: { handledMs: asked.handledMs } })
  }
  async function run(): Promise<void> {
    running = true
    for (let asked = waiting; asked; asked = waiting) {
      waiting = undefined
      try {
        const answer = await send([...asked.changes])
        if (asked.key === key() && last && last.changes.length > 0) show(answer, asked)
      } catch (failure) {
        if (!waiting && asked.key === key()) error.value = failure
      }
    }
    running = false
    busy.value = false
  }
  function ask(changes: readonly Change[], since = performance.now()): void {
    if (last?.changes === changes && last.key === key()) return // it is asked already
    put(changes, since)
  }
  function put(changes: readonly Change[], since: number): void {
    last = { changes, since, handledMs: performance.now(), key: key() }
    if (changes.length === 0) {
      waiting = undefined
      show(undefined)
      return
    }
    waiting = last
    busy.value = true
    if (!running) void run()
  }
  const again = () => { if (last) put(last.changes, performance.now()) }
  watch(key, () => {
    preview.value = undefined
    shown(undefined)
    again()
  })
  return { preview, error, busy, ask, again }
}

import { ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { isAbort } from '../api/client.ts'
import type { InventoryServer, Order, Question } from './server.ts'

const settleMs = 200

export interface Ordered {
  /** The last answer and its question: both stay while the next one of the same layer is asked for. */
  answer: ShallowRef<{ question: Question; order: Order } | undefined>
  error: ShallowRef<unknown>
  loading: Ref<boolean>
  reload(): void
}

/** Asks for the order whenever the question changes. */
export function createOrder(server: Pick<InventoryServer, 'order'>, question: () => Question | undefined): Ordered {
  const answer: Ordered['answer'] = shallowRef()
  const error = shallowRef<unknown>()
  const loading = ref(false)
  let pending: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  async function load(): Promise<void> {
    clearTimeout(timer)
    pending?.abort()
    const asked = question()
    if (!asked) return
    const mine = pending = new AbortController()
    loading.value = true
    try {
      const order = await server.order(asked, mine.signal)
      if (pending !== mine) return
      answer.value = { question: asked, order }
      error.value = undefined
    } catch (failure) {
      if (pending !== mine || isAbort(failure)) return
      error.value = failure
    }
    loading.value = false
  }

  watch(() => JSON.stringify(question()), (now, before) => {
    const [asked, last] = [now, before].map((text) => (text === undefined ? undefined : JSON.parse(text) as Question))
    if (asked?.layer !== (last?.layer ?? answer.value?.question.layer)) {
      answer.value = undefined
      error.value = undefined
    }
    clearTimeout(timer)
    if (!asked) {
      pending?.abort()
      loading.value = false
      return
    }
    loading.value = true
    timer = setTimeout(() => void load(), last && asked.layer === last.layer ? settleMs : 0)
  }, { immediate: true })
  return { answer, error, loading, reload: () => void load() }
}

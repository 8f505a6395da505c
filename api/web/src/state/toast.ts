import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'

const shownMs = 2_400
/** Longer where there is something to press. */
const offeredMs = 9_000

/** What can be done about a message, such as undoing what it tells. */
export interface Remedy {
  label: string
  act(): void
}

/** One short message at the foot of the map, read out to those who cannot see it. */
export interface Toast {
  message: Ref<string>
  remedy: ShallowRef<Remedy | undefined>
  show(message: string, remedy?: Remedy): void
}

export function createToast(): Toast {
  const message = ref('')
  const remedy = shallowRef<Remedy>()
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    message, remedy,
    show(text, offered) {
      clearTimeout(timer)
      message.value = text
      remedy.value = offered
      timer = setTimeout(() => { message.value = '' }, offered ? offeredMs : shownMs)
    },
  }
}

import { ref, type Ref } from 'vue'

const shownMs = 2_400

/** One short message at the foot of the map, read out to those who cannot see it. */
export interface Toast {
  message: Ref<string>
  show(message: string): void
}

export function createToast(): Toast {
  const message = ref('')
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    message,
    show(text) {
      clearTimeout(timer)
      message.value = text
      timer = setTimeout(() => { message.value = '' }, shownMs)
    },
  }
}

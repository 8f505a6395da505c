import { useApp } from '../state/app.ts'

/** Copies text and says so. */
export function useCopy(): (text: string) => Promise<void> {
  const { toast, settings } = useApp()
  return async (text) => { toast.show(settings.t((await copyText(text)) ? 'app.copied' : 'app.copyFailed')) }
}

/** The clipboard belongs to secure pages; a bureau's plain http page has the older way. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyByHand(text)
  }
}

function copyByHand(text: string): boolean {
  const field = document.createElement('textarea')
  const before = document.activeElement
  field.value = text
  field.setAttribute('readonly', '')
  field.style.position = 'fixed'
  field.style.opacity = '0'
  document.body.append(field)
  field.select()
  // deprecated, and the only way on plain http
  const copied = document.execCommand('copy')
  field.remove()
  if (before instanceof HTMLElement) before.focus()
  return copied
}

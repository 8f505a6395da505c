import { onBeforeUnmount, onMounted } from 'vue'

export type Shortcuts = Record<string, () => void>

/** Single keys for the whole page; while something is typed, or in a dialog, or with Ctrl, Alt or Meta, they are left alone. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (isTyping(event.target) || isInDialog(event.target)) return
    const act = shortcuts[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  onMounted(() => { document.addEventListener('keydown', listen) })
  onBeforeUnmount(() => { document.removeEventListener('keydown', listen) })
}

/** A modal dialog has the keyboard to itself: Escape closes it, by the browser's own doing. */
function isInDialog(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('dialog') !== null
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
}

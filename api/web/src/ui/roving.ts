/** Arrow keys, Home and End move the focus along the buttons of a list. True when the key was one of them. */
export function roving(event: KeyboardEvent, list: HTMLElement, selector = 'button'): boolean {
  const items = [...list.querySelectorAll<HTMLElement>(selector)].filter((item) => !item.hasAttribute('disabled'))
  const at = items.findIndex((item) => item === document.activeElement)
  const to = target(event.key, at, items.length)
  if (to === undefined) return false
  event.preventDefault()
  event.stopPropagation()
  items[to]?.focus()
  return true
}

function target(key: string, at: number, length: number): number | undefined {
  if (length === 0) return undefined
  switch (key) {
    case 'ArrowDown': return (at + 1) % length
    case 'ArrowUp': return (at - 1 + length) % length
    case 'Home': return 0
    case 'End': return length - 1
    default: return undefined
  }
}

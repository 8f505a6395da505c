import { onBeforeUnmount, onMounted, type Ref } from 'vue'

/** Calls back when something outside the element is pressed. Its opener is inside the same parent and counts as inside. */
export function onOutside(element: Readonly<Ref<HTMLElement | null>>, close: () => void): void {
  const listen = (event: PointerEvent) => {
    const home = element.value?.parentElement
    if (home && event.target instanceof Node && !home.contains(event.target)) close()
  }
  onMounted(() => { document.addEventListener('pointerdown', listen, true) })
  onBeforeUnmount(() => { document.removeEventListener('pointerdown', listen, true) })
}

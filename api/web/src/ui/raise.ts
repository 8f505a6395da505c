/** Shows a popover above everything, dialogs included: what was raised last is on top. */
export function raise(element: HTMLElement | null): void {
  if (!element || !('showPopover' in element)) return
  if (element.matches(':popover-open')) element.hidePopover()
  element.showPopover()
}

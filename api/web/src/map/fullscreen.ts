/** The whole app, not the map alone: the panels belong to it. Refusals (an iframe, a phone) leave things as they are. */
export function toggleFullscreen(): void {
  const change = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()
  change.catch(() => undefined)
}

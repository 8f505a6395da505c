import type { Map as MapLibre } from 'maplibre-gl'
import { computed, watch, type ComputedRef } from 'vue'
import type { Overlay } from '../grid/overlay.ts'
import { boxAround } from '../map/coordinates.ts'
import type { App } from '../state/app.ts'
import { overlayOf } from './overlay.ts'

/** What the inventory workspace adds to the map. */
export function useTableOverlay(app: App): ComputedRef<Overlay | undefined> {
  const { inventory } = app
  return computed(() => {
    const layer = inventory.active.value ? inventory.layer.value : undefined
    if (layer === undefined) return undefined
    const { filter, region, grid } = inventory.question.value ?? { filter: '' }
    const filtered = inventory.tiles.filter.value?.layer === layer
    return overlayOf({
      layer, picks: inventory.picks.value, pointed: inventory.pointed.value, filtered,
      exact: region === undefined && grid === undefined && (filter === '' || filtered), theme: app.settings.theme.value,
    })
  })
}

/** While a box is asked for, dragging draws one instead of moving the map. */
export function attachBoxing(map: MapLibre, { inventory }: App): void {
  const canvas = map.getCanvasContainer()
  const stop = watch(inventory.boxing, (boxing) => { map.getCanvas().style.cursor = boxing ? 'crosshair' : '' })
  map.on('remove', stop)

  canvas.addEventListener('pointerdown', (down) => {
    const take = inventory.boxing.value
    if (!take || down.button !== 0) return
    const frame = canvas.getBoundingClientRect()
    const corner = (event: PointerEvent): [number, number] => [event.clientX - frame.left, event.clientY - frame.top]
    const from = corner(down)
    const box = document.createElement('div')
    box.className = 'grid-box'
    map.dragPan.disable()
    const move = (event: PointerEvent) => {
      const to = corner(event)
      if (!box.isConnected) canvas.append(box)
      Object.assign(box.style, { left: `${Math.min(from[0], to[0])}px`, top: `${Math.min(from[1], to[1])}px`, width: `${Math.abs(to[0] - from[0])}px`, height: `${Math.abs(to[1] - from[1])}px` })
    }
    const up = (event: PointerEvent) => {
      document.removeEventListener('pointermove', move)
      map.dragPan.enable()
      box.remove()
      const to = corner(event)
      if (Math.abs(to[0] - from[0]) < 4 || Math.abs(to[1] - from[1]) < 4) return
      inventory.boxing.value = undefined
      take(boxAround([map.unproject(from), map.unproject(to)].map(({ lng, lat }) => [lng, lat])))
    }
    document.addEventListener('pointermove', move)
    document.addEventListener('pointerup', up, { once: true })
  }, { capture: true })
}

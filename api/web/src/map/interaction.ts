import type { Map as MapLibre, MapGeoJSONFeature, MapMouseEvent, PointLike } from 'maplibre-gl'
import type { Position } from '../api/types.ts'
import { attachCoverage } from '../coverage/attach.ts'
import { attachGrid } from '../grid/attach.ts'
import { attachEdit } from '../inventory/edit/attach.ts'
import { attachPatrol } from '../patrol/attach.ts'
import type { App } from '../state/app.ts'
import { densitySuffix } from '../state/permalink.ts'
import { followCell } from './cells.ts'
import { layerOf } from './compose.ts'
import { filteredSource } from '../inventory/overlay.ts'
import { citySource, highlightPrefix } from './highlight.ts'
import { distinct, isDensity, pick, tolerancePx, type Hit, type Picked, type Selectable } from './pick.ts'
import { candidateOf } from './title.ts'

/** How far around the centre Enter looks for things to select, and how many it offers. */
const nearPx = 120
const nearLimit = 30

/** Clicks, long presses, the pointer and Enter on the map. */
export function addInteraction(map: MapLibre, app: App, cameraTold: boolean): { near(): void } {
  const { selecting, view } = app
  let touch = false
  map.getCanvas().addEventListener('pointerdown', (event) => { touch = event.pointerType === 'touch' })

  const hitsAround = (x: number, y: number, px: number): Hit[] =>
    query(map, px === 0 ? [x, y] : [[x - px, y - px], [x + px, y + px]])
  const candidates = (picked: Picked[]) => picked.map((one) =>
    candidateOf(one, app.layers.title(one.selection.kind === 'cell' ? one.selection.layer : one.hit.layer), app.settings.lang.value, app.settings.t('drawer.unnamed')))

  const clickGrid = attachGrid(map, app, cameraTold)
  const hands = attachCoverage(map, app)
  const clickPatrol = attachPatrol(map, app)
  attachEdit(map, app)
  const drawing = () => app.grid.editing.tool.value !== undefined || app.edit.hand.value !== undefined
  map.on('click', (event: MapMouseEvent) => {
    if (app.edit.hand.value || clickGrid(event) || hands.click(event) || clickPatrol(event) || app.inventory.boxing.value) return
    const { point, lngLat } = event
    const px = touch ? tolerancePx.touch : tolerancePx.mouse
    const picked = candidates(pick(hitsAround(point.x, point.y, 0), hitsAround(point.x, point.y, px), app.layers.isSelectable))
    const [first] = picked
    if (picked.length > 1) {
      selecting.offer.value = { candidates: picked, at: { x: point.x, y: point.y }, near: false }
    } else if (first) {
      selecting.select(first.selection)
    } else if (selecting.offer.value) {
      selecting.offer.value = undefined
    } else {
      selecting.select({ kind: 'place', at: [lngLat.lng, lngLat.lat] })
    }
  })
  map.on('contextmenu', ({ lngLat }) => { if (!drawing() && !app.coverage.active.value) selecting.select({ kind: 'place', at: [lngLat.lng, lngLat.lat] }) })
  map.on('movestart', () => { selecting.offer.value = undefined })
  followCell(map, selecting)
  addPointer(map, app.layers.isSelectable, () => app.coverage.active.value || app.patrol.active.value, (position) => { view.pointer.value = position })

  function near(): void {
    const { clientWidth, clientHeight } = map.getContainer()
    const at = { x: clientWidth / 2, y: clientHeight / 2 }
    const found = candidates(distinct(hitsAround(at.x, at.y, nearPx), app.layers.isSelectable)).slice(0, nearLimit)
    if (found.length === 0) app.toast.show(app.settings.t('choose.none'))
    else selecting.offer.value = { candidates: found, at, near: true }
  }
  map.getCanvas().addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || drawing()) return
    event.preventDefault()
    if (!hands.enter()) near()
  })
  return { near }
}

function query(map: MapLibre, where: PointLike | [PointLike, PointLike]): Hit[] {
  return map.queryRenderedFeatures(where)
    .filter((feature) => (feature.layer.source === citySource || feature.layer.source === filteredSource) && !feature.layer.id.startsWith(highlightPrefix))
    .map((feature) => ({
      layer: hitLayer(feature),
      id: feature.id,
      geometry: feature.geometry.type,
      properties: feature.properties,
    }))
}

/** Labels have a source layer of their own, and stand for the layer they label; hexagons are no features of the layer. */
function hitLayer({ layer, sourceLayer = '' }: MapGeoJSONFeature): string {
  return sourceLayer.endsWith(densitySuffix) ? sourceLayer : layerOf(layer) ?? ''
}

/** Tells where the pointer is and shows a hand over what can be selected, once a frame at most. */
function addPointer(map: MapLibre, selectable: Selectable, ownHand: () => boolean, moved: (position: Position | undefined) => void): void {
  let waiting = false
  map.on('mousemove', ({ point, lngLat }) => {
    moved([lngLat.lng, lngLat.lat])
    if (waiting || map.isMoving() || ownHand()) return
    waiting = true
    requestAnimationFrame(() => {
      waiting = false
      const px = tolerancePx.mouse
      const [best] = pick(query(map, [point.x, point.y]), query(map, [[point.x - px, point.y - px], [point.x + px, point.y + px]]), selectable)
      const small = best && !isDensity(best.hit) && best.hit.layer !== 'region' && best.hit.layer !== 'unit_grid' && !best.hit.layer.startsWith('grid_')
      map.getCanvas().style.cursor = small ? 'pointer' : ''
    })
  })
  map.on('move', () => { if (map.isMoving() && !map.dragPan.isActive()) moved(undefined) })
}

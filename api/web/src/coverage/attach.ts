import { Marker, type Map as MapLibre, type MapMouseEvent } from 'maplibre-gl'
import { watch } from 'vue'
import type { Position } from '../api/types.ts'
import type { App } from '../state/app.ts'
import { drawGround } from './ground.ts'
import { addHatches } from './hatch.ts'
import { facilityLayer, hexSource, surfaceOf, tileLayer } from './overlay.ts'
import { paintHexagons } from './paint.ts'
import { added, moved, streetToggled, type Held } from './scenario/changes.ts'
import { resAt } from './scenario/work.ts'

/** A pointer that moves less has clicked. */
const slipPx = 4
const touchPx = 18
const mousePx = 6

export interface CoverageHands {
  /** What a click does there: true where it has been dealt with. */
  click(event: MapMouseEvent): boolean
  /** What Enter does at the middle of the map. */
  enter(): boolean
}

/** Ties the coverage workspace to the map. */
export function attachCoverage(map: MapLibre, app: App): CoverageHands {
  const { coverage } = app
  coverage.canvas.value = map
  addHatches(map)
  paint(map, app)
  addDragging(map, app)
  addPencil(map, app)
  const follow = () => { coverage.scenario.res.value = resAt(map.getZoom()) }
  map.on('zoomend', follow)
  follow()
  const stop = watch([coverage.active, coverage.tab, coverage.scenario.tool], ([active, tab, tool]) => {
    map.getCanvas().style.cursor = active && tab === 'whatif' && tool !== 'hand' ? 'crosshair' : ''
  })
  map.on('remove', () => {
    stop()
    coverage.canvas.value = undefined
  })

  function act(at: Position, x: number, y: number, since: number): void {
    const { scenario, question, siting } = coverage
    if (siting.pencil.value !== undefined && coverage.tab.value === 'siting') {
      if (siting.pencil.value === 'fixed') siting.drawn.value = { ...siting.drawn.value, fixed: [...siting.drawn.value.fixed, at] }
      return
    }
    if (coverage.tab.value === 'whatif' && question.value) {
      if (scenario.tool.value === 'add') {
        put(app, at, since)
        return
      }
      if (scenario.tool.value === 'street') {
        shut(map, app, x, y)
        return
      }
      const held = facilityAt(map, x, y, mousePx)
      if (held) {
        scenario.held.value = held
        return
      }
      scenario.held.value = undefined
    }
    coverage.spot.value = at
  }
  return {
    click({ point, lngLat, originalEvent }) {
      if (!coverage.active.value) return false
      act([lngLat.lng, lngLat.lat], point.x, point.y, originalEvent.timeStamp)
      return true
    },
    enter() {
      if (!coverage.active.value) return false
      const { lng, lat } = map.getCenter()
      const { x, y } = map.project([lng, lat])
      act([lng, lat], x, y, performance.now())
      return true
    },
  }
}

function put({ coverage }: App, at: Position, since: number): void {
  const { scenario, question } = coverage
  if (!question.value) return
  const next = added(scenario.draft.changes.value, question.value.service, at)
  scenario.draft.set(next)
  scenario.previewing.ask(next, since)
  scenario.held.value = { kind: 'draft', index: next.length - 1 }
}

/** Closes the street under the pointer, or opens it again. */
function shut(map: MapLibre, { coverage, toast, settings }: App, x: number, y: number): void {
  const [street] = map.queryRenderedFeatures([[x - mousePx, y - mousePx], [x + mousePx, y + mousePx]])
    .filter(({ sourceLayer, geometry, id }) => (sourceLayer === 'road' || sourceLayer === 'back_alley') && geometry.type.endsWith('LineString') && id !== undefined)
  if (!street) {
    toast.show(settings.t('coverage.noStreetHere'))
    return
  }
  const name: unknown = street.properties.name
  coverage.scenario.draft.set(streetToggled(coverage.scenario.draft.changes.value, `${street.sourceLayer}:${street.id}`, typeof name === 'string' ? name : undefined))
}

function facilityAt(map: MapLibre, x: number, y: number, px: number): Held | undefined {
  if (!map.getLayer(facilityLayer)) return undefined
  const [hit] = map.queryRenderedFeatures([[x - px, y - px], [x + px, y + px]], { layers: [facilityLayer] })
  const held: unknown = hit?.properties.held
  if (typeof held !== 'string') return undefined
  return held.startsWith('d') ? { kind: 'draft', index: Number(held.slice(1)) } : { kind: 'record', id: Number(held.slice(1)) }
}

/** Ground that siting is told about is drawn by hand. */
function addPencil(map: MapLibre, { coverage, settings }: App): void {
  const { siting } = coverage
  let putDown = (): void => undefined
  let turn = 0
  const stop = watch(() => (coverage.active.value && coverage.tab.value === 'siting' ? siting.pencil.value : undefined), async (pencil) => {
    putDown()
    putDown = () => undefined
    const mine = ++turn
    map.getCanvas().style.cursor = pencil === 'fixed' ? 'crosshair' : ''
    if (pencil === undefined || pencil === 'fixed') return
    const next = await drawGround(map, settings.theme.value, (ring) => { siting.drawn.value = { ...siting.drawn.value, [pencil]: [...siting.drawn.value[pencil], ring] } })
    if (mine === turn) putDown = next
    else next()
  })
  map.on('remove', stop)
}

/** In the what-if a facility is taken with the pointer and put down elsewhere; figures and map follow on the way. */
function addDragging(map: MapLibre, app: App): void {
  const canvas = map.getCanvasContainer()
  canvas.addEventListener('pointerdown', (down) => {
    const { coverage } = app
    const service = coverage.question.value?.service
    if (!coverage.active.value || coverage.tab.value !== 'whatif' || coverage.scenario.tool.value !== 'hand' || down.button !== 0 || service === undefined) return
    const frame = canvas.getBoundingClientRect()
    const corner = (event: PointerEvent): [number, number] => [event.clientX - frame.left, event.clientY - frame.top]
    const from = corner(down)
    const held = facilityAt(map, from[0], from[1], down.pointerType === 'touch' ? touchPx : mousePx)
    if (!held) return
    map.dragPan.disable()
    drag(map, app, { held, service, from, corner })
  }, { capture: true })
}

function drag(map: MapLibre, { coverage }: App, { held, service, from, corner }: { held: Held; service: string; from: [number, number]; corner: (event: PointerEvent) => [number, number] }): void {
  const { draft, previewing } = coverage.scenario
  const before = draft.changes.value
  let marker: Marker | undefined
  let at: Position | undefined

  function move(event: PointerEvent): void {
    const to = corner(event)
    if (!marker && Math.hypot(to[0] - from[0], to[1] - from[1]) < slipPx) return
    const { lng, lat } = map.unproject(to)
    at = [lng, lat]
    marker ??= new Marker({ element: handElement() }).setLngLat(at).addTo(map)
    marker.setLngLat(at)
    draft.trial.value = moved(before, service, held, at)
    previewing.ask(draft.trial.value, event.timeStamp)
  }
  function end(): void {
    document.removeEventListener('pointermove', move)
    document.removeEventListener('pointerup', end)
    document.removeEventListener('pointercancel', end)
    map.dragPan.enable()
    marker?.remove()
    coverage.scenario.held.value = held
    if (at) {
      draft.set(moved(before, service, held, at))
      if (held.kind === 'draft') return
      coverage.scenario.held.value = held
    }
  }
  document.addEventListener('pointermove', move)
  document.addEventListener('pointerup', end)
  document.addEventListener('pointercancel', end)
}

function handElement(): HTMLElement {
  const element = document.createElement('div')
  element.className = 'coverage-hand'
  return element
}

/** Keeps the hexagons on the map at what the preview says, whatever tiles and styles come and go; beside another scenario the map shows a kept one. */
function paint(map: MapLibre, { coverage }: App): void {
  const painter = paintHexagons(map, hexSource)
  function show(): void {
    const question = coverage.question.value
    if (coverage.active.value && question) painter.show(tileLayer(question.service), coverage.swipe.value === 'scenario' ? undefined : coverage.scenario.painted.value)
  }
  const stop = watch([coverage.scenario.painted, () => coverage.question.value && surfaceOf(coverage.question.value), coverage.active, coverage.swipe], show, { flush: 'sync' })
  map.on('styledata', () => { if (painter.isBare()) show() })
  map.on('remove', stop)
}

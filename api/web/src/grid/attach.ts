import type { Position } from 'geojson'
import type { Map as MapLibre, MapMouseEvent, PointLike } from 'maplibre-gl'
import { watch } from 'vue'
import type { Box, Position as LonLat } from '../api/types.ts'
import { boxAround } from '../map/coordinates.ts'
import { citySource } from '../map/highlight.ts'
import type { App } from '../state/app.ts'
import { takePencil } from './draw.ts'
import { fillLayer, memberLayer } from './overlay.ts'
import { paintGrids } from './paint.ts'
import { addPatterns } from './patterns.ts'
import { personType, type Dragged } from './people.ts'
import { linesOf } from './snap.ts'

const neighbourLimit = 24
/** Streets one can snap to. */
const streetLayers = ['road', 'back_alley']

/** Ties the grid workspace to the map. Gives what a click does there: true where it has been dealt with. */
export function attachGrid(map: MapLibre, app: App, cameraTold: boolean): (event: MapMouseEvent) => boolean {
  const { grid, selecting } = app
  addPatterns(map)
  paintGrids(map, grid)
  followPencil(map, app)
  addBox(map, app)
  addDrop(map, app)
  lookAtNet(map, app, cameraTold)

  return ({ point, originalEvent }) => {
    if (!grid.active.value) return false
    const { tool } = grid.editing
    const { members } = grid.editing
    if (members.value) {
      const [member] = codesAt(map, [point.x, point.y], memberLayer)
      if (member !== undefined) grid.editing.pick(member)
      return true
    }
    if (tool.value === 'split' || tool.value === 'redraw') return true
    const [code] = codesAt(map, [point.x, point.y])
    if (tool.value !== undefined) {
      if (code !== undefined && tool.value === 'merge') grid.editing.pick(code)
      return true
    }
    const scheme = grid.scheme.value?.code
    if (code === undefined || scheme === undefined) return false
    if (originalEvent.shiftKey || originalEvent.ctrlKey || originalEvent.metaKey) {
      grid.mark([code], true)
    } else {
      grid.mark([], false)
      selecting.select({ kind: 'grid', scheme, code })
    }
    return true
  }
}

/**
 * Where to look when the address does not say: an officer's own grids, else the whole net. Another net is brought into view when
 * nothing of it is seen.
 */
function lookAtNet(map: MapLibre, { grid, session, map: port, selecting }: App, cameraTold: boolean): void {
  let looked = cameraTold || selecting.selection.value !== undefined
  const around = (boxes: Box[]) => boxAround(boxes.flatMap(([west, south, east, north]): LonLat[] => [[west, south], [east, north]]))
  const stop = watch([grid.active, grid.items.value, session.ownGrids, session.known, port], ([active, items, own, known, ready]) => {
    if (!active || !known || !ready || !items || items.length === 0) return
    const net = around(items.map(({ bbox }) => bbox))
    if (looked) {
      ready.reveal(net, 0)
      return
    }
    looked = true
    ready.fit(own.length > 0 ? around(own.map(({ bbox }) => bbox)) : net)
    void map.once('moveend', () => {
      const first = grid.scheme.value?.first_zoom ?? 0
      if (map.getZoom() < first) ready.zoomTo(first) // a small screen: better the middle of the net than none of it
    })
  }, { immediate: true, flush: 'post' })
  map.on('remove', stop)
}

/** The grids of the net at a place, or in a box, of the screen. */
function codesAt(map: MapLibre, where: PointLike | [PointLike, PointLike], layer = fillLayer): string[] {
  if (!map.getLayer(layer)) return []
  const codes = map.queryRenderedFeatures(where, { layers: [layer] }).map(({ properties }) => properties.code as unknown)
  return [...new Set(codes.filter((code) => typeof code === 'string'))]
}

/** The pencil is in the hand while a tool that draws is taken. */
function followPencil(map: MapLibre, app: App): void {
  const { editing, scheme, server } = app.grid
  let putDown: (() => void) | undefined
  let turn = 0

  async function take(): Promise<void> {
    const mine = ++turn
    putDown?.()
    putDown = undefined
    const of = editing.grid.value
    const tool = editing.tool.value
    if (of && editing.members.value) showMembers(map, app, of.bbox)
    if (!of || editing.members.value || (tool !== 'split' && tool !== 'redraw')) return
    const lines: Position[][] = linesOf(of.geometry)
    void neighbours(map, app.grid.layer.value ?? '', of.code, of.bbox)
      .then((codes) => Promise.allSettled(codes.map((code) => server.grid(scheme.value?.code ?? '', code))))
      .then((found) => { lines.push(...found.flatMap((one) => (one.status === 'fulfilled' ? linesOf(one.value.geometry) : []))) })
    const streets = streetLines(map)
    const pencil = await takePencil(map, {
      tool, theme: app.settings.theme.value, shape: of.geometry, lines: () => [...lines, ...streets()],
      drawn: (ask) => { if (mine === turn) editing.ask.value = ask },
    })
    if (mine === turn) putDown = pencil
    else pencil()
  }
  const stop = watch([editing.tool, editing.round], () => void take(), { flush: 'post' })
  map.on('remove', () => {
    stop()
    putDown?.()
  })
}

/** Members are picked one by one: the map must be near enough for its tiles to have them. */
function showMembers(map: MapLibre, { grid, map: port }: App, box: Box): void {
  const base = grid.schemes.value.value?.find(({ code }) => code === grid.scheme.value?.made_of)
  port.value?.fit(box)
  void map.once('moveend', () => { if (map.getZoom() < (base?.first_zoom ?? 0)) port.value?.zoomTo((base?.first_zoom ?? 0) + 0.1) })
}

/** Codes of the grids around one: those the map draws in and at its box. */
function neighbours(map: MapLibre, layer: string, code: string, [west, south, east, north]: [number, number, number, number]): Promise<string[]> {
  const marginPx = 8
  const [a, b] = [map.project([west, north]), map.project([east, south])]
  const codes = codesAt(map, [[a.x - marginPx, a.y - marginPx], [b.x + marginPx, b.y + marginPx]])
  return Promise.resolve(layer === '' ? [] : codes.filter((one) => one !== code).slice(0, neighbourLimit))
}

/** Streets as the map draws them, read again when it has moved. */
function streetLines(map: MapLibre): () => Position[][] {
  let lines: Position[][] | undefined
  map.on('moveend', () => { lines = undefined })
  return () => lines ??= streetLayers
    .flatMap((sourceLayer) => (map.getSource(citySource) ? map.queryRenderedFeatures({ filter: ['==', ['geometry-type'], 'LineString'] }).filter((one) => one.sourceLayer === sourceLayer) : []))
    .flatMap(({ geometry }) => linesOf(geometry))
}

/** Shift and drag marks all grids in a box, where the map otherwise zooms to it. */
function addBox(map: MapLibre, { grid }: App): void {
  const canvas = map.getCanvasContainer()
  const stop = watch(grid.active, (active) => {
    if (active) map.boxZoom.disable()
    else map.boxZoom.enable()
  }, { immediate: true })
  map.on('remove', stop)

  canvas.addEventListener('mousedown', (down) => {
    if (!grid.active.value || grid.editing.tool.value !== undefined || !down.shiftKey || down.button !== 0) return
    const frame = canvas.getBoundingClientRect()
    const box = document.createElement('div')
    box.className = 'grid-box'
    map.dragPan.disable()
    const corner = (event: MouseEvent): [number, number] => [event.clientX - frame.left, event.clientY - frame.top]
    const from = corner(down)
    const move = (event: MouseEvent) => {
      const to = corner(event)
      if (!box.isConnected && Math.hypot(to[0] - from[0], to[1] - from[1]) > 4) canvas.append(box)
      Object.assign(box.style, { left: `${Math.min(from[0], to[0])}px`, top: `${Math.min(from[1], to[1])}px`, width: `${Math.abs(to[0] - from[0])}px`, height: `${Math.abs(to[1] - from[1])}px` })
    }
    const up = (event: MouseEvent) => {
      document.removeEventListener('mousemove', move)
      map.dragPan.enable()
      if (box.isConnected) grid.mark(codesAt(map, [from, corner(event)]), true)
      box.remove()
    }
    document.addEventListener('mousemove', move)
    document.addEventListener('mouseup', up, { once: true })
  })
}

/** A person dragged from the list onto a grid. */
function addDrop(map: MapLibre, { grid, selecting }: App): void {
  const canvas = map.getCanvasContainer()
  const at = ({ clientX, clientY }: DragEvent): string | undefined => {
    const { left, top } = canvas.getBoundingClientRect()
    return codesAt(map, [clientX - left, clientY - top])[0]
  }
  canvas.addEventListener('dragover', (event) => {
    if (!grid.active.value || !event.dataTransfer?.types.includes(personType)) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'link'
  })
  canvas.addEventListener('drop', (event) => {
    const text = event.dataTransfer?.getData(personType)
    const code = at(event)
    const scheme = grid.scheme.value?.code
    if (!text || code === undefined || scheme === undefined) return
    event.preventDefault()
    const holder = JSON.parse(text) as Dragged
    const codes = grid.marked.value.includes(code) ? grid.marked.value : [code]
    if (codes.length === 1) selecting.select({ kind: 'grid', scheme, code })
    grid.proposal.value = { holder, codes }
  })
}

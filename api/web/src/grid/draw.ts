import type { Polygon, Position } from 'geojson'
import type { Map as MapLibre } from 'maplibre-gl'
import type { TerraDraw as Draw } from 'terra-draw'
import type { Theme } from '../state/permalink.ts'
import type { Tool } from './editing.ts'
import { onLattice, snap } from './snap.ts'
import type { Ask } from './server.ts'
import type { Shape } from './types.ts'

export interface Hand {
  tool: Tool
  theme: Theme
  shape: Shape
  /** What can be snapped to, in degrees; read while drawing, for the map moves. */
  lines(): Position[][]
  drawn(ask: Ask | undefined): void
}

/** Sources and layers of the drawing library begin like this: the map's style must let them be. */
export const drawPrefix = 'wangge-draw'
export type Ink = `#${string}`
export const inks: Record<Theme, Ink> = { light: '#1456f0', dark: '#7aa5ff' }
export const papers: Record<Theme, Ink> = { light: '#ffffff', dark: '#0e1116' }
export const pointerPx = 24

/** How the points of a drawing look, whatever is drawn. */
export function pointStyles(ink: Ink, paper: Ink) {
  return { closingPointColor: ink, closingPointWidth: 6, closingPointOutlineColor: paper, closingPointOutlineWidth: 2, snappingPointColor: paper, snappingPointOutlineColor: ink, snappingPointOutlineWidth: 3, snappingPointWidth: 6, coordinatePointColor: ink, coordinatePointWidth: 4 } as const
}

export function lineStyles(ink: Ink, paper: Ink) {
  return { lineStringColor: ink, lineStringWidth: 3, ...pointStyles(ink, paper) } as const
}

/** How a shape looks whose corners are moved. */
export function cornerStyles(ink: Ink, paper: Ink) {
  return { selectedPolygonColor: ink, selectedPolygonFillOpacity: 0.08, selectedPolygonOutlineColor: ink, selectedPolygonOutlineWidth: 2.5, selectionPointColor: paper, selectionPointOutlineColor: ink, selectionPointWidth: 5, selectionPointOutlineWidth: 2, midPointColor: ink, midPointOpacity: 0.55, midPointWidth: 3, midPointOutlineColor: paper, midPointOutlineWidth: 1 } as const
}

/** Takes a pencil to the map: a line to split along, or the corners of a grid to move. Gives the function that puts it down. */
export async function takePencil(map: MapLibre, hand: Hand): Promise<() => void> {
  const [{ TerraDraw, TerraDrawLineStringMode, TerraDrawSelectMode, TerraDrawPolygonMode }, { TerraDrawMapLibreGLAdapter }] = await Promise.all([
    import('terra-draw'), import('terra-draw-maplibre-gl-adapter'),
  ])
  const [ink, paper] = [inks[hand.theme], papers[hand.theme]]
  const snapping = { toCustom: ({ containerX, containerY }: { containerX: number; containerY: number }) => snap({ x: containerX, y: containerY }, hand.lines(), ([lon = 0, lat = 0]) => map.project([lon, lat]))?.position }
  const line = new TerraDrawLineStringMode({
    snapping, pointerDistance: pointerPx, showCoordinatePoints: true, keyEvents: { cancel: null, finish: 'Enter' },
    styles: lineStyles(ink, paper),
  })
  const corners = new TerraDrawSelectMode({
    pointerDistance: pointerPx, allowManualDeselection: false, keyEvents: { deselect: null, delete: 'Delete', rotate: null, scale: null },
    flags: { polygon: { feature: { draggable: false, coordinates: { draggable: true, deletable: true, midpoints: { draggable: true }, snappable: snapping } } } },
    styles: cornerStyles(ink, paper),
  })
  const draw = new TerraDraw({ adapter: new TerraDrawMapLibreGLAdapter({ map, prefixId: drawPrefix }), modes: [line, corners, new TerraDrawPolygonMode()] })
  draw.start()
  if (hand.tool === 'split') drawLine(draw, hand)
  else moveCorners(draw, hand)
  return () => { if (draw.enabled) draw.stop() }
}

/** The line so far counts from its second corner on, so that its cut shows while it is drawn; a new line takes the place of the old one. */
function drawLine(draw: Draw, { drawn }: Hand): void {
  draw.setMode('linestring')
  const lines = () => draw.getSnapshot().filter(({ geometry }) => geometry.type === 'LineString')
  draw.on('change', (_ids, type) => {
    if (type === 'styling') return
    const [latest] = lines().slice(-1)
    if (!latest) {
      drawn(undefined)
      return
    }
    const coordinates = distinct((latest.geometry.coordinates as Position[]).map(settled))
    drawn(coordinates.length >= 2 ? { kind: 'split', line: { type: 'LineString', coordinates } } : undefined)
  })
  draw.on('finish', (id) => {
    const older = lines().flatMap((one) => (one.id !== undefined && one.id !== id ? [one.id] : []))
    if (older.length > 0) draw.removeFeatures(older)
  })
}

/** Of a shape in several parts the largest is redrawn; the others, and holes, stay as they are. */
function moveCorners(draw: Draw, { shape, drawn }: Hand): void {
  const parts = shape.type === 'Polygon' ? [shape.coordinates] : shape.coordinates
  const largest = parts.reduce((best, part, i) => ((part[0]?.length ?? 0) > (parts[best]?.[0]?.length ?? 0) ? i : best), 0)
  const ring = parts[largest]?.[0]
  if (!ring) return
  const polygon: Polygon = { type: 'Polygon', coordinates: [ring.map(settled)] }
  const [added] = draw.addFeatures([{ type: 'Feature', geometry: polygon, properties: { mode: 'polygon' } }])
  if (added?.id === undefined || !added.valid) return
  draw.setMode('select')
  draw.selectFeature(added.id)
  const { id } = added
  draw.on('change', (ids, type) => {
    const now = draw.getSnapshotFeature(id)
    if (type === 'styling' || !ids.includes(id) || now?.geometry.type !== 'Polygon') return
    const outer = (now.geometry.coordinates[0] ?? []).map(settled)
    const coordinates = parts.map((part, i) => (i === largest ? [outer, ...part.slice(1)] : part))
    drawn(same(outer, polygon.coordinates[0] ?? []) ? undefined : { kind: 'redraw', geometry: { type: 'MultiPolygon', coordinates } })
  })
}

const settled = ([lon = 0, lat = 0]: Position): Position => [onLattice(lon), onLattice(lat)]

/** The pencil's own point trails the line while it is drawn: twice the same place counts once. */
function distinct(line: Position[]): Position[] {
  return line.filter((position, i) => i === 0 || !same([position], [line[i - 1] ?? []]))
}

function same(a: Position[], b: Position[]): boolean {
  return a.length === b.length && a.every((position, i) => position[0] === b[i]?.[0] && position[1] === b[i]?.[1])
}

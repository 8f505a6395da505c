import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import type { Box } from '../api/types.ts'
import type { ImportRow } from './types.ts'

export const rowsSource = 'wangge-import-rows'

/** Colours that hold on light and dark ground: shape and list say the same. */
const colour: ExpressionSpecification = ['match', ['get', 'outcome'], 'rejected', '#d64545', 'aside', '#e8930c', 'duplicate', '#e8930c', 'insert', '#2a9d61', 'update', '#1456f0', '#7c828c']
const on: ExpressionSpecification = ['boolean', ['get', 'chosen'], false]

export function rowLayers(): LayerSpecification[] {
  return [
    { id: 'import-areas', type: 'fill', source: rowsSource, filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': colour, 'fill-opacity': ['case', on, 0.6, 0.3] } },
    { id: 'import-lines', type: 'line', source: rowsSource, filter: ['!=', ['geometry-type'], 'Point'], paint: { 'line-color': colour, 'line-width': ['case', on, 5, 2] } },
    { id: 'import-points', type: 'circle', source: rowsSource, filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-color': colour, 'circle-radius': ['case', on, 9, 5], 'circle-stroke-color': '#fff', 'circle-stroke-width': ['case', on, 3, 1] } },
  ]
}

export function collect(rows: readonly ImportRow[], chosen?: number): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: rows.flatMap(({ geometry, ordinal, outcome }) => (geometry ? [{ type: 'Feature' as const, geometry, properties: { ordinal, outcome, chosen: ordinal === chosen } }] : [])),
  }
}

/** The box of what has a place and lies on earth; undefined for nothing. */
export function boxOf(rows: readonly Pick<ImportRow, 'geometry'>[]): Box | undefined {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { geometry } of rows) {
    if (geometry) visit(geometry, box)
  }
  return box[0] <= box[2] && box[1] <= box[3] ? box : undefined
}

function visit(geometry: GeoJSON.Geometry, box: Box): void {
  if (geometry.type === 'GeometryCollection') for (const one of geometry.geometries) visit(one, box)
  else positions(geometry.coordinates, box)
}

function positions(part: unknown, box: Box): void {
  if (!Array.isArray(part)) return
  const [x, y] = part as [unknown, unknown]
  if (typeof x !== 'number' || typeof y !== 'number') {
    for (const inner of part) positions(inner, box)
  } else if (Math.abs(x) <= 180 && Math.abs(y) <= 85) {
    box[0] = Math.min(box[0], x)
    box[1] = Math.min(box[1], y)
    box[2] = Math.max(box[2], x)
    box[3] = Math.max(box[3], y)
  }
}

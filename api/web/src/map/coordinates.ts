import type { Geometry } from 'geojson'
import type { Box, Position } from '../api/types.ts'

/** Six decimals are a decimetre: finer than the inventory, and what people paste elsewhere. Longitude first. */
export function formatPosition([lon, lat]: Position): string {
  return `${lon.toFixed(6)}, ${lat.toFixed(6)}`
}

/** The smallest upright box around points, where the map may be turned. */
export function boxAround(points: Position[]): Box {
  const lons = points.map(([lon]) => lon)
  const lats = points.map(([, lat]) => lat)
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]
}

/** The box of any geometry; undefined for an empty one. */
export function geometryBox(geometry: Geometry): Box | undefined {
  const points = [...positions(geometry)]
  return points.length > 0 ? boxAround(points) : undefined
}

function* positions(geometry: Geometry): Generator<Position> {
  if (geometry.type === 'GeometryCollection') {
    for (const member of geometry.geometries) yield* positions(member)
    return
  }
  yield* nested(geometry.coordinates)
}

type Nested = number[] | Nested[]

function* nested(coordinates: Nested): Generator<Position> {
  const [first, second] = coordinates
  if (typeof first === 'number' && typeof second === 'number') {
    yield [first, second]
    return
  }
  for (const member of coordinates) if (Array.isArray(member)) yield* nested(member)
}

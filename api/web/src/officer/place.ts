import type { Geometry, Position } from 'geojson'
import { geometryBox } from '../map/coordinates.ts'

/** One place for a shape: the middle of a line's vertices, the middle of the box of anything else. */
export function placeOf(geometry: Geometry | undefined): { lon: number; lat: number } | undefined {
  if (!geometry) return undefined
  const line: Position[] | undefined = geometry.type === 'LineString' ? geometry.coordinates : geometry.type === 'MultiLineString' ? geometry.coordinates[0] : undefined
  const middle = line?.[Math.floor(line.length / 2)]
  if (middle) return { lon: middle[0] ?? 0, lat: middle[1] ?? 0 }
  const box = geometryBox(geometry)
  return box && { lon: (box[0] + box[2]) / 2, lat: (box[1] + box[3]) / 2 }
}

import type { Geometry, LineString, Point, Polygon, Position } from 'geojson'
import type { CollectionSchema } from '../../api/types.ts'

/** What a hand draws: one piece at a time. */
export type ShapeKind = 'Point' | 'LineString' | 'Polygon'
export type Simple = Point | LineString | Polygon

const all: readonly ShapeKind[] = ['Point', 'LineString', 'Polygon']
const formats: Record<string, readonly ShapeKind[]> = {
  'geometry-point': ['Point'],
  'geometry-linestring-or-multilinestring': ['LineString'],
  'geometry-polygon-or-multipolygon': ['Polygon'],
}

/** The kinds of shape that a layer may have. */
export function kindsOf(schema: CollectionSchema): readonly ShapeKind[] {
  const property = Object.values(schema.properties).find((one) => one['x-ogc-role'] === 'primary-geometry')
  const told = property?.['x-geometry-types']
  if (told) return all.filter((kind) => told.some((one) => one.replace('Multi', '') === kind))
  return formats[property?.format ?? ''] ?? all
}

/** The piece of a shape that a hand can change, and the whole with that piece changed: of several the largest, of an area its outline. Holes and the other pieces stay. */
export interface Handle {
  simple: Simple
  whole(next: Simple): Geometry
}

export function handleOf(geometry: Geometry): Handle | undefined {
  switch (geometry.type) {
    case 'Point':
    case 'LineString': return { simple: geometry, whole: (next) => next }
    case 'Polygon': {
      const [outer = [], ...holes] = geometry.coordinates
      return { simple: { type: 'Polygon', coordinates: [outer] }, whole: (next) => ({ type: 'Polygon', coordinates: [ringOf(next), ...holes] }) }
    }
    case 'MultiLineString': {
      const at = largest(geometry.coordinates)
      return {
        simple: { type: 'LineString', coordinates: geometry.coordinates[at] ?? [] },
        whole: (next) => ({ type: 'MultiLineString', coordinates: geometry.coordinates.map((line, i) => (i === at ? (next as LineString).coordinates : line)) }),
      }
    }
    case 'MultiPolygon': {
      const at = largest(geometry.coordinates.map(([outer = []]) => outer))
      return {
        simple: { type: 'Polygon', coordinates: [geometry.coordinates[at]?.[0] ?? []] },
        whole: (next) => ({ type: 'MultiPolygon', coordinates: geometry.coordinates.map((rings, i) => (i === at ? [ringOf(next), ...rings.slice(1)] : rings)) }),
      }
    }
    default: return undefined
  }
}

const ringOf = (shape: Simple): Position[] => (shape.type === 'Polygon' ? shape.coordinates[0] ?? [] : [])

function largest(parts: Position[][]): number {
  return parts.reduce((best, part, i) => (part.length > (parts[best]?.length ?? 0) ? i : best), 0)
}

/** A line that is being drawn ends at the pointer, a ring before it closes: what is settled goes without. Undefined while that is too little. */
export function settledShape(shape: Simple): Simple | undefined {
  switch (shape.type) {
    case 'Point': return shape
    case 'LineString': {
      const coordinates = distinct(shape.coordinates.slice(0, -1))
      return coordinates.length >= 2 ? { type: 'LineString', coordinates } : undefined
    }
    case 'Polygon': {
      const ring = distinct((shape.coordinates[0] ?? []).slice(0, -2))
      const [start] = ring
      return start && ring.length >= 3 ? { type: 'Polygon', coordinates: [[...ring, start]] } : undefined
    }
  }
}

/** How many corners somebody has set. */
export function cornersOf(shape: Simple | undefined): number {
  if (!shape) return 0
  if (shape.type === 'Point') return 1
  return shape.type === 'LineString' ? shape.coordinates.length : Math.max(0, (shape.coordinates[0]?.length ?? 0) - 1)
}

/** Nine digits are a tenth of a millimetre, and what the record keeps. */
export function onLattice<T extends Simple>(shape: T): T {
  return JSON.parse(JSON.stringify(shape, (_key, value: unknown) => (typeof value === 'number' ? Number(value.toFixed(9)) : value))) as T
}

function distinct(line: Position[]): Position[] {
  return line.filter((position, i) => i === 0 || position[0] !== line[i - 1]?.[0] || position[1] !== line[i - 1]?.[1])
}

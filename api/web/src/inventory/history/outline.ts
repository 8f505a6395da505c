import type { Geometry, Position } from 'geojson'
import { geometryBox } from '../../map/coordinates.ts'
import { linesOf } from '../../grid/snap.ts'

/** A shape as the path of a small picture; a point as a dot. */
export interface Outline {
  path: string
  dots: { x: number; y: number }[]
  closed: boolean
}

const leastDegrees = 0.0002

/** Draws shapes into one square picture of a size in pixels, all to one scale, north up. */
export function outlines(shapes: readonly (Geometry | null)[], sizePx: number, marginPx = 10): (Outline | undefined)[] {
  const boxes = shapes.flatMap((shape) => (shape ? geometryBox(shape) ?? [] : []))
  const [lons, lats] = [boxes.filter((_, i) => i % 2 === 0), boxes.filter((_, i) => i % 2 === 1)]
  const middle = { lon: (Math.min(...lons) + Math.max(...lons)) / 2, lat: (Math.min(...lats) + Math.max(...lats)) / 2 }
  const squeeze = Math.cos((middle.lat * Math.PI) / 180)
  const span = Math.max((Math.max(...lons) - Math.min(...lons)) * squeeze, Math.max(...lats) - Math.min(...lats), leastDegrees)
  const scale = (sizePx - 2 * marginPx) / span
  const place = ([lon = 0, lat = 0]: Position) => ({ x: round(sizePx / 2 + (lon - middle.lon) * squeeze * scale), y: round(sizePx / 2 - (lat - middle.lat) * scale) })
  return shapes.map((shape) => shape ? {
    path: linesOf(shape).map((line) => line.map((at, i) => `${i === 0 ? 'M' : 'L'}${place(at).x} ${place(at).y}`).join('')).join(''),
    dots: shape.type === 'Point' ? [place(shape.coordinates)] : [],
    closed: shape.type.endsWith('Polygon'),
  } : undefined)
}

const round = (px: number) => Math.round(px * 10) / 10

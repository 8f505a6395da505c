import type { Geometry, Position } from 'geojson'

/** Where something lies on the screen, in CSS pixels. */
export interface Pixel { x: number; y: number }
export type Project = (position: Position) => Pixel

/** Corners are sought first and from farther away than edges: meeting a corner is what one nearly always wants. */
export const reachPx = { corner: 12, edge: 9 }

export interface Snapped {
  position: Position
  to: 'corner' | 'edge'
}

/** Lines of any geometry, in a list of its own: what one can snap to. */
export function linesOf(geometry: Geometry): Position[][] {
  switch (geometry.type) {
    case 'LineString': return [geometry.coordinates]
    case 'MultiLineString':
    case 'Polygon': return [...geometry.coordinates]
    case 'MultiPolygon': return geometry.coordinates.flat()
    case 'GeometryCollection': return geometry.geometries.flatMap(linesOf)
    default: return []
  }
}

/** The nearest corner within reach of a place on the screen, else the nearest point of an edge. */
export function snap(at: Pixel, lines: Position[][], project: Project): Snapped | undefined {
  return nearestCorner(at, lines, project) ?? nearestEdge(at, lines, project)
}

function nearestCorner(at: Pixel, lines: Position[][], project: Project): Snapped | undefined {
  let best: Snapped | undefined
  let within = reachPx.corner
  for (const position of lines.flat()) {
    const distance = apart(at, project(position))
    if (distance < within) [best, within] = [{ position: lonLat(position), to: 'corner' }, distance]
  }
  return best
}

function nearestEdge(at: Pixel, lines: Position[][], project: Project): Snapped | undefined {
  let best: Snapped | undefined
  let within = reachPx.edge
  for (const line of lines) {
    for (let i = 1; i < line.length; i++) {
      const [from, to] = [line[i - 1], line[i]]
      if (!from || !to) continue
      const [a, b] = [project(from), project(to)]
      const share = along(at, a, b)
      const distance = apart(at, { x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y) })
      if (distance < within) [best, within] = [{ position: between(from, to, share), to: 'edge' }, distance]
    }
  }
  return best
}

/** How far along a segment the foot of the perpendicular lies, 0–1. */
function along(at: Pixel, a: Pixel, b: Pixel): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const square = dx * dx + dy * dy
  return square === 0 ? 0 : Math.min(1, Math.max(0, ((at.x - a.x) * dx + (at.y - a.y) * dy) / square))
}

const apart = (a: Pixel, b: Pixel) => Math.hypot(a.x - b.x, a.y - b.y)
const lonLat = ([lon = 0, lat = 0]: Position): Position => [lon, lat]

function between([lon0 = 0, lat0 = 0]: Position, [lon1 = 0, lat1 = 0]: Position, share: number): Position {
  return [onLattice(lon0 + share * (lon1 - lon0)), onLattice(lat0 + share * (lat1 - lat0))]
}

/** Grids have their corners on a lattice of 1e-9 degrees. */
export function onLattice(degrees: number): number {
  return Number(degrees.toFixed(9))
}

import type { Geometry, Position } from 'geojson'

/** The ellipsoid of CGCS2000. */
const majorM = 6_378_137
const flattening = 1 / 298.257222101
const square = flattening * (2 - flattening)

export interface Size {
  lengthM?: number
  areaM2?: number
}

/** How long a line is, how large an area and how long its outline. On pieces of a city the plane that touches the ellipsoid is right to a part in a million. */
export function sizeOf(geometry: Geometry): Size {
  switch (geometry.type) {
    case 'LineString': return { lengthM: lengthM(geometry.coordinates) }
    case 'MultiLineString': return { lengthM: sum(geometry.coordinates.map(lengthM)) }
    case 'Polygon': return areaOf([geometry.coordinates])
    case 'MultiPolygon': return areaOf(geometry.coordinates)
    default: return {}
  }
}

function areaOf(polygons: Position[][][]): Size {
  return {
    lengthM: sum(polygons.flat().map(lengthM)),
    areaM2: sum(polygons.map(([outer = [], ...holes]) => ringM2(outer) - sum(holes.map(ringM2)))),
  }
}

export function lengthM(line: Position[]): number {
  return sum(line.slice(1).map((to, i) => distanceM(line[i] ?? to, to)))
}

export function distanceM([lon0 = 0, lat0 = 0]: Position, [lon1 = 0, lat1 = 0]: Position): number {
  const { east, north } = perDegree((lat0 + lat1) / 2)
  return Math.hypot((lon1 - lon0) * east, (lat1 - lat0) * north)
}

function ringM2(ring: Position[]): number {
  const [[lon0 = 0, lat0 = 0] = []] = ring
  const middle = sum(ring.map(([, lat = 0]) => lat)) / Math.max(1, ring.length)
  const { east, north } = perDegree(middle)
  const flat = ring.map(([lon = 0, lat = 0]) => [(lon - lon0) * east, (lat - lat0) * north] as const)
  return Math.abs(sum(flat.map(([x, y], i) => {
    const [nextX, nextY] = flat[(i + 1) % flat.length] ?? [x, y]
    return x * nextY - nextX * y
  }))) / 2
}

/** Metres in a degree of longitude and of latitude, at a latitude. */
function perDegree(lat: number): { east: number; north: number } {
  const phi = (lat * Math.PI) / 180
  const bend = 1 - square * Math.sin(phi) ** 2
  return { east: ((Math.PI / 180) * majorM * Math.cos(phi)) / Math.sqrt(bend), north: ((Math.PI / 180) * majorM * (1 - square)) / bend ** 1.5 }
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)

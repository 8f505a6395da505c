import type { Geometry, Position } from 'geojson'

/** The ellipsoid and the offset that GCJ-02 was made with. */
const majorM = 6_378_245
const square = 0.00669342162296594323
const [originLon, originLat] = [105, 35]
const rounds = 8

/** Where something lies whose coordinates are those of GCJ-02 (高德, 腾讯): found by repeating the way there until it meets, well below a millimetre. */
export function fromGCJ([lon = 0, lat = 0]: Position): Position {
  let [x, y] = [lon, lat]
  for (let i = 0; i < rounds; i++) {
    const [thereLon = 0, thereLat = 0] = toGCJ([x, y])
    x -= thereLon - lon
    y -= thereLat - lat
  }
  return [Number(x.toFixed(9)), Number(y.toFixed(9))]
}

/** Where GCJ-02 has a place. */
export function toGCJ([lon = 0, lat = 0]: Position): Position {
  const [x, y] = [lon - originLon, lat - originLat]
  const phi = (lat * Math.PI) / 180
  const bend = 1 - square * Math.sin(phi) ** 2
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + ripples(x) + waves(y, [20, 1], [40, 1 / 3], [160, 1 / 12], [320, 1 / 30])
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + ripples(x) + waves(x, [20, 1], [40, 1 / 3], [150, 1 / 12], [300, 1 / 30])
  return [
    lon + (east * 180) / ((majorM / Math.sqrt(bend)) * Math.cos(phi) * Math.PI),
    lat + (north * 180) / (((majorM * (1 - square)) / bend ** 1.5) * Math.PI),
  ]
}

const ripples = (x: number) => waves(x, [20, 6], [20, 2])

/** Two thirds of a sum of sines, each with its height and its turns. */
function waves(value: number, ...parts: [height: number, turns: number][]): number {
  return (2 / 3) * parts.reduce((total, [height, turns]) => total + height * Math.sin(value * turns * Math.PI), 0)
}

type Nested = number[] | Nested[]

/** The whole shape, moved back. */
export function geometryFromGCJ<T extends Geometry>(geometry: T): T {
  if (geometry.type === 'GeometryCollection') return { ...geometry, geometries: geometry.geometries.map(geometryFromGCJ) }
  const deep = (part: Nested): Nested => (typeof part[0] === 'number' ? fromGCJ(part as Position) : (part as Nested[]).map(deep))
  return { ...geometry, coordinates: deep(geometry.coordinates as Nested) }
}

import type { Position } from 'geojson'
import type { Map as MapLibre, MapGeoJSONFeature } from 'maplibre-gl'
import { linesOf } from '../../grid/snap.ts'
import { citySource, highlightPrefix } from '../../map/highlight.ts'
import { densitySuffix } from '../../state/permalink.ts'

/** Where a tile ends, in degrees. */
interface Frame { west: number; south: number; east: number; north: number }
type Cut = Pick<MapGeoJSONFeature, 'geometry' | 'id' | 'sourceLayer' | '_x' | '_y' | '_z'>

/**
 * What the map draws of the city and a hand can meet: streets, the things of all layers, the borders of grids. Read again when the map has moved or drawn anew.
 * The thing in hand is left out.
 */
export function snapLines(map: MapLibre, own: () => { layer: string; id: string } | undefined): { lines(): Position[][]; stop(): void } {
  let lines: Position[][] | undefined
  const forget = () => { lines = undefined }
  map.on('moveend', forget)
  map.on('idle', forget)
  return {
    lines() { return lines ??= drawnLines(map, own()) },
    stop() {
      map.off('moveend', forget)
      map.off('idle', forget)
    },
  }
}

function drawnLines(map: MapLibre, own: { layer: string; id: string } | undefined): Position[][] {
  if (!map.getSource(citySource)) return []
  const seen = map.queryRenderedFeatures().filter(({ layer, sourceLayer = '', id }) => layer.source === citySource && !layer.id.startsWith(highlightPrefix)
    && !sourceLayer.endsWith(densitySuffix) && sourceLayer !== 'ground' && !(own && sourceLayer === own.layer && String(id) === own.id))
  const pieces = new Map(seen.map((one) => [`${one.sourceLayer}/${one.id}/${one._z}/${one._x}/${one._y}`, one]))
  return [...pieces.values()].flatMap(linesInTile)
}

/** The lines of a piece of a feature as its tile has it. Tiles cut areas a little outside their edge: what lies out there is no border, and the next tile has what is. */
export function linesInTile({ geometry, _x, _y, _z }: Cut): Position[][] {
  if (geometry.type === 'Point') return [[geometry.coordinates]]
  if (geometry.type === 'MultiPoint') return geometry.coordinates.map((point) => [point])
  const frame = frameOf(_z, _x, _y)
  return linesOf(geometry).flatMap((line) => inside(line, frame))
}

function inside(line: Position[], frame: Frame): Position[][] {
  const kept: Position[][] = []
  let run: Position[] = []
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1], line[i]]
    if (!a || !b) continue
    if (meets(a, b, frame)) {
      if (run.length === 0) run.push(a)
      run.push(b)
    } else if (run.length > 0) {
      kept.push(run)
      run = []
    }
  }
  if (run.length > 0) kept.push(run)
  return kept
}

/** By their boxes: enough to tell a cut, which runs along the frame. */
function meets([x0 = 0, y0 = 0]: Position, [x1 = 0, y1 = 0]: Position, { west, south, east, north }: Frame): boolean {
  return Math.max(x0, x1) >= west && Math.min(x0, x1) <= east && Math.max(y0, y1) >= south && Math.min(y0, y1) <= north
}

function frameOf(z: number, x: number, y: number): Frame {
  const side = 2 ** -z
  const lon = (share: number) => share * 360 - 180
  const lat = (share: number) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * share))) * 180) / Math.PI
  return { west: lon(x * side), east: lon((x + 1) * side), north: lat(y * side), south: lat((y + 1) * side) }
}

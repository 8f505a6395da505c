import type { Geometry } from 'geojson'
import type { StyleSpecification } from 'maplibre-gl'
import { composeStyle } from '../map/compose.ts'
import { geometryBox } from '../map/coordinates.ts'
import type { Box } from '../api/types.ts'
import type { LegendLayer } from '../api/types.ts'
import type { Rect } from './paper.ts'

/** The map of a fact sheet, in millimetres: as wide as an A4 with its margins leaves. */
export const factMap: Rect = { x: 0, y: 0, width: 182, height: 84 }
const leastM = 260
const marginShare = 0.35
const metresPerDegree = 111_320
const never = 25

/** Around a feature, with room: a point has its surroundings. */
export function factBox(geometry: Geometry): Box | undefined {
  const box = geometryBox(geometry)
  if (!box) return undefined
  const [west, south, east, north] = box
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180)
  const grow = (from: number, to: number, perDegreeM: number): [number, number] => {
    const wanted = Math.max((to - from) * (1 + 2 * marginShare), leastM / perDegreeM)
    const middle = (from + to) / 2
    return [middle - wanted / 2, middle + wanted / 2]
  }
  const [w, e] = grow(west, east, metresPerDegree * squeeze)
  const [s, n] = grow(south, north, metresPerDegree)
  return [w, s, e, n]
}

/** The city on white paper, with what is normally shown of it, and the feature marked. */
export function factStyle(style: StyleSpecification, legend: readonly LegendLayer[], layer: string, id: string): StyleSpecification {
  const shown = (name: string) => name === layer || (legend.find((one) => one.layer === name)?.visible ?? true)
  const composed = composeStyle(style, { isVisible: shown, opacityOf: () => 100, densityFrom: () => never, selection: { kind: 'feature', layer, id }, name: undefined, region: undefined, theme: 'light' })
  return { ...composed, layers: composed.layers.filter((one) => !(one.minzoom !== undefined && one.minzoom >= never)).map((one) => (one.type === 'background' ? { ...one, paint: { 'background-color': '#ffffff' } } : one)) }
}

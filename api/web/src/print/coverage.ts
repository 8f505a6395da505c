import type { StyleSpecification } from 'maplibre-gl'
import { plainOverlay } from '../coverage/overlay.ts'
import type { Question } from '../coverage/question.ts'
import { placed } from '../coverage/scenario/changes.ts'
import type { FacilityItem, Row } from '../coverage/types.ts'
import { composeStyle } from '../map/compose.ts'
import type { Box } from '../api/types.ts'
import { boxAround } from '../map/coordinates.ts'
import type { Rect } from './paper.ts'

/** The map of a coverage report, in millimetres. */
export const reportMap: Rect = { x: 0, y: 0, width: 182, height: 104 }
const never = 25
const shownLayers = ['road', 'back_alley', 'region', 'ground']
/** Areas that a page has room for. */
export const mostAreas = 14

/** The answer on white paper: hexagons and facilities over streets, always in the light colours. */
export function reportStyle(style: StyleSpecification, question: Question, facilities: readonly FacilityItem[], origin: string, scenario: number | undefined): StyleSpecification {
  const composed = composeStyle(style, {
    isVisible: (layer) => shownLayers.includes(layer), opacityOf: () => 100, densityFrom: () => never, selection: undefined, name: undefined, region: question.within, theme: 'light',
    overlay: plainOverlay({ question, origin, scenario, theme: 'light' }, placed(facilities, [], question.service)),
  })
  return { ...composed, layers: composed.layers.filter((one) => !(one.minzoom !== undefined && one.minzoom >= never)) }
}

/** Where the report looks: at the region asked about, else at the facilities, else at the middle of the city. */
export function reportBox(region: Box | null | undefined, facilities: readonly FacilityItem[], center: [number, number]): Box {
  if (region) return region
  if (facilities.length > 0) return boxAround(facilities.map(({ lon, lat }) => [lon, lat]))
  const [lon, lat] = center
  return [lon - 0.05, lat - 0.04, lon + 0.05, lat + 0.04]
}

/** Of ground with streets, what lies out of reach. */
export function uncoveredM2(row: Row, at: number): number {
  return Math.max(0, row.area_m2 - row.no_network_m2 - (row.covered_m2[at] ?? 0))
}

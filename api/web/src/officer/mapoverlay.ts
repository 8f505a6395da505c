import type { Feature, FeatureCollection } from 'geojson'
import type { Box, Position } from '../api/types.ts'
import { boxAround, geometryBox } from '../map/coordinates.ts'
import type { Overlay } from '../grid/overlay.ts'
import type { Theme } from '../state/permalink.ts'
import { isDoneToday, isOpen, isPlaced } from './order.ts'
import { markOf } from './mapmarks.ts'
import type { Here } from './position.ts'
import type { DueEntry, MyProblem, Pack } from './store/types.ts'

/** What is drawn over the city, by the name of its source. */
export interface OfficerDrawing {
  grids: FeatureCollection
  marks: FeatureCollection
  me: FeatureCollection
}

const flavors: Record<Theme, { accent: string; halo: string; ink: string }> = {
  light: { accent: '#1456f0', halo: '#ffffff', ink: '#1f2329' },
  dark: { accent: '#7aa5ff', halo: '#12161c', ink: '#f2f4f8' },
}
const empty = { type: 'geojson' as const, data: { type: 'FeatureCollection' as const, features: [] } }

export function officerOverlay(theme: Theme): Overlay {
  const { accent } = flavors[theme]
  return {
    sources: { 'officer-grids': empty, 'officer-marks': empty, 'officer-me': empty },
    ground: [{ id: 'officer-grid-fill', type: 'fill', source: 'officer-grids', paint: { 'fill-color': accent, 'fill-opacity': 0.06 } }],
    below: [
      { id: 'officer-grid-line', type: 'line', source: 'officer-grids', layout: { 'line-join': 'round' }, paint: { 'line-color': accent, 'line-width': 3, 'line-opacity': 0.9 } },
    ],
    above: [
      { id: 'officer-accuracy', type: 'fill', source: 'officer-me', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': accent, 'fill-opacity': 0.16 } },
      { id: 'officer-accuracy-edge', type: 'line', source: 'officer-me', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'line-color': accent, 'line-width': 1.5 } },
      {
        id: 'officer-marks', type: 'symbol', source: 'officer-marks',
        layout: { 'icon-image': ['get', 'image'], 'icon-allow-overlap': true, 'icon-ignore-placement': true, 'symbol-sort-key': ['get', 'rank'], 'icon-size': ['interpolate', ['linear'], ['zoom'], 12, 0.5, 15, 0.8, 17, 1] },
      },
      { id: 'officer-me-halo', type: 'circle', source: 'officer-me', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 22, 'circle-color': accent, 'circle-opacity': 0.28 } },
      { id: 'officer-me', type: 'circle', source: 'officer-me', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 9, 'circle-color': '#1456f0', 'circle-stroke-color': '#ffffff', 'circle-stroke-width': 4 } },
    ],
  }
}

/** The box of my grids; undefined before the pack is there. */
export function gridsBox(pack: Pack | undefined): Box | undefined {
  const corners = (pack?.grids ?? []).flatMap(({ geometry }): Position[] => {
    const box = geometryBox(geometry)
    return box ? [[box[0], box[1]], [box[2], box[3]]] : []
  })
  return corners.length > 0 ? boxAround(corners) : undefined
}

export function gridsOf(pack: Pack | undefined): FeatureCollection {
  return collect((pack?.grids ?? []).map(({ geometry, code, name }) => ({ type: 'Feature', properties: { code, name }, geometry })))
}

/** What is open has its place in the walk; what is done is small and below. */
export function marksOf(due: readonly DueEntry[], problems: readonly MyProblem[], chosen: string | undefined, now: Date): FeatureCollection {
  let place = 0
  const checks = due.filter((entry) => isPlaced(entry.subject) && (entry.state !== 'done' || isDoneToday(entry, now))).map((entry): Feature => {
    const open = isOpen(entry)
    if (open) place++
    return mark(entry.id, [entry.subject.lon, entry.subject.lat], markOf(entry.state, open ? place : undefined), open ? 1000 - place : 0, entry.id === chosen)
  })
  const reports = problems.flatMap(({ id, lon, lat }) => (lon !== null && lat !== null ? [mark(`problem:${id}`, [lon, lat], markOf('problem'), 500, `problem:${id}` === chosen)] : []))
  return collect([...checks, ...reports])
}

function mark(id: string, coordinates: Position, image: string, rank: number, chosen: boolean): Feature {
  return { type: 'Feature', properties: { id, image, rank: chosen ? 2000 : rank, chosen }, geometry: { type: 'Point', coordinates } }
}

const corners = 64
const metresPerDegree = 111_320

/** Where the phone is, and the circle that it is in. */
export function meOf(here: Here | undefined): FeatureCollection {
  if (!here) return collect([])
  const [lon, lat] = here.at
  const [dx, dy] = [here.accuracyM / (metresPerDegree * Math.cos((lat * Math.PI) / 180)), here.accuracyM / metresPerDegree]
  const ring = Array.from({ length: corners + 1 }, (_, i) => {
    const turn = (i / corners) * 2 * Math.PI
    return [lon + dx * Math.cos(turn), lat + dy * Math.sin(turn)]
  })
  return collect([{ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } }, { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: here.at } }])
}

export function collect(features: Feature[]): FeatureCollection {
  return { type: 'FeatureCollection', features }
}

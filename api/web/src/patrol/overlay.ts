import type { Feature, FeatureCollection, Geometry, Point } from 'geojson'
import type { ExpressionSpecification, LayerSpecification, SourceSpecification } from 'maplibre-gl'
import { hatchPrefix } from '../coverage/hatch.ts'
import type { Overlay } from '../grid/overlay.ts'
import { citySource } from '../map/highlight.ts'
import type { Theme } from '../state/permalink.ts'
import { markPrefix } from './images.ts'

/** Areas of the city's tiles in colours, by code; '' is hatched: nothing is known. */
export interface Areas {
  layer: string
  colors: Map<string, string>
}

/** One proposal: where the thing was, is and is to be. */
export interface Move {
  base: Geometry | null
  now: Geometry | null
  proposed: Geometry | null
  from: [number, number] | undefined
  to: [number, number] | undefined
  label: string
}

/** What the patrol workspace draws over the city: a pure function makes MapLibre's layers of it. */
export interface Picture {
  theme: Theme
  problems: FeatureCollection | undefined
  /** The place of the open problem or proposal. */
  open: [number, number] | undefined
  areas: Areas | undefined
  tracks: Geometry[]
  proposals: { id: string; at: [number, number]; sign: string }[]
  move: Move | undefined
}

const prefix = 'wangge-patrol'
export const markLayer = `${prefix}-mark`
export const clusterLayer = `${prefix}-cluster`
export const areaLayer = `${prefix}-areas`
export const proposalLayer = `${prefix}-proposal`
export const problemSource = `${prefix}-problems`

const clusterPx = 46
const lastClusterZoom = 13

interface Flavor { ink: string; halo: string; accent: string; alarm: string; quiet: string }
const flavors: Record<Theme, Flavor> = {
  light: { ink: '#1f2329', halo: '#ffffff', accent: '#1456f0', alarm: '#b3261e', quiet: '#646a73' },
  dark: { ink: '#eef1f6', halo: '#0e1116', accent: '#7aa5ff', alarm: '#ff9a94', quiet: '#8d97a8' },
}
const font = { 'text-font': ['Noto Sans CJK SC'] }
const round = { 'line-join': 'round', 'line-cap': 'round' } as const

export function overlayOf(picture: Picture): Overlay {
  const flavor = flavors[picture.theme]
  return {
    sources: sourcesOf(picture),
    ground: areaLayers(picture, flavor),
    below: [...trackLayers(flavor), ...moveLayers(flavor)],
    above: [...openLayers(flavor), ...problemLayers(picture.theme, flavor), ...proposalLayers(flavor), ...moveLabels(flavor)],
  }
}

function feature(geometry: Geometry, properties: Record<string, unknown> = {}): Feature {
  return { type: 'Feature', geometry, properties }
}
function point(coordinates: [number, number], properties: Record<string, unknown> = {}): Feature {
  return feature({ type: 'Point', coordinates }, properties)
}
function collection(features: Feature[]): SourceSpecification {
  return { type: 'geojson', data: { type: 'FeatureCollection', features } }
}

function sourcesOf({ problems, open, tracks, proposals, move }: Picture): Overlay['sources'] {
  return {
    [problemSource]: {
      type: 'geojson', data: problems ?? { type: 'FeatureCollection', features: [] }, cluster: true, clusterRadius: clusterPx, clusterMaxZoom: lastClusterZoom,
      clusterProperties: { late: ['+', ['case', ['boolean', ['get', 'overdue'], false], 1, 0]] },
    },
    [`${prefix}-open`]: collection(open ? [point(open)] : []),
    [`${prefix}-tracks`]: collection(tracks.map((geometry) => feature(geometry))),
    [proposalLayer]: collection(proposals.map(({ at, ...rest }) => point(at, rest))),
    [`${prefix}-move`]: collection(moveFeatures(move)),
  }
}

/** Problems near each other are one bubble with their number; what is overdue among them is told by its rim. */
function problemLayers(theme: Theme, flavor: Flavor): LayerSpecification[] {
  const source = problemSource
  const late: ExpressionSpecification = ['>', ['get', 'late'], 0]
  const cluster: ExpressionSpecification = ['has', 'point_count']
  const single: ExpressionSpecification = ['!', ['has', 'point_count']]
  const image: ExpressionSpecification = ['concat', markPrefix, ['get', 'state'], `-${theme}`, ['case', ['boolean', ['get', 'overdue'], false], '-late', '']]
  return [
    { id: clusterLayer, type: 'circle', source, filter: cluster, paint: {
      'circle-radius': ['interpolate', ['linear'], ['get', 'point_count'], 2, 13, 20, 17, 200, 24, 2000, 32], 'circle-color': flavor.halo, 'circle-opacity': 0.94,
      'circle-stroke-width': ['case', late, 2.5, 1.5], 'circle-stroke-color': ['case', late, flavor.alarm, flavor.quiet],
    } },
    { id: `${clusterLayer}-count`, type: 'symbol', source, filter: cluster, layout: {
      ...font, 'text-field': ['case', late, ['format', ['to-string', ['get', 'point_count']], {}, '\n', {}, ['concat', '!', ['to-string', ['get', 'late']]], { 'font-scale': 0.75, 'text-color': flavor.alarm }], ['to-string', ['get', 'point_count']]],
      'text-size': 13, 'text-line-height': 1, 'text-allow-overlap': true,
    }, paint: { 'text-color': flavor.ink } },
    { id: markLayer, type: 'symbol', source, filter: single, layout: {
      ...font, 'icon-image': image, 'icon-size': ['interpolate', ['linear'], ['zoom'], 10, 0.7, 14, 0.9, 17, 1.1], 'icon-allow-overlap': true,
      'symbol-sort-key': ['case', ['boolean', ['get', 'overdue'], false], 2, ['match', ['get', 'state'], ['closed', 'void', 'merged'], 0, 1]],
      'text-field': ['step', ['zoom'], '', 15.5, ['coalesce', ['get', 'title'], ['get', 'class_title'], '']], 'text-size': 12, 'text-anchor': 'top', 'text-offset': [0, 1], 'text-optional': true, 'text-max-width': 9,
    }, paint: { 'text-color': flavor.ink, 'text-halo-color': flavor.halo, 'text-halo-width': 1.6 } },
  ] as LayerSpecification[]
}

function openLayers(flavor: Flavor): LayerSpecification[] {
  const ring = (id: string, width: number, color: string) => ({
    id, type: 'circle', source: `${prefix}-open`, paint: { 'circle-radius': 19, 'circle-opacity': 0, 'circle-stroke-width': width, 'circle-stroke-color': color },
  }) as LayerSpecification
  return [ring(`${prefix}-open-halo`, 6, flavor.halo), ring(`${prefix}-open`, 3, flavor.accent)]
}

function areaLayers({ areas, theme }: Picture, flavor: Flavor): LayerSpecification[] {
  if (!areas || areas.colors.size === 0) return []
  const from = { source: citySource, 'source-layer': areas.layer }
  const codes = [...areas.colors.keys()]
  const unknown = codes.filter((code) => areas.colors.get(code) === '')
  const pairs = [...areas.colors].filter(([, color]) => color !== '').flat()
  const color = pairs.length === 0 ? 'rgba(0,0,0,0)' : ['match', ['get', 'code'], ...pairs, 'rgba(0,0,0,0)']
  return [
    { id: areaLayer, type: 'fill', ...from, filter: ['match', ['get', 'code'], codes, true, false], paint: { 'fill-color': color, 'fill-opacity': 0.62 } },
    ...(unknown.length === 0 ? [] : [{ id: `${areaLayer}-none`, type: 'fill', ...from, filter: ['match', ['get', 'code'], unknown, true, false], paint: { 'fill-pattern': `${hatchPrefix}none-${theme}`, 'fill-opacity': 0.8 } }]),
    ...(areas.layer !== 'region' ? [] : [{ id: `${areaLayer}-edge`, type: 'line', ...from, filter: ['match', ['get', 'code'], codes, true, false], layout: round, paint: { 'line-color': flavor.halo, 'line-width': 1.2 } }]),
  ] as LayerSpecification[]
}

function trackLayers(flavor: Flavor): LayerSpecification[] {
  const source = `${prefix}-tracks`
  return [
    { id: `${source}-casing`, type: 'line', source, layout: round, paint: { 'line-color': flavor.halo, 'line-width': 6 } },
    { id: source, type: 'line', source, layout: round, paint: { 'line-color': flavor.accent, 'line-width': 3 } },
  ]
}

function proposalLayers(flavor: Flavor): LayerSpecification[] {
  const source = proposalLayer
  return [
    { id: proposalLayer, type: 'circle', source, paint: { 'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 5, 13, 11], 'circle-color': flavor.accent, 'circle-stroke-color': flavor.halo, 'circle-stroke-width': 2 } },
    { id: `${source}-sign`, type: 'symbol', source, minzoom: 11, layout: { ...font, 'text-field': ['get', 'sign'], 'text-size': 12, 'text-allow-overlap': true }, paint: { 'text-color': flavor.halo } },
  ] as LayerSpecification[]
}

function moveFeatures(move: Move | undefined): Feature[] {
  if (!move) return []
  const { base, now, proposed, from, to, label } = move
  return [
    ...(base ? [feature(base, { part: 'base' })] : []),
    ...(now ? [feature(now, { part: 'now' })] : []),
    ...(proposed ? [feature(proposed, { part: 'proposed' })] : []),
    ...(from && to ? [feature({ type: 'LineString', coordinates: [from, to] }, { part: 'way', label })] : []),
  ]
}

/** What stands is hollow and grey, what is proposed full and in the accent; a dotted line leads from one to the other. */
function moveLayers(flavor: Flavor): LayerSpecification[] {
  const source = `${prefix}-move`
  const part = (name: string) => ['==', ['get', 'part'], name]
  const points = ['==', ['geometry-type'], 'Point']
  const color = ['match', ['get', 'part'], 'proposed', flavor.accent, flavor.quiet]
  return [
    { id: `${source}-way`, type: 'line', source, filter: part('way'), paint: { 'line-color': flavor.accent, 'line-width': 2.5, 'line-dasharray': [1, 1.4] } },
    { id: `${source}-casing`, type: 'line', source, filter: ['all', ['!', points], ['!', part('way')]], layout: round, paint: { 'line-color': flavor.halo, 'line-width': 6 } },
    { id: `${source}-line`, type: 'line', source, filter: ['all', ['!', points], ['!', part('way')]], layout: round, paint: { 'line-color': color, 'line-width': 3 } },
    { id: `${source}-point`, type: 'circle', source, filter: points, paint: {
      'circle-radius': 8, 'circle-color': ['match', ['get', 'part'], 'proposed', flavor.accent, flavor.halo], 'circle-stroke-color': ['match', ['get', 'part'], 'proposed', flavor.halo, flavor.quiet], 'circle-stroke-width': 3,
    } },
  ] as unknown as LayerSpecification[]
}

function moveLabels(flavor: Flavor): LayerSpecification[] {
  const source = `${prefix}-move`
  return [{
    id: `${source}-label`, type: 'symbol', source, filter: ['==', ['get', 'part'], 'way'],
    layout: { ...font, 'symbol-placement': 'line-center', 'text-rotation-alignment': 'viewport', 'text-field': ['get', 'label'], 'text-size': 13, 'text-offset': [0, -1], 'text-allow-overlap': true },
    paint: { 'text-color': flavor.accent, 'text-halo-color': flavor.halo, 'text-halo-width': 2 },
  }] as LayerSpecification[]
}

/** A point that stands for a geometry: the point itself, else the middle of its coordinates. */
export function middleOf(geometry: Geometry | null | undefined): [number, number] | undefined {
  if (!geometry || geometry.type === 'GeometryCollection') return undefined
  if (geometry.type === 'Point') return (geometry as Point).coordinates as [number, number]
  const flat = (geometry.coordinates as unknown[]).flat(Infinity) as number[]
  const [lons, lats] = [flat.filter((_, i) => i % 2 === 0), flat.filter((_, i) => i % 2 === 1)]
  return lons.length === 0 ? undefined : [(Math.min(...lons) + Math.max(...lons)) / 2, (Math.min(...lats) + Math.max(...lats)) / 2]
}

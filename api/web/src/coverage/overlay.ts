import type { Feature, FeatureCollection, Geometry } from 'geojson'
import type { ExpressionSpecification, LayerSpecification, SourceSpecification } from 'maplibre-gl'
import type { Overlay } from '../grid/overlay.ts'
import { citySource } from '../map/highlight.ts'
import { netLayer, type Theme } from '../state/permalink.ts'
import { hatchPrefix } from './hatch.ts'
import { tilesUrl } from './server.ts'
import { surfaceQuery, type Question } from './question.ts'
import { colorExpression, noneColor } from './ramp.ts'
import type { Placed } from './scenario/changes.ts'
import type { Drawn } from './siting.ts'
import type { Explanation, SiteItem } from './types.ts'

/** What the coverage workspace draws over the city: a pure function makes MapLibre's layers of it. */
export interface Picture {
  question: Question
  origin: string
  /** Tiles of a kept scenario. */
  scenario?: number | undefined
  theme: Theme
  /** Areas in the colour of their share, instead of hexagons; by code. */
  areas?: Map<string, string> | undefined
  area?: string | undefined
  gaps?: FeatureCollection | undefined
  findings?: FeatureCollection | undefined
  facilities: Placed[]
  explanation?: Explanation | undefined
  spot?: [number, number] | undefined
  sites: SiteItem[]
  pointed?: number | undefined
  streets: string[]
  /** What siting is told about the ground. */
  drawn?: Drawn | undefined
}

const prefix = 'wangge-coverage'
export const hexSource = prefix
export const hexLayer = `${prefix}-hex`
export const facilityLayer = `${prefix}-facility`
export const siteLayer = `${prefix}-site`

/** Hexagons of the finest tiles are drawn larger from here on. */
const lastTileZoom = 14

interface Flavor { ink: string; halo: string; accent: string; facility: string; quiet: string; alarm: string; site: string; walk: string; added: string }
const flavors: Record<Theme, Flavor> = {
  light: { ink: '#1f2329', halo: '#ffffff', accent: '#1456f0', facility: '#22262d', quiet: '#646a73', alarm: '#b3261e', site: '#7a2fb8', walk: '#1456f0', added: '#1456f0' },
  dark: { ink: '#eef1f6', halo: '#0e1116', accent: '#7aa5ff', facility: '#f2f4f8', quiet: '#8d97a8', alarm: '#ff9a94', site: '#d3a1ff', walk: '#8fb4ff', added: '#7aa5ff' },
}

/** The tile layer of a service. */
export function tileLayer(service: string): string {
  return `coverage_${service}`
}

export function overlayOf(picture: Picture): Overlay {
  const flavor = flavors[picture.theme]
  return {
    sources: sourcesOf(picture),
    ground: picture.areas ? choropleth(picture, picture.areas) : hexagons(picture),
    below: [...gapLayers(picture, flavor), ...areaLayers(picture, flavor), ...streetLayers(picture, flavor), ...findingLayers(flavor), ...drawnLayers(flavor)],
    above: [...facilityLayers(flavor), ...siteLayers(picture, flavor), ...pathLayers(flavor)],
  }
}

/** Hexagons alone: what the other half of a map with two halves shows. */
export function plainOverlay({ question, origin, scenario, theme }: Pick<Picture, 'question' | 'origin' | 'scenario' | 'theme'>, facilities: Placed[] = []): Overlay {
  return overlayOf({ question, origin, scenario, theme, facilities, sites: [], streets: [] })
}

function collection(features: Feature[]): SourceSpecification {
  return { type: 'geojson', data: { type: 'FeatureCollection', features } }
}
function feature(geometry: Geometry, properties: Record<string, unknown> = {}): Feature {
  return { type: 'Feature', geometry, properties }
}
function point(coordinates: [number, number], properties: Record<string, unknown>): Feature {
  return feature({ type: 'Point', coordinates }, properties)
}

function sourcesOf({ question, origin, scenario, gaps, area, findings, facilities, explanation, spot, sites, drawn }: Picture): Overlay['sources'] {
  const own = gaps?.features.filter(({ properties }) => area === undefined || properties?.code === area) ?? []
  return {
    [hexSource]: { type: 'vector', tiles: [tilesUrl(origin, question, scenario)], minzoom: 0, maxzoom: lastTileZoom },
    [`${prefix}-gaps`]: collection(own.length > 0 ? own : gaps?.features ?? []),
    [`${prefix}-findings`]: collection(findings?.features ?? []),
    [`${prefix}-facilities`]: collection(facilities.map(({ at, name, fate, usable, onNetwork, held }) => (
      point(at, { name, fate, off: !onNetwork, shut: !usable, held: held.kind === 'record' ? `r${held.id}` : `d${held.index}` })))),
    [`${prefix}-trails`]: collection(facilities.flatMap(({ at, from }) => (from ? [feature({ type: 'LineString', coordinates: [from, at] })] : []))),
    [`${prefix}-path`]: collection(pathFeatures(explanation, spot)),
    [`${prefix}-drawn`]: collection(drawnFeatures(drawn)),
    [`${prefix}-sites`]: collection(sites.map(({ ordinal, lon, lat, chosen, chosen_of }) => point([lon, lat], { ordinal, shaky: chosen !== undefined && chosen_of !== undefined && chosen < chosen_of / 2 }))),
  }
}

/** Hexagons in the ramp, those without network hatched, those in doubt dotted. */
function hexagons({ question, theme }: Picture): LayerSpecification[] {
  const from = { source: hexSource, 'source-layer': tileLayer(question.service) }
  const opacity: ExpressionSpecification = ['interpolate', ['linear'], ['zoom'], 9, 0.8, 14, 0.68, 17, 0.46]
  return [
    { id: hexLayer, type: 'fill', ...from, paint: { 'fill-color': colorExpression(question.radius, theme), 'fill-opacity': opacity, 'fill-antialias': false } },
    { id: `${hexLayer}-none`, type: 'fill', ...from, filter: ['==', ['get', 'n'], 1], paint: { 'fill-pattern': `${hatchPrefix}none-${theme}`, 'fill-opacity': 0.9 } },
    { id: `${hexLayer}-doubt`, type: 'fill', ...from, minzoom: 12, filter: ['==', ['get', 'a'], 1], paint: { 'fill-pattern': `${hatchPrefix}doubt-${theme}`, 'fill-opacity': 0.85 } },
    { id: `${hexLayer}-edge`, type: 'line', ...from, minzoom: 14.5, paint: { 'line-color': flavors[theme].halo, 'line-opacity': 0.35, 'line-width': 0.8 } },
  ] as LayerSpecification[]
}

/** Where the shapes of a kind of areas are in the city's tiles. */
function areaTiles(by: string): { source: string; 'source-layer': string } {
  return { source: citySource, 'source-layer': by.startsWith('grid:') ? netLayer(by.slice(5)) : 'region' }
}

function choropleth({ question, theme }: Picture, areas: Map<string, string>): LayerSpecification[] {
  const codes = [...areas.keys()]
  if (codes.length === 0) return []
  const color = ['match', ['get', 'code'], ...[...areas].flat(), noneColor(theme)] as unknown as ExpressionSpecification
  return [
    { id: `${prefix}-areas`, type: 'fill', ...areaTiles(question.by), filter: ['match', ['get', 'code'], codes, true, false], paint: { 'fill-color': color, 'fill-opacity': 0.72 } },
    { id: `${prefix}-areas-edge`, type: 'line', ...areaTiles(question.by), filter: ['match', ['get', 'code'], codes, true, false], paint: { 'line-color': flavors[theme].halo, 'line-width': 1 } },
  ] as LayerSpecification[]
}

function gapLayers({ theme }: Picture, flavor: Flavor): LayerSpecification[] {
  const source = `${prefix}-gaps`
  return [
    { id: source, type: 'line', source, layout: { 'line-join': 'round' }, paint: { 'line-color': flavor.halo, 'line-width': 3.4, 'line-opacity': theme === 'dark' ? 0.8 : 0.9 } },
    { id: `${source}-edge`, type: 'line', source, layout: { 'line-join': 'round' }, paint: { 'line-color': flavor.alarm, 'line-width': 1.4 } },
  ]
}

function areaLayers({ question, area }: Picture, flavor: Flavor): LayerSpecification[] {
  if (area === undefined) return []
  const from = { ...areaTiles(question.by), filter: ['==', ['get', 'code'], area] }
  const layout = { 'line-join': 'round', 'line-cap': 'round' }
  return [
    { id: `${prefix}-area-casing`, type: 'line', ...from, layout, paint: { 'line-color': flavor.halo, 'line-width': 6, 'line-opacity': 0.9 } },
    { id: `${prefix}-area`, type: 'line', ...from, layout, paint: { 'line-color': flavor.accent, 'line-width': 2.6 } },
  ] as LayerSpecification[]
}

/** Streets that the what-if closes. */
function streetLayers({ streets }: Picture, flavor: Flavor): LayerSpecification[] {
  return ['road', 'back_alley'].flatMap((layer): LayerSpecification[] => {
    const ids = streets.flatMap((key) => (key.startsWith(`${layer}:`) ? [Number(key.slice(layer.length + 1))] : []))
    if (ids.length === 0) return []
    const from = { source: citySource, 'source-layer': layer, filter: ['match', ['id'], ids, true, false] }
    return [
      { id: `${prefix}-shut-${layer}-casing`, type: 'line', ...from, paint: { 'line-color': flavor.halo, 'line-width': 9 } },
      { id: `${prefix}-shut-${layer}`, type: 'line', ...from, paint: { 'line-color': flavor.alarm, 'line-width': 5, 'line-dasharray': [0.6, 0.6] } },
    ] as unknown as LayerSpecification[]
  })
}

function findingLayers(flavor: Flavor): LayerSpecification[] {
  const source = `${prefix}-findings`
  return [
    { id: `${source}-line`, type: 'line', source, filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': flavor.alarm, 'line-width': 2.5, 'line-dasharray': [2, 1] } },
    { id: `${source}-point`, type: 'circle', source, filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 4, 'circle-color': flavor.halo, 'circle-stroke-color': flavor.alarm, 'circle-stroke-width': 2 } },
  ] as LayerSpecification[]
}

/** Facilities that serve are full, those that do not are hollow; what a what-if does to them is told by ring and sign. */
function facilityLayers(flavor: Flavor): LayerSpecification[] {
  const source = `${prefix}-facilities`
  const size = (factor: number): ExpressionSpecification => ['interpolate', ['linear'], ['zoom'], 9, 1.8 * factor, 12, 3.6 * factor, 15, 7 * factor, 18, 10 * factor]
  const hollow = ['any', ['get', 'shut'], ['==', ['get', 'fate'], 'closed']]
  const changed = ['any', ['==', ['get', 'fate'], 'added'], ['==', ['get', 'fate'], 'moved']]
  const sign = ['match', ['get', 'fate'], 'added', '+', 'closed', '×', 'moved', '↔', '']
  return [
    { id: `${prefix}-trail`, type: 'line', source: `${prefix}-trails`, paint: { 'line-color': flavor.added, 'line-width': 2, 'line-dasharray': [1.5, 1.5] } },
    { id: facilityLayer, type: 'circle', source, paint: {
      'circle-radius': size(1), 'circle-color': ['case', hollow, flavor.halo, changed, flavor.added, flavor.facility], 'circle-stroke-color': ['case', ['get', 'off'], flavor.alarm, hollow, flavor.quiet, flavor.halo],
      'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 9, 0.8, 15, 2],
    } },
    { id: `${facilityLayer}-sign`, type: 'symbol', source, filter: ['!=', ['get', 'fate'], 'stays'], layout: { 'text-field': sign, 'text-size': 14, 'text-font': ['Noto Sans CJK SC'], 'text-allow-overlap': true }, paint: { 'text-color': ['case', changed, flavor.halo, flavor.alarm] } },
    { id: `${facilityLayer}-name`, type: 'symbol', source, minzoom: 15.2, layout: { 'text-field': ['get', 'name'], 'text-size': 12, 'text-font': ['Noto Sans CJK SC'], 'text-anchor': 'top', 'text-offset': [0, 0.8], 'text-optional': true }, paint: { 'text-color': flavor.ink, 'text-halo-color': flavor.halo, 'text-halo-width': 1.6 } },
  ] as LayerSpecification[]
}

function drawnFeatures(drawn: Drawn | undefined): Feature[] {
  if (!drawn) return []
  const ground = (['allowed', 'forbidden'] as const).flatMap((part) => drawn[part].map((ring) => feature({ type: 'Polygon', coordinates: [ring] }, { part })))
  return [...ground, ...drawn.fixed.map((at) => point(at, { part: 'fixed' }))]
}

/** Ground for siting: allowed with a plain outline, forbidden with a broken one in the colour of alarm; settled sites as rings. */
function drawnLayers(flavor: Flavor): LayerSpecification[] {
  const source = `${prefix}-drawn`
  const color = ['match', ['get', 'part'], 'forbidden', flavor.alarm, flavor.site]
  const part = (name: string) => ['==', ['get', 'part'], name]
  return [
    { id: source, type: 'fill', source, filter: ['!=', ['get', 'part'], 'fixed'], paint: { 'fill-color': color, 'fill-opacity': ['match', ['get', 'part'], 'forbidden', 0.2, 0.04] } },
    { id: `${source}-allowed`, type: 'line', source, filter: part('allowed'), paint: { 'line-color': flavor.site, 'line-width': 2 } },
    { id: `${source}-forbidden`, type: 'line', source, filter: part('forbidden'), paint: { 'line-color': flavor.alarm, 'line-width': 2, 'line-dasharray': [2, 1.4] } },
    { id: `${source}-fixed`, type: 'circle', source, filter: part('fixed'), paint: { 'circle-radius': 8, 'circle-color': flavor.halo, 'circle-stroke-color': flavor.site, 'circle-stroke-width': 4 } },
  ] as unknown as LayerSpecification[]
}

function siteLayers({ pointed }: Picture, flavor: Flavor): LayerSpecification[] {
  const source = `${prefix}-sites`
  const here = ['==', ['get', 'ordinal'], pointed ?? -1]
  return [
    { id: siteLayer, type: 'circle', source, paint: { 'circle-radius': ['case', here, 15, 11], 'circle-color': flavor.site, 'circle-opacity': ['case', ['get', 'shaky'], 0.45, 1], 'circle-stroke-color': flavor.halo, 'circle-stroke-width': ['case', here, 4, 2] } },
    { id: `${siteLayer}-number`, type: 'symbol', source, layout: { 'text-field': ['to-string', ['get', 'ordinal']], 'text-size': 12, 'text-font': ['Noto Sans CJK SC'], 'text-allow-overlap': true }, paint: { 'text-color': flavor.halo } },
  ] as LayerSpecification[]
}

function pathFeatures(explanation: Explanation | undefined, spot: [number, number] | undefined): Feature[] {
  if (!spot) return []
  const here = point(spot, { part: 'spot' })
  if (!explanation) return [here]
  const { facility, second, legs, barrier } = explanation
  const to = (one: { lon: number; lat: number }): [number, number] => [one.lon, one.lat]
  return [
    ...(facility ? [feature({ type: 'LineString', coordinates: [spot, to(facility)] }, { part: 'straight' })] : []),
    ...legs.filter(({ line }) => line.length > 1).map(({ kind, line }) => feature({ type: 'LineString', coordinates: line }, { part: kind })),
    ...(barrier ? [feature(barrier, { part: 'barrier' })] : []),
    ...(facility ? [point(to(facility), { part: 'nearest' })] : []),
    ...(second ? [point(to(second.facility), { part: 'second' })] : []),
    here,
  ]
}

function pathLayers(flavor: Flavor): LayerSpecification[] {
  const source = `${prefix}-path`
  const part = (...parts: string[]) => ['match', ['get', 'part'], parts, true, false]
  const layout = { 'line-join': 'round', 'line-cap': 'round' }
  return [
    { id: `${source}-straight`, type: 'line', source, filter: part('straight'), paint: { 'line-color': flavor.quiet, 'line-width': 2, 'line-dasharray': [3, 2.4] } },
    { id: `${source}-barrier`, type: 'line', source, filter: part('barrier'), paint: { 'line-color': flavor.alarm, 'line-width': 4 } },
    { id: `${source}-casing`, type: 'line', source, filter: part('street', 'off_street'), layout, paint: { 'line-color': flavor.halo, 'line-width': 8 } },
    { id: `${source}-off`, type: 'line', source, filter: part('off_street'), paint: { 'line-color': flavor.walk, 'line-width': 3.5, 'line-dasharray': [0.5, 1.2] } },
    { id: `${source}-street`, type: 'line', source, filter: part('street'), layout, paint: { 'line-color': flavor.walk, 'line-width': 4.5 } },
    { id: `${source}-ends`, type: 'circle', source, filter: part('nearest', 'second'), paint: { 'circle-radius': 11, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': ['match', ['get', 'part'], 'nearest', flavor.walk, flavor.quiet], 'circle-stroke-width': 3 } },
    { id: `${source}-spot`, type: 'circle', source, filter: part('spot'), paint: { 'circle-radius': 6, 'circle-color': flavor.halo, 'circle-stroke-color': flavor.walk, 'circle-stroke-width': 4 } },
  ] as unknown as LayerSpecification[]
}

/** Names the surface that tiles are of: where it changes, what was painted on them is gone. */
export function surfaceOf(question: Question): string {
  return JSON.stringify([question.service, surfaceQuery(question)])
}

import type { Feature, Geometry } from 'geojson'
import type { ExpressionSpecification, FilterSpecification, LayerSpecification, SourceSpecification } from 'maplibre-gl'
import { citySource } from '../map/highlight.ts'
import type { Theme } from '../state/permalink.ts'
import type { Classes } from './classes.ts'
import { patternPrefix } from './patterns.ts'
import type { Finding, GridDetail } from './types.ts'

/** What the grid workspace draws over the city: a pure function makes MapLibre's layers of it. */
export interface Drawing {
  /** Tile layer of the net. */
  layer: string
  /** From which zoom on tiles have it. */
  firstZoom: number
  classes: Classes | undefined
  labels: Label[]
  past: GridDetail[]
  findings: Finding[]
  ground: Geometry | undefined
  /** Codes of grids marked together, and of the grids of the one signed in. */
  marked: string[]
  own: string[]
  preview: Preview | undefined
  /** The net whose grids are picked to make up the one in hand, and those picked. */
  members: { layer: string; codes: string[] } | undefined
  theme: Theme
}

export interface Label {
  id: number
  at: [number, number]
  text: string
  /** The line below the name: who leads, or the value coloured by. */
  note: string
  /** A word that stands for the colour. */
  mark: string
  /** Colour of its class; '' where there is none. */
  color: string
}

export interface Preview {
  shapes: { geometry: Geometry; role: 'made' | 'changed' | 'retired'; label: string; tone: number }[]
  findings: Finding[]
}

/** What goes into the style: layers on the ground, below the labels, and above everything. */
export interface Overlay {
  sources: Record<string, SourceSpecification>
  ground: LayerSpecification[]
  below: LayerSpecification[]
  above: LayerSpecification[]
}

const prefix = 'wangge-grid'
export const fillLayer = `${prefix}-fill`
/** What is pressed to pick members. */
export const memberLayer = `${prefix}-member`
export const labelLayer = `${prefix}-label`

interface Flavor { ink: string; alarm: string; halo: string; line: string; accent: string; made: string; old: string }
const flavors: Record<Theme, Flavor> = {
  light: { alarm: '#b3261e', ink: '#1f2329', halo: '#ffffff', line: '#4b566b', accent: '#1456f0', made: '#1456f0', old: '#8d95a1' },
  dark: { alarm: '#ff9a94', ink: '#eef1f6', halo: '#0e1116', line: '#aab6cb', accent: '#7aa5ff', made: '#7aa5ff', old: '#6c7686' },
}

export function overlayOf(drawing: Drawing): Overlay {
  const flavor = flavors[drawing.theme]
  return {
    sources: sourcesOf(drawing),
    ground: choropleth(drawing),
    below: [...outlines(drawing, flavor), ...memberLayers(drawing, flavor), ...findingLayers(`${prefix}-finding`), ...previewLayers(drawing, flavor)],
    above: [...dots(drawing, flavor), ...labels(flavor), ...(drawing.preview ? previewLabels(flavor) : [])],
  }
}

function collection(features: Feature[]): SourceSpecification {
  return { type: 'geojson', data: { type: 'FeatureCollection', features } }
}

function sourcesOf({ labels, past, findings, ground, preview }: Drawing): Overlay['sources'] {
  const feature = (geometry: Geometry, properties: Record<string, unknown>): Feature => ({ type: 'Feature', geometry, properties })
  const found = (list: Finding[]) => list.flatMap((one) => (one.geometry ? [feature(one.geometry, { id: one.id, kind: one.base ?? one.kind })] : []))
  return {
    [`${prefix}-labels`]: collection(labels.map(({ at, ...rest }) => feature({ type: 'Point', coordinates: at }, rest))),
    [`${prefix}-past`]: collection(past.map((grid) => ({ ...feature(grid.geometry, { code: grid.code }), id: grid.id }))),
    [`${prefix}-finding`]: collection([...found(findings), ...found(preview?.findings ?? []), ...(ground ? [feature(ground, { kind: 'gap' })] : [])]),
    [`${prefix}-preview`]: collection((preview?.shapes ?? []).map(({ geometry, ...rest }) => feature(geometry, rest))),
  }
}

/** Class by feature state: see paint.ts. */
function choropleth({ layer, classes }: Drawing): LayerSpecification[] {
  const list = classes?.classes ?? []
  const color = list.length === 0 ? 'rgba(0,0,0,0)' : ['match', ['coalesce', ['feature-state', 'class'], -1], ...list.flatMap(({ color }, i) => [i, color]), 'rgba(0,0,0,0)']
  const fill = (id: string, from: object) => ({ id, type: 'fill', ...from, paint: { 'fill-color': color, 'fill-opacity': 0.42 } }) as LayerSpecification
  const net = { source: citySource, 'source-layer': layer }
  return [fill(fillLayer, net), fill(`${fillLayer}-past`, { source: `${prefix}-past` }), ...hatched(net, classes)]
}

/** Patterns cannot follow feature state, so each class that has one gets a layer with the ids of its grids. */
function hatched(net: { source: string; 'source-layer': string }, classes: Classes | undefined): LayerSpecification[] {
  return (classes?.classes ?? []).flatMap(({ pattern, key, count }, index): LayerSpecification[] => {
    if (!pattern || count === 0) return []
    const ids = [...classes?.classOf ?? []].filter(([, at]) => at === index).map(([id]) => id)
    return [{ id: `${fillLayer}-${key}`, type: 'fill', ...net, filter: oneOf(['id'], ids), paint: { 'fill-pattern': patternPrefix + pattern, 'fill-opacity': pattern === 'unknown' ? 0.4 : 0.5 } }]
  })
}

/** Looked up and not searched: a net may have ten thousand grids. */
function oneOf(what: ExpressionSpecification, values: (number | string)[]): FilterSpecification {
  return values.length === 0 ? ['==', 1, 0] as unknown as FilterSpecification : ['match', what, values, true, false] as unknown as FilterSpecification
}

const outlineWidth: ExpressionSpecification = ['interpolate', ['exponential', 1.4], ['zoom'], 10, 0.5, 13, 1.2, 16, 2, 18, 2.6]
/** Of a net whose grids are a hectare. */
const hairline: ExpressionSpecification = ['interpolate', ['linear'], ['zoom'], 14, 0.4, 16, 0.9, 18, 1.6]
const fineFrom = 13

function outlines({ layer, marked, own, firstZoom }: Drawing, flavor: Flavor): LayerSpecification[] {
  const net = { source: citySource, 'source-layer': layer }
  const code: ExpressionSpecification = ['get', 'code']
  const round = { 'line-join': 'round', 'line-cap': 'round' } as const
  return [
    ...(firstZoom >= fineFrom ? [] : [{ id: `${prefix}-casing`, type: 'line', ...net, layout: round, paint: { 'line-color': flavor.halo, 'line-width': ['interpolate', ['exponential', 1.4], ['zoom'], 10, 1.4, 13, 3, 16, 5], 'line-opacity': 0.7 } } as LayerSpecification]),
    { id: `${prefix}-line`, type: 'line', ...net, layout: round, paint: { 'line-color': flavor.line, 'line-width': firstZoom >= fineFrom ? hairline : outlineWidth } },
    { id: `${prefix}-past-line`, type: 'line', source: `${prefix}-past`, paint: { 'line-color': flavor.line, 'line-width': outlineWidth, 'line-dasharray': [3, 2] } },
    ...(own.length === 0 ? [] : [
      { id: `${prefix}-own`, type: 'line', ...net, filter: oneOf(code, own), layout: round, paint: { 'line-color': flavor.accent, 'line-width': 4 } } as LayerSpecification,
    ]),
    ...(marked.length === 0 ? [] : [
      { id: `${prefix}-marked-fill`, type: 'fill', ...net, filter: oneOf(code, marked), paint: { 'fill-color': flavor.accent, 'fill-opacity': 0.18 } } as LayerSpecification,
      { id: `${prefix}-marked`, type: 'line', ...net, filter: oneOf(code, marked), layout: round, paint: { 'line-color': flavor.accent, 'line-width': 3, 'line-dasharray': [2, 1.4] } } as LayerSpecification,
    ]),
  ]
}

/** Every member can be pressed, those picked are tinted. */
function memberLayers({ members }: Drawing, flavor: Flavor): LayerSpecification[] {
  if (!members) return []
  const base = { source: citySource, 'source-layer': members.layer }
  return [
    { id: memberLayer, type: 'fill', ...base, paint: { 'fill-color': flavor.accent, 'fill-opacity': ['case', oneOf(['get', 'code'], members.codes), 0.28, 0] as unknown as ExpressionSpecification } },
    { id: `${prefix}-member-line`, type: 'line', ...base, paint: { 'line-color': flavor.line, 'line-width': 0.8 } },
  ]
}

const findingColor: ExpressionSpecification = ['match', ['get', 'kind'], 'gap', '#d64545', 'overlap', '#e8790c', '#7a4fd0']

/** Hatched; a thin one is a line, and from afar a dot tells where to look. */
function findingLayers(source: string): LayerSpecification[] {
  const polygons: FilterSpecification = ['==', ['geometry-type'], 'Polygon']
  return [
    { id: source, type: 'fill', source, filter: polygons, paint: { 'fill-pattern': ['match', ['get', 'kind'], 'gap', `${patternPrefix}gap`, 'overlap', `${patternPrefix}overlap`, `${patternPrefix}other`] } },
    { id: `${source}-edge`, type: 'line', source, paint: { 'line-color': findingColor, 'line-width': 2 } },
  ]
}

function previewLayers({ preview }: Drawing, flavor: Flavor): LayerSpecification[] {
  if (!preview) return []
  const source = `${prefix}-preview`
  const made: FilterSpecification = ['!=', ['get', 'role'], 'retired']
  return [
    { id: source, type: 'fill', source, filter: made, paint: { 'fill-color': flavor.made, 'fill-opacity': ['case', ['!=', ['get', 'role'], 'made'], 0.06, ['==', ['%', ['get', 'tone'], 2], 0], 0.26, 0.12] } },
    { id: `${source}-edge`, type: 'line', source, filter: made, layout: { 'line-join': 'round' }, paint: { 'line-color': flavor.made, 'line-width': 2.5 } },
    { id: `${source}-old`, type: 'line', source, filter: ['==', ['get', 'role'], 'retired'], paint: { 'line-color': flavor.old, 'line-width': 2, 'line-dasharray': [2, 2] } },
  ]
}

function previewLabels(flavor: Flavor): LayerSpecification[] {
  return [{
    id: `${prefix}-preview-label`, type: 'symbol', source: `${prefix}-preview`, filter: ['==', ['get', 'role'], 'made'],
    layout: { 'text-field': ['get', 'label'], 'text-size': 14, 'text-font': ['Noto Sans CJK SC'], 'text-allow-overlap': true },
    paint: { 'text-color': flavor.made, 'text-halo-color': flavor.halo, 'text-halo-width': 2 },
  }]
}

/** From so far away that tiles have no grids yet, each is a dot of its colour. */
function dots({ firstZoom }: Drawing, flavor: Flavor): LayerSpecification[] {
  return [{
    id: `${prefix}-dot`, type: 'circle', source: `${prefix}-labels`, maxzoom: Math.max(firstZoom, 1), filter: ['!=', ['get', 'color'], ''],
    paint: { 'circle-color': ['get', 'color'], 'circle-radius': ['interpolate', ['linear'], ['zoom'], 7, 1.5, 11, 6], 'circle-stroke-color': flavor.halo, 'circle-stroke-width': 1 },
  }]
}

/** The name, and below it who leads or what is counted; where a colour calls for a word it comes first, in its own colour. */
function labels(flavor: Flavor): LayerSpecification[] {
  return [{
    id: labelLayer, type: 'symbol', source: `${prefix}-labels`, minzoom: 11.5,
    layout: {
      'text-field': ['step', ['zoom'],
        ['format', ['get', 'mark'], { 'text-color': flavor.alarm }, ['get', 'text'], {}],
        13.2, ['format', ['get', 'mark'], { 'text-color': flavor.alarm }, ['get', 'text'], {}, ['case', ['==', ['get', 'note'], ''], '', ['concat', '\n', ['get', 'note']]], { 'font-scale': 0.86 }]] as ExpressionSpecification,
      'text-size': ['interpolate', ['linear'], ['zoom'], 11.5, 10.5, 13, 12, 16, 15], 'text-font': ['Noto Sans CJK SC'], 'text-padding': 3, 'text-line-height': 1.25,
      'text-variable-anchor': ['center', 'top', 'bottom', 'left', 'right'], 'text-radial-offset': 0.7,
      'symbol-sort-key': ['case', ['==', ['get', 'mark'], ''], 1, 0], // where there is no room for all, those that something is amiss with come first
    },
    paint: { 'text-color': flavor.ink, 'text-halo-color': flavor.halo, 'text-halo-width': 1.6 },
  }]
}

import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'
import { layerOf } from '../map/compose.ts'
import { fade } from '../map/opacity.ts'
import type { Position } from '../api/types.ts'
import { densitySuffix, netLayer } from '../state/permalink.ts'
import { citySource } from '../map/highlight.ts'

/** A grid as the map on paper shows it. */
export interface WallGrid {
  code: string
  /** Of the wall's palette. */
  tint: string
  at: Position
  lines: string[]
}

export interface WallChoice {
  scheme: string
  region: string | undefined
  grids: readonly WallGrid[]
  /** Layers of the inventory that are drawn. */
  layers: ReadonlySet<string>
  /** The height of a label's letters, in pixels. */
  labelPx: number
}

/** Colours for neighbours: pale enough for names and streets to be read on them, far enough apart in lightness for a grey copy. */
export const tints = ['#cfe3f5', '#fbe3c0', '#d5ecd0', '#f6d3d6', '#e2d8f0', '#f5efb8'] as const

const white = '#ffffff'
const border = '#3d4654'
const regionBorder = '#1f2329'
/** Water and green show through the tint, pale. */
const groundOpacity = 0.6

/** The map style for white paper: the ground goes, the nets of others go, each grid has its tint and its border; the rest is drawn as on the screen. */
export function wallStyle(style: StyleSpecification, choice: WallChoice): StyleSpecification {
  const net = netLayer(choice.scheme)
  const kept = style.layers.filter((layer) => isKept(layer, net, choice.layers)).map(onPaper)
  const firstDrawn = kept.findIndex((layer) => layer.type !== 'background')
  const firstLabel = kept.findIndex((layer) => layer.type === 'symbol')
  const fillAt = firstDrawn < 0 ? kept.length : firstDrawn
  const bordersAt = firstLabel < 0 ? kept.length : firstLabel
  return {
    ...style,
    sources: { ...style.sources, [labelSource]: labels(choice.grids) },
    layers: [...kept.slice(0, fillAt), tintLayer(net, choice), ...kept.slice(fillAt, bordersAt), ...borders(net, choice), ...kept.slice(bordersAt), room(choice.labelPx)],
  }
}

const labelSource = 'wangge-wall-labels'

function isKept(layer: LayerSpecification, net: string, chosen: ReadonlySet<string>): boolean {
  const name = layerOf(layer)
  if (layer.type === 'background' || name === 'ground') return true
  if (name === undefined || name === 'region' || name === net || name.startsWith('grid_') || name === 'unit_grid') return false
  const isDensity = 'source-layer' in layer && (layer['source-layer'] ?? '').endsWith(densitySuffix)
  return !isDensity && chosen.has(name)
}

function onPaper(layer: LayerSpecification): LayerSpecification {
  if (layer.type === 'background') return { ...layer, paint: { 'background-color': white } }
  return layerOf(layer) === 'ground' ? fade(layer, groundOpacity) : layer
}

function tintLayer(net: string, { grids }: WallChoice): LayerSpecification {
  const color = grids.length === 0 ? 'transparent' : ['match', ['get', 'code'], ...[...new Map(grids.map(({ code, tint }) => [code, tint]))].flat(), 'rgba(0,0,0,0)']
  return { id: 'wall-tint', type: 'fill', source: citySource, 'source-layer': net, paint: { 'fill-color': color as ExpressionSpecification, 'fill-opacity': 1, 'fill-antialias': false } }
}

function borders(net: string, { grids, region }: WallChoice): LayerSpecification[] {
  const own: ExpressionSpecification = ['in', ['get', 'code'], ['literal', grids.map(({ code }) => code)]]
  const round = { 'line-join': 'round', 'line-cap': 'round' } as const
  return [
    { id: 'wall-casing', type: 'line', source: citySource, 'source-layer': net, filter: own, layout: round, paint: { 'line-color': white, 'line-width': 3.6, 'line-opacity': 0.8 } },
    { id: 'wall-border', type: 'line', source: citySource, 'source-layer': net, filter: own, layout: round, paint: { 'line-color': border, 'line-width': 1.6 } },
    ...(region === undefined ? [] : [{
      id: 'wall-region', type: 'line', source: citySource, 'source-layer': 'region', filter: ['==', ['get', 'code'], region], layout: round,
      paint: { 'line-color': regionBorder, 'line-width': 3, 'line-dasharray': [6, 1.5, 1.5, 1.5] },
    } as LayerSpecification]),
  ]
}

function labels(grids: readonly WallGrid[]): StyleSpecification['sources'][string] {
  return {
    type: 'geojson',
    data: { type: 'FeatureCollection', features: grids.map(({ at, lines }) => ({ type: 'Feature', properties: { text: lines.join('\n') }, geometry: { type: 'Point', coordinates: at } })) },
  }
}

/** Keeps the place of the grids' names free of others: the names themselves are drawn on the sheet, sharp at any size. */
function room(labelPx: number): LayerSpecification {
  return {
    id: 'wall-room', type: 'symbol', source: labelSource,
    layout: { 'text-field': ['get', 'text'], 'text-size': labelPx * 1.1, 'text-allow-overlap': true, 'text-padding': 1 },
    paint: { 'text-opacity': 0 },
  }
}

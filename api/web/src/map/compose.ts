import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl'
import type { Selection, Theme } from '../state/permalink.ts'
import type { Overlay } from '../grid/overlay.ts'
import { filterStyle } from '../inventory/overlay.ts'
import type { TileFilter } from '../inventory/ontiles.ts'
import { citySource, highlightLayers, placeSource } from './highlight.ts'
import { fade } from './opacity.ts'

/** What the user sees to, beside the style: a pure function turns both into what MapLibre draws. */
export interface Choices {
  isVisible(layer: string): boolean
  opacityOf(layer: string): number
  /** The first zoom at which the things of a layer are drawn one by one; 0 where the style has it as it should be. */
  firstZoomOf?(layer: string): number
  /** The first zoom at which hexagons that stand in for a layer are drawn. */
  densityFrom(layer: string): number
  selection: Selection | undefined
  /** Name of the selected feature, where it has one and it is known. */
  name: string | undefined
  /** Code of the region drilled down to. */
  region: string | undefined
  theme: Theme
  /** A day that is past: the city is drawn as it was at its end. */
  past?: string | undefined
  /** What a workspace draws besides. */
  overlay?: Overlay | undefined
  /** The layer of which only a part is drawn. */
  filtered?: TileFilter | undefined
}

/** The city layer a style layer draws: its metadata say so, or its source layer does. */
export function layerOf(layer: LayerSpecification): string | undefined {
  const named = (layer.metadata as Record<string, unknown> | undefined)?.['wangge:layer']
  if (typeof named === 'string') return named
  return 'source-layer' in layer ? layer['source-layer'] : undefined
}

export function composeStyle(whole: StyleSpecification, choices: Choices): StyleSpecification {
  const style = choices.filtered ? filterStyle(whole, choices.filtered, layerOf) : whole
  const drawn = style.layers.map((layer) => applyChoice(layer, choices))
  const { below, above } = highlightLayers(choices)
  const sourceLayers = new Set(style.layers.map((layer) => ('source-layer' in layer ? layer['source-layer'] : undefined)))
  const drawable = (layer: LayerSpecification) => !('source-layer' in layer) || layer.source !== citySource || sourceLayers.has(layer['source-layer'])
  const firstLabel = drawn.findIndex((layer) => layer.type === 'symbol')
  const cut = firstLabel < 0 ? drawn.length : firstLabel
  const { sources, ground, below: over, above: top } = choices.overlay ?? { sources: {}, ground: [], below: [], above: [] }
  const firstLine = drawn.findIndex((layer) => layer.type === 'line' && !isDensity(layer) && layerOf(layer) !== 'ground')
  const bed = firstLine < 0 ? cut : Math.min(firstLine, cut)
  return {
    ...style,
    sources: { ...sourcesAt(style.sources, choices.past), [placeSource]: placeOf(choices.selection), ...sources },
    layers: [
      ...drawn.slice(0, bed), ...ground.filter(drawable), ...drawn.slice(bed, cut), ...over.filter(drawable), ...below.filter(drawable), ...drawn.slice(cut), ...top, ...above.filter(drawable),
    ],
  }
}

/** The city's tiles, of now or of a day. */
function sourcesAt(sources: StyleSpecification['sources'], day: string | undefined): StyleSpecification['sources'] {
  if (day === undefined) return sources
  return Object.fromEntries(Object.entries(sources).map(([name, source]) => (
    [name, source.type === 'vector' && source.url !== undefined ? { ...source, url: `${source.url}${source.url.includes('?') ? '&' : '?'}datetime=${day}` } : source])))
}

function applyChoice(layer: LayerSpecification, choices: Choices): LayerSpecification {
  const name = layerOf(layer)
  if (name === undefined || layer.type === 'background') return layer
  if (!choices.isVisible(name)) return { ...layer, layout: { ...layer.layout, visibility: 'none' } } as LayerSpecification
  const faded = fade(layer, choices.opacityOf(name) / 100)
  if (isDensity(layer)) return { ...faded, minzoom: choices.densityFrom(name) }
  const first = choices.firstZoomOf?.(name) ?? 0
  return first > (faded.minzoom ?? 0) ? { ...faded, minzoom: first } : faded
}

function isDensity(layer: LayerSpecification): boolean {
  return (layer.metadata as Record<string, unknown> | undefined)?.['wangge:density'] !== undefined
}

function placeOf(selection: Selection | undefined): SourceSpecification {
  const at = selection?.kind === 'place' ? [selection.at] : []
  return {
    type: 'geojson',
    data: { type: 'FeatureCollection', features: at.map((coordinates) => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates } })) },
  }
}

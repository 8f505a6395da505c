import type { FilterSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'
import type { Overlay } from '../grid/overlay.ts'
import { citySource } from '../map/highlight.ts'
import type { Theme } from '../state/permalink.ts'
import type { TileFilter } from './ontiles.ts'
import type { Picks } from './marks.ts'
import { tileJsonPath, type InventoryFeature } from './server.ts'

/** Tiles of one layer with what its filter lets through. */
export const filteredSource = 'wangge-filtered'
const prefix = 'wangge-table'
export const pointedSource = `${prefix}-pointed`
const markedUpTo = 2_000

const inks: Record<Theme, string> = { light: '#1456f0', dark: '#7aa5ff' }
const papers: Record<Theme, string> = { light: '#ffffff', dark: '#0b0e13' }

/** What the table draws over the city. */
export interface Marked {
  layer: string
  picks: Picks
  /** Pointed at in the table: its own shape is drawn, for tiles may not have it at this zoom. */
  pointed: InventoryFeature | undefined
  /** The map draws what the filter lets through. */
  filtered: boolean
  /** Everything of the layer that the map draws is in the table. */
  exact: boolean
  theme: Theme
}

export function overlayOf({ layer, picks, pointed, filtered, exact, theme }: Marked): Overlay {
  const ink = inks[theme]
  const marked = picks.all ? exact : picks.ids.size > 0 && picks.ids.size <= markedUpTo
  const layers = marked ? marks({ source: picks.all && filtered ? filteredSource : citySource, 'source-layer': layer }, picks, ink) : { below: [], above: [] }
  return {
    sources: { [pointedSource]: { type: 'geojson', data: { type: 'FeatureCollection', features: pointed?.geometry ? [{ type: 'Feature', properties: {}, geometry: pointed.geometry }] : [] } } },
    ground: [],
    below: layers.below,
    above: [...layers.above, ...pointing(ink, papers[theme])],
  }
}

function marks(from: { source: string; 'source-layer': string }, picks: Picks, ink: string): Pick<Overlay, 'below' | 'above'> {
  const ids: FilterSpecification[] = picks.all ? [] : [['in', ['id'], ['literal', [...picks.ids]]] as FilterSpecification]
  const shaped = (shape: string): FilterSpecification => ['all', ['==', ['geometry-type'], shape], ...ids] as FilterSpecification
  return {
    below: [
      { id: `${prefix}-line`, type: 'line', ...from, filter: shaped('LineString'), layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': ink, 'line-opacity': 0.45, 'line-width': ['interpolate', ['exponential', 1.5], ['zoom'], 10, 4, 14, 8, 18, 24] } },
      { id: `${prefix}-fill`, type: 'fill', ...from, filter: shaped('Polygon'), paint: { 'fill-color': ink, 'fill-opacity': 0.18 } },
      { id: `${prefix}-edge`, type: 'line', ...from, filter: shaped('Polygon'), paint: { 'line-color': ink, 'line-width': 2 } },
    ],
    above: [
      { id: `${prefix}-point`, type: 'circle', ...from, filter: shaped('Point'), paint: { 'circle-radius': ['interpolate', ['linear'], ['zoom'], 12, 6, 16, 12, 18, 16], 'circle-opacity': 0, 'circle-stroke-color': ink, 'circle-stroke-width': 2 } },
    ],
  }
}

function pointing(ink: string, paper: string): LayerSpecification[] {
  const shaped = (...shapes: string[]): FilterSpecification => ['in', ['geometry-type'], ['literal', shapes]] as FilterSpecification
  return [
    { id: `${pointedSource}-casing`, type: 'line', source: pointedSource, filter: shaped('LineString', 'Polygon', 'MultiLineString', 'MultiPolygon'), paint: { 'line-color': paper, 'line-width': 7, 'line-opacity': 0.9 } },
    { id: `${pointedSource}-line`, type: 'line', source: pointedSource, filter: shaped('LineString', 'Polygon', 'MultiLineString', 'MultiPolygon'), paint: { 'line-color': ink, 'line-width': 3.5 } },
    { id: `${pointedSource}-point`, type: 'circle', source: pointedSource, filter: shaped('Point', 'MultiPoint'), paint: { 'circle-radius': 8, 'circle-color': ink, 'circle-stroke-color': paper, 'circle-stroke-width': 3 } },
  ]
}

/** Draws one layer from tiles that are filtered, and everything else as before. */
export function filterStyle(style: StyleSpecification, { layer, filter }: TileFilter, layerOf: (one: LayerSpecification) => string | undefined): StyleSpecification {
  const city = style.sources[citySource]
  if (city?.type !== 'vector' || city.url === undefined) return style
  const base = city.url.replace(/\/tiles\/[^/]*$/, '')
  const own = (one: LayerSpecification) => layerOf(one) === layer && 'source' in one && one.source === citySource
  return {
    ...style,
    sources: { ...style.sources, [filteredSource]: { ...city, url: `${base}${tileJsonPath(layer)}?filter=${encodeURIComponent(filter)}` } },
    layers: style.layers.map((one) => (own(one) ? { ...one, source: filteredSource } as LayerSpecification : one)),
  }
}

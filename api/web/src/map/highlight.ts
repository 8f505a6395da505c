import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from 'maplibre-gl'
import { densitySuffix, netLayer, type Selection, type Theme } from '../state/permalink.ts'

/** The vector source every inventory layer is drawn from. */
export const citySource = 'city'
export const placeSource = 'wangge-place'
export const highlightPrefix = 'wangge-highlight'

interface Flavor {
  accent: string
  glow: string
}

const flavors: Record<Theme, Flavor> = {
  light: { accent: '#1456f0', glow: '#ffffff' },
  dark: { accent: '#7aa5ff', glow: '#0b0e13' },
}

type Line = Extract<LayerSpecification, { type: 'line' }>
const round: NonNullable<Line['layout']> = { 'line-cap': 'round', 'line-join': 'round' }

/** Wider than the widest road of the same zoom, so that the halo shows on both sides of it. */
const haloWidth: ExpressionSpecification = ['interpolate', ['exponential', 1.5], ['zoom'], 10, 6, 14, 12, 16, 20, 18, 46]
const coreWidth: ExpressionSpecification = ['interpolate', ['linear'], ['zoom'], 10, 1.5, 16, 3]

export interface Marked {
  selection: Selection | undefined
  name: string | undefined
  region: string | undefined
  theme: Theme
}

export interface Highlight {
  below: LayerSpecification[]
  above: LayerSpecification[]
}

/** How the selected thing is marked: below the labels first, above everything second. */
export function highlightLayers({ selection, name, region, theme }: Marked): Highlight {
  const flavor = flavors[theme]
  const { below, above } = selected(selection, name, flavor)
  const around = region !== undefined && selection?.kind !== 'region' ? [frame(region, flavor)] : []
  return { below: [...around, ...below], above }
}

function selected(selection: Selection | undefined, name: string | undefined, flavor: Flavor): Highlight {
  switch (selection?.kind) {
    case 'feature': return feature(selection.layer, Number(selection.id), name, flavor)
    case 'region': return { below: outline('region', ['==', ['get', 'code'], selection.code], flavor), above: [] }
    case 'grid': return { below: outline(netLayer(selection.scheme), ['==', ['get', 'code'], selection.code], flavor), above: [] }
    case 'cell': return { below: outline(`${selection.layer}${densitySuffix}`, ['==', ['get', 'h3'], selection.cell], flavor), above: [] }
    case 'place': return { below: [], above: [ring(`${highlightPrefix}-place`, { source: placeSource }, flavor)] }
    default: return { below: [], above: [] }
  }
}

function feature(layer: string, id: number, name: string | undefined, flavor: Flavor): Highlight {
  const is: ExpressionSpecification = ['==', ['id'], id]
  const shaped = (shape: string): FilterSpecification => ['all', is, ['==', ['geometry-type'], shape]]
  const from = { source: citySource, 'source-layer': layer }
  return {
    below: [
      ...(name === undefined ? [] : [street(layer, name, flavor)]),
      { id: `${highlightPrefix}-halo`, type: 'line', ...from, filter: shaped('LineString'), layout: round, paint: { 'line-color': flavor.accent, 'line-opacity': 0.3, 'line-width': haloWidth } },
      { id: `${highlightPrefix}-core`, type: 'line', ...from, filter: shaped('LineString'), layout: round, paint: { 'line-color': flavor.accent, 'line-width': coreWidth } },
      ...outline(layer, shaped('Polygon'), flavor),
    ],
    above: [ring(`${highlightPrefix}-point`, { ...from, filter: shaped('Point') }, flavor)],
  }
}

/** All segments of one name: the street that the selected one is a part of. */
function street(layer: string, name: string, flavor: Flavor): LayerSpecification {
  return {
    id: `${highlightPrefix}-street`, type: 'line', source: citySource, 'source-layer': layer, layout: { 'line-join': 'round' }, // round caps would add up where segments meet
    filter: ['all', ['==', ['get', 'name'], name], ['==', ['geometry-type'], 'LineString']],
    paint: { 'line-color': flavor.accent, 'line-opacity': 0.22, 'line-width': haloWidth },
  }
}

function outline(layer: string, filter: FilterSpecification, flavor: Flavor): LayerSpecification[] {
  const from = { source: citySource, 'source-layer': layer, filter }
  return [
    { id: `${highlightPrefix}-fill`, type: 'fill', ...from, paint: { 'fill-color': flavor.accent, 'fill-opacity': layer === 'region' ? 0.04 : 0.14 } },
    { id: `${highlightPrefix}-casing`, type: 'line', ...from, layout: round, paint: { 'line-color': flavor.glow, 'line-width': 5, 'line-opacity': 0.8 } },
    { id: `${highlightPrefix}-edge`, type: 'line', ...from, layout: round, paint: { 'line-color': flavor.accent, 'line-width': 2.5 } },
  ]
}

/** The border of the region drilled down to, while something in it is selected or nothing is. */
function frame(region: string, flavor: Flavor): LayerSpecification {
  return {
    id: `${highlightPrefix}-frame`, type: 'line', source: citySource, 'source-layer': 'region', filter: ['==', ['get', 'code'], region],
    layout: round, paint: { 'line-color': flavor.accent, 'line-width': 1.5, 'line-opacity': 0.7 },
  }
}

function ring(id: string, from: { source: string; 'source-layer'?: string; filter?: FilterSpecification }, flavor: Flavor): LayerSpecification {
  return { id, type: 'circle', ...from, paint: {
    'circle-radius': ['interpolate', ['linear'], ['zoom'], 12, 10, 16, 15, 18, 20],
    'circle-color': flavor.accent, 'circle-opacity': 0.16, 'circle-stroke-color': flavor.accent, 'circle-stroke-width': 2.5,
  } }
}

import type { Feature, Geometry } from 'geojson'
import type { FilterSpecification, LayerSpecification } from 'maplibre-gl'
import type { Overlay } from '../../grid/overlay.ts'
import type { Theme } from '../../state/permalink.ts'

/** A shape shown for comparing: what was, what is, what another made of it, where it may belong. */
export type SketchRole = 'before' | 'after' | 'mine' | 'theirs' | 'given' | 'moved'
export interface Sketch {
  geometry: Geometry
  role: SketchRole
  label: string
}

const source = 'wangge-sketch'
const calm: Record<Theme, string> = { light: '#646a73', dark: '#a0a8b6' }
const accent: Record<Theme, string> = { light: '#1456f0', dark: '#7aa5ff' }
const other: Record<Theme, string> = { light: '#b35a00', dark: '#ffb547' }
const halo: Record<Theme, string> = { light: '#ffffff', dark: '#0e1116' }
/** The second of two is dashed: colour is never alone. */
const dashed: readonly SketchRole[] = ['before', 'theirs', 'given']

export function sketchColor(role: SketchRole, theme: Theme): string {
  if (role === 'before') return calm[theme]
  return role === 'theirs' || role === 'given' ? other[theme] : accent[theme]
}

/** Draws the sketches above everything; undefined where there are none. */
export function sketchOverlay(sketches: readonly Sketch[], theme: Theme): Overlay | undefined {
  if (sketches.length === 0) return undefined
  const features = sketches.map(({ geometry, role, label }): Feature => ({ type: 'Feature', geometry, properties: { label, color: sketchColor(role, theme), dashed: dashed.includes(role) } }))
  const is = (dash: boolean): FilterSpecification => ['all', ['!=', ['geometry-type'], 'Point'], ['==', ['get', 'dashed'], dash]]
  const line = (id: string, dash: boolean, paint: object) => ({ id: `${source}-${id}`, type: 'line', source, filter: is(dash), layout: { 'line-join': 'round' }, paint: { 'line-color': ['get', 'color'], ...paint } }) as LayerSpecification
  const point: FilterSpecification = ['==', ['geometry-type'], 'Point']
  return {
    sources: { [source]: { type: 'geojson', data: { type: 'FeatureCollection', features } } },
    ground: [], below: [],
    above: [
      { id: `${source}-fill`, type: 'fill', source, filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': ['get', 'color'], 'fill-opacity': 0.14 } },
      line('line', false, { 'line-width': 3.5 }),
      line('dashed', true, { 'line-width': 3, 'line-dasharray': [2, 1.6] }),
      { id: `${source}-point`, type: 'circle', source, filter: point, paint: { 'circle-radius': 8, 'circle-color': ['case', ['get', 'dashed'], halo[theme], ['get', 'color']], 'circle-stroke-color': ['case', ['get', 'dashed'], ['get', 'color'], halo[theme]], 'circle-stroke-width': 3 } },
      { id: `${source}-label`, type: 'symbol', source, layout: { 'text-field': ['get', 'label'], 'text-size': 13, 'text-font': ['Noto Sans CJK SC'], 'text-anchor': 'top', 'text-offset': [0, 0.9], 'text-allow-overlap': true },
        paint: { 'text-color': ['get', 'color'], 'text-halo-color': halo[theme], 'text-halo-width': 2 } },
    ],
  }
}

/** Two overlays as one. */
export function both(a: Overlay | undefined, b: Overlay | undefined): Overlay | undefined {
  if (!a || !b) return a ?? b
  return { sources: { ...a.sources, ...b.sources }, ground: [...a.ground, ...b.ground], below: [...a.below, ...b.below], above: [...a.above, ...b.above] }
}

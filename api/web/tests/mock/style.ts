import type { LayerSpecification, StyleSpecification } from 'maplibre-gl'
import type { LegendDensity } from '../../src/api/types.ts'
import { densitySuffix } from '../../src/state/permalink.ts'
import { center, firstZooms } from './city.ts'

const light = { land: '#f5f3ee', green: '#dfead0', water: '#c9dfec', building: '#e9e5dc', casing: '#d3cbbd', expressway: '#f0b35f', arterial: '#f8d98f', secondary: '#fdf0c9', branch: '#ffffff', alley: '#a9774a', label: '#3b4048', halo: '#ffffff', grid: '#8591a3', duty: '#33415c', parking: '#2f6fed', site: '#e08a0b' }
const dark: typeof light = { land: '#14181f', green: '#1a2a22', water: '#152a3b', building: '#1c222b', casing: '#0c0f14', expressway: '#c98a3a', arterial: '#8f7440', secondary: '#5d5340', branch: '#3a414d', alley: '#c08a58', label: '#d8dde6', halo: '#0e1116', grid: '#56627a', duty: '#9fb0d0', parking: '#6aa0ff', site: '#ffb547' }

type Flavor = typeof light

/** The shape of what the server answers at /style.json, with the fewest layers that the app's tests need. */
export function makeStyle(origin: string, theme: string): StyleSpecification {
  const flavor = theme === 'dark' ? dark : light
  return {
    version: 8,
    sprite: `${origin}/sprite/${theme}`,
    sources: { city: { type: 'vector', url: `${origin}/tiles/city.json` } },
    metadata: {
      'wangge:city': { name: '夹具市', name_en: 'Fixture City', sample: true, center, zoom: 14 },
      'wangge:legend': legend(flavor),
    },
    layers: layers(flavor),
  }
}

function from(layer: string): { source: string; 'source-layer': string; metadata: { 'wangge:layer': string } } {
  return { source: 'city', 'source-layer': layer, metadata: { 'wangge:layer': layer } }
}

function layers(f: Flavor): LayerSpecification[] {
  const width = (factor: number): LayerSpecification['paint'] => ({ 'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], 10, factor, 14, 4 * factor, 18, 24 * factor] })
  const color = ['match', ['get', 'class'], 'expressway', f.expressway, 'arterial', f.arterial, 'secondary', f.secondary, f.branch]
  return [
    { id: 'land', type: 'background', paint: { 'background-color': f.land } },
    { id: 'ground', type: 'fill', ...from('ground'), paint: { 'fill-color': ['match', ['get', 'kind'], 'water', f.water, 'green', f.green, f.building] } },
    ...hexagons('toilet-density', 'public_toilet', 'count', [2, 3, 4, 5, 6], f),
    ...hexagons('parking-density', 'parking_space', 'capacity', [80, 120, 160, 200, 240], f),
    { id: 'road-casing', type: 'line', ...from('road'), paint: { 'line-color': f.casing, ...width(1.3) } },
    { id: 'road', type: 'line', ...from('road'), paint: { 'line-color': color, ...width(1) } },
    { id: 'back-alley', type: 'line', ...from('back_alley'), minzoom: 13, paint: { 'line-color': f.alley, 'line-width': 2, 'line-dasharray': [2.2, 1.1] } },
    { id: 'parking', type: 'fill', ...from('parking_space'), minzoom: 14, paint: { 'fill-color': f.parking, 'fill-opacity': 0.5 } },
    { id: 'site', type: 'fill', ...from('construction_site'), minzoom: 12, paint: { 'fill-color': f.site, 'fill-opacity': 0.3 } },
    { id: 'unit-grid', type: 'line', ...from('unit_grid'), minzoom: 14, paint: { 'line-color': f.grid, 'line-width': 0.5 } },
    { id: 'unit-grid-fill', type: 'fill', ...from('unit_grid'), minzoom: 14, paint: { 'fill-color': f.grid, 'fill-opacity': 0 } },
    { id: 'duty', type: 'line', ...from('grid_duty'), paint: { 'line-color': f.duty, 'line-width': 1.5 } },
    { id: 'region', type: 'line', ...from('region'), paint: { 'line-color': f.duty, 'line-width': 2, 'line-dasharray': [4, 2] } },
    { id: 'road-name', type: 'symbol', ...from('road'), minzoom: 13, layout: { 'symbol-placement': 'line', 'text-field': ['get', 'name'], 'text-size': 12, 'text-font': ['Noto Sans CJK SC'] }, paint: { 'text-color': f.label, 'text-halo-color': f.halo, 'text-halo-width': 1.5 } },
    { id: 'toilet', type: 'symbol', ...from('public_toilet'), minzoom: 12, layout: { 'icon-image': 'toilet', 'icon-allow-overlap': true } },
    { id: 'ramp', type: 'symbol', ...from('barrier_free_ramp'), minzoom: 14, layout: { 'icon-image': 'ramp', 'icon-allow-overlap': true } },
  ] as LayerSpecification[]
}

/** Six classes from pale to deep; the colours are told apart by tests. */
const ramps: Record<string, string[]> = {
  public_toilet: ['#c7e6e2', '#98cdc7', '#68b5af', '#349e9a', '#008785', '#006c6d'],
  parking_space: ['#c7e3ff', '#9cc7f9', '#74abf3', '#518fed', '#3773e1', '#2758c5'],
}

function hexagons(id: string, layer: string, measure: string, limits: number[], f: Flavor): LayerSpecification[] {
  const [first, ...rest] = ramps[layer] ?? []
  const color = ['step', ['zoom'], ['step', ['coalesce', ['get', measure], 0], first, ...rest.flatMap((one, i) => [limits[i], one])], 11, ['step', ['coalesce', ['get', measure], 0], first, ...rest.flatMap((one, i) => [limits[i], one])]]
  const shared = { source: 'city', 'source-layer': layer + densitySuffix, minzoom: firstZooms[layer], metadata: { 'wangge:layer': layer, 'wangge:density': layer } }
  return [
    { id, type: 'fill', ...shared, paint: { 'fill-color': color, 'fill-opacity': 0.85 } },
    { id: `${id}-gap`, type: 'line', ...shared, paint: { 'line-color': f.land, 'line-width': 1 } },
  ] as LayerSpecification[]
}

function density(layer: string, measure: string, unit: string, limits: number[], shownBelow: number): { density: LegendDensity } {
  const band = (from: number, cell: number) => ({ from, cell_m2: cell, limits, colors: ramps[layer] ?? [] })
  return { density: { source_layer: layer + densitySuffix, measure, unit, unit_en: 'per cell', until: firstZooms[layer] ?? 0, shown_below: shownBelow, bands: [band(0, 737_327), band(11, 105_332)] } }
}

function legend(f: Flavor): unknown[] {
  const entry = (layer: string, title: string, titleEn: string, geometry: string, group: string, minZoom: number, items: object[], visible = true, more: object = {}) =>
    ({ layer, title, title_en: titleEn, geometry, group, min_zoom: minZoom, visible, items, collection: group !== 'reference', ...more })
  const road = (label: string, labelEn: string, color: string, width: number) => ({ label, label_en: labelEn, kind: 'line', color, casing: f.casing, width })
  const one = (label: string, labelEn: string, item: object) => [{ label, label_en: labelEn, ...item }]
  return [
    entry('road', '道路', 'Roads', 'line', 'inventory', 8, [road('快速路', 'Expressway', f.expressway, 6), road('主干路', 'Arterial', f.arterial, 5), road('支路', 'Branch', f.branch, 3)]),
    entry('back_alley', '背街小巷', 'Back alleys', 'line', 'inventory', 13, one('背街小巷', 'Back alleys', { kind: 'line', color: f.alley, width: 2, dash: [2.2, 1.1] })),
    entry('public_toilet', '公厕', 'Public toilets', 'point', 'inventory', 12, one('公厕', 'Public toilets', { kind: 'symbol', icon: 'toilet', color: '#0b8a8f' }), true, density('public_toilet', 'count', '个/格', [2, 3, 4, 5, 6], 0)),
    entry('barrier_free_ramp', '无障碍坡道', 'Barrier-free ramps', 'point', 'inventory', 14, one('无障碍坡道', 'Barrier-free ramps', { kind: 'symbol', icon: 'ramp', color: '#7a4fd0' })),
    entry('parking_space', '停车泊位', 'Parking', 'polygon', 'inventory', 14, one('停车泊位', 'Parking', { kind: 'fill', color: f.parking, outline: f.parking }), true, density('parking_space', 'capacity', '泊位/格', [80, 120, 160, 200, 240], 12)),
    entry('construction_site', '建筑工地', 'Construction sites', 'polygon', 'inventory', 12, one('建筑工地', 'Construction sites', { kind: 'fill', pattern: 'hatch', outline: f.site, dash: [3, 2] })),
    entry('unit_grid', '单元网格', 'Unit grids', 'polygon', 'net', 14, one('单元网格', 'Unit grids', { kind: 'fill', outline: f.grid })),
    entry('grid_duty', '责任网格', 'Duty grids', 'polygon', 'net', 10, one('责任网格', 'Duty grids', { kind: 'fill', outline: f.duty }), false),
    entry('region', '区划', 'Regions', 'polygon', 'reference', 6, one('区划', 'Regions', { kind: 'line', color: f.duty, width: 2, dash: [4, 2] })),
    entry('ground', '地面', 'Ground', 'polygon', 'reference', 8, [{ label: '水域', label_en: 'Water', kind: 'fill', color: f.water }, { label: '绿地', label_en: 'Green', kind: 'fill', color: f.green }]),
  ]
}

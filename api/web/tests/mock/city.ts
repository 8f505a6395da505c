import type { Feature, FeatureCollection, Geometry, Position } from 'geojson'
import { densitySuffix } from '../../src/state/permalink.ts'

/**
 * A made-up town of a few blocks, for tests of the app alone: every name says that it is one of these fixtures.
 * Longitude first; one hundredth of a degree is about a kilometre.
 */
export const center: Position = [120.01, 36.27]

type Properties = Record<string, unknown>
export type CityFeature = Feature<Geometry, Properties> & { id: number }
export type Layers = Record<string, FeatureCollection<Geometry, Properties>>

const [lon0, lat0] = [119.98, 36.25]
const [eastStep, northStep] = [0.006, 0.004]
const columns = 10
const rows = 10

export function makeCity(): Layers {
  const layers: Record<string, CityFeature[]> = {
    ground: ground(), road: roads(), back_alley: alleys(), public_toilet: toilets(), barrier_free_ramp: ramps(),
    parking_space: parking(), construction_site: sites(), unit_grid: unitGrids(), grid_duty: dutyGrids(), region: regions(),
  }
  return Object.fromEntries(Object.entries(layers).map(([layer, features]) => [layer, { type: 'FeatureCollection', features }]))
}

function feature(id: number, geometry: Geometry, properties: Properties): CityFeature {
  return { type: 'Feature', id, geometry, properties }
}
const at = (column: number, row: number): Position => [lon0 + column * eastStep, lat0 + row * northStep]
function rectangle(c0: number, r0: number, c1: number, r1: number): Geometry {
  return { type: 'Polygon', coordinates: [[at(c0, r0), at(c1, r0), at(c1, r1), at(c0, r1), at(c0, r0)]] }
}

function roads(): CityFeature[] {
  const classes = ['branch', 'secondary', 'branch', 'arterial', 'branch']
  const across = Array.from({ length: rows + 1 }, (_, row) => feature(100 + row, { type: 'LineString', coordinates: [at(0, row), at(columns, row)] }, {
    name: `试验${row + 1}路`, code: `R${100 + row}`, class: row === 5 ? 'expressway' : classes[row % 5], status: 'intact',
  }))
  const along = Array.from({ length: columns + 1 }, (_, column) => feature(200 + column, { type: 'LineString', coordinates: [at(column, 0), at(column, rows)] }, {
    name: `夹具${column + 1}街`, code: `R${200 + column}`, class: classes[column % 5], status: 'intact',
  }))
  return [...across, ...along]
}

function alleys(): CityFeature[] {
  return Array.from({ length: 8 }, (_, i) => feature(300 + i, { type: 'LineString', coordinates: [at(i + 0.5, 3), at(i + 0.5, 3.6), at(i + 0.8, 4)] }, {
    name: `试验${i + 1}巷`, code: `A${300 + i}`, lit: i % 2 === 0, status: 'intact',
  }))
}

function toilets(): CityFeature[] {
  const apart = Array.from({ length: 6 }, (_, i) => point(400 + i, at(1.3 + i * 1.5, 4.3 + (i % 3)), { name: `试验公厕${i + 1}`, code: `T${400 + i}`, grade: 'class_2', status: i === 5 ? 'closed' : 'intact' }))
  const [lon = 0, lat = 0] = at(5.5, 5.5)
  const besides = [0, 1].map((i) => point(410 + i, [lon + i * 0.00001, lat], { name: `并排公厕${i + 1}`, code: `T${410 + i}`, grade: 'class_1', status: 'intact' }))
  return [...apart, ...besides]
}

function ramps(): CityFeature[] {
  return Array.from({ length: 20 }, (_, i) => point(500 + i, at(1.05 + (i % 10), 4.05 + Math.floor(i / 10)), { code: `P${500 + i}`, kind: 'kerb', status: 'intact' }))
}

function parking(): CityFeature[] {
  return Array.from({ length: 8 }, (_, i) => feature(600 + i, rectangle(i + 0.3, 6.1, i + 0.6, 6.2), { name: `试验停车场${i + 1}`, code: `K${600 + i}`, capacity: 40 + i, status: 'intact' }))
}

function sites(): CityFeature[] {
  return Array.from({ length: 3 }, (_, i) => feature(700 + i, rectangle(2.2 + i * 2, 7.2, 2.7 + i * 2, 7.7), { name: `试验工地${i + 1}`, code: `S${700 + i}`, status: 'intact' }))
}

/** Hexagons three hundred metres wide over the middle of the town, six in a row of which each has more than the last. */
function hexagons(h3: string, measure: string): FeatureCollection<Geometry, Properties> {
  const [lon0, lat0] = at(3, 4)
  const [dx = 0, dy = 0] = [0.003, 0.003]
  const corner = (column: number, row: number, turn: number): Position => [
    (lon0 ?? 0) + dx * (column * Math.sqrt(3) + (row % 2) * Math.sqrt(3) / 2 + Math.sin((turn * Math.PI) / 3)),
    (lat0 ?? 0) + dy * 0.8 * (row * 1.5 + Math.cos((turn * Math.PI) / 3)),
  ]
  const features = Array.from({ length: 24 }, (_, i) => {
    const [column, row] = [i % 6, Math.floor(i / 6)]
    const turns = [0, 1, 2, 3, 4, 5, 0]
    const count = column + 1
    return { type: 'Feature' as const, geometry: { type: 'Polygon' as const, coordinates: [turns.map((turn) => corner(column, row, turn))] },
      properties: { h3: h3 + String(i).padStart(15 - h3.length, '0'), count, count_intact: count, ...(measure !== 'count' && { [measure]: count * 40 }) } }
  })
  return { type: 'FeatureCollection', features }
}

/** What tiles hold below the first zoom of a layer, and not from it on. */
export const firstZooms: Record<string, number> = { public_toilet: 12, parking_space: 14 }
export const densities: Layers = {
  [`public_toilet${densitySuffix}`]: hexagons('89aa', 'count'),
  [`parking_space${densitySuffix}`]: hexagons('89bb', 'capacity'),
}

function unitGrids(): CityFeature[] {
  return Array.from({ length: 400 }, (_, i) => {
    const [column, row] = [(i % 20) / 2, Math.floor(i / 20) / 2]
    return feature(1000 + i, rectangle(column, row, column + 0.5, row + 0.5), { code: `990001001001${String(i).padStart(3, '0')}`, scheme: 'unit' })
  })
}

function dutyGrids(): CityFeature[] {
  return Array.from({ length: 4 }, (_, i) => {
    const [column, row] = [(i % 2) * 5, Math.floor(i / 2) * 5]
    return feature(2000 + i, rectangle(column, row, column + 5, row + 5), { code: `D00${i + 1}`, scheme: 'duty' })
  })
}

function regions(): CityFeature[] {
  const region = (id: number, code: string, name: string, kind: string, parent: string | null, geometry: Geometry) => feature(id, geometry, { code, name, kind, parent })
  return [
    region(1, '990001', '夹具市', 'county', null, rectangle(0, 0, 10, 10)),
    region(2, '990001001', '东试街道', 'street', '990001', rectangle(5, 0, 10, 10)),
    region(3, '990001002', '西试街道', 'street', '990001', rectangle(0, 0, 5, 10)),
    region(4, '990001001001', '东一社区', 'community', '990001001', rectangle(5, 0, 10, 5)),
    region(5, '990001001002', '东二社区', 'community', '990001001', rectangle(5, 5, 10, 10)),
    region(6, 'zone-core', '核心片区', 'zone', null, rectangle(3, 3, 7, 7)),
  ]
}

function ground(): CityFeature[] {
  return [
    feature(1, rectangle(-2, 8.2, 12, 8.8), { kind: 'water' }),
    feature(2, rectangle(1.1, 1.1, 2.9, 1.9), { kind: 'green' }),
    ...Array.from({ length: 40 }, (_, i) => feature(10 + i, rectangle((i % 10) + 0.2, 2.2 + Math.floor(i / 10), (i % 10) + 0.45, 2.5 + Math.floor(i / 10)), { kind: 'building' })),
  ]
}

function point(id: number, coordinates: Position, properties: Properties): CityFeature {
  return feature(id, { type: 'Point', coordinates }, properties)
}

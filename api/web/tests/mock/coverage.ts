import { GeoJSONVT } from '@maplibre/geojson-vt'
import { fromGeojsonVt } from '@maplibre/vt-pbf'
import type { Feature, FeatureCollection, Point, Polygon, Position } from 'geojson'
import type { Change, Explanation, FacilityItem, Method, Methods, Preview, Row, Scenario, ServiceItem, TablePage } from '../../src/coverage/types.ts'
import type { Asked, MockAccounts, Told } from './accounts.ts'
import { refused } from './accounts.ts'
import { makeCity } from './city.ts'

/** Coverage of the fixture town: squares for hexagons, and walking along streets that run straight north and east. */
const [west, south, east, north] = [119.98, 36.25, 120.04, 36.29]
const [columns, rows] = [40, 40]
const cellM2 = 15_000
const perDegree = { x: 89_700, y: 111_000 }
const noNetworkRow = 38
const toTitle = (id: string, title: string, title_en = title) => ({ id, title, title_en })
const threshold = { layer: 'public_toilet', metric: 'service_radius_m', applies_to: '一般', value: 500, comparator: '<=', unit: 'm', standard: '夹具标准', edition: '2020', clause: '4.2', verified: false }

interface Spot { id: number; name: string; at: Position; usable: boolean }
interface Ask { mode: string; radii: number[]; changes: Change[] }

export class MockCoverage {
  readonly #spots: Spot[] = (makeCity().public_toilet?.features ?? []).map(({ id, geometry, properties }) => ({ id: Number(id), name: String(properties.name), at: (geometry as Point).coordinates, usable: properties.status !== 'closed' }))
  readonly #scenarios = new Map<number, Scenario>()
  #next = 1
  /** How long a preview takes. */
  previewMs = 0
  /** Previews asked for. */
  previews = 0
  /** No streets at all, or no facilities. */
  city: 'whole' | 'streetless' | 'empty' = 'whole'

  async answer(asked: Asked, accounts: MockAccounts): Promise<Told | undefined> {
    const [, api, version, what, first = '', second = ''] = asked.path.split('/')
    if (api !== 'api' || version !== 'v1' || what !== 'coverage') return undefined
    const { query } = asked
    const ask: Ask = { mode: query.get('mode') ?? 'walk', radii: (query.get('radius') ?? '300,500,800').split(',').map(Number), changes: this.#scenarios.get(Number(query.get('scenario')))?.changes ?? [] }
    if (first === 'methods') return { body: this.#methods() }
    if (first === 'scenarios') return this.#scenario(asked, accounts, second, ask)
    if (first === 'siting') return { body: siting() }
    if (first === 'questions') return second === '' ? { body: { items: [question] } } : { body: asked.path.endsWith('/list') ? listing : answer }
    if (first === 'measures') return { body: answer }
    if (first === 'network') return { body: { type: 'FeatureCollection', features: [] } }
    switch (second) {
      case '': return { body: this.#table(ask, query.get('by') ?? 'community', query.get('sort') ?? '') }
      case 'explain': return { body: this.#explain(ask, [Number(query.get('lon')), Number(query.get('lat'))]) }
      case 'facilities': return { body: { items: this.#facilities(ask.changes) } }
      case 'gaps.geojson': return { body: { type: 'FeatureCollection', features: [{ type: 'Feature', properties: { code: query.get('within') }, geometry: square(3, 3) }] } }
      case 'preview': return this.#preview(asked)
      default: return refused.gone()
    }
  }

  tile(url: URL): Uint8Array | null | undefined {
    const [, z, x, y] = /^\/tiles\/coverage_public_toilet\/(\d+)\/(\d+)\/(\d+)\.mvt$/.exec(url.pathname) ?? []
    if (z === undefined) return undefined
    const zoom = Number(z)
    const res = resOf(zoom)
    const ask: Ask = { mode: url.searchParams.get('mode') ?? 'walk', radii: [], changes: this.#scenarios.get(Number(url.searchParams.get('scenario')))?.changes ?? [] }
    const features = this.#cells(ask).map(({ d, n, geometry }, i): Feature => ({ type: 'Feature', id: i * 16 + res, geometry, properties: n ? { h3: String(i), n: 1 } : { h3: String(i), d } }))
    const tile = new GeoJSONVT({ type: 'FeatureCollection', features } as FeatureCollection, { maxZoom: 16, indexMaxZoom: 5, extent: 4096, buffer: 64 }).getTile(zoom, Number(x), Number(y))
    return tile && tile.features.length > 0 ? fromGeojsonVt({ coverage_public_toilet: tile }, { version: 2, extent: 4096 }) : null
  }

  #placed(changes: Change[]): Spot[] {
    if (this.city === 'empty') return []
    const closed = new Set(changes.filter(({ op }) => op === 'close').map(({ id }) => id))
    const moves = new Map(changes.filter(({ op }) => op === 'move').map(({ id, at }) => [id, at]))
    const added = changes.flatMap(({ op, at }, i): Spot[] => (op === 'add' && at ? [{ id: -1 - i, name: '新增', at, usable: true }] : []))
    return [...this.#spots.filter(({ id, usable }) => usable && !closed.has(id)).map((one) => ({ ...one, at: moves.get(one.id) ?? one.at })), ...added]
  }

  #cells({ mode, changes }: Ask): { d: number; n: boolean; at: Position; geometry: Polygon }[] {
    const spots = this.#placed(changes)
    return Array.from({ length: columns * rows }, (_, i) => {
      const [column, row] = [i % columns, Math.floor(i / columns)]
      const at: Position = [west + ((column + 0.5) * (east - west)) / columns, south + ((row + 0.5) * (north - south)) / rows]
      const d = Math.min(9_999, ...spots.map((spot) => distance(at, spot.at, mode)))
      return { d: Math.round(d), n: mode === 'walk' && (this.city === 'streetless' || row >= noNetworkRow), at, geometry: square(column, row) }
    })
  }

  #row(ask: Ask, code: string, name: string, inside: (at: Position) => boolean): Row {
    const cells = this.#cells(ask).filter(({ at }) => inside(at))
    const area = cells.length * cellM2
    const covered = ask.radii.map((radius) => cells.filter(({ d, n }) => !n && d <= radius).length * cellM2)
    const share = covered.map((m2) => (area === 0 ? null : m2 / area))
    const some = (of: number) => ({ total: of, covered: covered.map((m2) => (area === 0 ? 0 : (of * m2) / area)), share })
    return { code, name, name_en: '', area_m2: area, no_network_m2: cells.filter(({ n }) => n).length * cellM2, covered_m2: covered, covered_share: share, population: some(cells.length * 10), road_m: some(cells.length * 90), facilities: this.#placed(ask.changes).filter(({ at }) => inside(at)).length, rank: 0 }
  }

  #rows(ask: Ask, by: string): Row[] {
    if (by === 'street') return [this.#row(ask, '990001002', '西试街道', ([lon = 0]) => lon < 120.01), this.#row(ask, '990001001', '东试街道', ([lon = 0]) => lon >= 120.01)]
    return [
      this.#row(ask, '990001001001', '东一社区', ([lon = 0, lat = 0]) => lon >= 120.01 && lat < 36.27), this.#row(ask, '990001001002', '东二社区', ([lon = 0, lat = 0]) => lon >= 120.01 && lat >= 36.27),
      ...Array.from({ length: 120 }, (_, i) => this.#row({ ...ask, radii: ask.radii }, `9900010020${i}`, `夹具社区${i}`, ([lon = 0, lat = 0]) => Math.floor((lon - west) / 0.006) === i % 10 && Math.floor((lat - south) / 0.004) === Math.floor(i / 10))),
    ]
  }

  #table(ask: Ask, by: string, sort: string): TablePage {
    const list = this.#rows(ask, by)
    const value = (row: Row) => (sort.includes('share') ? row.covered_share[1] ?? 0 : row.area_m2 - (row.covered_m2[1] ?? 0))
    list.sort((a, b) => (sort.startsWith('-') ? value(b) - value(a) : value(a) - value(b)))
    return { method: this.#method(ask), by, radii_m: ask.radii, total: this.#row(ask, '', '夹具市', () => true), items: list, next: null, count: list.length }
  }

  #method({ mode }: Ask): Method {
    return {
      id: 'walk-1', version: 1, revision: '7', mode: mode === 'straight' ? 'straight' : 'walk', res: 10, snap_limit_m: 250, hexagons: columns * rows, unsnapped_hexagons: 80, islands: 2, streets: this.city === 'streetless' ? 0 : 30,
      facilities: this.#placed([]).length, facilities_off_network: 0, population: { source: '夹具人口', as_of: '2026', how: '按建筑分摊', how_en: 'by building' }, thresholds: [threshold], provenance: '夹具口径', provenance_en: 'fixture method', definitions: [],
    }
  }

  #methods(): Methods {
    const service: ServiceItem = {
      ...toTitle('public_toilet', '公共厕所', 'Public toilets'), layer: 'public_toilet', kinds: [toTitle('all', '全部', 'All'), toTitle('accessible', '无障碍', 'Accessible')],
      modes: [{ ...toTitle('walk', '步行距离'), id: 'walk' }, { ...toTitle('straight', '直线距离'), id: 'straight' }], profiles: [toTitle('walk', '步行', 'Walk'), toTitle('step_free', '无台阶', 'Step-free'), toTitle('night', '夜间', 'Night')], radii_m: [300, 500, 800], thresholds: [threshold],
    }
    return { revision: '7', services: [service], areas: [{ ...toTitle('street', '街道', 'Streets'), count: 2, res: 11 }, { ...toTitle('community', '社区', 'Communities'), count: 122, res: 11 }] }
  }

  #facilities(changes: Change[]): FacilityItem[] {
    return this.city === 'empty' ? [] : this.#spots.map(({ id, name, at: [lon = 0, lat = 0], usable }) => ({ id, name, lon, lat, usable, on_network: true, ...(changes.some((change) => change.id === id) && { scenario: 'moved' as const }) }))
  }

  #explain(ask: Ask, at: Position): Explanation {
    const near = this.#placed(ask.changes).map((spot) => ({ spot, m: distance(at, spot.at, ask.mode) })).sort((a, b) => a.m - b.m)
    const [first, second] = near
    if (!first) return { covered: false, class: 'uncovered', distance_m: null, sentence: '附近没有设施', sentence_en: 'Nothing near', facility: null, legs: [], line: null, straight_m: null, detour: null, second: null, snap: null, alternatives: [], ambiguous: false, barrier: null }
    const ref = ({ id, name, at: [lon = 0, lat = 0] }: Spot) => ({ id, name, lon, lat })
    const [x = 0, y = 0] = first.spot.at
    const corner: Position = [x, at[1] ?? 0]
    const legs = [{ kind: 'street' as const, name: '试验路', length_mm: Math.round(Math.abs(x - (at[0] ?? 0)) * perDegree.x * 1000), line: [at, corner] as [number, number][] }, { kind: 'off_street' as const, name: '', length_mm: Math.round(Math.abs(y - (at[1] ?? 0)) * perDegree.y * 1000), line: [corner, first.spot.at] as [number, number][] }]
    const total = legs.reduce((sum, { length_mm }) => sum + length_mm, 0)
    const straight = distance(at, first.spot.at, 'straight')
    return {
      covered: first.m <= (ask.radii[0] ?? 500), class: first.m <= (ask.radii[0] ?? 500) ? 'covered' : 'uncovered', distance_m: total / 1000, distance_mm: total, sentence: `走到${first.spot.name}要 ${Math.round(total / 1000)} 米`, sentence_en: 'The way is long', facility: ref(first.spot), legs,
      line: { type: 'LineString', coordinates: [at, corner, first.spot.at] }, straight_m: straight, detour: total / 1000 / Math.max(1, straight), second: second ? { facility: ref(second.spot), distance_m: second.m } : null, snap: { street: 'road:100', name: '试验路', perp_mm: 12_000, distance_m: null }, alternatives: [], ambiguous: false, barrier: null,
    }
  }

  async #preview({ body }: Asked): Promise<Told> {
    this.previews++
    if (this.previewMs > 0) await new Promise((resolve) => { setTimeout(resolve, this.previewMs) })
    const asks = body.question as { mode: string; radii_m: number[]; by: string }
    const [was, then]: [Ask, Ask] = [{ mode: asks.mode, radii: asks.radii_m, changes: [] }, { mode: asks.mode, radii: asks.radii_m, changes: body.changes as Change[] }]
    const [a, b] = [this.#cells(was), this.#cells(then)]
    const changed = b.flatMap((cell, i) => (cell.d === a[i]?.d ? [] : [i]))
    const [before, after] = [this.#row(was, '', '夹具市', () => true), this.#row(then, '', '夹具市', () => true)]
    const [left, right] = [this.#rows(was, 'street'), this.#rows(then, 'street')]
    const told: Preview = {
      total: { before, after }, rows: left.map((row, i) => ({ code: row.code, name: row.name, before: row, after: right[i] ?? row })),
      hexagons: { res: Number(body.res), ids: changed.map((i) => i * 16 + Number(body.res)), d: changed.map((i) => b[i]?.d ?? null), n: changed.map((i) => Number(b[i]?.n ?? 0)) },
    }
    return { body: told }
  }

  #scenario({ method, body, cookie }: Asked, accounts: MockAccounts, id: string, ask: Ask): Told {
    const who = accounts.who(cookie)
    if (!who) return refused.signIn()
    if (id === 'compare') return { body: { a: { total: this.#row(ask, '', '夹具市', () => true) }, b: { total: this.#row({ ...ask, changes: [...this.#scenarios.values()].at(-1)?.changes ?? [] }, '', '夹具市', () => true) }, rows: [] } }
    const one = this.#scenarios.get(Number(id))
    if (id === '') {
      if (method === 'GET') return { body: { items: [...this.#scenarios.values()] } }
      const made: Scenario = { ...(body as unknown as Scenario), id: this.#next++, revision: 1, created_by: who.name, updated_at: '2026-01-02T03:04:05Z' }
      this.#scenarios.set(made.id, made)
      return { status: 201, body: made, headers: { ETag: '"1"' } }
    }
    if (!one) return refused.gone()
    if (method === 'DELETE') this.#scenarios.delete(one.id)
    return { body: one, headers: { ETag: `"${one.revision}"` } }
  }
}

function resOf(z: number): number {
  return z <= 8 ? 7 : z === 9 ? 8 : z <= 11 ? 9 : z <= 13 ? 10 : 11
}

function distance([x0 = 0, y0 = 0]: Position, [x1 = 0, y1 = 0]: Position, mode: string): number {
  const [dx, dy] = [Math.abs(x1 - x0) * perDegree.x, Math.abs(y1 - y0) * perDegree.y]
  return mode === 'straight' ? Math.hypot(dx, dy) : dx + dy
}

function square(column: number, row: number): Polygon {
  const [w, s] = [west + (column * (east - west)) / columns, south + (row * (north - south)) / rows]
  const [e, n] = [w + (east - west) / columns, s + (north - south) / rows]
  return { type: 'Polygon', coordinates: [[[w, s], [e, s], [e, n], [w, n], [w, s]]] }
}

function siting() {
  const sites = Array.from({ length: 4 }, (_, i) => ({ ordinal: i + 1, lon: 119.985 + i * 0.012, lat: 36.257, name: '', street: '试验路', gain: 400_000 - i * 90_000, gain_share: 0.02, cumulative: 400_000 * (i + 1), cumulative_share: 0.4 + i * 0.05, chosen_of: 10, chosen: 10 - i * 2 }))
  return { sites, value: 1_060_000, upper_bound: 1_070_000, gap: 0.0093, curve: sites.map(({ ordinal, cumulative, cumulative_share }) => ({ k: ordinal, value: cumulative, share: cumulative_share })), candidates: 812, already: 8_000_000, total: 24_000_000, took_ms: 41, reached: true }
}

const question = { ...toTitle('alleys', '背街小巷', 'Back alleys'), unit: 'share', people: false, layers: ['back_alley'] }
const answer = {
  columns: [{ ...toTitle('lit', '有照明', 'Lit'), unit: 'share', numerator: '有照明长度', numerator_en: 'lit', numerator_unit: 'km', denominator: '全长', denominator_en: 'all', denominator_unit: 'km', threshold: null }],
  total: { code: '', name: '夹具市', values: [{ numerator: 2, denominator: 4, share: 0.5 }] }, items: [{ code: '990001001', name: '东试街道', values: [{ numerator: 1, denominator: 2, share: 0.5 }] }, { code: '990001002', name: '西试街道', values: [{ numerator: 1, denominator: 2, share: 0.5 }] }], next: null, count: 2, provenance: '按长度', provenance_en: 'by length',
}
const listing = { items: [{ layer: 'back_alley', id: 301, name: '试验2巷', lon: 119.99, lat: 36.263, met: false, why: '没有照明', why_en: 'Not lit' }], total: 1, next: null }

import { parseConditions } from '../../src/inventory/cql.ts'
import { isGroup, type Conditions, type Group, type KindOf, type Test } from '../../src/inventory/filter.ts'
import { fieldsOf, geometryField } from '../../src/inventory/queryables.ts'
import type { CollectionSchema } from '../../src/api/types.ts'
import type { Told } from './accounts.ts'
import * as answers from './answers.ts'
import { makeCity, type CityFeature, type Layers } from './city.ts'
import { makeTiles } from './tiles.ts'

type Properties = Record<string, unknown>

/** The inventory of the mock: the fixture city's layers as lists, and on demand one that is very long. */
export class MockTable {
  readonly #city: Layers = makeCity()
  /** So many public toilets are listed; 0 for those of the fixture city. */
  many = 0
  /** What was asked for, for tests to look at. */
  readonly asked: string[] = []
  /** Milliseconds that rows take. */
  slowMs = 0

  async answer(url: URL): Promise<Told | undefined> {
    const [, first, second, third = '', fourth = ''] = url.pathname.split('/').map(decodeURIComponent)
    const query = url.searchParams
    if (first === 'ogc' && (fourth === 'queryables' || fourth === 'sortables')) return { body: answers.schema(third) }
    if (first === 'ogc' && fourth === 'items' && query.has('ids')) return this.#items(third, query)
    if (first === 'api' && third === 'features') return this.#order(fourth, query)
    if (first === 'api' && third === 'exports') return this.#export(fourth, url)
    const tileJson = /^(\w+)\.json$/.exec(second ?? '')
    if (first === 'tiles' && tileJson && tileJson[1] !== 'city') return this.#tileJson(tileJson[1] ?? '', url)
    return undefined
  }

  /** A tile of one layer with what a filter lets through; undefined for other paths. */
  tile(url: URL): Uint8Array | null | undefined {
    const [, layer = '', z, x, y] = /^\/tiles\/(\w+)\/(\d+)\/(\d+)\/(\d+)\.mvt$/.exec(url.pathname) ?? []
    if (layer === '' || layer === 'city') return undefined
    const found = this.#matching(layer, url.searchParams.get('filter') ?? '')
    const features = (this.#city[layer]?.features ?? []).filter(({ id }) => found?.some((one) => one.id === id))
    return makeTiles({ [layer]: { type: 'FeatureCollection', features } })(Number(z), Number(x), Number(y)) ?? null
  }

  #features(layer: string): CityFeature[] {
    if (this.many > 0 && layer === 'public_toilet') return Array.from({ length: this.many }, (_, i) => manyth(i + 1))
    return (this.#city[layer]?.features ?? []) as CityFeature[]
  }

  #kindOf(layer: string): KindOf {
    const schema = answers.schema(layer) as CollectionSchema
    const fields = fieldsOf(schema, schema, schema)
    return (name) => (name === geometryField ? 'box' : fields.find((field) => field.name === name)?.kind)
  }

  #matching(layer: string, filter: string): CityFeature[] | undefined {
    const conditions = parseConditions(filter, this.#kindOf(layer))
    return conditions && this.#features(layer).filter((feature) => holds(conditions, feature))
  }

  #order(path: string, query: URLSearchParams): Told {
    const layer = path
    this.asked.push(`order ${layer} ${decodeURIComponent(query.toString())}`)
    const filter = query.get('filter') ?? ''
    if (filter === '' && !query.has('sortby') && this.many > 0 && layer === 'public_toilet') return { body: { total: this.many, revision: '7', ids: Array.from({ length: this.many }, (_, i) => i + 1) } }
    const found = this.#matching(layer, filter)
    if (!found) return wrongFilter(filter)
    const box = query.get('bbox')?.split(',').map(Number)
    const inside = box ? found.filter((feature) => within(feature, box)) : found
    const keys = (query.get('sortby') ?? '').split(',').filter(Boolean)
    const sorted = [...inside].sort((a, b) => keys.reduce((sign, key) => sign || compare(a, b, key), 0) || a.id - b.id)
    return { body: { total: sorted.length, revision: '7', ids: sorted.map(({ id }) => id) } }
  }

  async #items(layer: string, query: URLSearchParams): Promise<Told> {
    const ids = (query.get('ids') ?? '').split(',').map(Number)
    this.asked.push(`items ${layer} ${ids[0]} ${ids.length}`)
    if (this.slowMs > 0) await new Promise((resolve) => { setTimeout(resolve, this.slowMs) })
    const known = this.many > 0 && layer === 'public_toilet' ? ids.map(manyth) : this.#features(layer).filter(({ id }) => ids.includes(id))
    return { body: { type: 'FeatureCollection', features: known.map((feature) => ({ ...feature, revision: 1 })) } }
  }

  #tileJson(layer: string, url: URL): Told {
    const filter = url.searchParams.get('filter') ?? ''
    if (!this.#matching(layer, filter)) return wrongFilter(filter)
    return { body: { ...answers.tileJson(url.origin), tiles: [`${url.origin}/tiles/${layer}/{z}/{x}/{y}.mvt?filter=${encodeURIComponent(filter)}`] } }
  }

  #export(file: string, url: URL): Told {
    this.asked.push(`export ${file} ${decodeURIComponent(url.search)}`)
    return { body: {}, headers: { 'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(`公厕.${file.split('.').slice(1).join('.')}`)}` } }
  }
}

function wrongFilter(filter: string): Told {
  const at = filter.length
  const detail = `第 ${at} 个字符：这里不对`
  return { status: 400, body: { type: 'urn:wangge:problem:invalid-request', title: '请求参数有误', title_en: 'Invalid request', request_id: 'fixture-request-1', errors: [{ in: 'query', parameter: 'filter', detail, detail_en: `at character ${at}: wrong` }] } }
}

/** One of a very long list. */
function manyth(id: number): CityFeature {
  return {
    type: 'Feature', id, geometry: { type: 'Point', coordinates: [119.98 + (id % 1000) / 20_000, 36.25 + Math.floor(id / 1000) / 20_000] },
    properties: { code: `3702820010${String(id).padStart(6, '0')}`, name: `试验第${id}厕`, status: id % 7 === 0 ? 'closed' : 'intact', grade: id % 2 === 0 ? 'class_1' : 'class_2', width_m: id / 8, lit: id % 3 === 0, surveyed_on: '2025-04-01', updated_at: '2025-06-01T08:30:00Z', maintainer_dept: null },
  }
}

function within({ geometry }: CityFeature, [west = 0, south = 0, east = 0, north = 0]: number[]): boolean {
  const numbers = JSON.stringify('coordinates' in geometry ? geometry.coordinates : []).match(/-?\d+(\.\d+)?/g)?.map(Number) ?? []
  return numbers.some((lon, i) => i % 2 === 0 && lon >= west && lon <= east && (numbers[i + 1] ?? 0) >= south && (numbers[i + 1] ?? 0) <= north)
}

function compare(a: CityFeature, b: CityFeature, key: string): number {
  const down = key.startsWith('-')
  const [x, y] = [a, b].map(({ properties }) => (properties as Properties)[key.replace(/^[+-]/, '')])
  const sign = x === y ? 0 : x === undefined || x === null ? 1 : y === undefined || y === null ? -1 : (x as string) < (y as string) ? -1 : 1
  return down ? -sign : sign
}

function holds({ join, parts }: Conditions, feature: CityFeature): boolean {
  const one = (part: Test | Group) => (isGroup(part) ? (part.join === 'and' ? part.tests.every((test) => passes(test, feature)) : part.tests.some((test) => passes(test, feature))) : passes(part, feature))
  return join === 'and' ? parts.every(one) : parts.some(one)
}

function passes({ field, op, values }: Test, feature: CityFeature): boolean {
  if (field === geometryField) return within(feature, values.map(Number))
  const value = feature.properties[field]
  if (op === 'empty' || op === 'filled') return (value === undefined || value === null) === (op === 'empty')
  if (value === undefined || value === null) return false
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const [first = '', second = ''] = values
  const order = (bound: string) => (typeof value === 'number' ? value - Number(bound) : text < bound ? -1 : text > bound ? 1 : 0)
  switch (op) {
    case 'contains': return text.toLowerCase().includes(first.toLowerCase())
    case 'starts': return text.toLowerCase().startsWith(first.toLowerCase())
    case 'in': return values.includes(text)
    case 'notIn': return !values.includes(text)
    case 'is': return order(first) === 0
    case 'not': return order(first) !== 0
    case 'least': return order(first) >= 0
    case 'most': return order(first) <= 0
    case 'between': return order(first) >= 0 && order(second) <= 0
    default: return false
  }
}

import { describe, expect, it } from 'vitest'
import type { CollectionSchema } from '../../src/api/types.ts'
import { cellText } from '../../src/inventory/cells.ts'
import { defaultColumns, moved, shownColumns, widthOf } from '../../src/inventory/columns.ts'
import { parseConditions } from '../../src/inventory/cql.ts'
import { exportHref } from '../../src/inventory/exporting.ts'
import { isGroup, printConditions, withoutShapes, type Conditions, type KindOf, type Operator, type Test, operators } from '../../src/inventory/filter.ts'
import { parseTable, tablePairs } from '../../src/inventory/link.ts'
import { countPicked, formatPicks, isPicked, noPicks, parsePicks, ranged, toggled } from '../../src/inventory/marks.ts'
import { fieldsOf, type FieldKind } from '../../src/inventory/queryables.ts'
import { createRows } from '../../src/inventory/rows.ts'
import type { InventoryFeature } from '../../src/inventory/server.ts'
import { formatSort, parseSort, turned } from '../../src/inventory/sorting.ts'
import { chunksOf, heightOf, Lru, scrollTo, spanOf, tallestPx } from '../../src/inventory/window.ts'

const kinds: Record<string, FieldKind> = { name: 'text', status: 'enum', width_m: 'number', lit: 'boolean', surveyed_on: 'date', updated_at: 'time', not: 'text', geom: 'box', 宽度: 'number' }
const kindOf: KindOf = (name) => kinds[name]
const test = (field: string, op: Operator, ...values: string[]): Test => ({ field, op, values })
const print = (...parts: Conditions['parts']) => printConditions({ join: 'and', parts }, kindOf)

describe('a filter becomes CQL2', () => {
  it.each([
    [test('name', 'contains', "o'Brien 100%_\\"), "CASEI(name) LIKE CASEI('%o''Brien 100\\\\%\\\\_\\\\\\\\%')"],
    [test('name', 'starts', '试验'), "CASEI(name) LIKE CASEI('试验%')"],
    [test('name', 'is', 'a'), "name = 'a'"],
    [test('not', 'is', 'a'), "\"not\" = 'a'"],
    [test('宽度', 'least', '3'), '"宽度" >= 3'],
    [test('status', 'in', 'intact', 'closed'), "status IN ('intact', 'closed')"],
    [test('status', 'notIn', 'closed'), "status NOT IN ('closed')"],
    [test('width_m', 'between', '-1.50', '2e3'), 'width_m BETWEEN -1.5 AND 2000'],
    [test('width_m', 'between', '', '7'), 'width_m <= 7'],
    [test('width_m', 'between', '7', ''), 'width_m >= 7'],
    [test('width_m', 'not', '7'), 'width_m <> 7'],
    [test('lit', 'is', 'false'), 'lit = FALSE'],
    [test('surveyed_on', 'between', '2024-01-01', '2024-12-31'), "surveyed_on BETWEEN DATE('2024-01-01') AND DATE('2024-12-31')"],
    [test('surveyed_on', 'most', '2024-02-29'), "surveyed_on <= DATE('2024-02-29')"],
    [test('name', 'empty'), 'name IS NULL'],
    [test('name', 'filled'), 'name IS NOT NULL'],
    [test('geom', 'within', '120', '36', '120.5', '36.25'), 'S_INTERSECTS(geom, BBOX(120, 36, 120.5, 36.25))'],
  ])('%j', (one, text) => { expect(print(one)).toBe(text) })

  it('leaves out what is not complete', () => {
    expect(print(test('name', 'contains', ''), test('width_m', 'least', 'x'), test('status', 'in'), test('geom', 'within', '1', '2'), test('unknown', 'empty'), test('lit', 'is'), { join: 'or', tests: [test('name', 'is', '')] })).toBe('')
  })

  it('counts the last day of a moment whole, in the time zone here', () => {
    const begin = (day: number) => new Date(2025, 0, day).toISOString().replace('.000Z', 'Z')
    expect(print(test('updated_at', 'least', '2025-01-02'))).toBe(`updated_at >= TIMESTAMP('${begin(2)}')`)
    expect(print(test('updated_at', 'most', '2025-01-02'))).toBe(`updated_at < TIMESTAMP('${begin(3)}')`)
  })
})

describe('CQL2 becomes conditions', () => {
  it('whatever the builder writes comes back', () => {
    let state = 7
    const random = (n: number) => {
      state = (state * 1103515245 + 12345) % 2147483648
      return Math.floor((state / 2147483648) * n)
    }
    const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T
    const samples: Record<FieldKind, string[]> = {
      text: ['试', "it's", '%', '_\\', 'AND', ' a '], enum: ['intact', "o'k", '停用'], number: ['0', '-3.25', '1000000', '0.5'], boolean: ['true', 'false'],
      date: ['2024-02-29', '1999-12-31'], time: ['2024-02-29', '2025-10-05'], object: [], box: [],
    }
    const make = (): Test => {
      const field = pick(Object.keys(kinds))
      const kind = kinds[field] ?? 'text'
      const op = pick(operators[kind])
      if (op === 'empty' || op === 'filled') return test(field, op)
      if (op === 'within') return test(field, op, '119.9', '-36', '120', '36.5')
      if (op === 'in' || op === 'notIn') return test(field, op, ...samples.enum.slice(0, 1 + random(3)))
      return test(field, op, ...(op === 'between' ? [pick(samples[kind]), pick(samples[kind])] : [pick(samples[kind])]))
    }
    for (let i = 0; i < 2_000; i++) {
      const join = pick(['and', 'or'] as const)
      const parts = Array.from({ length: 1 + random(4) }, () => (random(3) === 0 ? { join: pick(['and', 'or'] as const), tests: Array.from({ length: 2 + random(3) }, make) } : make()))
      const text = printConditions({ join, parts }, kindOf)
      const read = parseConditions(text, kindOf)
      expect(read, text).toBeDefined()
      expect(printConditions(read ?? { join, parts: [] }, kindOf)).toBe(text)
      expect(read?.parts.map((part) => (isGroup(part) ? part.tests.length : 1))).toEqual(parts.map((part) => (isGroup(part) ? part.tests.length : 1)))
    }
  })

  it('in spellings of other people', () => {
    expect(parseConditions("  status in('intact')and width_m>=+3.0  ", kindOf)?.parts).toEqual([test('status', 'in', 'intact'), test('width_m', 'least', '3')])
    expect(parseConditions("status = 'intact'", kindOf)?.parts).toEqual([test('status', 'in', 'intact')])
    expect(parseConditions("name = 'a' AND lit = true OR width_m = 1", kindOf)).toEqual({ join: 'or', parts: [{ join: 'and', tests: [test('name', 'is', 'a'), test('lit', 'is', 'true')] }, test('width_m', 'is', '1')] })
    expect(parseConditions('', kindOf)?.parts).toEqual([])
  })

  it.each([
    "name LIKE 'a%'", 'width_m + 1 > 3', "name = 'a", 'unknown = 1', 'status = intact', 'NOT name IS NULL', "(name = 'a'", 'lit', "width_m = 'x'", "name = 'a' name = 'b'", "updated_at >= TIMESTAMP('2025-01-01T12:34:56Z')",
    "((name = 'a' AND (lit = TRUE OR lit = FALSE)) OR name = 'b')", "CASEI(name) LIKE CASEI('a_b%')", 'S_INTERSECTS(geom, BBOX(1, 2, 3))', "S_INTERSECTS(name, BBOX(1, 2, 3, 4))", 'width_m ＞ 3', 'width_m BETWEEN 1', 'width_m < 3',
  ])('and %s stays text', (text) => { expect(parseConditions(text, kindOf)).toBeUndefined() })
})

describe('the filter of tiles', () => {
  const box = test('geom', 'within', '1', '2', '3', '4')
  const name = test('name', 'empty')
  it('leaves shapes out where more is shown and never less', () => {
    const parts = (join: 'and' | 'or', ...of: Conditions['parts']) => withoutShapes({ join, parts: of })
    expect(parts('and', name, box)?.parts).toEqual([name])
    expect(parts('or', name, box)).toBeUndefined()
    expect(parts('or', name)?.parts).toEqual([name])
    expect(parts('and', name, { join: 'or', tests: [name, box] })?.parts).toEqual([name])
    expect(parts('and', { join: 'and', tests: [name, box] })?.parts).toEqual([{ join: 'and', tests: [name] }])
  })
})

describe('the window on a long list', () => {
  const at = (scrollPx: number, rows = 500_000) => ({ rows, rowPx: 32, viewPx: 320, scrollPx })
  it('has the rows on the screen and a few beside them', () => {
    expect(spanOf(at(0))).toEqual({ first: 0, end: 14, topPx: 0 })
    expect(spanOf(at(3_200))).toEqual({ first: 96, end: 114, topPx: 96 * 32 })
    expect(spanOf(at(16_000))).toMatchObject({ first: 496 })
    expect(spanOf({ ...at(0, 3) })).toEqual({ first: 0, end: 3, topPx: 0 })
    expect(spanOf({ ...at(0, 0) })).toEqual({ first: 0, end: 0, topPx: 0 })
  })

  it('reaches both ends of a list taller than a box may be', () => {
    const rows = 2_000_000
    expect(heightOf(rows, 32)).toBe(tallestPx)
    expect(spanOf(at(0, rows)).first).toBe(0)
    const end = spanOf(at(tallestPx - 320, rows))
    expect(end.end).toBe(rows)
    expect(end.topPx + (end.end - end.first) * 32).toBeCloseTo(tallestPx, 3) // the last row ends where the box does
    for (const row of [0, 1, 999_999, 1_999_999]) {
      const scrollPx = scrollTo(row, at(7_000_000, rows))
      const span = spanOf(at(scrollPx, rows), 0)
      expect(span.first).toBeLessThanOrEqual(row)
      expect(span.end).toBeGreaterThan(row)
    }
  })

  it('scrolls no further than needed', () => {
    expect(scrollTo(5, at(0))).toBe(0)
    expect(scrollTo(10, at(0))).toBe(32)
    expect(scrollTo(2, at(100))).toBe(64)
  })

  it('touches few pieces', () => {
    expect(chunksOf(0, 100, 100)).toEqual([0])
    expect(chunksOf(99, 101, 100)).toEqual([0, 1])
    expect(chunksOf(5, 5, 100)).toEqual([])
  })

  it('keeps what was used last', () => {
    const lru = new Lru<number, string>(2)
    lru.set(1, 'a')
    lru.set(2, 'b')
    lru.get(1)
    lru.set(3, 'c')
    expect([lru.has(1), lru.has(2), lru.has(3), lru.size]).toEqual([true, false, true, 2])
  })
})

describe('rows', () => {
  const feature = (id: number): InventoryFeature => ({ type: 'Feature', id, geometry: null, properties: {} })
  const settled = async () => {
    await new Promise((resolve) => { setTimeout(resolve, 90) })
  }
  it('are asked for where one rests, and given up where one has gone on', async () => {
    const asked: { first: number | undefined; n: number; signal: AbortSignal | undefined }[] = []
    let answer: (() => void) | undefined
    const answered = new Promise<void>((resolve) => { answer = resolve })
    const rows = createRows({
      async items(_layer, ids, signal) {
        asked.push({ first: ids[0], n: ids.length, signal })
        if (ids[0] !== 1) await answered
        return ids.filter((id) => id !== 3).map(feature)
      },
    })
    rows.reset('x', Array.from({ length: 1_000 }, (_, i) => i + 1), false)
    rows.want(0, 20)
    rows.want(300, 320)
    rows.want(0, 20)
    expect(rows.at(0)).toBeUndefined()
    await settled()
    expect(asked.map(({ first, n }) => [first, n])).toEqual([[1, 100]])
    expect([rows.at(0)?.id, rows.at(2), rows.at(100)]).toEqual([1, null, undefined])
    rows.want(300, 320)
    await settled()
    rows.want(500, 520)
    expect(asked[1]?.signal?.aborted).toBe(true)
    answer?.()
    await settled()
    expect([rows.at(300), rows.at(500)?.id]).toEqual([undefined, 501])
    rows.stop()
  })

  it('stay while a new order of the same layer is asked for', async () => {
    const rows = createRows({ items: (_layer, ids) => Promise.resolve(ids.map(feature)) })
    rows.reset('x', [1, 2, 3], false)
    rows.want(0, 3)
    await settled()
    rows.reset('x', [3, 1, 2], true)
    expect(rows.at(0)?.id).toBe(3)
    rows.reset('y', [3, 1, 2], true)
    expect(rows.at(0)).toBeUndefined()
    rows.stop()
  })
})

const schema: CollectionSchema = { properties: {
  id: { type: 'integer', 'x-ogc-role': 'id' }, geom: { format: 'geometry-point' }, width_m: { type: 'number', title: '宽度', 'x-unit': 'm' }, note: { type: 'string' }, name: { type: 'string', title: '名称' },
  status: { type: 'string', oneOf: [{ const: 'intact', title: '完好', 'x-title-en': 'Intact' }] }, lit: { type: 'boolean' }, day: { type: 'string', format: 'date' }, at: { type: 'string', format: 'date-time' },
  measures: { type: 'object' }, code: { type: 'string' }, region_code: { type: 'string' },
} }
const fields = fieldsOf(schema, { properties: { name: {}, measures: {} } }, { properties: { width_m: {} } })

describe('columns', () => {
  it('begin with code, name and status, and leave technical ones out', () => {
    expect(defaultColumns(fields)).toEqual(['code', 'name', 'status', 'width_m', 'lit', 'day', 'at', 'measures', 'region_code'])
    expect(fields.map(({ name, filterable, sortable }) => [name, filterable, sortable].join()).slice(0, 3)).toEqual(['width_m,false,true', 'note,false,false', 'name,true,false'])
    expect(fields.find(({ name }) => name === 'measures')?.filterable).toBe(false)
  })
  it('are those chosen, of what there is', () => {
    expect(shownColumns(fields, ['note', 'gone', 'code', 'note']).map(({ name }) => name)).toEqual(['note', 'code'])
    expect(shownColumns(fields, ['gone'])).toHaveLength(9)
  })
  it('move and have widths', () => {
    expect([moved(['a', 'b', 'c'], 'c', -2), moved(['a', 'b', 'c'], 'a', 9), moved(['a'], 'x', 1)]).toEqual([['c', 'a', 'b'], ['b', 'c', 'a'], ['a']])
    const [width] = fields
    expect(width && [widthOf(width, {}), widthOf(width, { width_m: 70 })]).toEqual([104, 70])
  })
})

describe('cells', () => {
  const text = (name: string, value: unknown) => {
    const field = fields.find((one) => one.name === name)
    return field && cellText({ properties: { [name]: value } }, field, 'zh', (_field, code) => (code === '99' ? '夹具社区' : undefined))
  }
  it('say what people read', () => {
    expect([text('status', 'intact'), text('status', 'odd'), text('lit', true), text('lit', false), text('width_m', 1234.5), text('name', null), text('name', ''), text('region_code', '99'), text('region_code', '98')])
      .toEqual(['完好', 'odd', '是', '否', '1,234.5', '—', '—', '夹具社区', '98'])
    expect([text('day', '2025-04-01'), text('at', new Date(2025, 0, 2, 3, 4).toISOString()), text('measures', { a: true, b: false }), text('measures', {}), text('measures', ['x', 'y'])])
      .toEqual(['2025-04-01', '2025-01-02 03:04', '1/2', '—', 'x、y'])
  })
})

describe('sorting', () => {
  it('turns up, down and off, alone or besides others', () => {
    expect(parseSort('name,-width_m,name,;drop')).toEqual([{ name: 'name', down: false }, { name: 'width_m', down: true }])
    const steps = [turned([], 'a', false), turned(parseSort('a'), 'a', false), turned(parseSort('-a'), 'a', false), turned(parseSort('a'), 'b', true), turned(parseSort('a,b'), 'a', true), turned(parseSort('-a,b'), 'a', true), turned(parseSort('a,b'), 'c', false)]
    expect(steps.map(formatSort)).toEqual(['a', '-a', '', 'a,b', '-a,b', 'b', 'c'])
  })
})

describe('picks', () => {
  const order = [5, 4, 3, 2, 1]
  it('are some or all', () => {
    const some = ranged(noPicks, 1, 3, order, false)
    expect([...some.ids]).toEqual([4, 3, 2])
    expect([...ranged(some, 4, 4, order, true).ids]).toEqual([4, 3, 2, 1])
    expect([...toggled(some, 3, order).ids]).toEqual([4, 2])
    const all = parsePicks('all')
    expect([isPicked(all, 9), countPicked(all, 5), formatPicks(all)]).toEqual([true, 5, 'all'])
    expect([...toggled(all, 3, order).ids]).toEqual([5, 4, 2, 1])
    expect([...parsePicks('1,x,-2,3').ids]).toEqual([1, 3])
    expect(formatPicks({ all: false, ids: new Set(Array.from({ length: 101 }, (_, i) => i)) })).toBeUndefined()
  })
})

describe('addresses', () => {
  it('of the table come back', () => {
    const link = parseTable(new URLSearchParams("layer=road&filter=name = 'a'&sort=-code&picked=1,2&inview=1"))
    expect(link).toEqual({ layer: 'road', filter: "name = 'a'", sort: '-code', picked: '1,2', inview: '1' })
    expect(tablePairs(link).filter(([, value]) => value !== undefined)).toHaveLength(5)
    expect(parseTable(new URLSearchParams('layer=../x&select=road/1'))).toBeUndefined()
  })
  it('of exports have what was chosen', () => {
    const question = { layer: 'road', filter: "name = 'é&'", sort: '-code', region: '99', grid: undefined, box: undefined }
    const one = { question, format: 'xlsx' as const, what: 'filter' as const, ids: [1, 2], crs: 'EPSG:4549', fields: ['code', 'name'] }
    expect(exportHref(one)).toBe("/api/v1/exports/road.xlsx?filter=name%20%3D%20'%C3%A9%26'&region=99&sortby=-code&properties=code%2Cname&crs=EPSG%3A4549")
    expect(exportHref({ ...one, what: 'picked', format: 'geojson', fields: undefined })).toBe('/api/v1/exports/road.geojson?ids=1%2C2&sortby=-code')
    expect(exportHref({ ...one, what: 'all', format: 'shp.zip' })).toBe('/api/v1/exports/road.shp.zip?sortby=-code&properties=code%2Cname&crs=EPSG%3A4549')
  })
})

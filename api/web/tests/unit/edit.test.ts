import type { Geometry } from 'geojson'
import { describe, expect, it } from 'vitest'
import { ApiError } from '../../src/api/errors.ts'
import type { CollectionSchema, FeatureItem } from '../../src/api/types.ts'
import { changedIn, draftOf, formOf, patchOf, propertiesOf, valueOf, wrongOf, type FormField } from '../../src/inventory/edit/form.ts'
import { common, touchedPatch, undoOf, updatesOf, writeMany } from '../../src/inventory/edit/many.ts'
import { sizeOf } from '../../src/inventory/edit/measure.ts'
import { mergedDraft, sameShape, threeWay, threeWayShape } from '../../src/inventory/edit/merge.ts'
import type { Operation, OperationResult } from '../../src/inventory/edit/server.ts'
import { handleOf, kindsOf, settledShape } from '../../src/inventory/edit/shape.ts'
import { fromGCJ, geometryFromGCJ, toGCJ } from '../../src/inventory/edit/shift.ts'
import { linesInTile } from '../../src/inventory/edit/snapping.ts'
import { readable } from '../../src/inventory/history/changes.ts'
import { outlines } from '../../src/inventory/history/outline.ts'

const schema: CollectionSchema = {
  required: ['kind'],
  properties: {
    id: { type: 'integer', 'x-ogc-role': 'id' },
    geom: { format: 'geometry-any', 'x-ogc-role': 'primary-geometry', 'x-geometry-types': ['Point', 'Polygon', 'MultiPolygon'] },
    kind: { type: 'string', title: '类型', oneOf: [{ const: 'a', title: '甲' }, { const: 'b', title: '乙' }] },
    slope: { type: 'number', title: '坡度', 'x-unit': '1', exclusiveMinimum: 0, maximum: 1 },
    stalls: { type: 'integer', title: '数量', minimum: 0, maximum: 99 },
    lit: { type: 'boolean', title: '照明' },
    measures: { type: 'object', title: '措施', properties: { hoarding: { title: '围挡' }, wet: { title: '湿法' } } },
    met: { type: 'integer', readOnly: true },
    name: { type: 'string', title: '名称', maxLength: 5 },
    owner_dept: { type: 'string', title: '权属' },
    surveyed_on: { type: 'string', format: 'date' },
    note: { type: 'string', 'x-access': 'internal' },
    extra: { type: 'object', 'x-access': 'internal' },
  },
}
const fields = formOf(schema, 'zh')
const field = (key: string) => fields.find((one) => one.key === key) as FormField

describe('the form of a layer', () => {
  it('is made of its schema: what is its own first, with the name before, then administration, then what is for staff', () => {
    expect(fields.map(({ key, kind, group }) => `${group} ${key} ${kind}`)).toEqual([
      'own name text', 'own kind enum', 'own slope number', 'own stalls integer', 'own lit boolean', 'own measures checklist', 'own met integer',
      'shared owner_dept dept', 'shared surveyed_on date', 'internal note long', 'internal extra other',
    ])
    expect(field('kind').required).toBe(true)
    expect([field('met').readOnly, field('extra').readOnly, field('slope').readOnly]).toEqual([true, true, false])
  })

  it('reads what was typed, and back', () => {
    const properties = { kind: 'a', slope: 0.5, stalls: 12, lit: false, measures: { hoarding: true, wet: false }, met: 1, name: '甲', owner_dept: 'D1', surveyed_on: '2026-01-31', note: null, extra: { a: 1 } }
    const draft = draftOf(fields, properties)
    for (const one of fields.filter(({ readOnly }) => !readOnly)) expect(valueOf(one, draft[one.key]), one.key).toEqual(properties[one.key as keyof typeof properties])
    expect(changedIn(fields, draft, draftOf(fields, { ...properties, measures: { wet: false, hoarding: true } }))).toEqual([])
  })

  it('sends what changed alone, and null for what became empty', () => {
    const before = draftOf(fields, { kind: 'a', stalls: 3, lit: true, name: '甲' })
    expect(patchOf(fields, before, { ...before, stalls: ' 3 ', lit: null, name: '', slope: '０．５', met: '9' })).toEqual({ lit: null, name: null, slope: 0.5 })
    expect(propertiesOf(fields, { ...draftOf(fields, {}), kind: 'b', stalls: '1,200' })).toEqual({ kind: 'b', stalls: 1200 })
  })

  it.each([
    ['stalls', '3.5', 'edit.wrong.integer'], ['stalls', '-1', 'edit.wrong.least'], ['stalls', '100', 'edit.wrong.most'], ['stalls', '1e3', 'edit.wrong.number'], ['stalls', '', undefined],
    ['slope', '0', 'edit.wrong.above'], ['slope', '1', undefined], ['slope', '1.01', 'edit.wrong.most'], ['slope', 'x', 'edit.wrong.number'],
    ['kind', '', 'edit.wrong.required'], ['surveyed_on', '2026-02-30', 'edit.wrong.date'], ['surveyed_on', '2026-02-28', undefined],
    ['name', '六个字的名称', 'edit.wrong.long'], ['name', '五个字名称', undefined],
  ])('%s of %j: %s', (key, input, wrong) => {
    expect(wrongOf(field(key), input)?.key).toBe(wrong)
  })
})

describe('three states of a feature', () => {
  const base = draftOf(fields, { name: '原', stalls: 1, lit: true })
  it('takes what one of us changed, and asks where both did', () => {
    const mine = { ...base, name: '我', stalls: '2', surveyed_on: '2026-01-01' }
    const theirs = { ...base, name: '他', lit: false, surveyed_on: '2026-01-01' }
    const rows = threeWay(fields, base, mine, theirs)
    expect(rows.map(({ field: { key }, clash, take }) => [key, clash, take])).toEqual([['name', true, 'mine'], ['stalls', false, 'mine'], ['lit', false, 'theirs']])
    const merged = mergedDraft(theirs, rows.map((row) => ({ ...row, take: row.clash ? 'theirs' : row.take })))
    expect(patchOf(fields, theirs, merged)).toEqual({ stalls: 2 })
  })
  it('compares places to a tenth of a millimetre', () => {
    const at = (lon: number): Geometry => ({ type: 'Point', coordinates: [lon, 36] })
    expect(sameShape(at(120), at(120.0000000001))).toBe(true)
    expect(threeWayShape(at(120), at(120), at(120.1))).toMatchObject({ clash: false, take: 'theirs' })
    expect(threeWayShape(at(120), at(120.2), at(120.1))).toMatchObject({ clash: true, take: 'mine' })
    expect(threeWayShape(at(120), at(120.1), at(120.1))).toBeUndefined()
  })
})

describe('many at once', () => {
  const item = (id: number, properties: Record<string, unknown>): FeatureItem => ({ type: 'Feature', id, revision: id * 10, geometry: null, properties })
  const items = [item(1, { name: '甲', stalls: 2, lit: null }), item(2, { name: '乙', stalls: 2, lit: null })]
  it('begins with what all have', () => {
    const { draft, mixed } = common(fields, items)
    expect([...mixed]).toEqual(['name'])
    expect(draft.stalls).toBe('2')
  })
  it('sends what was touched to each with its version, and can take it back', () => {
    const patch = touchedPatch(fields, { stalls: '7', name: 'x' }, new Set(['stalls']))
    expect(updatesOf('t', items, patch)).toEqual([1, 2].map((id) => ({ op: 'update', layer: 't', id, match: String(id * 10), feature: { properties: { stalls: 7 } } })))
    expect(undoOf('t', items, [{ id: '1', status: 'ok', revision: 11, reason: undefined }, { id: '2', status: 'stale', revision: undefined, reason: undefined }], ['stalls'])).toEqual([{ op: 'update', layer: 't', id: 1, match: '11', feature: { properties: { stalls: 2 } } }])
  })
  it('writes a thousand a request, and once more without those refused', async () => {
    const sent: number[] = []
    const server = { batch(operations: readonly Operation[]): Promise<OperationResult[]> {
      sent.push(operations.length)
      const results = operations.map(({ id = 0 }): OperationResult => ({ id, status: id % 700 === 0 ? 'stale' : 'ok', revision: 2 }))
      return results.some(({ status }) => status !== 'ok') ? Promise.reject(new ApiError(422, { type: 'urn:wangge:problem:batch', ...{ results } })) : Promise.resolve(results)
    } }
    const done = await writeMany(server, Array.from({ length: 1500 }, (_, i) => ({ op: 'update', layer: 't', id: i + 1 })), () => undefined)
    expect(sent).toEqual([1000, 999, 500, 499])
    expect(done.filter(({ status }) => status === 'stale').map(({ id }) => id)).toEqual(['700', '1400'])
    expect(done.length).toBe(1500)
  })
})

describe('shapes', () => {
  it('draws the kinds that the layer holds', () => {
    expect(kindsOf(schema)).toEqual(['Point', 'Polygon'])
    expect(kindsOf({ properties: { geom: { format: 'geometry-point', 'x-ogc-role': 'primary-geometry' } } })).toEqual(['Point'])
  })
  it('changes the largest piece and leaves the others and holes', () => {
    const ring = (at: number, n: number) => [...Array.from({ length: n }, (_, i) => [at + i, at]), [at, at]]
    const shape: Geometry = { type: 'MultiPolygon', coordinates: [[ring(0, 3)], [ring(10, 5), ring(11, 3)]] }
    const handle = handleOf(shape)
    expect(handle?.simple.coordinates).toEqual([ring(10, 5)])
    expect(handle?.whole({ type: 'Polygon', coordinates: [ring(20, 4)] })).toEqual({ type: 'MultiPolygon', coordinates: [[ring(0, 3)], [ring(20, 4), ring(11, 3)]] })
  })
  it('ends with the corners that were set', () => {
    expect(settledShape({ type: 'LineString', coordinates: [[0, 0], [1, 1], [1, 1], [2, 2]] })).toEqual({ type: 'LineString', coordinates: [[0, 0], [1, 1]] })
    expect(settledShape({ type: 'LineString', coordinates: [[0, 0], [1, 1]] })).toBeUndefined()
    expect(settledShape({ type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [5, 5], [0, 0]]] })).toEqual({ type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] })
  })
  it('measures as PostGIS does on the ellipsoid', () => {
    // ST_Length and ST_Area of the same as geography
    expect(sizeOf({ type: 'LineString', coordinates: [[120, 36], [120.01, 36]] }).lengthM).toBeCloseTo(901.7, 0)
    expect(sizeOf({ type: 'LineString', coordinates: [[120, 36], [120, 36.01]] }).lengthM).toBeCloseTo(1109.6, 0)
    const { areaM2 = 0 } = sizeOf({ type: 'Polygon', coordinates: [[[120, 36], [120.01, 36], [120.01, 36.01], [120, 36.01], [120, 36]]] })
    expect(areaM2 / (901.66 * 1109.58)).toBeCloseTo(1, 3)
  })
  it('takes the shift of GCJ-02 off, to a millimetre', () => {
    expect(toGCJ([116.404, 39.915])).toEqual([expect.closeTo(116.41024449916938, 9), expect.closeTo(39.91640428150164, 9)])
    for (const at of [[120.02, 36.27], [113.26, 23.13], [87.6, 43.8]]) {
      const [lon = 0, lat = 0] = fromGCJ(toGCJ(at))
      expect(Math.abs(lon - (at[0] ?? 0)) + Math.abs(lat - (at[1] ?? 0))).toBeLessThan(1e-8)
    }
    expect(geometryFromGCJ({ type: 'LineString', coordinates: [toGCJ([120, 36]), toGCJ([120.1, 36])] }).coordinates[1]?.[0]).toBeCloseTo(120.1, 8)
  })
  it('snaps to what lies in a tile and not to where it was cut', () => {
    const [z, x, y] = [0, 0, 0]
    const lines = linesInTile({ geometry: { type: 'Polygon', coordinates: [[[170, 10], [185, 10], [185, 20], [170, 20], [170, 10]]] }, id: 1, sourceLayer: 'a', _z: z, _x: x, _y: y })
    expect(lines).toEqual([[[170, 10], [185, 10]], [[185, 20], [170, 20], [170, 10]]])
  })
})

describe('history', () => {
  it('lists what says something in the order of the form', () => {
    const changes = [{ field: 'stalls', before: 1, after: 2 }, { field: 'updated_at', before: 'a', after: 'b' }, { field: 'name', before: null, after: '甲' }, { field: 'secret', before: 1, after: 2 }]
    expect(readable(changes, fields).map(({ field: { key } }) => key)).toEqual(['name', 'stalls'])
  })
  it('draws two shapes to one scale, north up', () => {
    const [before, after] = outlines([{ type: 'Point', coordinates: [120, 36] }, { type: 'Point', coordinates: [120, 36.01] }], 120)
    expect(before?.dots).toEqual([{ x: 60, y: 110 }])
    expect(after?.dots).toEqual([{ x: 60, y: 10 }])
  })
})

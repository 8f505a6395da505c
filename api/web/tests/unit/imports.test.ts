import { describe, expect, it } from 'vitest'
import { boxOf, collect } from '../../src/imports/onmap.ts'
import { formatBytes, isMapped, isRead, mapped, shareOf, stepOf } from '../../src/imports/steps.ts'
import type { Column, Import, ImportRow, Inspection } from '../../src/imports/types.ts'

const column = (heading: string, field: string | null): Column => ({ heading, samples: [], filled: 0, field, by: 'none', unit: null, units: [] })
const inspection = (more: Partial<Inspection> = {}): Inspection => ({
  format: 'csv', charset: null, charsets: [], sheets: [], sheet: null, header_row: 1, preview: [], columns: [column('名称', 'name'), column('别名', null)], geometry: { kind: 'columns', candidates: [] },
  datum: { stated: null, needed: true, candidates: [], bbox: null }, missing_required: [], rows: 1, ...more,
})
const one = (more: Partial<Import> = {}): Import => ({ id: 1, name: 'x.csv', size_bytes: 1, layer: 'public_toilet', state: 'uploaded', revision: 1, created_at: '', created_by: '', inspection: inspection(), options: {}, progress: null, result: null, problem: null, ...more })

describe('the way of a file', () => {
  it('goes on only when layer and datum are known, and nothing required is missing', () => {
    expect(isRead(one())).toBe(false)
    expect(isRead(one({ options: { datum: 'gcj02' } }))).toBe(true)
    expect(isRead(one({ options: { datum: 'gcj02' }, layer: null }))).toBe(false)
    expect(isRead(one({ inspection: inspection({ datum: { stated: 'EPSG:4549', needed: true, candidates: [], bbox: null } }) }))).toBe(true)
    expect(isMapped(one({ options: { datum: 'x' }, inspection: inspection({ missing_required: ['kind'] }) }))).toBe(false)
  })

  it.each([
    [one(), 'read'],
    [one({ options: { datum: 'x' }, inspection: inspection({ missing_required: ['kind'] }) }), 'map'],
    [one({ options: { datum: 'x' } }), 'check'],
    [one({ state: 'checking' }), 'check'],
    [one({ state: 'committing' }), 'done'],
    [one({ state: 'failed' }), 'done'],
  ] as const)('is taken up where it stands: %#', (file, step) => { expect(stepOf(file)).toBe(step) })

  it('gives a field one column', () => {
    expect(mapped(one(), '别名', 'name')).toEqual({ maps: { 名称: '', 别名: 'name' } })
    expect(mapped(one({ options: { maps: { 编号: 'code' } } }), '名称', '')).toEqual({ maps: { 编号: 'code', 名称: '' } })
  })

  it('tells how far it is, where anybody knows', () => {
    expect(shareOf(one({ progress: { stage: 's', done: 5, total: 10 } }))).toBe(0.5)
    expect(shareOf(one({ progress: { stage: 's', done: 5, total: 0 } }))).toBeUndefined()
    expect([formatBytes(10), formatBytes(2048), formatBytes(3 * 1024 * 1024)]).toEqual(['10 B', '2 kB', '3.0 MB'])
  })
})

describe('rows on the map', () => {
  const row = (geometry: GeoJSON.Geometry | null): ImportRow => ({ ordinal: 1, row: 1, outcome: 'insert', code: null, zh: '', en: '', detail: null, key: null, properties: {}, geometry })
  it('have a box of what lies on earth', () => {
    expect(boxOf([row(null)])).toBeUndefined()
    expect(boxOf([row({ type: 'Point', coordinates: [500_000, 4_000_000] })])).toBeUndefined()
    expect(boxOf([row({ type: 'Point', coordinates: [120, 36] }), row({ type: 'Polygon', coordinates: [[[119, 35], [121, 35], [121, 37], [119, 35]]] })])).toEqual([119, 35, 121, 37])
  })

  it('leave out what has no place', () => { expect(collect([row(null), row({ type: 'Point', coordinates: [1, 2] })], 1).features).toHaveLength(1) })
})

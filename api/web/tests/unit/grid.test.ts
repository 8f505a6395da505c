import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import { describe, expect, it } from 'vitest'
import { ref, nextTick } from 'vue'
import { ApiError } from '../../src/api/errors.ts'
import { translate } from '../../src/i18n/index.ts'
import { classify, quantiles } from '../../src/grid/classes.ts'
import { createEditing, previewMs, previewOf, successor } from '../../src/grid/editing.ts'
import { gathered } from '../../src/grid/failures.ts'
import { rowsOf } from '../../src/grid/figure.ts'
import { selectionOf } from '../../src/grid/jump.ts'
import { classText } from '../../src/grid/legend.ts'
import { editText, shortCode, undoneEdits } from '../../src/grid/log.ts'
import { overlayOf, type Drawing } from '../../src/grid/overlay.ts'
import { dial } from '../../src/grid/people.ts'
import { createResource } from '../../src/grid/resource.ts'
import type { EditRequest, GridServer } from '../../src/grid/server.ts'
import { linesOf, onLattice, snap } from '../../src/grid/snap.ts'
import type { Edit, EditResult, Failure, GridDetail, GridState } from '../../src/grid/types.ts'

const t: Parameters<typeof rowsOf>[2] = (key, params) => translate('zh', key, params)
const state = (id: number, more: Partial<GridState> = {}): GridState => ({ id, code: `D${id}`, state: 'manned', people: 1, load: 0.4, counts: {}, head: null, ...more })

describe('classes of grids', () => {
  it('of states never differ by colour alone', () => {
    const { classes, classOf } = classify([state(1), state(2, { state: 'vacant' }), state(3, { state: 'unknown' })], 'state', 'light')
    expect(classes.map(({ key, count }) => [key, count])).toEqual([['manned', 1], ['vacant', 1], ['overloaded', 0], ['unknown', 1]])
    expect(new Set(classes.map(({ pattern }) => pattern)).size).toBe(classes.length)
    expect(classOf.get(2)).toBe(1)
  })

  it('of loads put exactly the limit among those that are not too many', () => {
    const loads = [null, 0, 0.5, 0.8, 1, 1.01]
    const { classes, classOf } = classify(loads.map((load, id) => state(id, { load })), 'load', 'light')
    expect(loads.map((_, id) => classes[classOf.get(id) ?? -1]?.key)).toEqual(['none', 'load0', 'load1', 'load2', 'load2', 'load3'])
    expect(classes.map((one) => classText(one, 'load', 'zh', t))).toEqual(['没有人或没有上限', '低于 50 %', '50 % 至不足 80 %', '80 % 至 100 %', '超过 100 %'])
  })

  it('of counts hold every grid once, and the legend says where they end', () => {
    const counts = [0, 1, 1, 2, 3, 5, 8, 13, 40]
    const { classes, classOf, valueOf } = classify(counts.map((n, id) => state(id, { counts: n > 0 ? { road: n } : {} })), 'road', 'dark')
    expect(classes.reduce((sum, { count }) => sum + count, 0)).toBe(counts.length)
    for (const [id, n] of counts.entries()) {
      const one = classes[classOf.get(id) ?? -1]
      expect([n >= (one?.from ?? 0), n < (one?.below ?? Infinity), valueOf.get(id)]).toEqual([true, true, n])
    }
    expect(classText({ key: 'class0', color: '', from: 2, below: 4, count: 1 }, 'road', 'zh', t)).toBe('2–3')
    expect(new Set(classes.map(({ color }) => color)).size).toBe(classes.length)
  })

  it('are not lost to many equal values', () => {
    const values = [...Array<number>(800).fill(1), ...Array<number>(200).fill(2), ...Array<number>(90).fill(3), ...Array<number>(30).fill(4), 5, 6, 7, 8]
    expect(quantiles(values, 5)).toEqual([1, 2, 3, 4, 5])
    expect(quantiles([], 5)).toEqual([])
    expect(quantiles([3, 3], 5)).toEqual([3])
  })
})

describe('snapping', () => {
  const project = ([lon = 0, lat = 0]: number[]) => ({ x: lon * 10, y: lat * 10 })
  const square = linesOf({ type: 'Polygon', coordinates: [[[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]] })

  it('takes a corner before an edge, an edge before nothing', () => {
    expect(snap({ x: 96, y: 4 }, square, project)).toEqual({ position: [10, 0], to: 'corner' })
    expect(snap({ x: 50, y: 6 }, square, project)).toEqual({ position: [5, 0], to: 'edge' })
    expect(snap({ x: 50, y: 50 }, square, project)).toBeUndefined()
  })

  it('puts edges onto the lattice of grids, and takes any geometry', () => {
    const found = snap({ x: 33.333333, y: 2 }, [[[0, 0], [10, 0.0000001]]], project)
    for (const degrees of found?.position ?? []) expect(onLattice(degrees)).toBe(degrees)
    const polygon: GeoJSON.Polygon = { type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] }
    linesOf(polygon).push([[5, 5], [6, 6]])
    expect(polygon.coordinates).toHaveLength(1) // what is added to snap to must not become a part of the grid
    expect(linesOf({ type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [0, 0] }, { type: 'MultiLineString', coordinates: [[[0, 0], [1, 1]]] }] })).toEqual([[[0, 0], [1, 1]]])
  })
})

describe('figures', () => {
  const share = (have: number, of: number, unit: string) => ({ have, of, unit, share: of === 0 ? null : have / of })
  const item = { code: 'z', name: '核心', kind: 'zone', gridded: share(70e6, 70e6, 'm2'), manned: share(99_999, 100_000, 'grid'), dutiful: share(1, 3, 'duty'), covered: { area: share(70e6, 70e6, 'm2'), road: share(4500, 9000, 'm'), alley: share(0, 0, 'm') } }

  it('are never told as all where something is lacking', () => {
    expect(rowsOf(item, 'zh', t).map(({ figure, percent, full, of }) => [figure, percent, full, of])).toEqual([
      ['gridded', '100 %', true, '70 / 70 平方公里'], ['manned', '99.99 %', false, '99,999 / 100,000 个'], ['dutiful', '33.33 %', false, '1 / 3 项'],
      ['covered_area', '100 %', true, '70 / 70 平方公里'], ['covered_road', '50 %', false, '4.5 / 9 公里'], ['covered_alley', '无数据', false, '0 / 0 公里'],
    ])
  })
})

const detail = { id: 1, scheme: 'duty', code: 'D1', short_code: '1', name: '一格', bbox: [0, 0, 1, 1], revision: 3, geometry: { type: 'Polygon', coordinates: [] }, area_m2: 10 } as unknown as GridDetail
const result = (more: Partial<EditResult> = {}): EditResult => ({ edit: null, kind: 'split', scheme: 'duty', made: [], retired: ['D1'], changed: [], touched: [], findings: [], features_moved: 0, duties_moved: 0, ...more })
const line: GeoJSON.LineString = { type: 'LineString', coordinates: [[0, 0], [1, 1]] }
const pause = (ms: number) => new Promise((resolve) => { setTimeout(resolve, ms) })

describe('editing', () => {
  function server(answer: (request: EditRequest) => Promise<EditResult>): { server: GridServer; asked: EditRequest[] } {
    const asked: EditRequest[] = []
    return { asked, server: { edit: (request: EditRequest) => { asked.push(request); return answer(request) } } as unknown as GridServer }
  }

  it('tries what is drawn, the last of it only, and keeps nothing until it is confirmed', async () => {
    const { server: fake, asked } = server(() => Promise.resolve(result()))
    const editing = createEditing(fake)
    editing.start('split', detail)
    for (let x = 1; x <= 5; x++) editing.ask.value = { kind: 'split', line: { ...line, coordinates: [[0, 0], [x, 1]] } }
    await pause(previewMs + 60)
    expect(asked.map(({ dryRun, ask }) => [dryRun, ask.kind === 'split' && ask.line.coordinates[1]?.[0]])).toEqual([[true, 5]])
    expect(editing.preview.value?.retired).toEqual(['D1'])
    expect(previewOf(editing, String)?.shapes.map(({ role }) => role)).toEqual(['retired'])
    editing.note.value = ' 太大 '
    await editing.confirm()
    expect([asked[1]?.dryRun, asked[1]?.note, editing.tool.value, editing.preview.value]).toEqual([false, '太大', undefined, undefined])
  })

  it('shows a refusal and forgets the preview before it', async () => {
    const { server: fake } = server(() => Promise.reject(new ApiError(400, { title: '线没有穿过网格' })))
    const editing = createEditing(fake)
    editing.start('merge', detail)
    editing.pick('D1')
    expect(editing.ask.value).toBeUndefined()
    editing.pick('D2')
    editing.pick('D3')
    editing.pick('D2')
    expect(editing.picked.value).toEqual(['D3'])
    await pause(previewMs + 60)
    expect([(editing.error.value as ApiError).title, editing.preview.value]).toEqual(['线没有穿过网格', undefined])
    editing.cancel()
    expect([editing.error.value, editing.busy.value]).toEqual([undefined, false])
  })

  it('goes on to what came of it', () => {
    const one = { code: 'D2' } as EditResult['made'][number]
    expect([successor(result({ made: [one] }))?.code, successor(result({ changed: [one] }))?.code, successor(result())]).toEqual(['D2', 'D2', undefined])
  })
})

describe('resources', () => {
  it('forget what belongs to another question, and let a late answer pass', async () => {
    const key = ref<string | undefined>('a')
    const waiting: ((text: string) => void)[] = []
    const resource = createResource(() => key.value, () => new Promise<string>((resolve) => { waiting.push(resolve) }))
    key.value = 'b'
    await nextTick()
    waiting[1]?.('of b')
    waiting[0]?.('of a')
    await pause(0)
    expect(resource.value.value).toBe('of b')
    key.value = undefined
    await nextTick()
    expect([resource.value.value, resource.loading.value]).toEqual([undefined, false])
  })
})

describe('lists', () => {
  it('tell what a street lacks once', () => {
    const failure = (id: number, name: string): Failure => ({ kind: 'missing', role: 'street_head', holder: null, target: { kind: 'road', id, code: `R${id}`, name, region: null, at: null, bbox: null }, title: '', have: 0, at_least: 1, at_most: null, since: null, message: '', message_en: '' })
    expect(gathered([failure(1, '上海路'), failure(2, '上海路'), failure(3, '北京路'), failure(4, '')]).map(({ times, target }) => [times, target?.id])).toEqual([[2, 1], [1, 3], [1, 4]])
  })

  it('open what they name', () => {
    const target = { id: 7, code: 'X', name: null, region: null, at: [1, 2] as [number, number], bbox: null }
    expect([selectionOf({ ...target, kind: 'grid', scheme: 'duty' }), selectionOf({ ...target, kind: 'road' }), selectionOf({ ...target, kind: 'zone' }), selectionOf({ ...target, kind: 'place' }), selectionOf({ ...target, kind: 'grid' })])
      .toEqual([{ kind: 'grid', scheme: 'duty', code: 'X' }, { kind: 'feature', layer: 'road', id: '7' }, { kind: 'region', code: 'X' }, { kind: 'place', at: [1, 2] }, undefined])
  })

  it('know which edits were undone', () => {
    const edit = (id: number, undoes: number | null): Edit => ({ id, kind: 'split', scheme: 'duty', note: null, undoes, at: '', actor: '', made: ['370281001001005'], retired: ['D1'] })
    expect([...undoneEdits([edit(3, 1), edit(2, null), edit(1, null)])]).toEqual([1])
    expect(editText(edit(1, null), t)).toBe('停用 D1；新网格 …001005')
    expect(shortCode('37028190017')).toBe('37028190017')
  })

  it('dial what is shown in full', () => {
    expect([dial({ phone: '138 1234 5678', masked: false }), dial({ phone: '138****5678', masked: true }), dial({ phone: null, masked: false }), dial({ phone: 'javascript:1', masked: false })]).toEqual(['tel:13812345678', undefined, undefined, undefined])
  })
})

describe('the overlay', () => {
  const drawing: Drawing = {
    layer: 'grid_duty', firstZoom: 11, classes: classify([state(1), state(2, { state: 'vacant' })], 'state', 'light'), past: [], findings: [], ground: undefined, marked: ['D1'], own: ['D2'], theme: 'light',
    labels: [{ id: 1, at: [120, 36], text: '一格', note: '王**', mark: '缺 ', color: '#d64545' }], preview: { shapes: [{ geometry: line, role: 'made', label: '1', tone: 0 }], findings: [] }, members: { layer: 'unit_grid', codes: ['U1'] },
  }

  it('is a valid style in both themes', () => {
    for (const theme of ['light', 'dark'] as const) {
      const { sources, ground, below, above } = overlayOf({ ...drawing, theme })
      const style = { version: 8 as const, sources: { ...sources, city: { type: 'vector' as const, url: 'http://x' } }, layers: [...ground, ...below, ...above], glyphs: 'http://x/{fontstack}/{range}.pbf', sprite: 'http://x' }
      expect(validateStyleMin(style).map(({ message }) => message)).toEqual([])
    }
  })

  it('has a pattern for the ids of the class that needs one, and no name in a tile', () => {
    const { ground } = overlayOf(drawing)
    const vacant = ground.find(({ id }) => id.endsWith('-vacant'))
    expect(vacant && 'filter' in vacant && vacant.filter).toEqual(['match', ['id'], [2], true, false])
    expect(ground.some(({ id }) => id.endsWith('-overloaded'))).toBe(false)
  })
})

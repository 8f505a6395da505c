import { computed, ref } from 'vue'
import { describe, expect, it } from 'vitest'
import type { LegendBand, LegendLayer } from '../../src/api/types.ts'
import { rowsOf } from '../../src/drawer/cell.ts'
import { roughArea } from '../../src/panel/scale.ts'
import { translate } from '../../src/i18n/index.ts'
import { createDensities, inKilometres, limitIn, noDensity, rangesOf } from '../../src/state/density.ts'
import { createLayers } from '../../src/state/layers.ts'

const band = (from: number, limits: number[], colors = limits.concat(0).map((_, i) => `#00000${i}`)): LegendBand => ({ from, cell_m2: 100_000, limits, colors })
const plain = (layer: string, firstZoom: number): LegendLayer =>
  ({ layer, title: layer, geometry: 'point', min_zoom: firstZoom, visible: true, group: 'inventory', collection: true, items: [] })
const entry = (layer: string, until: number, shownBelow?: number): LegendLayer => ({
  ...plain(layer, until),
  density: { source_layer: `${layer}_density`, measure: 'count', unit: '个/格', unit_en: 'per cell', until, ...(shownBelow !== undefined && { shown_below: shownBelow }), bands: [band(0, [10, 20]), band(11, [2, 3])] },
})

function make(at: number, from?: string) {
  const legend = computed(() => [entry('public_toilet', 12), entry('parking_space', 14, 12), plain('unit_grid', 14)])
  const zoom = ref(at)
  const layers = createLayers(legend, { on: [], off: [], opacity: {} })
  return { zoom, layers, density: createDensities(legend, layers, zoom, from) }
}

describe('densities', () => {
  it('show what the server proposes, at the zooms for which it does, until somebody chooses', () => {
    const { zoom, density } = make(0)
    expect(density.shown.value).toBeUndefined() // the map has not said yet where it looks
    zoom.value = 10
    expect([density.shown.value, density.isPressed('parking_space'), density.chosen.value]).toEqual(['parking_space', true, undefined])
    zoom.value = 12
    expect([density.shown.value, density.isOffered('parking_space'), density.isPressed('parking_space')]).toEqual([undefined, true, false])
  })

  it('are one at a time, or none', () => {
    const { density } = make(10)
    density.toggle('public_toilet')
    expect([density.isPressed('public_toilet'), density.isPressed('parking_space')]).toEqual([true, false])
    density.toggle('public_toilet')
    expect([density.shown.value, density.chosen.value]).toEqual([undefined, noDensity])
    density.toggle('parking_space')
    expect(density.shown.value).toBe('parking_space')
  })

  it('stand in below the first zoom of the features and stay where the map falls back to them', () => {
    const { zoom, density } = make(13.9, 'parking_space')
    expect([density.isPressed('parking_space'), density.firstZoom('parking_space'), density.firstZoom('public_toilet')]).toEqual([true, 0, 12])
    zoom.value = 14
    expect([density.isOffered('parking_space'), density.isPressed('parking_space'), density.firstZoom('parking_space')]).toEqual([false, false, 0])
    expect(density.isOffered('unit_grid')).toBe(false)
  })

  it('follow the switch of their layer, and asking for one turns it on', () => {
    const { layers, density } = make(10, 'public_toilet')
    layers.setVisible('public_toilet', false)
    expect(density.shown.value).toBeUndefined()
    density.toggle('public_toilet')
    expect([layers.isVisible('public_toilet'), density.shown.value]).toEqual([true, 'public_toilet'])
  })

  it('of a layer that does not exist are none', () => {
    expect(make(10, 'nonsense').density.shown.value).toBeUndefined()
    expect(make(10, noDensity).density.shown.value).toBeUndefined()
  })

  it('have classes by zoom', () => {
    const { zoom, density } = make(10.9)
    expect(density.band('public_toilet')?.limits).toEqual([10, 20])
    zoom.value = 11
    expect(density.band('public_toilet')?.limits).toEqual([2, 3])
    expect(density.band('unit_grid')).toBeUndefined()
  })
})

describe('the classes of hexagons', () => {
  it('are told as ranges, open at both ends', () => {
    expect(rangesOf(band(0, [2, 5], ['#a', '#b', '#c']))).toEqual([
      { color: '#a', from: undefined, below: 2 }, { color: '#b', from: 2, below: 5 }, { color: '#c', from: 5, below: undefined },
    ])
    expect(rangesOf(band(0, [], ['#a']))).toEqual([{ color: '#a', from: undefined, below: undefined }])
  })

  it('are told in kilometres where all are', () => {
    expect(inKilometres('length_m', band(0, [1200, 5000]))).toBe(true)
    expect(inKilometres('length_m', band(0, [900, 5000]))).toBe(false)
    expect(inKilometres('count', band(0, [1200, 5000]))).toBe(false)
    expect([limitIn(1200, true), limitIn(1200, false)]).toEqual([1.2, 1200])
  })
})

describe('the size of a hexagon', () => {
  it.each([[24_749_503, '25 平方公里'], [737_327, '0.74 平方公里'], [505_206, '0.51 平方公里'], [105_332, '11 公顷'], [72_167, '7.2 公顷'], [9996, '1 公顷'], [1473, '1,500 平方米']])('%d m² is about %s', (m2, text) => {
    expect(roughArea(m2, 'zh')).toBe(text)
  })
})

describe('what a hexagon counts', () => {
  const t = (key: Parameters<typeof translate>[1], params?: Parameters<typeof translate>[2]) => translate('zh', key, params)
  const schema = { properties: {
    capacity: { title: '泊位数' },
    status: { title: '状态', oneOf: [{ const: 'intact', title: '完好' }, { const: 'damaged', title: '破损' }, { const: 'closed', title: '停用' }] },
  } }

  it('is told with its states in the order of the schema', () => {
    const rows = rowsOf({ count: 1200, count_closed: 300, count_intact: 900, capacity: 4321 }, schema, 'zh', t)
    expect(rows.sums.map(({ label, text }) => `${label} ${text}`)).toEqual(['数量 1,200', '泊位数 4,321'])
    expect(rows.states).toEqual([{ key: 'intact', label: '完好', text: '900', share: 0.75 }, { key: 'closed', label: '停用', text: '300', share: 0.25 }])
  })

  it('has lengths in metres, and in kilometres where they are long', () => {
    const length = (metres: number) => rowsOf({ count: 1, length_m: metres }, schema, 'zh', t).sums[1]?.text
    expect([length(999.4), length(12_345)]).toEqual(['999 米', '12.3 公里'])
  })
})

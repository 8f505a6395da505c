import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import { describe, expect, it } from 'vitest'
import { layerOf } from '../../src/map/compose.ts'
import { placeLabels } from '../../src/print/label.ts'
import { layOut, mapSize, papers, scaleBar, turns, type Rect } from '../../src/print/paper.ts'
import { wallStyle } from '../../src/print/style.ts'
import { clipText, layTable, textWidth } from '../../src/print/table.ts'
import { around, tintOf } from '../../src/print/tint.ts'
import type { Box } from '../../src/api/types.ts'
import { makeStyle } from '../mock/style.ts'

const sheets = papers.flatMap((paper) => turns.map((turn) => layOut(paper, turn)))
const inside = (a: Rect, width: number, height: number) => a.x >= 10 && a.y >= 10 && a.x + a.width <= width - 9.99 && a.y + a.height <= height - 9.99
const apart = (a: Rect, b: Rect) => a.x + a.width <= b.x + 1e-9 || b.x + b.width <= a.x + 1e-9 || a.y + a.height <= b.y + 1e-9 || b.y + b.height <= a.y + 1e-9

describe('a sheet', () => {
  it.each(sheets)('$paper $turn: everything on the paper, nothing over anything else, half of it map', (sheet) => {
    const parts = [sheet.title, sheet.map, sheet.list, sheet.legend, sheet.foot]
    for (const part of parts) expect(inside(part, sheet.width, sheet.height)).toBe(true)
    for (const [i, a] of parts.entries()) for (const b of parts.slice(i + 1)) expect(apart(a, b)).toBe(true)
    expect((sheet.map.width * sheet.map.height) / (sheet.width * sheet.height)).toBeGreaterThan(0.42)
  })

  it('draws the map at 300 dots per inch, or as many as the graphics can', () => {
    const { map, scale } = layOut('a3', 'landscape')
    const size = mapSize(map, scale, 16_384)
    expect(size.dpi).toBe(300)
    expect((size.widthPx * size.pixelRatio) / (map.width / 25.4)).toBeCloseTo(300, -1)
    expect(mapSize(map, scale, 2_048).dpi).toBeLessThan(180)
    const large = mapSize(layOut('a1', 'landscape').map, 1.6, 16_384)
    expect(large.widthPx * large.heightPx * large.pixelRatio ** 2).toBeLessThanOrEqual(40e6 * 1.001)
    expect(large.dpi).toBeGreaterThan(200)
  })

  it('has a scale bar of a round length', () => {
    expect(scaleBar(17, 300)).toEqual({ groundM: 1000, paperMm: 1000 / 17, denominator: 17_000 })
    expect(scaleBar(12.34, 200).groundM).toBe(200)
    expect(scaleBar(12.34, 200).denominator).toBe(12_000)
    for (let metres = 1; metres < 200; metres *= 1.3) {
      const bar = scaleBar(metres, 250)
      expect(bar.paperMm).toBeGreaterThan(15)
      expect(bar.paperMm).toBeLessThanOrEqual(50.001)
    }
  })
})

describe('the list beside the map', () => {
  it('holds every grid where there is room, and counts the others', () => {
    const { list, scale } = layOut('a3', 'landscape')
    expect(layTable(list, 29, scale)).toMatchObject({ shown: 29, blocks: [{ x: list.x }] })
    const many = layTable(list, 500, scale)
    expect(many.shown).toBeLessThan(500)
    expect((many.rowsPerBlock + 1) * many.rowMm).toBeLessThanOrEqual(list.height + 1e-6)
    expect(layTable(layOut('a3', 'portrait').list, 40, 1).blocks).toHaveLength(2)
  })

  it('cuts what is too long for its column', () => {
    expect(clipText('阜安街道', 4)).toBe('阜安街道')
    expect(clipText('阜安街道网格', 4)).toBe('阜安街…')
    expect(textWidth('138****5678')).toBeLessThan(8)
  })
})

describe('grids on the wall', () => {
  it('have other tints than their neighbours', () => {
    const boxes: Box[] = Array.from({ length: 60 }, (_, i) => [i % 8, Math.floor(i / 8), (i % 8) + 1, Math.floor(i / 8) + 1])
    const tints = tintOf(boxes)
    for (let i = 1; i < 60; i++) if (i % 8 > 0) expect(tints[i]).not.toBe(tints[i - 1])
    for (let i = 8; i < 60; i++) expect(tints[i]).not.toBe(tints[i - 8])
    expect(around(boxes)).toEqual([0, 0, 8, 8])
    expect(around([])).toBeUndefined()
  })

  it('have names as large as they have room for, and say where nobody is', () => {
    const row = (bbox: Box, head: string) => ({ code: 'a', short_code: '01', name: '试验一格', center: [0.5, 0.5], bbox, head, phone: '', masked: false }) as unknown as Parameters<typeof placeLabels>[0][number]
    const at = ([x, y]: [number, number]): [number, number] => [x, 1 - y]
    const [large, small] = placeLabels([row([0, 0, 1, 1], '试一'), row([0.49, 0.49, 0.51, 0.51], '')], { at }, { x: 10, y: 10, width: 100, height: 100 }, { names: true, heads: true, scale: 1, vacant: '缺' })
    expect([large?.x, large?.y, large?.lines.map(({ text }) => text)]).toEqual([60, 60, ['试验一格', '试一']])
    expect(large?.sizeMm).toBeGreaterThan(small?.sizeMm ?? Infinity)
    expect(small?.lines[1]).toEqual({ text: '缺', absent: true })
  })

  it('are drawn by a valid style on white ground, with the layers that were chosen and no other net', () => {
    const base = makeStyle('http://x', 'light')
    const grids = [{ code: 'D001', tint: '#cfe3f5', at: [120, 36] as [number, number], lines: ['一'] }, { code: 'D001', tint: '#fbe3c0', at: [120, 36] as [number, number], lines: ['二'] }]
    const style = wallStyle(base, { scheme: 'duty', region: '990001', grids, layers: new Set(['road']), labelPx: 12 })
    expect(validateStyleMin({ ...style, glyphs: 'http://x/{fontstack}/{range}' })).toEqual([])
    expect(style.layers[0]).toMatchObject({ type: 'background', paint: { 'background-color': '#ffffff' } })
    const drawn = new Set(style.layers.map((layer) => layerOf(layer)))
    expect([drawn.has('road'), drawn.has('grid_duty'), drawn.has('unit_grid'), drawn.has('public_toilet'), drawn.has('public_toilet_density')]).toEqual([true, true, false, false, false])
  })
})

import { describe, expect, it } from 'vitest'
import { boxAround, formatPosition, geometryBox } from '../../src/map/coordinates.ts'
import { dashOf, iconSize, lineWidth } from '../../src/panel/swatch.ts'
import { formatAge, formatArea } from '../../src/ui/format.ts'
import { nearestStop, stopPx } from '../../src/ui/sheet.ts'

describe('coordinates', () => {
  it('come longitude first with six decimals', () => {
    expect(formatPosition([120.01, -36.2700004])).toBe('120.010000, -36.270000')
  })

  it('give the box of every kind of geometry', () => {
    expect(geometryBox({ type: 'Point', coordinates: [1, 2] })).toEqual([1, 2, 1, 2])
    expect(geometryBox({ type: 'LineString', coordinates: [[1, 2], [3, 0]] })).toEqual([1, 0, 3, 2])
    expect(geometryBox({ type: 'MultiPolygon', coordinates: [[[[0, 0], [2, 0], [2, 2], [0, 0]]], [[[5, 5], [6, 5], [6, 7], [5, 5]]]] })).toEqual([0, 0, 6, 7])
    expect(geometryBox({ type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [9, 9] }, { type: 'MultiPoint', coordinates: [[1, 1]] }] })).toEqual([1, 1, 9, 9])
    expect(geometryBox({ type: 'MultiLineString', coordinates: [] })).toBeUndefined()
    expect(boxAround([[3, 1], [1, 3]])).toEqual([1, 1, 3, 3])
  })
})

describe('legend swatches', () => {
  it('keep widths within the row and dashes in proportion', () => {
    expect(lineWidth({ label: '', kind: 'line', width: 30 })).toBe(8)
    expect(lineWidth({ label: '', kind: 'line', width: 0.2 })).toBe(0.75)
    expect(dashOf({ label: '', kind: 'line', width: 2, dash: [2, 1] })).toBe('4 2')
    expect(dashOf({ label: '', kind: 'line' })).toBeUndefined()
  })

  it('shrink icons and never enlarge them', () => {
    expect(iconSize({ url: '', width: 36, height: 18 })).toEqual({ width: 18, height: 9 })
    expect(iconSize({ url: '', width: 10, height: 10 })).toEqual({ width: 10, height: 10 })
  })
})

describe('figures', () => {
  it('choose the unit people think in', () => {
    expect([formatArea(9_876.4, 'zh'), formatArea(70_123_000, 'zh'), formatArea(70_123_000, 'en')]).toEqual(['9,876 平方米', '70.12 平方公里', '70.12 km²'])
    expect([formatAge(-5, 'zh'), formatAge(59_400, 'zh'), formatAge(120_000, 'zh'), formatAge(7_200_000, 'en')]).toEqual(['0 秒', '59 秒', '2 分钟', '2 h'])
  })
})

describe('bottom sheet', () => {
  it('rests at the nearest of three heights', () => {
    const screen = 844
    expect([nearestStop(0, screen), nearestStop(300, screen), nearestStop(700, screen)]).toEqual(['peek', 'half', 'full'])
    expect(stopPx('peek', screen)).toBeLessThan(stopPx('half', screen))
    expect(stopPx('half', screen)).toBeLessThan(stopPx('full', screen))
  })
})

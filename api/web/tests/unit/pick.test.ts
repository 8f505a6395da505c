import { describe, expect, it } from 'vitest'
import { distinct, isDensity, pick, type Hit } from '../../src/map/pick.ts'

const hit = (layer: string, id: number, geometry = 'Point', properties = {}): Hit => ({ layer, id, geometry, properties })
const toilet = hit('public_toilet', 1)
const road = hit('road', 2, 'LineString')
const site = hit('construction_site', 3, 'Polygon')
const unit = hit('unit_grid', 4, 'Polygon')
const duty = hit('grid_duty', 5, 'MultiPolygon')
const region = hit('region', 6, 'Polygon', { code: '370281' })
const water = hit('ground', 7, 'Polygon')
const all = (layer: string) => layer !== 'ground'
const picked = (under: Hit[], near: Hit[]) => pick(under, near, all).map(({ hit: { layer, id } }) => `${layer}/${id}`)

describe('picking', () => {
  it('prefers small things to what they lie on', () => {
    const everything = [road, site, unit, duty, region, water]
    expect(picked(everything, [...everything, toilet])).toEqual(['public_toilet/1'])
    expect(picked([unit, duty, region], [road, unit, duty, region])).toEqual(['road/2'])
    expect(picked([unit, duty, region], [unit, duty, region])).toEqual(['unit_grid/4'])
    expect(picked([duty, region, water], [duty])).toEqual(['grid_duty/5'])
    expect(picked([region, water], [])).toEqual(['region/6'])
  })

  it('takes areas only under the pointer', () => {
    expect(picked([unit], [site, unit])).toEqual(['unit_grid/4'])
    expect(picked([site], [site, road])).toEqual(['construction_site/3'])
  })

  it('offers a choice between equals, each once', () => {
    expect(picked([toilet, toilet], [toilet, hit('public_toilet', 8), hit('barrier_free_ramp', 1)])).toEqual(['public_toilet/1', 'public_toilet/8', 'barrier_free_ramp/1'])
  })

  it('takes the segments of one street for one thing, nameless ones apart', () => {
    const segment = (id: number, name?: string) => hit('road', id, 'LineString', { name })
    expect(picked([], [segment(1, '同苑街'), segment(2, '宁苑路'), segment(3, '同苑街'), segment(4), segment(5)])).toEqual(['road/1', 'road/2', 'road/4', 'road/5'])
  })

  it('picks nothing where there is nothing to ask for', () => {
    expect(picked([water], [water])).toEqual([])
    expect(picked([{ ...site, id: undefined }], [])).toEqual([])
    expect(pick([toilet], [toilet], () => false)).toEqual([])
    expect(distinct([water, road, road, region], all).map(({ selection }) => selection.kind)).toEqual(['feature', 'region'])
  })

  it('knows what stands for many', () => {
    expect(isDensity(hit('road_density', 1, 'Polygon'))).toBe(true)
    const cell: Hit = { layer: 'public_toilet_density', id: undefined, geometry: 'Polygon', properties: { h3: '8931aa4d6d3ffff', count: 3 } }
    const beside = { ...cell, properties: { h3: '8931aa4d6d7ffff', count: 1 } }
    expect(pick([duty, region, cell], [duty, region, cell, beside], all).map(({ selection }) => selection)).toEqual([{ kind: 'cell', layer: 'public_toilet', cell: '8931aa4d6d3ffff' }])
    expect(picked([cell, road], [road, cell])).toEqual(['road/2'])
    expect(picked([cell, duty], [road, cell])).toEqual(['public_toilet_density/undefined'])
    expect(pick([{ ...cell, properties: {} }], [], all)).toEqual([])
    expect(distinct([cell, cell, beside], all)).toHaveLength(2)
  })
})

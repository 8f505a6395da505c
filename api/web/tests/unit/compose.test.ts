import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import { describe, expect, it } from 'vitest'
import { composeStyle, type Choices } from '../../src/map/compose.ts'
import { highlightPrefix, placeSource } from '../../src/map/highlight.ts'
import type { Selection } from '../../src/state/permalink.ts'
import { firstZooms } from '../mock/city.ts'
import { makeStyle } from '../mock/style.ts'

const plain: Choices = { isVisible: () => true, opacityOf: () => 100, densityFrom: (layer) => firstZooms[layer] ?? 0, selection: undefined, name: undefined, region: undefined, theme: 'light' }
const style = () => makeStyle('http://test', 'light')
const selections: Selection[] = [{ kind: 'feature', layer: 'road', id: '100' }, { kind: 'region', code: '990001' }, { kind: 'place', at: [120, 36] }]

describe('the style that is drawn', () => {
  it('is the server’s where nothing was chosen', () => {
    const composed = composeStyle(style(), plain)
    expect(composed.layers).toEqual(style().layers)
    expect(Object.keys(composed.sources)).toEqual(['city', placeSource])
  })

  it.each(selections)('is valid with a highlight for %o', (selection) => {
    for (const theme of ['light', 'dark'] as const) {
      const composed = composeStyle(style(), { ...plain, selection, theme })
      expect(validateStyleMin(composed)).toEqual([])
      expect(composed.layers.some((layer) => layer.id.startsWith(highlightPrefix))).toBe(true)
    }
  })

  it('puts highlights of lines and areas below the labels, of points above everything', () => {
    const { layers } = composeStyle(style(), { ...plain, selection: { kind: 'feature', layer: 'road', id: '100' } })
    const firstLabel = layers.findIndex((layer) => layer.type === 'symbol')
    expect(layers.findIndex((layer) => layer.id === `${highlightPrefix}-halo`)).toBeLessThan(firstLabel)
    expect(layers.at(-1)?.id).toBe(`${highlightPrefix}-point`)
  })

  it('marks the whole street of a selected segment', () => {
    const { layers } = composeStyle(style(), { ...plain, selection: { kind: 'feature', layer: 'road', id: '100' }, name: '试验1路' })
    expect(layers.find((layer) => layer.id === `${highlightPrefix}-street`)).toMatchObject({ 'source-layer': 'road', filter: ['all', ['==', ['get', 'name'], '试验1路'], ['==', ['geometry-type'], 'LineString']] })
  })

  it('frames the region drilled to, once', () => {
    const ids = (selection: Selection | undefined) => composeStyle(style(), { ...plain, selection, region: '990001' }).layers.map(({ id }) => id).filter((id) => id.startsWith(highlightPrefix))
    expect(ids(undefined)).toEqual([`${highlightPrefix}-frame`])
    expect(ids({ kind: 'region', code: '990001' })).not.toContain(`${highlightPrefix}-frame`)
  })

  it('hides a layer with all its style layers, and fades another', () => {
    const { layers } = composeStyle(style(), { ...plain, isVisible: (layer) => layer !== 'road', opacityOf: (layer) => (layer === 'parking_space' ? 40 : 100) })
    const hidden = layers.filter((layer) => layer.layout?.visibility === 'none').map((layer) => layer.id)
    expect(hidden).toEqual(['road-casing', 'road', 'road-name'])
    expect(layers.find((layer) => layer.id === 'parking')).toMatchObject({ paint: { 'fill-opacity': 0.2 } })
  })

  it('draws hexagons from the zoom that the choice gives them, and fades them with their layer', () => {
    const { layers } = composeStyle(style(), { ...plain, densityFrom: (layer) => (layer === 'public_toilet' ? 0 : 14), opacityOf: () => 50 })
    expect(layers.find((layer) => layer.id === 'toilet-density')).toMatchObject({ minzoom: 0, paint: { 'fill-opacity': 0.425 } })
    expect(composeStyle(style(), plain).layers.find((layer) => layer.id === 'toilet-density')).toMatchObject({ minzoom: 12 })
    expect(layers.find((layer) => layer.id === 'back-alley')).toMatchObject({ minzoom: 13 })
  })

  it('marks a selected hexagon among the hexagons of its layer', () => {
    const { layers } = composeStyle(style(), { ...plain, selection: { kind: 'cell', layer: 'public_toilet', cell: '8931aa000000001' } })
    expect(layers.find((layer) => layer.id === `${highlightPrefix}-edge`)).toMatchObject({ 'source-layer': 'public_toilet_density', filter: ['==', ['get', 'h3'], '8931aa000000001'] })
  })

  it('draws no highlight in a layer that the style does not know', () => {
    const composed = composeStyle(style(), { ...plain, selection: { kind: 'feature', layer: 'nonsense', id: '1' } })
    expect(composed.layers).toEqual(style().layers)
  })
})

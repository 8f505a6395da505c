import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl'
import { describe, expect, it } from 'vitest'
import { fade, scale } from '../../src/map/opacity.ts'

describe('opacity', () => {
  it('multiplies numbers and wraps data expressions', () => {
    expect(scale(0.8, 0.5)).toBe(0.4)
    expect(scale(['get', 'x'], 0.5)).toEqual(['*', 0.5, ['get', 'x']])
  })

  it('goes into the outputs of interpolate and step, and leaves zooms alone', () => {
    expect(scale(['interpolate', ['linear'], ['zoom'], 12, 0, 14, 0.5, 16, ['get', 'x']], 0.5))
      .toEqual(['interpolate', ['linear'], ['zoom'], 12, 0, 14, 0.25, 16, ['*', 0.5, ['get', 'x']]])
    expect(scale(['step', ['zoom'], 0.2, 14, 1], 0.5)).toEqual(['step', ['zoom'], 0.1, 14, 0.5])
  })

  it('keeps the style valid for every kind of layer', () => {
    const zoomed = ['interpolate', ['linear'], ['zoom'], 14, 0, 15, ['match', ['get', 'a'], 'x', 1, 0.5]]
    const from = { source: 's', 'source-layer': 'l' }
    const layers = [
      { id: 'fill', type: 'fill', ...from, paint: { 'fill-opacity': zoomed } },
      { id: 'line', type: 'line', ...from, paint: { 'line-opacity': ['step', ['zoom'], 0.5, 12, ['get', 'o']] } },
      { id: 'circle', type: 'circle', ...from },
      { id: 'symbol', type: 'symbol', ...from, paint: { 'text-opacity': ['case', ['has', 'x'], 1, 0.2] } },
      { id: 'land', type: 'background' },
    ] as LayerSpecification[]
    const style: StyleSpecification = { version: 8, sources: { s: { type: 'vector', tiles: ['http://x/{z}/{x}/{y}'] } }, layers: layers.map((layer) => fade(layer, 0.4)) }
    expect(validateStyleMin(style)).toEqual([])
    expect(style.layers[2]).toMatchObject({ paint: { 'circle-opacity': 0.4, 'circle-stroke-opacity': 0.4 } })
    expect(style.layers[4]).toEqual({ id: 'land', type: 'background' })
  })
})

import { VectorTile } from '@mapbox/vector-tile'
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import { PbfReader } from 'pbf'
import { describe, expect, it } from 'vitest'

const server = process.env.WANGGE_URL?.replace(/\/$/, '')

/** The tile that holds a position. */
function tileAt(lon: number, lat: number, zoom: number): string {
  const n = 2 ** zoom
  const phi = (lat * Math.PI) / 180
  const x = Math.floor(((lon + 180) / 360) * n)
  const y = Math.floor(((1 - Math.asinh(Math.tan(phi)) / Math.PI) / 2) * n)
  return `${zoom}/${x}/${y}`
}

describe.skipIf(!server)('tiles and style, read by other hands (WANGGE_URL names a server)', () => {
  it('@mapbox/vector-tile reads every layer and feature of tiles from z10 to z18', async () => {
    const style = await (await fetch(`${server}/style.json`)).json()
    const [lon, lat] = style.center as [number, number]
    let features = 0
    for (let zoom = 10; zoom <= 18; zoom++) {
      const response = await fetch(`${server}/tiles/city/${tileAt(lon, lat, zoom)}.mvt`)
      expect([200, 204]).toContain(response.status)
      if (response.status === 204) continue
      const tile = new VectorTile(new PbfReader(new Uint8Array(await response.arrayBuffer())))
      for (const layer of Object.values(tile.layers)) {
        expect(layer.version).toBe(2)
        expect(layer.extent).toBe(4096)
        for (let i = 0; i < layer.length; i++) {
          const feature = layer.feature(i)
          if (layer.name.endsWith('_density')) expect(feature.properties.h3).toMatch(/^[0-9a-f]{15}$/)
          else expect(feature.id).toBeGreaterThan(0)
          expect(feature.loadGeometry().flat().length).toBeGreaterThan(0)
          features++
        }
      }
    }
    expect(features).toBeGreaterThan(1000)
  })

  it.each(['light', 'dark'])('the %s style is valid', async (theme) => {
    const style = await (await fetch(`${server}/style.json?theme=${theme}`)).json()
    expect(validateStyleMin(style)).toEqual([])
  })
})

import { GeoJSONVT } from '@maplibre/geojson-vt'
import { fromGeojsonVt } from '@maplibre/vt-pbf'
import type { Layers } from './city.ts'

/** Cuts the fixture city into vector tiles. */
export function makeTiles(layers: Layers): (z: number, x: number, y: number) => Uint8Array | undefined {
  const indices = Object.entries(layers).map(([layer, data]) => [layer, new GeoJSONVT(data, { maxZoom: 16, indexMaxZoom: 5, extent: 4096, buffer: 64 })] as const)
  return (z, x, y) => {
    const tile: Parameters<typeof fromGeojsonVt>[0] = {}
    for (const [layer, index] of indices) {
      const cut = index.getTile(z, x, y)
      if (cut && cut.features.length > 0) tile[layer] = cut
    }
    return Object.keys(tile).length === 0 ? undefined : fromGeojsonVt(tile, { version: 2, extent: 4096 })
  }
}

import { GeoJSONVT } from '@maplibre/geojson-vt'
import { fromGeojsonVt } from '@maplibre/vt-pbf'
import { densitySuffix } from '../../src/state/permalink.ts'
import { densities, firstZooms, type Layers } from './city.ts'

/** Cuts the fixture city into vector tiles: below their first zoom features give way to hexagons. */
export function makeTiles(layers: Layers): (z: number, x: number, y: number) => Uint8Array | undefined {
  const indices = Object.entries({ ...layers, ...densities }).map(([layer, data]) => [layer, new GeoJSONVT(data, { maxZoom: 16, indexMaxZoom: 5, extent: 4096, buffer: 64 })] as const)
  return (z, x, y) => {
    const tile: Parameters<typeof fromGeojsonVt>[0] = {}
    for (const [layer, index] of indices) {
      const first = firstZooms[layer.replace(densitySuffix, '')]
      if (first !== undefined && (z < first) !== layer.endsWith(densitySuffix)) continue
      const cut = index.getTile(z, x, y)
      if (cut && cut.features.length > 0) tile[layer] = cut
    }
    return Object.keys(tile).length === 0 ? undefined : fromGeojsonVt(tile, { version: 2, extent: 4096 })
  }
}

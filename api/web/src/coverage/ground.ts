import type { Map as MapLibre } from 'maplibre-gl'
import type { Position } from '../api/types.ts'
import { drawPrefix, inks, papers, pointerPx, pointStyles } from '../grid/draw.ts'
import type { Theme } from '../state/permalink.ts'

/** Takes a pencil to the map for pieces of ground; each one that is closed is given to `drawn` and leaves the pencil. Gives the function that puts it down. */
export async function drawGround(map: MapLibre, theme: Theme, drawn: (ring: Position[]) => void): Promise<() => void> {
  const [{ TerraDraw, TerraDrawPolygonMode }, { TerraDrawMapLibreGLAdapter }] = await Promise.all([import('terra-draw'), import('terra-draw-maplibre-gl-adapter')])
  const [ink, paper] = [inks[theme], papers[theme]]
  const mode = new TerraDrawPolygonMode({
    pointerDistance: pointerPx, showCoordinatePoints: true, keyEvents: { cancel: 'Escape', finish: 'Enter' },
    styles: { fillColor: ink, fillOpacity: 0.12, outlineColor: ink, outlineWidth: 2, ...pointStyles(ink, paper) },
  })
  const draw = new TerraDraw({ adapter: new TerraDrawMapLibreGLAdapter({ map, prefixId: drawPrefix }), modes: [mode] })
  draw.start()
  draw.setMode('polygon')
  draw.on('finish', (id) => {
    const geometry = draw.getSnapshotFeature(id)?.geometry
    if (geometry?.type !== 'Polygon') return
    const ring = (geometry.coordinates[0] ?? []).map(([lon = 0, lat = 0]): Position => [lon, lat])
    queueMicrotask(() => { // the pencil is done with it by then
      if (draw.enabled) draw.clear()
      drawn(ring)
    })
  })
  return () => { if (draw.enabled) draw.stop() }
}

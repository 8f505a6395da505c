import type { GeoJSONSource, Map as MapLibre, MapMouseEvent } from 'maplibre-gl'
import type { App } from '../state/app.ts'
import { addMarks } from './images.ts'
import { areaLayer, clusterLayer, markLayer, problemSource, proposalLayer } from './overlay.ts'

const touchPx = 16
const mousePx = 4
const handLayers = [markLayer, clusterLayer, proposalLayer]

/** Ties the patrol workspace to the map. Gives what a click does there: true where it has been dealt with. */
export function attachPatrol(map: MapLibre, app: App): (event: MapMouseEvent) => boolean {
  const { patrol } = app
  addMarks(map)
  addHand(map, app)

  return ({ point: { x, y }, originalEvent }) => {
    if (!patrol.active.value) return false
    const px = originalEvent instanceof PointerEvent && originalEvent.pointerType === 'touch' ? touchPx : mousePx
    const layers = handLayers.filter((layer) => map.getLayer(layer))
    const [hit] = map.queryRenderedFeatures([[x - px, y - px], [x + px, y + px]], { layers })
    if (!hit) return netAt(map, app, x, y)
    if (hit.layer.id === clusterLayer) void spread(map, Number(hit.properties.cluster_id), hit.geometry)
    else if (typeof hit.properties.id === 'string') patrol.open.value = hit.properties.id
    return true
  }
}

/** Where grids are what the map shows, a click on one selects it. */
function netAt(map: MapLibre, { patrol, selecting }: App, x: number, y: number): boolean {
  if (patrol.tab.value !== 'visits' || !map.getLayer(areaLayer)) return false
  const code: unknown = map.queryRenderedFeatures([x, y], { layers: [areaLayer] })[0]?.properties.code
  if (typeof code !== 'string') return false
  selecting.select({ kind: 'grid', scheme: patrol.net.value, code })
  return true
}

/** A bubble comes apart: the map goes to where it does. */
async function spread(map: MapLibre, cluster: number, geometry: GeoJSON.Geometry): Promise<void> {
  const source = map.getSource<GeoJSONSource>(problemSource)
  if (!source || geometry.type !== 'Point') return
  const [lon = 0, lat = 0] = geometry.coordinates
  const zoom = await source.getClusterExpansionZoom(cluster)
  map.easeTo({ center: [lon, lat], zoom: zoom + 0.3, duration: 200 })
}

function addHand(map: MapLibre, { patrol }: App): void {
  for (const layer of handLayers) {
    map.on('mouseenter', layer, () => { if (patrol.active.value) map.getCanvas().style.cursor = 'pointer' })
    map.on('mouseleave', layer, () => { map.getCanvas().style.cursor = '' })
  }
}

import { AttributionControl, GeolocateControl, Map as MapLibre, ScaleControl, setWorkerUrl, type LngLatBoundsLike, type StyleSpecification } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import type { Box, Position } from '../api/types.ts'
import { boxAround } from './coordinates.ts'
import type { MapPort } from '../state/app.ts'

setWorkerUrl(workerUrl)

/** Motion keeps orientation and never makes anybody wait. */
const motionMs = 200
const fitMarginPx = 48
const pointZoom = 17

/** Pixels of the map's canvas that panels cover. */
export interface Insets {
  right: number
  bottom: number
}

/** The element that holds the map knows it: for tests, and for whoever looks at the page from the console. */
export type MapElement = HTMLElement & { map?: MapLibre }

export interface Start {
  container: MapElement
  style: StyleSpecification
  center: Position
  zoom: number
  label: string
}

export function createMap({ container, style, center, zoom, label }: Start): MapLibre {
  const map = new MapLibre({
    container, style, center, zoom,
    hash: 'map',
    attributionControl: false,
    maxPitch: 0,
    maxZoom: 20,
    minZoom: 3,
    dragRotate: true,
    fadeDuration: motionMs,
    localIdeographFontFamily: '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
    locale: { 'Map.Title': label },
  })
  container.map = map
  map.addControl(new ScaleControl({ maxWidth: 96 }), 'bottom-left')
  map.addControl(new AttributionControl({ compact: false }), 'bottom-right')
  return map
}

export interface PortOptions {
  insets(): Insets
  home(): { center: Position; zoom: number; box?: Box }
  near(): void
  locateFailed(): void
}

/** The few movements the app asks for, in its own words. */
export function createPort(map: MapLibre, options: PortOptions): MapPort {
  const geolocate = new GeolocateControl({ trackUserLocation: true, positionOptions: { enableHighAccuracy: true } })
  map.addControl(geolocate, 'top-right')
  geolocate.on('error', options.locateFailed)
  const padding = () => {
    const { right, bottom } = options.insets()
    return { top: fitMarginPx, left: fitMarginPx, right: right + fitMarginPx, bottom: bottom + fitMarginPx }
  }
  const offset = (): [number, number] => [-options.insets().right / 2, -options.insets().bottom / 2]
  const fit = (box: Box) => map.fitBounds(box as LngLatBoundsLike, { padding: padding(), maxZoom: pointZoom, duration: motionMs, linear: true })

  function reveal(box: Box, minZoom: number): void {
    if (map.isMoving()) {
      void map.once('moveend', () => { reveal(box, minZoom) }) // where a search is flying to may show it already
      return
    }
    const [west, south, east, north] = boxAround(visibleBox(map, options.insets()))
    const seen = box[0] <= east && box[2] >= west && box[1] <= north && box[3] >= south
    if (map.getZoom() < minZoom) fit(box)
    else if (!seen) map.easeTo({ center: [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2], offset: offset(), duration: motionMs })
  }

  return {
    fit,
    reveal,
    fly: (center, zoom) => map.easeTo({ center, zoom: zoom ?? Math.max(map.getZoom(), pointZoom), offset: offset(), duration: motionMs }),
    zoomBy: (steps) => map.easeTo({ zoom: map.getZoom() + steps, duration: motionMs }),
    zoomTo: (zoom) => map.easeTo({ zoom, duration: motionMs }),
    north: () => map.easeTo({ bearing: 0, duration: motionMs }),
    home() {
      const { center, zoom, box } = options.home()
      if (box) fit(box)
      else map.easeTo({ center, zoom, bearing: 0, duration: motionMs })
    },
    locate() { if (!geolocate.trigger()) options.locateFailed() },
    near: options.near,
    focus: () => { map.getCanvas().focus() },
  }
}

/** The box of what is seen: the canvas without what panels cover. */
export function visibleBox(map: MapLibre, { right, bottom }: Insets): Position[] {
  const { clientWidth, clientHeight } = map.getContainer()
  const [width, height] = [Math.max(1, clientWidth - right), Math.max(1, clientHeight - bottom)]
  return ([[0, 0], [width, 0], [0, height], [width, height]] as [number, number][])
    .map((corner) => map.unproject(corner))
    .map(({ lng, lat }) => [lng, lat])
}

import { Map as MapLibre, type LngLatBoundsLike, type StyleSpecification } from 'maplibre-gl'
import '../map/engine.ts' // sets where the worker is
import type { Box, Position } from '../api/types.ts'
import type { MapSize } from './paper.ts'

/** A map drawn for paper. */
export interface Drawn {
  /** The picture, until `forget`. */
  url: string
  image: Blob
  /** Where places lie on the picture, as shares of its width and height. */
  at(place: Position): [x: number, y: number]
  metresPerPx: number
  /** Dots per inch it came to: graphics may give less than asked for. */
  dpi: number
  forget(): void
}

const marginPx = 24
const mostWaitMs = 90_000
const earthM = 40_075_016.686
const tilePx = 512

/** The longest side of a picture that the graphics can draw. */
export function mostSidePx(): number {
  const context = document.createElement('canvas').getContext('webgl2')
  const most = context ? Math.min(context.getParameter(context.MAX_TEXTURE_SIZE) as number, context.getParameter(context.MAX_RENDERBUFFER_SIZE) as number) : 4096
  context?.getExtension('WEBGL_lose_context')?.loseContext()
  return most
}

/** Draws the map once, out of sight, as large as the paper needs. An aborted drawing throws. */
export async function drawMap(style: StyleSpecification, box: Box, size: MapSize, signal: AbortSignal): Promise<Drawn> {
  const container = document.createElement('div')
  container.className = 'wall-canvas'
  container.style.width = `${size.widthPx}px`
  container.style.height = `${size.heightPx}px`
  document.body.append(container)
  const map = new MapLibre({
    container, style, bounds: box as LngLatBoundsLike, fitBoundsOptions: { padding: marginPx }, interactive: false, attributionControl: false, fadeDuration: 0,
    pixelRatio: size.pixelRatio, maxCanvasSize: [1 << 14, 1 << 14], maxPitch: 0, trackResize: false,
    canvasContextAttributes: { preserveDrawingBuffer: true, antialias: true },
    localIdeographFontFamily: '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
  })
  try {
    await idle(map, signal)
    return await take(map, size)
  } finally {
    map.remove()
    container.remove()
  }
}

function idle(map: MapLibre, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => { reject(new Error('the map was not drawn in time')) }, mostWaitMs)
    signal.addEventListener('abort', () => { reject(new DOMException('gone', 'AbortError')) })
    map.once('idle', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

async function take(map: MapLibre, size: MapSize): Promise<Drawn> {
  const canvas = map.getCanvas()
  const image = await new Promise<Blob>((resolve, reject) => {
    canvas.toBlob((blob) => { if (blob) resolve(blob); else reject(new Error('the picture is too large for this browser')) }, 'image/png')
  })
  const { lng, lat } = map.getCenter()
  const worldPx = tilePx * 2 ** map.getZoom()
  const [centerX, centerY] = mercator([lng, lat])
  const url = URL.createObjectURL(image)
  return {
    url, image,
    at(place) {
      const [x, y] = mercator(place)
      return [0.5 + ((x - centerX) * worldPx) / size.widthPx, 0.5 + ((y - centerY) * worldPx) / size.heightPx]
    },
    metresPerPx: (earthM * Math.cos((lat * Math.PI) / 180)) / worldPx,
    dpi: Math.round((size.dpi * canvas.width) / (size.widthPx * size.pixelRatio)),
    forget: () => { URL.revokeObjectURL(url) },
  }
}

/** From 0 to 1 over the whole earth, south growing. */
function mercator([lon, lat]: Position): [number, number] {
  const phi = (lat * Math.PI) / 180
  return [(lon + 180) / 360, (1 - Math.asinh(Math.tan(phi)) / Math.PI) / 2]
}

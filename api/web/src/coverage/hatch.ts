import type { Map as MapLibre } from 'maplibre-gl'
import type { Theme } from '../state/permalink.ts'

/** Hatches of the map and its legend, drawn here: no network (rising lines), and in doubt which street is the nearest (dots). */
export type Hatch = 'none' | 'doubt'
export const hatchPrefix = 'wangge-coverage-'
const sizePx = 8
const ratio = 2

const inks: Record<Theme, string> = { light: '#5d6675', dark: '#a9b4c6' }
const urls = new Map<string, string>()

/** The pattern for the legend: the very picture of the map. */
export function hatchUrl(hatch: Hatch, theme: Theme): string {
  const key = `${hatch}-${theme}`
  const known = urls.get(key)
  if (known !== undefined) return known
  const url = draw(hatch, theme)?.canvas.toDataURL() ?? ''
  urls.set(key, url)
  return url
}

function draw(hatch: Hatch, theme: Theme): CanvasRenderingContext2D | undefined {
  const size = sizePx * ratio
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  const context = canvas.getContext('2d')
  if (!context) return undefined
  context.strokeStyle = context.fillStyle = inks[theme]
  context.lineWidth = ratio * 0.9
  if (hatch === 'none') {
    for (const shift of [-size / 2, size / 2, size * 1.5]) { // the lines meet themselves at the edges
      context.beginPath()
      context.moveTo(shift - size / 2 - 2, size + 2)
      context.lineTo(shift + size / 2 + 2, -2)
      context.stroke()
    }
  } else {
    for (const [x, y] of [[size / 4, size / 4], [(3 * size) / 4, (3 * size) / 4]] as const) {
      context.beginPath()
      context.arc(x, y, ratio * 0.85, 0, 2 * Math.PI)
      context.fill()
    }
  }
  return context
}

/** Gives the map its images with every style, before tiles ask for them: one that comes late is left out of the tiles already cut. */
export function addHatches(map: MapLibre): void {
  const give = () => {
    for (const hatch of ['none', 'doubt'] as const) {
      for (const theme of ['light', 'dark'] as const) {
        const id = `${hatchPrefix}${hatch}-${theme}`
        const image = map.hasImage(id) ? undefined : draw(hatch, theme)?.getImageData(0, 0, sizePx * ratio, sizePx * ratio)
        if (image) map.addImage(id, image, { pixelRatio: ratio })
      }
    }
  }
  map.on('styledata', give)
  map.on('styleimagemissing', ({ id }) => { if (id.startsWith(hatchPrefix)) give() })
}

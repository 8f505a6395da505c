import type { Map as MapLibre } from 'maplibre-gl'
import { patternNames, stateColors, type PatternName } from './classes.ts'

/** Images that fill grids, drawn here: the style's sprite knows nothing of people. */
export const patternPrefix = 'wangge-grid-'
const sizePx = 16
const ratio = 2

interface Hatch {
  color: string
  /** Lines: rising, falling, level, or rising and falling. */
  lines: 'rising' | 'falling' | 'level' | 'cross'
  widthPx: number
}

const hatches: Record<PatternName, Hatch> = {
  vacant: { color: stateColors.vacant, lines: 'cross', widthPx: 1.1 },
  overloaded: { color: '#a85f00', lines: 'level', widthPx: 1.4 },
  unknown: { color: '#7b8493', lines: 'rising', widthPx: 1.4 },
  gap: { color: '#d64545', lines: 'rising', widthPx: 2.4 },
  overlap: { color: '#e8790c', lines: 'falling', widthPx: 2.4 },
  other: { color: '#7a4fd0', lines: 'level', widthPx: 2 },
}

const urls = new Map<PatternName, string>()

/** The pattern for the legend: the very picture of the map. */
export function patternUrl(name: PatternName): string {
  const known = urls.get(name)
  if (known !== undefined) return known
  const url = draw(name)?.canvas.toDataURL() ?? ''
  urls.set(name, url)
  return url
}

function drawPattern(name: PatternName): ImageData | undefined {
  return draw(name)?.getImageData(0, 0, sizePx * ratio, sizePx * ratio)
}

/** A hatch that meets itself at the edges of the image. */
function draw(name: PatternName): CanvasRenderingContext2D | undefined {
  const { color, lines, widthPx } = hatches[name]
  const size = sizePx * ratio
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  const context = canvas.getContext('2d')
  if (!context) return undefined
  context.strokeStyle = color
  context.lineWidth = widthPx * ratio
  for (const [x0, y0, x1, y1] of segments(lines, size)) {
    context.beginPath()
    context.moveTo(x0, y0)
    context.lineTo(x1, y1)
    context.stroke()
  }
  return context
}

type Segment = [x0: number, y0: number, x1: number, y1: number]

function segments(lines: Hatch['lines'], size: number): Segment[] {
  const half = size / 2
  const rising: Segment[] = [-half, half, size + half].flatMap((at): Segment[] => [[at - size, size, at, 0], [at - size - half, size + half, at + half, -half]])
  const falling = rising.map(([x0, y0, x1, y1]): Segment => [size - x0, y0, size - x1, y1])
  switch (lines) {
    case 'rising': return rising
    case 'falling': return falling
    case 'cross': return [...rising, ...falling]
    case 'level': return [[0, size / 4, size, size / 4], [0, (3 * size) / 4, size, (3 * size) / 4]]
  }
}

/** Gives the map its images when it asks for them, which it does again after every change of theme. */
export function addPatterns(map: MapLibre): void {
  map.on('styleimagemissing', ({ id }) => {
    const name = patternNames.find((one) => patternPrefix + one === id)
    const image = name && drawPattern(name)
    if (image && !map.hasImage(id)) map.addImage(id, image, { pixelRatio: ratio })
  })
}

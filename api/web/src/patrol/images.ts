import type { Map as MapLibre } from 'maplibre-gl'
import type { Theme } from '../state/permalink.ts'
import { marks, states, type State } from './states.ts'

/** Marks of problems as images of the map; one that is overdue has a broken ring around it. */
export const markPrefix = 'wangge-patrol-'
const boxPx = 30
const ratio = 2
const signs: Record<Theme, string> = { light: '#ffffff', dark: '#0e1116' }
const rings: Record<Theme, string> = { light: '#b3261e', dark: '#ff9a94' }

export function imageName(state: string, theme: Theme, overdue: boolean): string {
  return `${markPrefix}${state}-${theme}${overdue ? '-late' : ''}`
}

function draw(state: State, theme: Theme, overdue: boolean): ImageData | undefined {
  const size = boxPx * ratio
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  const context = canvas.getContext('2d')
  if (!context) return undefined
  const { outline, sign, small, [theme]: color } = marks[state]
  const scale = small ? 0.7 : 0.95
  context.scale(ratio, ratio)
  context.translate(boxPx / 2, boxPx / 2)
  if (overdue) {
    context.beginPath()
    context.arc(0, 0, 13, 0, 2 * Math.PI)
    context.setLineDash([5.2, 3])
    context.lineWidth = 2.4
    context.strokeStyle = rings[theme]
    context.stroke()
    context.setLineDash([])
  }
  context.scale(scale, scale)
  context.translate(-10, -10)
  context.lineJoin = context.lineCap = 'round'
  const shape = new Path2D(outline)
  context.lineWidth = 3
  context.strokeStyle = signs[theme]
  context.stroke(shape)
  context.fillStyle = color
  context.fill(shape)
  context.lineWidth = 1.9
  context.stroke(new Path2D(sign))
  return context.getImageData(0, 0, size, size)
}

/** Gives the map its images with every style. */
export function addMarks(map: MapLibre): void {
  const give = () => {
    for (const theme of ['light', 'dark'] as const) {
      for (const overdue of [false, true]) {
        for (const state of states) {
          const id = imageName(state, theme, overdue)
          const image = map.hasImage(id) ? undefined : draw(state, theme, overdue)
          if (image) map.addImage(id, image, { pixelRatio: ratio })
        }
      }
    }
  }
  map.on('styledata', give)
  map.on('styleimagemissing', ({ id }) => { if (id.startsWith(markPrefix)) give() })
}

/** Marks of the officer's map, drawn here so that each state has a shape of its own: 'officer-due-3' is the third of the walk. */
export const markPrefix = 'officer-'
export type MarkState = 'due' | 'overdue' | 'done' | 'later' | 'problem'

const colors: Record<MarkState, string> = { due: '#1456f0', overdue: '#c3261f', done: '#14753f', later: '#5c6470', problem: '#a85a00' }
const side = 68
const half = side / 2

export function markOf(state: MarkState, place?: number): string {
  return `${markPrefix}${state}${place === undefined || place > 99 ? '' : `-${place}`}`
}

export function drawMark(id: string): ImageData {
  const [, state = 'due', place = ''] = /^officer-(\w+?)(?:-(\d+))?$/.exec(id) ?? []
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = side
  const pen = canvas.getContext('2d')
  if (!pen) return new ImageData(side, side)
  outline(pen, state as MarkState)
  pen.fillStyle = state === 'later' ? '#ffffff' : colors[state as MarkState]
  pen.strokeStyle = state === 'later' ? colors.later : '#ffffff'
  pen.lineWidth = 6
  pen.stroke()
  pen.fill()
  pen.fillStyle = pen.strokeStyle
  if (state === 'done') tick(pen)
  else {
    pen.font = `700 ${place.length > 1 ? 26 : 32}px system-ui, sans-serif`
    pen.textAlign = 'center'
    pen.textBaseline = 'middle'
    pen.fillText(place || (state === 'due' || state === 'later' ? '•' : '!'), half, half + (state === 'problem' ? 6 : 2))
  }
  return pen.getImageData(0, 0, side, side)
}

/** Due is round, overdue a square on its corner, a problem a triangle. */
function outline(pen: CanvasRenderingContext2D, state: MarkState): void {
  pen.beginPath()
  pen.lineJoin = 'round'
  if (state === 'overdue') corners(pen, [half, 5], [side - 5, half], [half, side - 5], [5, half])
  else if (state === 'problem') corners(pen, [half, 6], [side - 6, side - 10], [6, side - 10])
  else pen.arc(half, half, state === 'due' ? 26 : 21, 0, 2 * Math.PI)
}

function corners(pen: CanvasRenderingContext2D, ...points: [number, number][]): void {
  points.forEach(([x, y], i) => { if (i === 0) pen.moveTo(x, y); else pen.lineTo(x, y) })
  pen.closePath()
}

function tick(pen: CanvasRenderingContext2D): void {
  pen.beginPath()
  pen.lineCap = 'round'
  pen.moveTo(half - 9, half + 1)
  pen.lineTo(half - 2, half + 8)
  pen.lineTo(half + 10, half - 8)
  pen.stroke()
}

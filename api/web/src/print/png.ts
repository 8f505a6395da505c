import type { Drawn } from './draw.ts'
import type { Sheet } from './paper.ts'

const inchMm = 25.4
const mostPixels = 60e6
const mostSidePx = 16_000

/** The sheet as a picture: the map as it was drawn, and over it the drawing of everything else. */
export async function sheetPicture(svg: SVGSVGElement, sheet: Sheet, drawn: Drawn): Promise<Blob> {
  const fit = Math.min(drawn.dpi, mostSidePx / (Math.max(sheet.width, sheet.height) / inchMm), Math.sqrt(mostPixels / ((sheet.width * sheet.height) / inchMm ** 2)))
  const pxPerMm = fit / inchMm
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(sheet.width * pxPerMm)
  canvas.height = Math.round(sheet.height * pxPerMm)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no canvas')
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  const map = await createImageBitmap(drawn.image)
  const { x, y, width, height } = sheet.map
  context.drawImage(map, x * pxPerMm, y * pxPerMm, width * pxPerMm, height * pxPerMm)
  map.close()
  context.drawImage(await furniture(svg, canvas.width, canvas.height), 0, 0)
  return new Promise((resolve, reject) => { canvas.toBlob((blob) => { if (blob) resolve(blob); else reject(new Error('the picture is too large for this browser')) }, 'image/png') })
}

/** The drawing without ground and map, as an image of that size. */
async function furniture(svg: SVGSVGElement, width: number, height: number): Promise<HTMLImageElement> {
  const copy = svg.cloneNode(true) as SVGSVGElement
  for (const part of copy.querySelectorAll('[data-map], [data-ground]')) part.remove()
  copy.setAttribute('width', String(width))
  copy.setAttribute('height', String(height))
  const url = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: 'image/svg+xml' }))
  try {
    const image = new Image(width, height)
    image.src = url
    await image.decode()
    return image
  } finally {
    URL.revokeObjectURL(url)
  }
}

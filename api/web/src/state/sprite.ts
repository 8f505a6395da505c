import type { StyleSpecification } from 'maplibre-gl'
import { shallowRef, watch, type ShallowRef } from 'vue'

interface Entry {
  x: number
  y: number
  width: number
  height: number
  pixelRatio: number
}

/** One image of the map's sprite, cut out for the legend. */
export interface SpriteImage {
  url: string
  /** CSS pixels. */
  width: number
  height: number
}

export type SpriteImages = (name: string) => SpriteImage | undefined

/** The sprite of the style shown, so that the legend is drawn with the very images of the map. */
export function createSprite(style: ShallowRef<StyleSpecification | undefined>): ShallowRef<SpriteImages> {
  const images = shallowRef<SpriteImages>(() => undefined)
  watch(() => style.value?.sprite, async (url) => {
    if (typeof url !== 'string') return
    try {
      images.value = await load(url)
    } catch {
      // swatches fall back to plain colour; the map itself reports what it misses
    }
  })
  return images
}

async function load(url: string): Promise<SpriteImages> {
  const base = sameOrigin(url)
  const [index, sheet] = await Promise.all([
    fetch(`${base}@2x.json`).then((response) => response.json() as Promise<Record<string, Entry>>),
    loadImage(`${base}@2x.png`),
  ])
  const cut = new Map<string, SpriteImage>()
  return (name) => {
    const entry = index[name]
    const known = cut.get(name)
    if (known || !entry) return known
    const image = crop(sheet, entry)
    cut.set(name, image)
    return image
  }
}

/** The style names its sprite absolutely; behind a proxy the path is what counts. */
function sameOrigin(url: string): string {
  const { pathname } = new URL(url, location.href)
  return pathname
}

function loadImage(url: string): Promise<HTMLImageElement> {
  const image = new Image()
  image.src = url
  return image.decode().then(() => image)
}

function crop(sheet: HTMLImageElement, { x, y, width, height, pixelRatio }: Entry): SpriteImage {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  canvas.getContext('2d')?.drawImage(sheet, x, y, width, height, 0, 0, width, height)
  return { url: canvas.toDataURL(), width: width / pixelRatio, height: height / pixelRatio }
}

import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core'

/** WebGL in software, and nothing that talks to the world. */
const flags = [
  '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--lang=zh-CN',
]

export const desk: BrowserContextOptions = { viewport: { width: 1440, height: 900 }, locale: 'zh-CN' }
export const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, locale: 'zh-CN', hasTouch: true, isMobile: true, deviceScaleFactor: 2 }

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.WANGGE_CHROMIUM ?? '/usr/bin/chromium', args: flags })
}

/** A browser with a profile of its own in a folder, which outlives it: what was kept there is there the next time. */
export function launchProfile(folder: string, options: BrowserContextOptions): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, { executablePath: process.env.WANGGE_CHROMIUM ?? '/usr/bin/chromium', args: flags, ...options })
}

export interface Opened {
  page: Page
  /** Errors of the page and refusals of its security policy: a test ends with none. */
  faults: string[]
}

/** Opens a page of its own profile; what it complains about is collected. */
export async function open(browser: Browser, url: string, options: BrowserContextOptions = desk): Promise<Opened> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('net::ERR_')) faults.push(`${message.text().slice(0, 300)} (${message.location().url})`)
  })
  await page.goto(url)
  return { page, faults }
}

/** Waits until the map has drawn everything it has. */
export async function mapIdle(page: Page): Promise<void> {
  await page.waitForSelector('section[data-idle="true"]', { timeout: 45_000 })
}

/** How many different colours a coarse raster over the map's picture has: a blank map has one or two. */
export async function mapColours(page: Page): Promise<number> {
  const picture = await page.locator('.maplibregl-canvas').screenshot()
  return page.evaluate(async (bytes) => {
    const image = new Image()
    image.src = `data:image/png;base64,${bytes}`
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = 200
    const context = canvas.getContext('2d')
    if (!context) return 0
    context.drawImage(image, 0, 0, 200, 200)
    const { data } = context.getImageData(0, 0, 200, 200)
    const seen = new Set<number>()
    for (let i = 0; i < data.length; i += 4) seen.add(((data[i] ?? 0) >> 3) * 1024 + ((data[i + 1] ?? 0) >> 3) * 32 + ((data[i + 2] ?? 0) >> 3))
    return seen.size
  }, picture.toString('base64'))
}

/** The colour of the map at a point of the page, red, green and blue. */
export async function colourAt(page: Page, x: number, y: number): Promise<number[]> {
  const picture = await page.screenshot({ clip: { x, y, width: 1, height: 1 } })
  return page.evaluate(async (bytes) => {
    const image = new Image()
    image.src = `data:image/png;base64,${bytes}`
    await image.decode()
    const canvas = document.createElement('canvas')
    const context = canvas.getContext('2d')
    context?.drawImage(image, 0, 0)
    return [...context?.getImageData(0, 0, 1, 1).data ?? []].slice(0, 3)
  }, picture.toString('base64'))
}

/** Keeps a picture where WANGGE_SCREENSHOTS names a folder. */
export async function keep(page: Page, name: string): Promise<void> {
  const folder = process.env.WANGGE_SCREENSHOTS
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: path.join(folder, `${name}.png`) })
}

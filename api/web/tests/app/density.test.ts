import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { colourAt, keep, launch, mapIdle, open, phone } from '../browser/browser.ts'
import { startMock, type Mock } from '../mock/server.ts'

let mock: Mock
let browser: Browser
beforeAll(async () => {
  mock = await startMock()
  browser = await launch()
})
afterAll(async () => {
  await browser.close()
  await mock.stop()
})

/** The middle of a hexagon of the highest class, away from roads. */
const hexagon = '36.2732/120.02398'
const deepest = { parking: [70, 111, 203], toilet: [37, 128, 128] }

async function middle(page: Page): Promise<[number, number]> {
  const box = await page.locator('.maplibregl-canvas').boundingBox()
  if (!box) throw new Error('no map')
  return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)]
}

/** How far the colour in the middle of the map is from another one. */
async function awayFrom(page: Page, colour: number[]): Promise<number> {
  await mapIdle(page)
  const seen = await colourAt(page, ...await middle(page))
  return Math.max(...seen.map((part, i) => Math.abs(part - (colour[i] ?? 0))))
}

const button = (page: Page, layer: string) => page.locator(`[data-layer=${layer}] .density`)

describe('densities', () => {
  it('show one layer at a time, with its classes, and the address restores it', async () => {
    const { page, faults } = await open(browser, `${mock.url}/#map=11.6/${hexagon}`)
    await expect.poll(() => awayFrom(page, deepest.parking)).toBeLessThan(12)
    expect(await button(page, 'parking_space').getAttribute('aria-pressed')).toBe('true')
    expect(await page.locator('[data-layer=parking_space] .density-legend .head').innerText()).toContain('泊位/格 · 六边形约 11 公顷')
    expect(await page.locator('.density-legend .scale [aria-hidden]').allInnerTexts()).toEqual(['80', '120', '160', '200', '240', ''])

    await button(page, 'public_toilet').focus()
    await page.keyboard.press('Space')
    await expect.poll(() => awayFrom(page, deepest.toilet)).toBeLessThan(12)
    expect(await button(page, 'parking_space').getAttribute('aria-pressed')).toBe('false')
    expect(await page.locator('.density-legend').count()).toBe(1)
    expect(page.url()).toContain('density=public_toilet')
    await keep(page, 'fixture-density')

    const again = await open(browser, page.url())
    await expect.poll(() => awayFrom(again.page, deepest.toilet)).toBeLessThan(12)
    await button(again.page, 'public_toilet').click()
    await expect.poll(() => awayFrom(again.page, deepest.toilet)).toBeGreaterThan(60)
    expect(again.page.url()).toContain('density=none')
    expect([...faults, ...again.faults]).toEqual([])
    await page.context().close()
    await again.page.context().close()
  })

  it('give way to the features at their first zoom', async () => {
    const { page, faults } = await open(browser, `${mock.url}/?density=public_toilet#map=11.9/${hexagon}`)
    await expect.poll(() => awayFrom(page, deepest.toilet)).toBeLessThan(12)
    await page.locator('.density-legend button').click()
    await expect.poll(() => page.url()).toContain('#map=12.2/')
    await expect.poll(() => awayFrom(page, deepest.toilet)).toBeGreaterThan(60)
    expect(await button(page, 'public_toilet').count()).toBe(0)
    expect(await page.locator('.density-legend').count()).toBe(0)
    await page.mouse.click(...await middle(page))
    await page.locator('.drawer h2').waitFor()
    expect(page.url()).not.toContain('_density')
    expect(faults).toEqual([])
    await page.context().close()
  })

  it('open a card of figures for a hexagon, which the address restores', async () => {
    const { page, faults } = await open(browser, `${mock.url}/?density=public_toilet#map=11.6/${hexagon}`)
    await expect.poll(() => awayFrom(page, deepest.toilet)).toBeLessThan(12)
    await page.mouse.click(...await middle(page))
    await page.locator('.drawer h2', { hasText: '公厕密度' }).waitFor()
    expect(await page.locator('.drawer .sums').innerText()).toMatch(/数量\s*6/)
    expect(await page.locator('.drawer .states').innerText()).toMatch(/完好\s*6/)
    expect(await page.locator('.drawer code').innerText()).toMatch(/^[0-9a-f]{15}$/)
    expect(page.url()).toContain('select=public_toilet_density/89aa')
    await mapIdle(page)
    await keep(page, 'fixture-density-card')

    const again = await open(browser, page.url())
    await again.page.locator('.drawer .sums', { hasText: '6' }).waitFor()
    expect([...faults, ...again.faults]).toEqual([])
    await page.context().close()
    await again.page.context().close()
  })

  it('carry their classes on the map where the panel does not show them', async () => {
    const { page, faults } = await open(browser, `${mock.url}/#map=11.6/${hexagon}`, phone)
    await mapIdle(page)
    await page.locator('.key', { hasText: '停车泊位密度' }).waitFor()
    await keep(page, 'fixture-density-phone')
    expect(faults).toEqual([])
    await page.context().close()
  })
})

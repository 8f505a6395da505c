import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { desk, keep, launch, mapColours, mapIdle, open, phone } from './browser.ts'

/** What the journey knows of the city before it starts; it asks the server for the rest. */
interface Sights {
  layers: string[]
  named: { layer: string; id: number; name: string; code: string | null }
  regions: number
}

const han = /\p{Script=Han}/u
const drawn = 12 // colours of a map with more than ground on it

/** What people do with the app, on whatever city the server at `url()` shows. Pictures are kept under `label`. */
export function journey(label: string, url: () => string): void {
  describe(`the app on ${label}`, () => {
    let browser: Browser
    let sights: Sights
    beforeAll(async () => {
      browser = await launch()
      sights = await look(url())
    })
    afterAll(() => browser.close())

    it('draws the map, its legend and its counts', async () => {
      const { page, faults } = await open(browser, url())
      await mapIdle(page)
      expect(await mapColours(page)).toBeGreaterThan(drawn)
      expect(await page.locator('[data-layer]').count()).toBe(sights.layers.length)
      await expect.poll(() => page.locator('[data-layer] .count').allInnerTexts().then((texts) => texts.some((text) => /[1-9]/.test(text)))).toBe(true)
      await keep(page, `${label}-desk`)
      expect(faults).toEqual([])
      await page.context().close()
    })

    it('finds by name with the keyboard alone, shows every field in Chinese, and the address restores it', async () => {
      const { page, faults } = await open(browser, url())
      await mapIdle(page)
      await page.keyboard.press('/')
      await page.keyboard.type(sights.named.name)
      await page.locator('[role=option]').first().waitFor()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('Enter')
      await page.locator('.drawer dl.fields dt').first().waitFor()
      expect(await page.locator('.drawer h2').innerText()).toContain(sights.named.name)
      const labels = await page.locator('.drawer dl.fields dt').allInnerTexts()
      expect(labels.filter((text) => !han.test(text))).toEqual([])
      expect(await page.locator('.drawer .where').innerText()).toContain('网格')
      expect(page.url()).toContain('select=')
      await mapIdle(page)
      await keep(page, `${label}-selected`)

      const again = await open(browser, page.url())
      await again.page.locator('.drawer dl.fields dt').first().waitFor()
      expect(await again.page.locator('.drawer h2').innerText()).toBe(await page.locator('.drawer h2').innerText())
      expect(camera(again.page)).toEqual(camera(page))
      await page.keyboard.press('Escape')
      await expect.poll(() => page.locator('.drawer').count()).toBe(0)
      expect(page.url()).not.toContain('select=')
      await page.goBack()
      await page.locator('.drawer h2').waitFor()
      expect([...faults, ...again.faults]).toEqual([])
      await again.page.context().close()
      await page.context().close()
    })

    it('drills down through the regions and back', async (context) => {
      if (sights.regions === 0) return context.skip('this city has no regions')
      const { page, faults } = await open(browser, url())
      await mapIdle(page)
      await page.locator('.crumbs .fold').first().click()
      const first = page.locator('.menu .region').first()
      const region = await first.locator('span').innerText()
      await first.click()
      await page.locator('.drawer h2').filter({ hasText: region }).waitFor()
      await page.locator('.crumb[aria-current]').filter({ hasText: region }).waitFor()
      expect(await page.locator('.crumb').count()).toBe(2)
      expect(page.url()).toContain('region=')
      expect(await page.locator('.drawer .figures li').count()).toBeGreaterThan(0)
      await mapIdle(page)
      await keep(page, `${label}-region`)
      const child = page.locator('.drawer .children button').first()
      if (await child.count() > 0) {
        const name = await child.locator('span').innerText()
        await child.click()
        await page.locator('.crumb[aria-current]').filter({ hasText: name }).waitFor()
        expect(await page.locator('.crumb').count()).toBeGreaterThanOrEqual(3)
      }
      await page.locator('.crumb').first().click()
      await expect.poll(() => page.url()).not.toContain('region=')
      expect(faults).toEqual([])
      await page.context().close()
    })

    it('switches theme, language and layers, and remembers', async () => {
      const { page, faults } = await open(browser, url())
      await mapIdle(page)
      await page.keyboard.press('d')
      await page.keyboard.press('e')
      await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('dark')
      expect(await page.locator('html').getAttribute('lang')).toBe('en')
      await page.locator('h2', { hasText: 'Layers' }).waitFor()
      await page.locator('[data-layer=road] [role=switch]').click()
      await expect.poll(() => page.url()).toContain('off=road')
      await mapIdle(page)
      await keep(page, `${label}-dark-en`)
      await page.goto(url())
      await page.locator('h2', { hasText: 'Layers' }).waitFor()
      expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
      expect(faults).toEqual([])
      await page.context().close()
    })

    it('selects from the map with the keyboard', async () => {
      const { page, faults } = await open(browser, `${url()}${camera(await selectedPage(browser, url(), sights))}`)
      await mapIdle(page)
      await page.locator('a.skip').focus()
      await page.keyboard.press('Enter')
      await page.keyboard.press('Enter')
      await page.locator('.chooser button').first().waitFor()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('Enter')
      await page.locator('.drawer h2').waitFor()
      expect(await page.locator('.drawer').evaluate((drawer) => drawer === document.activeElement)).toBe(true)
      await page.keyboard.press('Escape')
      await expect.poll(() => page.locator('.drawer').count()).toBe(0)
      expect(faults).toEqual([])
      await page.context().close()
    })

    it('has a sheet of three heights and large targets on a phone', async () => {
      const { page, faults } = await open(browser, url(), phone)
      await mapIdle(page)
      await keep(page, `${label}-phone`)
      expect(await mapColours(page)).toBeGreaterThan(drawn)
      const sheet = page.locator('.sheet')
      const heights = []
      for (const stop of ['peek', 'half', 'full']) {
        expect(await sheet.getAttribute('data-stop')).toBe(stop)
        await page.waitForTimeout(250) // the sheet's own motion
        heights.push((await sheet.boundingBox())?.height ?? 0)
        if (stop === 'half') await keep(page, `${label}-phone-layers`)
        await page.locator('.sheet .handle').tap()
      }
      expect(heights).toEqual([...heights].sort((a, b) => a - b))
      expect(new Set(heights).size).toBe(3)
      expect(await smallTargets(page)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)

      await page.locator('.search input').tap()
      await page.locator('.search input').fill(sights.named.name)
      await page.locator('[role=option]').first().tap()
      await page.locator('.sheet .drawer dl.fields dt').first().waitFor()
      expect(await sheet.getAttribute('data-stop')).toBe('half')
      await mapIdle(page)
      await keep(page, `${label}-phone-selected`)
      expect(await smallTargets(page)).toEqual([])
      expect(faults).toEqual([])
      await page.context().close()
    })

    it('says that the server is away and comes back by itself', async () => {
      const { page } = await open(browser, url(), desk)
      await mapIdle(page)
      await page.context().setOffline(true)
      await page.locator('.maplibregl-canvas').focus()
      await page.keyboard.press('ArrowRight')
      await page.locator('.offline-banner').waitFor()
      expect(await page.locator('.fresh').innerText()).toBe('离线')
      await keep(page, `${label}-offline`)
      await page.locator('.offline-banner button').click()
      await page.waitForTimeout(1000)
      expect(await page.locator('.offline-banner').count()).toBe(1)
      await page.context().setOffline(false)
      await expect.poll(() => page.locator('.offline-banner').count(), { timeout: 10_000 }).toBe(0)
      await page.context().close()
    })
  })
}

/** What there is to see, asked of the server as the app would. */
async function look(url: string): Promise<Sights> {
  const get = async <T>(path: string) => (await fetch(url + path)).json() as Promise<T>
  const style = await get<{ metadata: { 'wangge:legend': { layer: string }[] } }>('/style.json')
  const found = await get<{ items: (Sights['named'] & { kind: string })[] }>(`/api/v1/search?q=${encodeURIComponent('路')}&limit=20`)
  const named = found.items.find((item) => item.kind === 'feature' && item.name)
  if (!named) throw new Error('the city has no named road')
  const { total } = await get<{ total: number }>('/api/v1/regions')
  return { layers: style.metadata['wangge:legend'].map(({ layer }) => layer), named, regions: total }
}

/** A page that has just flown to the named feature: its camera is a good place for what needs something in the middle. */
async function selectedPage(browser: Browser, url: string, { named }: Sights): Promise<Page> {
  const { page } = await open(browser, `${url}/?select=${named.layer}/${named.id}`)
  await page.locator('.drawer dl.fields dt').first().waitFor()
  await page.locator('.drawer .action').first().click()
  await mapIdle(page)
  await expect.poll(() => page.url()).toContain('#map=')
  await page.waitForTimeout(400) // MapLibre writes the hash at most three times a second
  return page
}

function camera(page: Page): string {
  return new URL(page.url()).hash
}

/** Visible controls below 44 px on a phone. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => [...document.querySelectorAll<HTMLElement>('button, input, a[href], [role=option]')]
    .filter((target) => target.checkVisibility() && !target.closest('.maplibregl-map, .skip') && !target.matches('.skip, .handle, [type=range]'))
    .map((target) => ({ target, box: target.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0 && box.height > 0 && (box.height < 43.5 || box.width < 43.5))
    .map(({ target, box }) => `${target.className || target.tagName} ${target.textContent.trim()} ${Math.round(box.width)}×${Math.round(box.height)}`))
}

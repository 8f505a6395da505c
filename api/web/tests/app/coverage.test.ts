import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { measureName } from '../../src/coverage/scenario/previewing.ts'
import type { MapElement } from '../../src/map/engine.ts'
import { colourAt, desk, keep, launch, mapIdle, open, phone } from '../browser/browser.ts'
import { enter } from '../browser/users.ts'
import { mockPassword } from '../mock/accounts.ts'
import { startMock, type Mock } from '../mock/server.ts'

/** The coverage workspace on the fixture town. */
describe('the coverage workspace', { timeout: 120_000 }, () => {
  let browser: Browser
  let mock: Mock
  let pages: { page: Page; faults: string[] }[] = []
  beforeAll(async () => { browser = await launch() })
  afterAll(() => browser.close())
  beforeEach(async () => { mock = await startMock() })
  afterEach(async () => {
    const ended = pages
    pages = []
    for (const { page } of ended) await page.context().close()
    await mock.stop()
    expect(ended.flatMap(({ faults }) => faults)).toEqual([])
  })

  async function start(as: string | undefined, path = '/coverage', options = desk): Promise<Page> {
    const opened = as === undefined ? await open(browser, mock.url + path, options) : await enter(browser, mock.url, { name: as, password: mockPassword }, path, options)
    pages.push(opened)
    const { page } = opened
    await mapIdle(page)
    return page
  }

  it('shows share, map and ranking, and keeps the question in the address', async () => {
    const page = await start(undefined)
    await page.locator('.total .big strong').waitFor()
    await mapIdle(page)
    await page.waitForTimeout(400)
    await keep(page, 'coverage-desk')
    expect(await page.locator('.areas .row').count()).toBeGreaterThan(5)
    expect(await page.locator('.areas .row').count()).toBeLessThan(60) // of 122
    const walk = Number(await page.locator('.total').getAttribute('data-share'))
    await page.locator('[role=radio][data-id=straight]').click()
    await expect.poll(async () => Number(await page.locator('.total').getAttribute('data-share'))).toBeGreaterThan(walk)
    await page.locator('[data-radius="800"]').click()
    await page.locator('[data-field=by]').selectOption('street')
    await expect.poll(() => page.url()).toMatch(/mode=straight.*radius=800.*by=street/)
    const again = await start(undefined, new URL(page.url()).pathname + new URL(page.url()).search)
    expect(await again.locator('[data-radius="800"]').getAttribute('aria-pressed')).toBe('true')
    expect(await again.locator('[role=radio][data-id=straight]').getAttribute('aria-checked')).toBe('true')
  })

  it('colours what is within reach and what is not, and goes to an area', async () => {
    const page = await start(undefined, '/coverage#map=13/36.27/120.01')
    await page.locator('.areas .row').first().waitFor()
    await page.waitForTimeout(600)
    const [near, far] = [await colourOf(page, 120.0139, 36.2725), await colourOf(page, 119.9815, 36.2515)]
    expect((near[1] ?? 0) - (near[0] ?? 0)).toBeGreaterThan(15) // green to blue
    expect((far[0] ?? 0) - (far[2] ?? 0)).toBeGreaterThan(40) // orange to red
    await page.locator('[data-code="990001001001"]').click()
    await page.locator('.chosen b', { hasText: '东一社区' }).waitFor()
    await expect.poll(() => center(page)).toMatchObject({ lng: expect.closeTo(120.025, 2) as number })
    await page.locator('[data-sort=share]').click()
    await page.locator('[data-sort=share][aria-sort=descending]').waitFor()
    await page.locator('.tools [data-id=areas]').click()
    await mapIdle(page)
    await keep(page, 'coverage-areas')
  })

  it('explains a place: the way, leg by leg', async () => {
    const page = await start(undefined)
    await page.locator('.areas .row').first().waitFor()
    await clickAt(page, 120.004, 36.2705)
    await page.locator('.explain .sentence', { hasText: '走到' }).waitFor()
    const legs = await page.locator('.explain .legs li:not(.sum) b').allInnerTexts()
    const sum = await page.locator('.explain [data-sum]').innerText()
    expect(legs.reduce((total, text) => total + mm(text), 0)).toBe(mm(sum))
    expect(page.url()).toContain('spot=')
    await mapIdle(page)
    await keep(page, 'coverage-explain')
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('.explain').count()).toBe(0)
  })

  it('follows a facility that is dragged, and takes it back', async () => {
    const page = await start(undefined, '/coverage?tab=whatif#map=12.6/36.27/120.01', { ...desk, viewport: { width: 900, height: 640 } }) // drawing in software takes its time by the pixel
    await page.locator('.total .big strong').waitFor()
    await mapIdle(page)
    mock.coverage.previewMs = 15
    const from = await pixel(page, 119.9878, 36.2672)
    await page.mouse.move(from.x, from.y)
    await page.mouse.down()
    for (let step = 1; step <= 25; step++) {
      await page.mouse.move(from.x + step * 5, from.y + step * 2)
      await page.waitForTimeout(40)
    }
    await page.mouse.up()
    await page.locator('[data-op=move]').waitFor()
    await page.locator('[data-delta]').waitFor()
    await mapIdle(page)
    await keep(page, 'coverage-drag')
    const took = (await page.evaluate((name) => performance.getEntriesByName(name).map(({ duration }) => duration), measureName)).sort((a, b) => a - b)
    const [median, worst] = [took[Math.floor(took.length / 2)] ?? 0, took.at(-1) ?? 0]
    process.stderr.write(`drag: ${took.length} answers, median ${median.toFixed(1)} ms, worst ${worst.toFixed(1)} ms\n`)
    expect(took.length).toBeGreaterThan(10)
    expect(await painted(page)).toBeGreaterThan(0)
    await page.locator('[data-undo]').click()
    await expect.poll(() => page.locator('[data-op]').count()).toBe(0)
    await expect.poll(() => page.locator('[data-delta]').count()).toBe(0)
    await page.locator('[data-redo]').click()
    await page.locator('[data-op=move]').waitFor()
  })

  it('adds, closes and shuts, and keeps a scenario', async () => {
    const page = await start('planner', '/coverage?tab=whatif#map=13/36.27/120.01')
    await page.locator('.total .big strong').waitFor()
    await page.locator('[data-tool=add]').click()
    await clickAt(page, 119.985, 36.255)
    await page.locator('[data-op=add]').waitFor()
    await page.locator('[data-tool=street]').click()
    await clickAt(page, 120.001, 36.27)
    await page.locator('[data-op=close_street]').waitFor()
    await page.locator('[data-tool=hand]').click()
    await clickAt(page, 119.9878, 36.2672)
    await page.locator('[data-held] [data-close]').click()
    await page.locator('[data-op=close]').waitFor()
    await expect.poll(() => page.locator('[data-op]').count()).toBe(3)
    await page.locator('[data-tab=scenarios]').click()
    await page.locator('[data-keep]').click()
    await page.locator('dialog input').first().fill('试验方案')
    await page.locator('dialog .primary').click()
    await page.locator('[data-scenario]', { hasText: '试验方案' }).waitFor()
    await expect.poll(() => page.url()).toContain('scenario=1')
    await keep(page, 'coverage-scenarios')
    const again = await start('planner', '/coverage?scenario=1&tab=whatif')
    await again.locator('[data-op=add]').waitFor()
  })

  it('finds sites, draws the curve, and takes them into the what-if', async () => {
    const page = await start(undefined, '/coverage?tab=siting')
    await page.locator('[data-run]').click()
    await page.locator('[data-site="4"]').waitFor()
    expect(await page.locator('[data-gap]').innerText()).toContain('0.93%')
    await mapIdle(page)
    await keep(page, 'coverage-siting')
    await page.locator('[data-take]').click()
    await expect.poll(() => page.locator('[data-op=add]').count()).toBe(4)
  })

  it('shows straight lines against walking, and the other indicators', async () => {
    const page = await start(undefined)
    await page.locator('.areas .row').first().waitFor()
    await page.locator('[data-swipe]').click()
    const handle = page.locator('.swipe .handle')
    await handle.waitFor()
    await page.waitForTimeout(1500)
    await keep(page, 'coverage-swipe')
    await handle.focus()
    await page.keyboard.press('ArrowRight')
    expect(await handle.getAttribute('aria-valuenow')).toBe('54')
    await page.locator('[data-swipe]').click()
    await page.locator('[data-tab=questions]').click()
    await page.locator('[data-column=lit]').waitFor()
    await page.locator('.opener').click()
    await page.locator('.listing li').waitFor()
    await keep(page, 'coverage-questions')
  })

  it('says what is missing: facilities, streets, an answer', async () => {
    mock.coverage.city = 'empty'
    const empty = await start(undefined)
    await empty.locator('.notice', { hasText: '没有这一类设施' }).waitFor()
    mock.coverage.city = 'streetless'
    const streetless = await start(undefined)
    await streetless.locator('.notice', { hasText: '没有可走的路' }).waitFor()
    mock.failures.set('/api/v1/coverage/public_toilet', { status: 503, body: { title: '正在忙', title_en: 'Busy' } })
    const busy = await start(undefined)
    await busy.locator('.coverage-panel .notice[role=alert]').waitFor()
    mock.failures.delete('/api/v1/coverage/public_toilet')
    await busy.locator('.coverage-panel .notice .button').click()
    await busy.locator('.notice', { hasText: '没有可走的路' }).waitFor()
    pages.forEach(({ faults }) => faults.splice(0, faults.length, ...faults.filter((fault) => !fault.includes('503'))))
  })

  it('is readable on a phone', async () => {
    const page = await start(undefined, '/coverage', phone)
    await page.locator('.sheet .total .big strong').waitFor()
    await mapIdle(page)
    await page.waitForTimeout(300)
    await keep(page, 'coverage-phone')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    const { x, y } = await pixel(page, 120.01, 36.276)
    await page.touchscreen.tap(x, y)
    await page.locator('.sheet .explain .sentence').waitFor()
    await keep(page, 'coverage-phone-explain')
  })
})

function mm(text: string): number {
  return Math.round(Number(text.replace(/[^\d.]/g, '')) * 1000)
}

function pixel(page: Page, lon: number, lat: number): Promise<{ x: number; y: number }> {
  return page.evaluate(([lon, lat]) => {
    const { map } = document.querySelector('#map') as MapElement
    const { left, top } = map?.getCanvas().getBoundingClientRect() ?? { left: 0, top: 0 }
    const { x, y } = map?.project([lon, lat]) ?? { x: 0, y: 0 }
    return { x: x + left, y: y + top }
  }, [lon, lat] as const)
}

async function clickAt(page: Page, lon: number, lat: number): Promise<void> {
  await mapIdle(page)
  const { x, y } = await pixel(page, lon, lat)
  await page.mouse.click(x, y)
}

async function colourOf(page: Page, lon: number, lat: number): Promise<number[]> {
  const { x, y } = await pixel(page, lon, lat)
  return colourAt(page, x, y)
}

function center(page: Page): Promise<{ lng: number; lat: number } | undefined> {
  return page.evaluate(() => (document.querySelector('#map') as MapElement).map?.getCenter())
}

/** How many hexagons on the map are painted by a preview. */
function painted(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { map } = document.querySelector('#map') as MapElement
    return map?.queryRenderedFeatures({ layers: ['wangge-coverage-hex'] }).filter(({ state }) => 'd' in state).length ?? 0
  })
}

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keep, launch, mapIdle, open } from '../browser/browser.ts'
import { journey } from '../browser/journey.ts'
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

journey('fixture', () => mock.url)

describe('the app when things go wrong', () => {
  it('tells a refusal in Chinese with its request id, and asks again', async () => {
    mock.failures.set('/ogc/collections/public_toilet/items/400', { status: 500, body: { title: '服务器出错', title_en: 'Server error', request_id: 'r-77' } })
    const { page } = await open(browser, `${mock.url}/?select=public_toilet/400`)
    const notice = page.locator('.drawer .notice')
    await notice.waitFor()
    expect(await notice.innerText()).toContain('服务器出错')
    expect(await notice.innerText()).toContain('r-77')
    await keep(page, 'fixture-error')
    mock.failures.clear()
    await notice.getByText('重试').click()
    await page.locator('.drawer h2', { hasText: '试验公厕1' }).waitFor()
    await page.context().close()
  })

  it('says that a selection no longer exists', async () => {
    const { page } = await open(browser, `${mock.url}/?select=road/999999`)
    await page.locator('.drawer').getByText('这个对象已不存在').waitFor()
    await page.context().close()
  })

  it('says that nothing was found, and what to try', async () => {
    const { page } = await open(browser, mock.url)
    await page.locator('.search input').fill('没有这个')
    await page.getByText('没有找到“没有这个”').waitFor()
    await page.context().close()
  })

  it('recovers from a style that did not load', async () => {
    mock.failures.set('/style.json', { status: 503, body: { title: '城市尚未载入', request_id: 'r-78' } })
    const { page } = await open(browser, mock.url)
    await page.locator('.map .notice').getByText('城市尚未载入').waitFor()
    mock.failures.clear()
    await page.locator('.map .notice').getByText('重试').click()
    await mapIdle(page)
    await page.context().close()
  })

  it('asks which of two things side by side is meant', async () => {
    const { page, faults } = await open(browser, `${mock.url}/#map=17/36.272/120.013005`)
    await mapIdle(page)
    const box = await page.locator('.maplibregl-canvas').boundingBox()
    if (!box) throw new Error('no map')
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
    await page.locator('.chooser').waitFor()
    expect(await page.locator('.chooser b').allInnerTexts()).toEqual(expect.arrayContaining(['并排公厕1', '并排公厕2']))
    await keep(page, 'fixture-chooser')
    await page.locator('.chooser button').nth(1).click()
    await page.locator('.drawer .stepper').waitFor()
    const first = await page.locator('.drawer h2').innerText()
    await page.locator('.drawer').focus()
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => page.locator('.drawer h2').innerText()).not.toBe(first)
    expect(faults).toEqual([])
    await page.context().close()
  })

  it('tells what lies over an empty place', async () => {
    const { page } = await open(browser, `${mock.url}/?off=unit_grid,region#map=16.5/36.2639/120.0157`)
    await mapIdle(page)
    const box = await page.locator('.maplibregl-canvas').boundingBox()
    if (!box) throw new Error('no map')
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
    await page.locator('.drawer h2', { hasText: '此处' }).waitFor()
    expect(await page.locator('.drawer .where').innerText()).toContain('东一社区')
    expect(page.url()).toContain('select=@120.01')
    await page.context().close()
  })
})

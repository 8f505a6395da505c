import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MapElement } from '../../src/map/engine.ts'
import { colourAt, desk, keep, launch, mapIdle, open, phone } from '../browser/browser.ts'
import { enter } from '../browser/users.ts'
import { mockPassword } from '../mock/accounts.ts'
import { startMock, type Mock } from '../mock/server.ts'

/** The grid workspace on the fixture town of four duty grids. */
describe('the grid workspace', () => {
  let browser: Browser
  let mock: Mock
  let pages: { page: Page; faults: string[] }[] = []
  beforeAll(async () => { browser = await launch() })
  afterAll(() => browser.close())
  beforeEach(async () => { mock = await startMock() })
  afterEach(async () => {
    for (const { page, faults } of pages) {
      expect(faults).toEqual([])
      await page.context().close()
    }
    pages = []
    await mock.stop()
  })

  async function start(as: string | undefined, path = '/grid', options = desk): Promise<Page> {
    const opened = as === undefined ? await open(browser, mock.url + path, options) : await enter(browser, mock.url, { name: as, password: mockPassword }, path, options)
    pages.push(opened)
    const { page } = opened
    await mapIdle(page)
    return page
  }

  it('colours the grids by state, counts them, and keeps net and colours in the address', async () => {
    const page = await start('bureau')
    await page.locator('[data-state=vacant]').waitFor()
    expect(await page.locator('.totals').innerText()).toMatch(/4[\s\S]*有人[\s\S]*缺员[\s\S]*超负荷/)
    await mapIdle(page)
    await page.waitForTimeout(500)
    const [manned, vacant] = await Promise.all([colourOf(page, 119.9915, 36.2555), colourOf(page, 120.0215, 36.2555)])
    expect(manned[1]).toBeGreaterThan((manned[0] ?? 0) + 20) // green
    expect(vacant[0]).toBeGreaterThan((vacant[1] ?? 0) + 20) // red
    await keep(page, 'grid-desk')
    await page.locator('.colour select').selectOption('public_toilet')
    await expect.poll(() => page.url()).toContain('color=public_toilet')
    expect(await page.locator('.legend li').count()).toBeGreaterThan(2)
    await keep(page, 'grid-counts')
    const again = await start('bureau', new URL(page.url()).pathname + new URL(page.url()).search)
    expect(await again.locator('.colour select').inputValue()).toBe('public_toilet')
  })

  it('shows a grid and its people, and assigns and ends', async () => {
    const page = await start('bureau')
    await clickAt(page, 120.02, 36.26)
    await page.locator('.drawer h2', { hasText: '试验2格' }).waitFor()
    expect(page.url()).toContain('select=grid/duty/D002')
    expect(await page.locator('.needs').innerText()).toContain('缺 1')
    await page.locator('.grid-actions .primary').click()
    await page.locator('dialog .person').first().click()
    await page.locator('dialog .role', { hasText: '网格长' }).click()
    await page.locator('dialog footer .primary').click()
    await page.locator('.people-of b', { hasText: '试**' }).waitFor()
    await expect.poll(() => page.locator('.drawer .status').innerText()).toBe('有人')
    await keep(page, 'grid-card')
    const end = page.locator('.people-of .quiet')
    await end.click()
    await end.click()
    await page.locator('.people-of', { hasText: '还没有人' }).waitFor()
  })

  it('marks several grids with shift and assigns to all of them', async () => {
    const page = await start('bureau')
    for (const lon of [119.99, 120.02]) await clickAt(page, lon, 36.26, ['Shift'])
    await page.locator('.mark-bar', { hasText: '已选 2 个网格' }).waitFor()
    const from = await pixel(page, 119.985, 36.285)
    const to = await pixel(page, 120.03, 36.253)
    await page.keyboard.down('Shift')
    await page.mouse.move(from.x, from.y)
    await page.mouse.down()
    await page.mouse.move(to.x, to.y, { steps: 4 })
    await page.mouse.up()
    await page.keyboard.up('Shift')
    await page.locator('.mark-bar', { hasText: '已选 4 个网格' }).waitFor()
    await page.locator('.mark-bar .primary').click()
    await page.locator('dialog', { hasText: '指派到 4 个网格' }).locator('.person').first().click()
    await page.locator('dialog footer .primary').click()
    await expect.poll(() => page.locator('.mark-bar').count()).toBe(0)
    await page.locator('.toast', { hasText: '已指派' }).waitFor()
  })

  it('splits by a line with a preview, and undoes it from the log', async () => {
    const page = await start('bureau')
    await clickAt(page, 119.99, 36.26)
    await page.locator('[data-tool=split]').click()
    await page.locator('.edit-tool').waitFor()
    await page.waitForTimeout(800) // the pencil is loaded
    const [a, b] = [await pixel(page, 120.004, 36.2490), await pixel(page, 120.004, 36.2710)]
    await page.mouse.move(a.x, a.y)
    await page.mouse.click(a.x, a.y)
    await page.mouse.move(b.x, b.y, { steps: 5 })
    await page.mouse.click(b.x, b.y)
    await page.locator('.edit-tool .after li').nth(1).waitFor()
    await page.waitForTimeout(300)
    await page.keyboard.press('Enter')
    await keep(page, 'grid-split')
    await page.locator('[data-confirm]:not([disabled])').click()
    await page.locator('.drawer h2', { hasText: '试验5格' }).waitFor()
    await page.locator('[data-list=log]').click()
    const undo = page.locator('[data-edit=split] .quiet').first()
    await undo.click()
    await undo.click()
    await page.locator('.log', { hasText: '已被撤回' }).waitFor()
    await page.locator('.drawer', { hasText: '已不存在' }).waitFor()
    pages.forEach(({ faults }) => faults.splice(0, faults.length, ...faults.filter((fault) => !fault.includes('404'))))
  })

  it('lets go of an edit with Escape', async () => {
    const page = await start('street')
    await clickAt(page, 119.99, 36.26)
    await page.locator('[data-tool=merge]').click()
    await clickAt(page, 119.99, 36.28)
    await page.locator('.edit-tool .after li').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('.facts').waitFor()
    expect(await page.locator('.drawer h2').innerText()).toBe('试验1格')
  })

  it('lists findings, draws them, and accepts a repair', async () => {
    const page = await start('bureau')
    await page.locator('[data-list=integrity]').click()
    await page.locator('[data-finding]').first().waitFor()
    expect(await page.locator('[data-finding]').count()).toBe(2)
    await page.locator('[data-finding=gap] .finding').click()
    await mapIdle(page)
    await page.waitForTimeout(600)
    await keep(page, 'grid-finding')
    await page.locator('[data-finding=gap] .repair button').click()
    await expect.poll(() => page.locator('[data-finding]').count()).toBe(1)
    await page.locator('[data-list=log]').click()
    await page.locator('[data-edit=repair]').waitFor()
  })

  it('jumps from a vacancy to the map', async () => {
    const page = await start('viewer', '/grid#map=17/36.2895/120.0395')
    await page.locator('[data-list=vacancies]').click()
    await page.locator('.failure').first().click()
    await page.locator('.drawer h2', { hasText: '试验2格' }).waitFor()
    await expect.poll(() => center(page)).toMatchObject({ lat: expect.closeTo(36.26, 1) as number })
    expect(await page.locator('.grid-actions').count()).toBe(0)
  })

  it('shows visitors the grids and asks them to sign in for the rest', async () => {
    const page = await start(undefined)
    await page.locator('.sign-in-first').waitFor()
    await keep(page, 'grid-visitor')
    await clickAt(page, 119.99, 36.26)
    await page.locator('.drawer .sign-in-first').waitFor()
    await page.locator('.drawer .sign-in-first button').click()
    await page.waitForURL(/sign-in\?to=/)
  })

  it('takes an officer on a phone to the own grids', async () => {
    const page = await start('officer', '/grid?scheme=duty', phone)
    await expect.poll(() => center(page)).toMatchObject({ lng: expect.closeTo(119.995, 1) as number })
    await page.locator('.sheet .handle').tap()
    await page.locator('.own button').tap()
    await page.locator('.sheet .drawer h2', { hasText: '试验1格' }).waitFor()
    await mapIdle(page)
    await keep(page, 'grid-phone')
  })
})

function pixel(page: Page, lon: number, lat: number): Promise<{ x: number; y: number }> {
  return page.evaluate(([lon, lat]) => {
    const { map } = document.querySelector('#map') as MapElement
    const { left, top } = map?.getCanvas().getBoundingClientRect() ?? { left: 0, top: 0 }
    const { x, y } = map?.project([lon, lat]) ?? { x: 0, y: 0 }
    return { x: x + left, y: y + top }
  }, [lon, lat] as const)
}

async function clickAt(page: Page, lon: number, lat: number, keys: ('Shift')[] = []): Promise<void> {
  await mapIdle(page)
  const { x, y } = await pixel(page, lon, lat)
  for (const key of keys) await page.keyboard.down(key)
  await page.mouse.click(x, y)
  for (const key of keys) await page.keyboard.up(key)
}

async function colourOf(page: Page, lon: number, lat: number): Promise<number[]> {
  const { x, y } = await pixel(page, lon, lat)
  return colourAt(page, x, y)
}

function center(page: Page): Promise<{ lng: number; lat: number } | undefined> {
  return page.evaluate(() => (document.querySelector('#map') as MapElement).map?.getCenter())
}

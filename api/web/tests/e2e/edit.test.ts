import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MapElement } from '../../src/map/engine.ts'
import type { FeatureItem } from '../../src/api/types.ts'
import { keep, launch, mapIdle } from '../browser/browser.ts'
import { demoUsers, enter } from '../browser/users.ts'

/** The demo city and the folder of its data, where the demo's users are. */
const server = process.env.WANGGE_URL?.replace(/\/$/, '')
const data = process.env.WANGGE_DATA

describe.skipIf(!server || !data)('editing on the demo city (WANGGE_URL and WANGGE_DATA)', { timeout: 120_000 }, () => {
  let browser: Browser
  let page: Page
  let faults: string[]
  let id: string
  beforeAll(async () => {
    browser = await launch()
    const users = await demoUsers(data ?? '')
    const bureau = users.bureau
    if (!bureau) throw new Error('the demo has no bureau')
    const opened = await enter(browser, server ?? '', bureau, '/#map=17/36.2712/120.0205')
    page = opened.page
    faults = opened.faults
  })
  afterAll(async () => {
    expect(faults.filter((fault) => !/412|404 .*\/items\/\d+/.test(fault))).toEqual([])
    await browser.close()
  })
  const item = (): Promise<FeatureItem> => page.evaluate(async (url) => (await fetch(url)).json() as Promise<FeatureItem>, `/ogc/collections/public_toilet/items/${id}`)

  it('adds a toilet, which gets its code and its grids', async () => {
    await mapIdle(page)
    await page.locator('[data-new]').click()
    await page.locator('.new-menu [data-layer=public_toilet]').click()
    await page.locator('.draw-bar').waitFor()
    await page.waitForFunction(() => (document.querySelector('#map') as MapElement).map?.getStyle().layers.some(({ id }) => id.startsWith('wangge-draw')))
    const at = await pixel(page, 120.0204, 36.27125)
    await page.mouse.move(at.x, at.y)
    await page.mouse.click(at.x, at.y)
    await page.locator('.draw-bar[data-finished=true]').waitFor()
    await page.locator('[data-field=name] input').fill('端到端公厕')
    await page.locator('[data-field=grade] select').selectOption('class_2')
    await page.locator('[data-field=kind] select').selectOption('detached')
    await page.locator('[data-willbe]', { hasText: /370281/ }).waitFor()
    await keep(page, 'demo-edit-new')
    await page.locator('[data-save]').click()
    await page.locator('.drawer h2', { hasText: '端到端公厕' }).waitFor()
    id = new URL(page.url()).searchParams.get('select')?.split('/')[1] ?? ''
    expect((await item()).properties.code).toMatch(/^\d{16}$/)
  })

  it('moves it; somebody else had saved meanwhile, and both are kept', async () => {
    const before = await item()
    await page.locator('[data-edit-feature]').click()
    await page.locator('[data-move]').click()
    await page.locator('.draw-bar[data-finished=true]').waitFor()
    const [lon = 0, lat = 0] = before.geometry?.type === 'Point' ? before.geometry.coordinates : []
    const from = await pixel(page, lon, lat)
    await page.mouse.move(from.x, from.y)
    await page.mouse.down()
    await page.mouse.move(from.x + 25, from.y + 20, { steps: 6 })
    await page.mouse.move(from.x + 50, from.y + 40, { steps: 6 })
    await page.mouse.up()
    await page.locator('[data-shape]', { hasText: '已移动' }).waitFor()
    const status = await page.evaluate(async ([url, version]) => {
      const answer = await fetch(url ?? '', { method: 'PATCH', headers: { 'Content-Type': 'application/merge-patch+json', 'If-Match': `"${version}"` }, body: JSON.stringify({ properties: { male_stalls: 6 } }) })
      return answer.status
    }, [`/ogc/collections/public_toilet/items/${id}`, String(before.revision)])
    expect(status).toBe(200)
    await page.locator('[data-save]').click()
    await page.locator('[data-conflict]').waitFor()
    await page.waitForTimeout(600)
    await keep(page, 'demo-edit-conflict')
    expect(await page.locator('[data-row=geom] label.on').innerText()).toContain('我的')
    await page.locator('[data-settle]').click()
    await page.locator('[data-save]').click()
    await page.locator('.toast', { hasText: '已保存' }).waitFor()
    const after = await item()
    expect(after.properties.male_stalls).toBe(6)
    expect(after.geometry).not.toEqual(before.geometry)
    expect(after.revision).toBe(3)
  })

  it('shows its history and restores the first version', async () => {
    const last = (await item()).geometry
    await page.locator('[data-history]').click()
    await page.locator('[data-version="3"] [data-look]').click()
    await page.locator('figure svg').waitFor()
    await page.waitForTimeout(600)
    await keep(page, 'demo-edit-history')
    await page.locator('[data-version="1"] [data-restore]').click()
    await page.locator('[data-confirm-restore]').click()
    await page.locator('[data-version="4"]').waitFor()
    const restored = await item()
    expect(restored.geometry).not.toEqual(last)
    expect(restored.properties.male_stalls).toBeNull()
  })

  it('deletes it by name, brings it back, and deletes it for good', async () => {
    await page.keyboard.press('Escape')
    await page.locator('[data-delete]').click()
    await page.locator('[data-confirm-delete]').click()
    await page.locator('.toast button').click()
    await page.locator('.drawer h2', { hasText: '端到端公厕' }).waitFor()
    await page.locator('[data-delete]').click()
    await page.locator('[data-confirm-delete]').click()
    await page.locator('.toast', { hasText: '已删除' }).waitFor()
    expect(await page.evaluate(async (url) => (await fetch(url)).status, `/ogc/collections/public_toilet/items/${id}`)).toBe(404)
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

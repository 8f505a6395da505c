import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Edit, GridDetail, States } from '../../src/grid/types.ts'
import { colourAt, keep, launch, mapIdle, open } from '../browser/browser.ts'
import type { MapElement } from '../../src/map/engine.ts'

/** The demo city and the folder of its data, where the demo's users are. */
const server = process.env.WANGGE_URL?.replace(/\/$/, '')
const data = process.env.WANGGE_DATA

interface DemoUser { name: string; password: string }

describe.skipIf(!server || !data)('the grid workspace on the demo city (WANGGE_URL and WANGGE_DATA)', { timeout: 120_000 }, () => {
  let browser: Browser
  let page: Page
  let faults: string[]
  beforeAll(async () => {
    browser = await launch()
    const users = JSON.parse(await readFile(path.join(data ?? '', 'demo-users.json'), 'utf8')) as DemoUser[]
    const opened = await open(browser, `${server}/sign-in`)
    page = opened.page
    faults = opened.faults
    await page.fill('input[name=username]', 'bureau')
    await page.fill('input[type=password]', users.find(({ name }) => name === 'bureau')?.password ?? '')
    await page.keyboard.press('Enter')
    await page.waitForURL((at) => at.pathname !== '/sign-in')
  })
  afterAll(async () => {
    expect(faults.filter((fault) => !/4\d\d/.test(fault))).toEqual([])
    await browser.close()
  })

  const get = <T>(url: string): Promise<T> => page.evaluate(async (url) => (await fetch(url)).json() as Promise<T>, url)
  async function go(to: string): Promise<void> {
    await page.goto(server + to)
    await mapIdle(page)
  }
  function pixel(lon: number, lat: number): Promise<{ x: number; y: number }> {
    return page.evaluate(([lon, lat]) => {
      const { map } = document.querySelector('#map') as MapElement
      const { left, top } = map?.getCanvas().getBoundingClientRect() ?? { left: 0, top: 0 }
      const { x, y } = map?.project([lon, lat]) ?? { x: 0, y: 0 }
      return { x: x + left, y: y + top }
    }, [lon, lat] as const)
  }

  it('shows 76 duty grids by state, as the record has them', async () => {
    await go('/grid')
    await page.locator('[data-state=vacant]').waitFor()
    const { items } = await get<States>('/api/v1/grids/states?scheme=duty')
    expect(items.length).toBe(76)
    for (const state of ['manned', 'vacant', 'overloaded']) {
      expect(Number(await page.locator(`[data-state=${state}] b`).innerText()), state).toBe(items.filter((one) => one.state === state).length)
    }
    await page.waitForTimeout(800)
    const vacant = items.find(({ state }) => state === 'vacant')
    const { center: [lon, lat] } = await get<GridDetail>(`/api/v1/grids/${vacant?.code}?scheme=duty`)
    const middle = await pixel(lon, lat)
    const around = await Promise.all([[-14, 12], [14, 12], [-14, -12], [14, -12], [0, 14]].map(([dx = 0, dy = 0]) => colourAt(page, middle.x + dx, middle.y + dy)))
    expect(around.filter(([red = 0, green = 0]) => red > green + 20).length, around.join(' | ')).toBeGreaterThanOrEqual(3) // a street may run through
    await keep(page, 'grid-demo')
  })

  it('jumps from a vacancy to its grid and its people', async () => {
    await page.locator('[data-list=vacancies]').click()
    const row = page.locator('.failure[data-kind=missing]').first()
    const name = await row.locator('b').innerText()
    await row.click()
    await page.locator('.drawer h2', { hasText: name }).waitFor()
    await page.locator('.needs').waitFor()
    expect(await page.locator('.needs').innerText()).toMatch(/缺 1/)
    await mapIdle(page)
    await keep(page, 'grid-demo-vacancy')
  })

  it('splits a unit grid along a line, with a preview, and undoes it', async () => {
    await go('/grid?scheme=unit#map=16.6/36.2712/120.0205')
    const at = await pixel(120.0205, 36.2712)
    await page.mouse.click(at.x, at.y)
    await page.locator('[data-tool=split]').click()
    const code = new URL(page.url()).searchParams.get('select')?.split('/')[2] ?? ''
    const { bbox: [west, south, east, north] } = await get<GridDetail>(`/api/v1/grids/${code}?scheme=unit`)
    await page.waitForTimeout(1500) // the pencil is loaded
    const beyond = (east - west) / 5
    const [a, b] = [await pixel(west - beyond, (south + north) / 2), await pixel(east + beyond, (south + north) / 2)]
    await page.mouse.move(a.x, a.y)
    await page.mouse.click(a.x, a.y)
    await page.mouse.move(b.x, b.y, { steps: 5 })
    await page.mouse.click(b.x, b.y)
    await page.locator('.edit-tool .after li').nth(1).waitFor()
    expect(await page.locator('.edit-tool').innerText()).toContain('没有空白，没有重叠')
    await keep(page, 'grid-demo-split')
    await page.locator('[data-confirm]:not([disabled])').click()
    await page.locator('.edit-tool').waitFor({ state: 'detached' })
    await page.locator('.drawer .facts').waitFor()
    expect(page.url()).not.toContain(code)
    await page.locator('[data-list=log]').click()
    const undo = page.locator('[data-edit=split] .quiet').first()
    await undo.click()
    await undo.click()
    await page.locator('.log', { hasText: '已被撤回' }).waitFor()
    const { items } = await get<{ items: Edit[] }>('/api/v1/grid-edits?scheme=unit&limit=2')
    expect(items[0]?.undoes).toBe(items[1]?.id)
  })

  it('accepts a repair and undoes it', async () => {
    await go('/grid?scheme=street')
    await page.locator('[data-list=integrity]').click()
    const gap = page.locator('[data-finding=gap]')
    await gap.waitFor()
    const before = await page.locator('[data-finding]').count()
    await gap.locator('.repair button').click()
    await expect.poll(() => page.locator('[data-finding]').count(), { timeout: 10_000 }).toBe(before - 1)
    await page.locator('[data-list=log]').click()
    const undo = page.locator('[data-edit=repair] .quiet').first()
    await undo.click()
    await undo.click()
    await page.locator('.log', { hasText: '已被撤回' }).waitFor()
    await page.locator('[data-list=integrity]').click()
    await expect.poll(() => page.locator('[data-finding]').count(), { timeout: 10_000 }).toBe(before)
  })
})

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { keep, launch } from '../browser/browser.ts'
import { handsOn, nearby, toilet, type Hands } from '../browser/officer.ts'
import { startMock, type Mock } from '../mock/server.ts'

let mock: Mock
let browser: Browser
let enter: Hands['enter'], sent: Hands['sent']
beforeAll(async () => { browser = await launch() })
beforeEach(async () => {
  mock = await startMock()
  ;({ enter, sent } = handsOn(browser, mock))
  return () => mock.stop()
})
afterAll(() => browser.close())

describe('the record of things', () => {
  it('is confirmed by a tap, corrected by its fields, or gets something new at a pin', async () => {
    const { page } = await enter(toilet(400))
    await page.locator('.ledger').getByText('有', { exact: true }).click()
    await page.getByText('正常，全部合格').click()
    await expect.poll(() => sent('ledger').length).toBe(1)
    expect(sent('ledger')[0]?.body).toMatchObject({ layer: 'public_toilet', feature: 400, finding: 'exists', base: 3 })

    await page.waitForURL(({ pathname }) => pathname === '/today')
    await page.goto(`${mock.url}/today/ledger?subject=public_toilet/401&finding=differs`)
    await page.getByLabel('名称').fill('改名公厕')
    await keep(page, 'fixture-officer-ledger')
    await page.getByText('提交核对结果').click()
    await expect.poll(() => sent('ledger').length).toBe(2)
    expect(sent('ledger')[1]?.body).toMatchObject({ feature: 401, finding: 'differs', base: 3, values: { name: '改名公厕' } })

    await page.waitForURL(({ pathname }) => pathname === '/today')
    await page.goto(`${mock.url}/today/ledger?finding=new`)
    await page.getByLabel('名称').fill('新公厕')
    await page.getByText('提交核对结果').click()
    await expect.poll(() => sent('ledger').length).toBe(3)
    expect(sent('ledger')[2]?.body).toMatchObject({ finding: 'new', layer: 'public_toilet', values: { name: '新公厕' }, geometry: { type: 'Point', coordinates: [nearby.longitude, nearby.latitude] } })
    await page.context().close()
  })
})

describe('what became of it', () => {
  it('shows both versions of a conflict, and keeps the one that is chosen', async () => {
    mock.officer.instead.set('check', { status: 'conflict', title: '与他人的修改冲突', title_en: 'Meets another change', clashes: [{ field: 'status', title: '状态', base: 'intact', mine: 'closed', theirs: 'repair', by: '李*', at: '2026-01-02T08:00:00Z', revision: 9 }] })
    const { page } = await enter(toilet(400))
    await page.getByText('正常，全部合格').click()
    await page.getByRole('tab', { name: /我的/ }).click()
    await page.locator('.sides').waitFor()
    await expect.poll(() => page.locator('.sides').innerText()).toMatch(/停用[\s\S]*李\*[\s\S]*repair/) // by the names of the schema, where it has them
    await keep(page, 'fixture-officer-conflict')
    await page.locator('.sides button', { hasText: '停用' }).click()
    await page.getByRole('button', { name: '保留我的' }).click()
    await expect.poll(() => sent('mine').length).toBe(1)
    expect(sent('mine')[0]?.body).toMatchObject({ of: sent('check')[0]?.key, fields: ['status'], seen: 9 })
    await expect.poll(() => page.locator('.sides').count()).toBe(0)
    await page.context().close()
  })

  it('shows why something was refused until it was read', async () => {
    mock.officer.instead.set('check', { status: 'refused', type: 'urn:wangge:problem:unknown', title: '对象不存在', title_en: 'Not known', detail: '台账里没有这个对象' })
    const { page } = await enter(toilet(400))
    await page.getByText('正常，全部合格').click()
    await page.locator('.sync', { hasText: '1 条待看' }).click()
    await page.getByText('对象不存在：台账里没有这个对象').waitFor()
    await keep(page, 'fixture-officer-refused')
    await page.reload()
    await page.getByRole('button', { name: '知道了' }).click()
    await expect.poll(() => page.getByText('需要你看一下').count()).toBe(0)
    await page.locator('.entry', { hasText: '未采纳' }).waitFor()
    await page.context().close()
  })
})

describe('the map', () => {
  it('has my grids, what is due by state, and me; a tap leads to the check', async () => {
    const { page, faults } = await enter('/today/map')
    const map = () => page.evaluate(() => {
      const shown = (document.querySelector('.canvas') as (Element & { map?: { loaded(): boolean; queryRenderedFeatures(options: object): { layer: { id: string }; properties: Record<string, unknown> }[] } }) | null)?.map
      if (!shown?.loaded()) return {}
      const found = shown.queryRenderedFeatures({ layers: ['officer-marks', 'officer-grid-line', 'officer-me', 'officer-accuracy'] })
      return { marks: [...new Set(found.filter(({ layer }) => layer.id === 'officer-marks').map(({ properties }) => String(properties.image).replace(/-\d+$/, '')))].sort(), layers: [...new Set(found.map(({ layer }) => layer.id))].sort() }
    })
    await expect.poll(map, { timeout: 30_000 }).toEqual({ marks: ['officer-done', 'officer-due', 'officer-later', 'officer-overdue', 'officer-problem'], layers: ['officer-accuracy', 'officer-grid-line', 'officer-marks', 'officer-me'] })
    await keep(page, 'fixture-officer-map')
    await page.goto(`${mock.url}/today/map?see=${encodeURIComponent('toilet-day/public_toilet/400')}`)
    await page.locator('.sheet', { hasText: '试验公厕1' }).getByText('检查', { exact: true }).click()
    await page.waitForURL(/\/today\/check/)
    expect(faults).toEqual([])
    await page.context().close()
  })
})

describe('this phone', () => {
  it('keeps the pack, tells of tracks, and is left only after a warning while something is unsent', async () => {
    mock.officer.tracks = true
    const { page } = await enter('/today/mine?tab=phone')
    await page.getByText('本局已开启巡查轨迹').waitFor()
    await page.getByText(/个网格、\d+ 个对象/).waitFor()
    await keep(page, 'fixture-officer-phone')
    await page.goto(mock.url + toilet(400))
    await page.locator('.items li').first().waitFor()
    mock.officer.away = true
    await page.getByText('正常，全部合格').click()
    await page.getByRole('tab', { name: /我的/ }).click()
    await page.getByRole('tab', { name: '本机' }).click()
    await page.getByText('退出登录').click()
    await page.getByText(/还有 \d+ 条记录/).waitFor()
    await page.getByText('先不退出').click()
    await page.context().close()
  })
})

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keep, launch } from '../browser/browser.ts'
import { demoUsers, enter } from '../browser/users.ts'

/** The demo city and the folder of its data, where the demo's users are. */
const server = process.env.WANGGE_URL?.replace(/\/$/, '')
const data = process.env.WANGGE_DATA
const ledger = ['公共厕所台账（2025年）', '序号,公厕名称,等级,男厕位,经度,纬度,地址', '1,导入公厕,一类,4.0,120.0210,36.2640,试一路 1 号', '2,海上公厕,一类,2,121.9,36.2,', '3,无坐标公厕,三类,2,,,试二路 9 号', '4,五等公厕,五类,2,120.03,36.26,'].join('\r\n')

describe.skipIf(!server || !data)('a ledger of the demo city (WANGGE_URL and WANGGE_DATA)', { timeout: 60_000 }, () => {
  let browser: Browser
  let page: Page
  let faults: string[]
  beforeAll(async () => {
    browser = await launch()
    const bureau = (await demoUsers(data ?? '')).bureau
    if (!bureau) throw new Error('the demo has no bureau')
    ;({ page, faults } = await enter(browser, server ?? '', bureau, '/imports?layer=public_toilet'))
  })
  afterAll(async () => {
    expect(faults).toEqual([])
    await browser.close()
  })

  it('is tried row by row, then written; what has no place waits for one', async () => {
    await page.locator('input[type=file]').setInputFiles({ name: '导入试验.csv', mimeType: 'text/csv', buffer: Buffer.from(ledger) })
    await page.locator('.preview .heading', { hasText: '公厕名称' }).waitFor()
    await page.locator('.choice').first().locator('input').check()
    const next = page.getByRole('button', { name: '下一步' })
    await expect.poll(() => next.isEnabled()).toBe(true)
    await next.click()
    const name = page.getByLabel('公厕名称')
    if (await name.inputValue() !== 'name') await name.selectOption('name')
    await expect.poll(() => name.inputValue()).toBe('name')
    await expect.poll(() => next.isEnabled()).toBe(true)
    await next.click()
    await page.getByRole('button', { name: '开始试算' }).click()
    for (const [tab, n] of [['拒绝', 2], ['待定位', 1], ['新增', 1]] as const) await expect.poll(() => page.getByRole('tab', { name: tab }).innerText()).toBe(`${n}\n${tab}`)
    await page.locator('td', { hasText: '五类' }).first().waitFor()
    await keep(page, 'demo-import-trial')
    await page.getByRole('button', { name: '写入 1 条' }).click()
    await page.getByText('在台账中查看').waitFor()
    await page.getByText('1 行没有坐标').click()
    await page.locator('tr', { hasText: '试二路 9 号' }).getByText('忽略').click()
    await page.locator('.toast', { hasText: '已忽略' }).waitFor()
    const found = await page.evaluate(async () => {
      const items = await (await fetch(`/ogc/collections/public_toilet/items?name=${encodeURIComponent('导入公厕')}`)).json() as { features: { id: number; properties: { male_stalls: number } }[] }
      for (const { id } of items.features) await fetch(`/ogc/collections/public_toilet/items/${id}`, { method: 'DELETE', headers: { 'If-Match': '*' } })
      return items.features.map(({ properties }) => properties.male_stalls)
    })
    expect(found).toEqual([4])
  })
})

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keep, launch, mapIdle, open } from '../browser/browser.ts'

const server = process.env.WANGGE_URL?.replace(/\/$/, '') ?? ''

/** The table of a real server: what it shows is what the API answers. */
describe.skipIf(server === '')('the inventory (WANGGE_URL names a server)', { timeout: 60_000 }, () => {
  let browser: Browser
  beforeAll(async () => { browser = await launch() })
  afterAll(() => browser.close())

  const order = async (query: string) => (await (await fetch(`${server}/api/v1/features/${query}`)).json()) as { total: number; ids: number[] }
  const names = (page: Page) => page.evaluate(() => [...document.querySelectorAll<HTMLElement>('[role=row][data-row]')].sort((a, b) => Number(a.dataset.row) - Number(b.dataset.row)).map((row) => row.children[2]?.textContent ?? ''))

  it('is filtered, sorted and read to its end, and its features open on the map', async () => {
    const filter = "CASEI(name) LIKE CASEI('%路%') AND class IN ('arterial', 'secondary')"
    const { page, faults } = await open(browser, `${server}/inventory?layer=road&sort=name,-width_m&filter=${encodeURIComponent(filter)}`)
    await page.locator('[role=row][data-row="0"]:not(:has(.bone))').waitFor()
    const told = await order(`road/order?sortby=${encodeURIComponent('name,-width_m')}&filter=${encodeURIComponent(filter)}`)
    expect(told.total).toBeGreaterThan(0)
    expect(await page.locator('[role=grid]').getAttribute('aria-rowcount')).toBe(String(told.total + 1))
    expect((await names(page)).every((name) => name.includes('路'))).toBe(true)
    expect(await page.locator('.builder .test').count()).toBe(2)
    await mapIdle(page)
    await keep(page, 'e2e-inventory')

    await page.locator('[role=grid]').focus()
    await page.keyboard.press('End')
    await page.locator(`[role=row][data-row="${told.total - 1}"]:not(:has(.bone))`).waitFor()
    await page.keyboard.press('Enter')
    await page.locator('.drawer h2').filter({ hasText: '路' }).waitFor()
    expect(page.url()).toContain(`select=road/${told.ids.at(-1)}`)
    expect(faults).toEqual([])
    await page.context().close()
  })

  it('says what the server says of a filter, and exports what is listed', async () => {
    const { page, faults } = await open(browser, `${server}/inventory?layer=public_toilet`)
    await page.locator('[role=row][data-row="0"]').waitFor()
    await page.getByText('CQL2 表达式').click()
    await page.getByLabel('CQL2 表达式').fill('grade = ')
    await page.keyboard.press('Control+Enter')
    await page.locator('.expert .wrong', { hasText: /第 \d+ 个字符/ }).waitFor()
    await page.getByLabel('CQL2 表达式').fill("grade = '一类'")
    await page.keyboard.press('Control+Enter')
    await page.locator('[role=row][data-row="0"]').waitFor()
    const { total } = await order(`public_toilet/order?filter=${encodeURIComponent("grade = 'class_1'")}`)
    await page.getByText('导出', { exact: true }).click()
    await page.locator('dialog').getByText(`符合当前条件的 ${total} 条`).waitFor()
    await page.locator('dialog').getByLabel('格式').selectOption('csv')
    const href = await page.locator('dialog a.primary').getAttribute('href')
    const answer = await fetch(server + (href ?? ''))
    expect(answer.status).toBe(200)
    expect((await answer.text()).trimEnd().split('\n')).toHaveLength(total + 1)
    expect(faults.filter((fault) => !fault.includes('status of 400'))).toEqual([])
    await page.context().close()
  })
})

import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { keep, launch, phone } from '../browser/browser.ts'
import { enter as signIn } from '../browser/users.ts'
import { mockPassword } from '../mock/accounts.ts'
import { startMock, type Mock } from '../mock/server.ts'

let mock: Mock
let browser: Browser
beforeAll(async () => { browser = await launch() })
beforeEach(async () => {
  mock = await startMock()
  return () => mock.stop()
})
afterAll(() => browser.close())

const enter = (name: string, to: string, options?: BrowserContextOptions) => signIn(browser, mock.url, { name, password: mockPassword }, to, options)

const ledger = { name: '公厕台账.csv', mimeType: 'text/csv', buffer: Buffer.from('公厕台账\n编号,公厕名称,经度,纬度,地址\n1,夹具公厕,120.01,36.26,\n') }

describe('a ledger', () => {
  it('is read, mapped, tried and written; the datum is asked for', async () => {
    const { page, faults } = await enter('bureau', '/imports?layer=public_toilet')
    await page.locator('input[type=file]').setInputFiles(ledger)
    await page.waitForURL(/\/imports\?id=\d+/)
    const next = page.getByRole('button', { name: '下一步' })
    await page.locator('.preview .heading', { hasText: '公厕名称' }).waitFor()
    expect(await next.isDisabled()).toBe(true)
    await page.locator('.choice', { hasText: 'CGCS2000' }).locator('input').check()
    await expect.poll(() => next.isEnabled()).toBe(true)
    await keep(page, 'fixture-import-read')
    await next.click()
    await page.getByLabel('公厕名称').selectOption('name')
    await expect.poll(() => page.locator('tr', { hasText: '公厕名称' }).locator('small').innerText()).toBe('您选定')
    await next.click()
    await page.getByRole('button', { name: '开始试算' }).click()
    await page.getByRole('tab', { name: /拒绝/ }).waitFor()
    await page.locator('td', { hasText: '位于所有已知区域之外' }).waitFor()
    await page.getByRole('tab', { name: /新增/ }).click()
    await page.locator('td', { hasText: '夹具公厕' }).waitFor()
    await keep(page, 'fixture-import-trial')
    await page.getByRole('button', { name: '写入 1 条' }).click()
    await page.getByText('已入库').first().waitFor()
    await page.getByText('1 行没有坐标').click()
    await page.waitForURL(/tab=unplaced/)
    expect(faults).toEqual([])
    await page.context().close()
  })

  it('is refused where it is empty, and to who may not', async () => {
    const { page } = await enter('bureau', '/imports')
    await page.locator('input[type=file]').setInputFiles({ ...ledger, buffer: Buffer.alloc(0) })
    await page.getByRole('alert').getByText('文件是空的').waitFor()
    await page.context().close()
    const viewer = await enter('viewer', '/imports')
    await viewer.page.locator('.notice').waitFor()
    expect(await viewer.page.locator('input[type=file]').count()).toBe(0)
    await viewer.page.context().close()
  })

  it('leaves what has no place for somebody to put on the map, on a phone too', async () => {
    const { page, faults } = await enter('bureau', '/imports?tab=unplaced&layer=public_toilet', phone)
    await page.getByRole('button', { name: '落图' }).click()
    const dialog = page.locator('dialog')
    await dialog.locator('canvas').waitFor()
    await dialog.locator('.map').click({ position: { x: 120, y: 120 } })
    await keep(page, 'fixture-import-place')
    await dialog.getByRole('button', { name: '落图' }).click()
    await page.getByText('没有待定位的对象').waitFor()
    expect(faults).toEqual([])
    await page.context().close()
  })
})

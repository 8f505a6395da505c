import { readFile } from 'node:fs/promises'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { keep, launch } from '../browser/browser.ts'
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

const enter = (name: string, to: string) => signIn(browser, mock.url, { name, password: mockPassword }, to)

describe('people', () => {
  it('are found, opened by the address, and lead to the map', async () => {
    const { page, faults } = await enter('bureau', '/people')
    await page.locator('tbody tr.opens').first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('试二')
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1)
    await page.locator('tbody tr').click()
    await page.locator('.holder h2', { hasText: '试二' }).waitFor()
    expect(page.url()).toContain('open=P002')
    await page.reload()
    await page.locator('.holder .duties a').first().click()
    await page.waitForURL(/\/grid\?.*select=grid\/duty\/D004/)
    await page.goBack()
    await page.locator('.holder h2', { hasText: '试二' }).waitFor()
    expect(faults.filter((fault) => !fault.includes('404'))).toEqual([])
    await page.context().close()
  })

  it('are masked for others, who cannot change anything', async () => {
    const { page } = await enter('viewer', '/people?open=P001')
    await page.locator('.holder h2', { hasText: '试**' }).waitFor()
    expect(await page.locator('.holder').innerText()).toContain('138****0001')
    expect(await page.getByText('姓名、电话按权限部分显示').count()).toBeGreaterThan(0)
    for (const text of ['新增人员', '导入花名册', '移交职责', '结束']) expect(await page.getByText(text, { exact: true }).count()).toBe(0)
    await page.context().close()
  })

  it('hand over what they have, and the load that comes of it is told before', async () => {
    const { page, faults } = await enter('bureau', '/people?open=P001')
    await page.locator('.holder').getByText('移交职责').click()
    const dialog = page.locator('dialog')
    await dialog.getByLabel('接手人', { exact: true }).fill('试二')
    await dialog.locator('[role=option]', { hasText: '试二' }).click()
    await dialog.getByText('下一步').click()
    await dialog.getByText('接手后网格长共 4 项，超过上限 3').waitFor()
    await keep(page, 'fixture-handover')
    await dialog.getByText('上一步').click()
    await dialog.locator('.which input').first().uncheck()
    await dialog.getByText('下一步').click()
    await dialog.getByText('接手后网格长共 3 项').waitFor()
    await dialog.locator('button[type=submit]').click()
    await page.locator('.toast', { hasText: '已移交 2 项职责' }).waitFor()
    await expect.poll(() => page.locator('.holder .duties li').count()).toBe(1)
    await expect.poll(() => page.locator('tbody tr', { hasText: 'P002' }).or(page.locator('tbody tr', { hasText: '试二' })).locator('.number').innerText()).toBe('3')
    expect(faults).toEqual([])
    await page.context().close()
  })

  it('get duties and are away, with what is wrong said at its field', async () => {
    const { page } = await enter('bureau', '/people?open=P003')
    await page.locator('.holder').getByText('分派职责').click()
    const dialog = page.locator('dialog')
    await dialog.getByLabel('角色').selectOption('grid_head')
    await dialog.getByLabel('对象').fill('东试')
    await dialog.locator('[role=option]').first().click()
    await dialog.getByLabel('第一天').fill('2026-05-01')
    await dialog.getByLabel('最后一天').fill('2026-04-01')
    await dialog.locator('button[type=submit]').click()
    await dialog.getByText('早于第一天').waitFor()
    await dialog.getByLabel('最后一天').fill('')
    await dialog.locator('button[type=submit]').click()
    await page.locator('.holder .duties li').first().waitFor()
    await page.locator('.holder').getByText('登记离岗').click()
    await dialog.getByText('1 项职责无人代理').waitFor()
    await dialog.getByText('登记', { exact: true }).click()
    await page.locator('.absences li', { hasText: '休假' }).waitFor()
    await page.locator('.absences').getByText('撤销').click()
    await page.getByText('没有离岗记录').waitFor()
    await page.context().close()
  })

  it('come from a ledger: tried, reported, written', async () => {
    const { page, faults } = await enter('bureau', '/people')
    await page.getByText('导入花名册').click()
    const input = page.locator('dialog input[type=file]')
    await input.setInputFiles({ name: '花名册.xls', mimeType: 'application/vnd.ms-excel', buffer: Buffer.from('x') })
    await page.getByText('只能导入 xlsx 文件').waitFor()
    await input.setInputFiles({ name: '花名册.xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer: Buffer.from('PK fixture') })
    await page.getByText('电话不是 11 位').waitFor()
    expect(mock.people.imports).toEqual([{ bytes: 10, dry: true }])
    await keep(page, 'fixture-import')
    const downloading = page.waitForEvent('download')
    await page.getByText('下载逐行说明').click()
    const file = await downloading
    expect(file.suggestedFilename()).toBe('花名册-逐行说明.csv')
    expect(await readFile(await file.path(), 'utf8')).toContain('"花名册","4","未采用","电话不是 11 位"')
    await page.getByText('导入 4 人').click()
    await page.locator('.toast', { hasText: '导入完成' }).waitFor()
    expect(mock.people.imports.at(-1)?.dry).toBe(false)
    expect(faults).toEqual([])
    await page.context().close()
  })

  it('are asked for by rules that those who may can change', async () => {
    const { page, faults } = await enter('bureau', '/people?tab=rules')
    await page.getByText('增加一行').first().click()
    await page.getByText('有未保存的修改').waitFor()
    await page.locator('.rules section').first().getByText('保存', { exact: true }).click()
    await expect.poll(() => page.getByText('有未保存的修改').count()).toBe(0)
    expect(await page.locator('.rules section').first().locator('tbody tr').count()).toBe(2)
    await keep(page, 'fixture-rules')
    expect(faults).toEqual([])
    await page.context().close()
  })
})

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keep, launch, open, phone } from '../browser/browser.ts'
import { demoUsers, enter, type DemoUser } from '../browser/users.ts'
import { checkWall } from '../browser/wall.ts'
import { workbook } from '../browser/workbook.ts'

const server = process.env.WANGGE_URL?.replace(/\/$/, '') ?? ''
const data = process.env.WANGGE_DATA ?? ''
/** People and accounts of this run; several runs on one record do not get into each other's way. */
const run = Date.now().toString(36)
const newPassword = 'three-blind-mice-7'

const own = (faults: string[]) => faults.filter((fault) => !/status of (401|403|409|412|429|400)/.test(fault))

/** Gives a person of this run a duty over the API, as another page would. */
async function give(user: DemoUser, path: string, body: unknown): Promise<{ code: string }> {
  const response = await fetch(server + path, { method: 'POST', headers: { Authorization: `Bearer ${user.token}`, 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return await response.json() as { code: string }
}

describe.skipIf(server === '' || data === '')('people and accounts (WANGGE_URL and WANGGE_DATA name a demo and its data)', { timeout: 120_000 }, () => {
  let browser: Browser
  let users: Record<string, DemoUser>
  const user = (name: string) => users[name] ?? { name, role: '', password: '', token: '' }
  beforeAll(async () => {
    browser = await launch()
    users = await demoUsers(data)
  })
  afterAll(() => browser.close())

  it('sign in, see themselves, and sign out; a visitor’s console stays clean', async () => {
    const visitor = await open(browser, `${server}/people`)
    await visitor.page.locator('.gate').waitFor()
    expect(visitor.faults).toEqual([])
    await visitor.page.context().close()
    const { page, faults } = await enter(browser, server, user('street'), '/me')
    expect(await page.locator('.profile').innerText()).toContain('阜安街道')
    await keep(page, 'e2e-me')
    await page.locator('.face').click()
    await page.getByText('退出登录').click()
    await page.locator('.in').waitFor()
    expect((await page.context().cookies()).map(({ name }) => name)).not.toContain('wangge_session')
    expect(own(faults)).toEqual([])
    await page.context().close()
  })

  it('an officer on a phone lands on the own day', async () => {
    const { page, faults } = await enter(browser, server, user('officer'), '/', phone)
    await page.waitForURL(({ pathname }) => pathname === '/today')
    await page.locator('.sum').waitFor()
    await page.locator('.next, .empty').waitFor() // other tests of this run may have done all that was due
    await page.waitForTimeout(1500)
    await keep(page, 'e2e-officer')
    expect(own(faults)).toEqual([])
    await page.context().close()
  })

  it('accounts are made by an administrator, must change the password, and end when they are disabled', async () => {
    const name = `e2e-${run}`
    const admin = await enter(browser, server, user('admin'), '/users')
    const dialog = admin.page.locator('dialog')
    await admin.page.getByText('新建账号').click()
    await dialog.getByLabel('登录名').fill(name)
    await dialog.getByLabel('名称').fill('试账号')
    await dialog.getByLabel('角色').selectOption('viewer')
    await dialog.locator('button[type=submit]').click()
    const password = await dialog.locator('.secret code').innerText()
    await dialog.getByText('完成').click()

    const made = await open(browser, `${server}/sign-in`)
    await made.page.locator('input[name=username]').fill(name)
    await made.page.locator('input[type=password]').fill(password)
    await made.page.keyboard.press('Enter')
    await made.page.getByText('请先修改口令').waitFor()
    const fields = made.page.locator('input[type=password]')
    for (const [i, text] of [newPassword, newPassword].entries()) await fields.nth(i).fill(text)
    await made.page.locator('button[type=submit]').click()
    await made.page.waitForURL((url) => url.pathname === '/')
    await made.page.locator('.face').waitFor()

    await admin.page.locator('tbody tr', { hasText: name }).click()
    await dialog.getByText('停用', { exact: true }).click()
    await dialog.getByText('停用', { exact: true }).last().click()
    await admin.page.locator('tbody tr', { hasText: name }).getByText('已停用').waitFor()
    await made.page.goto(`${server}/people`)
    await made.page.locator('.gate').waitFor()
    expect([...own(admin.faults), ...own(made.faults)]).toEqual([])
    await Promise.all([admin, made].map(({ page }) => page.context().close()))
  })

  it('what was typed stays when the session has ended, and is saved after signing in again', async () => {
    const { page } = await enter(browser, server, user('bureau'), '/people')
    await page.getByText('新增人员').click()
    await page.locator('dialog').getByLabel('姓名').fill('试再登')
    await page.locator('dialog').getByLabel('编号').fill(`E2E-${run}-S`)
    await page.context().clearCookies({ name: 'wangge_session' })
    await page.locator('dialog button[type=submit]').click()
    const sheet = page.locator('dialog', { hasText: '请重新登录' })
    await sheet.locator('input[type=password]').fill(user('bureau').password)
    await page.keyboard.press('Enter')
    await page.locator('.holder h2', { hasText: '试再登' }).waitFor()
    await leave(page)
    await page.context().close()
  })

  it('a portfolio is handed over, and both see it', async () => {
    const bureau = user('bureau')
    for (const [end, name] of [['A', '试移交'], ['B', '试接手']]) await give(bureau, '/api/v1/persons', { code: `E2E-${run}-${end}`, name })
    const grids = await (await fetch(`${server}/api/v1/grids?scheme=street&limit=2`)).json() as { items: { code: string; name: string }[] }
    for (const { code } of grids.items) await give(bureau, '/api/v1/duties', { holder: `E2E-${run}-A`, role: 'civility_supervisor', target: { kind: 'grid', scheme: 'street', code } })

    const { page, faults } = await enter(browser, server, bureau, `/people?open=E2E-${run}-A`)
    await expect.poll(() => page.locator('.holder .duties li').count()).toBe(2)
    await page.locator('.holder').getByText('移交职责').click()
    const dialog = page.locator('dialog')
    await dialog.getByLabel('接手人', { exact: true }).fill(`E2E-${run}-B`)
    await dialog.locator('[role=option]', { hasText: '试接手' }).click()
    await dialog.getByText('下一步').click()
    await dialog.getByText('的 2 项职责').waitFor()
    await keep(page, 'e2e-handover')
    await dialog.locator('button[type=submit]').click()
    await page.locator('.toast', { hasText: '已移交 2 项职责' }).waitFor()
    await page.goto(`${server}/people?open=E2E-${run}-B`)
    await expect.poll(() => page.locator('.holder .duties li').count()).toBe(2)
    await page.locator('.holder .duties a').first().click()
    await page.waitForURL(/\/grid\?.*select=grid\/street\//)
    await page.goBack()
    await leave(page)
    await page.goto(`${server}/people?open=E2E-${run}-A`)
    await leave(page)
    expect(own(faults)).toEqual([])
    await page.context().close()
  })

  it('a ledger is tried, then written, and its bad row set aside', async () => {
    const { page, faults } = await enter(browser, server, user('bureau'), '/people')
    const file = workbook([['阜安街道人员花名册'], ['工号', '姓名', '电话'], [`E2E-${run}-X`, '试导入', ''], [`E2E-${run}-Y`, '试坏行', '12']])
    await page.getByText('导入花名册').click()
    await page.locator('dialog input[type=file]').setInputFiles({ name: '花名册.xlsx', mimeType: 'application/octet-stream', buffer: file })
    await page.locator('.aside').getByText('电话不是内地手机').waitFor()
    await keep(page, 'e2e-import')
    await page.getByText('导入 1 人').click()
    await page.locator('.toast', { hasText: '导入完成' }).waitFor()
    await page.locator('dialog').getByText('完成', { exact: true }).click()
    await page.goto(`${server}/people?open=E2E-${run}-X`)
    await page.locator('.holder h2', { hasText: '试导入' }).waitFor()
    await leave(page)
    expect(own(faults)).toEqual([])
    await page.context().close()
  })

  it('an auditor reads who changed and who read what', async () => {
    const { page, faults } = await enter(browser, server, user('auditor'), '/audit?entity=holder')
    await page.locator('tr.opens', { hasText: 'bureau' }).first().waitFor()
    await page.getByText('访问日志').click()
    await page.getByLabel('动作').selectOption('read_person')
    await page.locator('tbody tr', { hasText: 'bureau' }).first().waitFor()
    expect(own(faults)).toEqual([])
    await page.context().close()
  })

  it('the wall map of a street office becomes a PDF and a picture, with its people for those who may see them', { timeout: 240_000 }, async () => {
    const { page, faults } = await enter(browser, server, user('street'), '/print/wall?scheme=street&region=370281001')
    await checkWall(page, 'e2e-wall', { widthMm: 420, heightMm: 297 })
    const text = await page.locator('svg.wall').evaluate((svg) => svg.textContent)
    for (const part of ['阜安街道', '网格长', '电话', '图例', 'CGCS2000', '共 29 个网格', '含个人信息']) expect(text).toContain(part)
    expect(own(faults)).toEqual([])
    await page.context().close()
  })
})

/** A person of this run leaves for good, so that the next figures of this record are as before. */
async function leave(page: Page): Promise<void> {
  await page.locator('.holder').getByText('离职', { exact: true }).click()
  const dialog = page.locator('dialog')
  const duties = dialog.locator('input[type=checkbox]')
  if (await duties.count() > 0) await duties.check()
  await dialog.getByText('离职', { exact: true }).last().click()
  await expect.poll(() => dialog.count()).toBe(0)
}

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keep, launch, mapIdle } from '../browser/browser.ts'
import { demoUsers, enter, type DemoUser } from '../browser/users.ts'

const server = process.env.WANGGE_URL?.replace(/\/$/, '') ?? ''
const data = process.env.WANGGE_DATA ?? ''

/** The patrol desk of a demo: what the server says is what is shown. */
describe.skipIf(server === '' || data === '')('the patrol desk (WANGGE_URL and WANGGE_DATA name a demo and its data)', { timeout: 120_000 }, () => {
  let browser: Browser
  let users: Record<string, DemoUser>
  beforeAll(async () => {
    browser = await launch()
    users = await demoUsers(data)
  })
  afterAll(() => browser.close())
  const user = (name: string) => users[name] ?? { name, password: '', role: '', token: '' }
  const ask = async <T>(question: string): Promise<T> => (await fetch(`${server}/api/v1${question}`, { headers: { Authorization: `Bearer ${user('bureau').token}` } })).json() as Promise<T>

  it('shows a problem that waits for verification with its photos, and hands another over', async () => {
    const waiting = (await ask<{ items: { id: string; on_the_spot: boolean }[] }>('/patrol/problems?state=rectified&limit=100')).items.find((problem) => !problem.on_the_spot)
    const { page, faults } = await enter(browser, server, user('bureau'), `/patrol?open=${waiting?.id}`)
    await page.locator('[data-side=before] img').first().waitFor()
    await page.locator('.steps li[data-kind=rectify]').first().waitFor()
    await mapIdle(page)
    await keep(page, 'e2e-patrol')
    const [found] = (await ask<{ items: { id: string; revision: number }[] }>('/patrol/problems?state=found&limit=1')).items
    await page.goto(`${server}/patrol?open=${found?.id}`)
    await page.locator('[data-step=dispatch]').click()
    const dialog = page.locator('dialog')
    await dialog.locator('.picker input').first().click()
    await dialog.locator('[role=option]').first().click()
    await dialog.locator('button[type=submit]').click()
    await page.locator('.card [data-state]', { hasText: '待接办' }).waitFor()
    expect((await ask<{ state: string }>(`/patrol/problems/${found?.id}`)).state).toBe('dispatched')
    expect(faults).toEqual([])
    await page.context().close()
  })

  it('shows the rules that the server has', async () => {
    const { page, faults } = await enter(browser, server, user('bureau'), '/patrol?part=plans')
    for (const [rules, row] of [['plans', '[data-plan]'], ['checklists', '[data-checklist]'], ['classes', '[data-class]']] as const) {
      const { items } = await ask<{ items: { parent?: string | null }[] }>(`/patrol/${rules}`)
      await page.locator(`[data-part=${rules}]`).click()
      await expect.poll(() => page.locator(row).count()).toBe(items.filter(({ parent }) => parent !== null).length)
    }
    expect(faults).toEqual([])
    await page.context().close()
  })

  it('tells the rates that the server counts', async () => {
    const { page, faults } = await enter(browser, server, user('bureau'), '/patrol?part=rates')
    const figure = page.locator('[data-rate=closed] small')
    await figure.waitFor()
    const [, since, until] = /from=(\S+?)&to=(\S+?)&/.exec(await page.locator('.files a').first().getAttribute('href') ?? '') ?? []
    const { total } = await ask<{ total: { shares: { closed: { numerator: number; denominator: number } } } }>(`/patrol/rates?by=street&from=${since}&to=${until}`)
    expect((await figure.innerText()).replaceAll(',', '')).toBe(`${total.shares.closed.numerator} / ${total.shares.closed.denominator}`)
    expect(faults).toEqual([])
    await page.context().close()
  })
})

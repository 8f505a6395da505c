import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OfficerElement } from '../../src/officer/store/open.ts'
import { keep, launchProfile, phone } from '../browser/browser.ts'
import { flakyNetwork, type Flaky } from '../browser/flaky.ts'
import { demoUsers } from '../browser/users.ts'

const server = process.env.WANGGE_URL?.replace(/\/$/, '') ?? ''
const data = process.env.WANGGE_DATA ?? ''
const dayMs = 86_400_000
/** Noon of a day in the city, so many days from today: every daily plan of the demo has its hours then. */
const noon = (days: number) => Math.floor((Date.now() + 8 * 3_600_000) / dayMs) * dayMs + days * dayMs + 4 * 3_600_000

/** How the round of the own grid, which is due every day, stands on this phone. */
function round(page: Page) {
  return page.evaluate(() => {
    const entry = (document.getElementById('app') as OfficerElement).officer?.due.value.find(({ subject }) => subject.kind === 'grid')
    return entry && { id: entry.id, state: entry.state, missed: entry.missed, from: Date.parse(entry.from ?? ''), here: entry.here?.status }
  })
}

describe.skipIf(server === '' || data === '')('the next morning without a signal (WANGGE_URL and WANGGE_DATA name a demo and its data)', () => {
  let network: Flaky
  let profile: string
  let context: BrowserContext

  beforeAll(async () => {
    network = await flakyNetwork(server)
    profile = await mkdtemp(path.join(tmpdir(), 'wangge-morning-'))
    context = await launchProfile(profile, { ...phone, timezoneId: 'Asia/Shanghai' })
  })
  afterAll(async () => {
    await context.close()
    await network.close()
    await rm(profile, { recursive: true, force: true })
  })

  /** Opens the app as on another day, after the phone had been put away. */
  async function wake(days: number): Promise<Page> {
    for (const old of context.pages().slice(1)) await old.close()
    const page = await context.newPage()
    await page.clock.setFixedTime(noon(days))
    await page.goto(`${network.url}/today`)
    await page.waitForFunction(() => ((document.getElementById('app') as OfficerElement | null)?.officer?.due.value.length ?? 0) > 0)
    return page
  }

  it('has what is due on that day, what was left undone, and what was checked here', async () => {
    const { officer } = await demoUsers(data)
    if (!officer) throw new Error('the demo has no officer')
    const first = context.pages()[0] ?? await context.newPage()
    await first.goto(`${network.url}/sign-in?to=${encodeURIComponent('/today')}`)
    await first.locator('input[name=username]').fill(officer.name)
    await first.locator('input[type=password]').fill(officer.password)
    await first.keyboard.press('Enter')
    await first.waitForFunction(() => ((document.getElementById('app') as OfficerElement | null)?.officer?.due.value.length ?? 0) > 0)
    await first.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    await first.goto('about:blank')
    network.up = false

    let page = await wake(1)
    const tomorrow = await round(page)
    expect(tomorrow).toMatchObject({ here: undefined })
    expect(Math.abs((tomorrow?.from ?? 0) - noon(1))).toBeLessThanOrEqual(dayMs / 2)
    expect(['due', 'overdue']).toContain(tomorrow?.state)
    await page.getByText(/没有网络，按 .*的清单推算/).waitFor()
    await keep(page, 'e2e-morning-today')

    await page.goto(`${network.url}/today/check?item=${encodeURIComponent(tomorrow?.id ?? '')}`)
    await page.getByText('正常，全部合格').click()
    await page.waitForURL(({ pathname }) => pathname === '/today')
    await expect.poll(() => round(page)).toMatchObject({ state: 'done', missed: 0, here: 'queued' })
    await page.getByText('今日已完成 1 项').waitFor()

    page = await wake(2)
    expect(await round(page)).toMatchObject({ state: 'due', missed: 0, from: (tomorrow?.from ?? 0) + dayMs })
    page = await wake(3)
    expect(await round(page)).toMatchObject({ state: 'overdue', missed: 1 })
    page = await wake(30)
    await page.getByText(/离线包只到 .*，有网络时请更新/).waitFor()
    await keep(page, 'e2e-morning-ended')
  })
})

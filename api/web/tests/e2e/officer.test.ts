import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OfficerElement } from '../../src/officer/store/open.ts'
import { keep, launch, mapIdle, phone } from '../browser/browser.ts'
import { demoUsers, enter, type DemoUser } from '../browser/users.ts'

const server = process.env.WANGGE_URL?.replace(/\/$/, '') ?? ''
const data = process.env.WANGGE_DATA ?? ''

interface Toilet { geometry: { coordinates: [number, number] }; properties: { name: string; status: string; male_stalls: number; female_stalls: number } }
interface Found { id: string; class: string; state: string; on_the_spot: boolean }

/** A picture as a camera makes it: no two are alike. */
async function photo(page: Page, word: string): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const encoded = await page.evaluate((word) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 800, height: 600 })
    const context = canvas.getContext('2d')
    if (!context) return ''
    context.fillStyle = `hsl(${Math.random() * 360} 30% 60%)`
    context.fillRect(0, 0, 800, 600)
    context.fillStyle = '#fff'
    context.font = '64px sans-serif'
    context.fillText(word, 60, 320)
    context.fillText(String(Math.random()), 60, 420)
    return canvas.toDataURL('image/jpeg', 0.85).split(',')[1] ?? ''
  }, word)
  return { name: `${word}.jpg`, mimeType: 'image/jpeg', buffer: Buffer.from(encoded, 'base64') }
}

async function shoot(page: Page, group: string, word = group): Promise<void> {
  const strip = page.getByRole('group', { name: group, exact: true })
  await strip.locator('input[type=file]').first().setInputFiles(await photo(page, word))
  await strip.locator('.see').waitFor()
}

async function report(page: Page, title: string, onTheSpot: boolean): Promise<void> {
  await page.locator('.van-tabbar-item.report').tap()
  const all = page.locator('.picker .all')
  await all.tap()
  await page.locator('.sheet input[type=search]').fill(title)
  await page.locator('.sheet button.line', { hasText: title }).tap()
  if (onTheSpot) await page.getByRole('switch', { name: '当场整改' }).tap()
  await shoot(page, onTheSpot ? '整改前照片' : '照片', title)
  if (onTheSpot) await shoot(page, '整改后照片', `${title} 已整改`)
  await keep(page, `e2e-officer-report${onTheSpot ? '-spot' : ''}`)
  await page.locator('footer button.main').tap()
  await page.waitForURL(({ pathname }) => pathname === '/today')
}

/** The day of an officer, from the first look at the phone to what became of it. */
describe.skipIf(server === '' || data === '')('the day of an officer (WANGGE_URL and WANGGE_DATA name a demo and its data)', { timeout: 180_000 }, () => {
  let browser: Browser
  let users: Record<string, DemoUser>
  beforeAll(async () => {
    browser = await launch()
    users = await demoUsers(data)
  })
  afterAll(() => browser.close())
  const user = (name: string) => users[name] ?? { name, password: '', role: '', token: '' }
  async function ask<T>(address: string): Promise<T> {
    const answer = await fetch(server + address, { headers: { Authorization: `Bearer ${user('officer').token}` } })
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`)
    return answer.json() as Promise<T>
  }

  /** One step of the problem that is open at a desk. */
  async function step(page: Page, kind: string, state: string, fill?: (dialog: ReturnType<Page['locator']>) => Promise<void>): Promise<void> {
    await page.locator(`[data-step=${kind}]`).click()
    const dialog = page.locator('dialog')
    await fill?.(dialog)
    await keep(page, `e2e-officer-desk-${kind}`)
    await dialog.locator('button[type=submit]').click()
    await page.locator('.card [data-state]', { hasText: state }).waitFor()
  }

  it('is done without a network, and what was found is seen to its end', async () => {
    const { layers } = await ask<{ layers: { public_toilet: (Toilet & { id: number })[] } }>('/api/v1/patrol/pack')
    const id = layers.public_toilet.find(({ properties: { status } }) => status === 'intact')?.id ?? 0
    const toilet = () => ask<Toilet>(`/ogc/collections/public_toilet/items/${id}`)
    const before = await toilet()
    const [longitude, latitude] = before.geometry.coordinates
    const { properties: { name } } = before

    const planner = await enter(browser, server, user('planner'), `/coverage#map=14.5/${latitude}/${longitude}`)
    const total = planner.page.locator('.total')
    await total.locator('.big strong').waitFor({ timeout: 30_000 })
    await mapIdle(planner.page)
    const share = await total.getAttribute('data-share')
    let tiles = 0

    const { page, faults } = await enter(browser, server, user('officer'), '/today', { ...phone, permissions: ['geolocation'], geolocation: { longitude: longitude + 0.0002, latitude, accuracy: 8 } })
    page.setDefaultTimeout(10_000)
    await page.locator('.van-tabbar').waitFor()
    await keep(page, 'e2e-officer-today')
    await page.goto(`${server}/today/mine?tab=phone`)
    await page.getByRole('button', { name: /离线包/ }).tap()
    await page.locator('.toast', { hasText: '离线包已更新' }).waitFor({ timeout: 30_000 })
    await keep(page, 'e2e-officer-pack')
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    await page.reload() // under the service worker
    await page.context().setOffline(true)

    const check = `${server}/today/check?subject=public_toilet/${id}` // whether it is due or not
    await page.goto(check)
    await page.locator('.ledger a', { hasText: '不符' }).tap()
    await page.locator('[data-field=female_stalls] input').fill(String(before.properties.female_stalls + 1))
    await page.locator('[data-field=male_stalls] input').fill(String(before.properties.male_stalls + 1))
    await keep(page, 'e2e-officer-ledger')
    await page.locator('footer button.main').tap()
    await page.locator('.toast', { hasText: '联网后提交审核' }).waitFor()
    await page.locator('.items li').first().waitFor()
    await page.locator('.items li', { hasText: '正常开放' }).locator('button.fail').tap()
    await shoot(page, '整改前照片', '停用')
    await keep(page, 'e2e-officer-check')
    await page.locator('footer button.full').tap()
    await page.waitForURL(({ pathname }) => pathname === '/today')
    await report(page, '道路破损', false)
    await page.locator('.van-tabbar').waitFor()
    await report(page, '道路遗撒', true)
    await page.goto(`${server}/today/mine`)
    await page.locator('.sync').waitFor()
    await keep(page, 'e2e-officer-queue')

    planner.page.on('request', (request) => { if (request.url().includes('/tiles/')) tiles++ })
    await page.context().setOffline(false)
    await page.locator('.sync', { hasText: '全部已上传' }).waitFor({ timeout: 20_000 })
    await keep(page, 'e2e-officer-sent')
    expect((await toilet()).properties.status).toBe('closed')
    await expect.poll(() => total.getAttribute('data-share'), { timeout: 10_000 }).not.toBe(share)
    await expect.poll(() => tiles).toBeGreaterThan(0)
    await keep(planner.page, 'e2e-officer-coverage')
    expect(planner.faults).toEqual([])
    await planner.page.context().close()

    const { items } = await ask<{ items: Found[] }>('/api/v1/patrol/problems?mine=true&limit=20')
    const closed = items.find((one) => one.class === 'toilet_closed' && one.state === 'found')
    expect(items.find((one) => one.class === 'spill')).toMatchObject({ state: 'rectified', on_the_spot: true })
    expect(closed).toBeDefined()

    const desk = await enter(browser, server, user('bureau'), `/patrol?open=${closed?.id}`)
    await desk.page.locator('[data-side=before] img').first().waitFor()
    await step(desk.page, 'dispatch', '待接办', async (dialog) => {
      const picker = dialog.locator('.picker input').first()
      await picker.fill('综合行政执法局')
      await dialog.locator('[role=option]', { hasText: '综合行政执法局' }).first().click()
    })
    const office = await enter(browser, server, user('department'), `/patrol?open=${closed?.id}`)
    await step(office.page, 'take', '整改中')
    await step(office.page, 'rectify', '待核查', async (dialog) => { await dialog.locator('input[type=file]').setInputFiles(await photo(office.page, '已开放')) })
    expect(office.faults).toEqual([])
    await office.page.context().close()
    await step(desk.page, 'pass', '已销号')

    await desk.page.goto(`${server}/patrol?part=proposals`)
    await desk.page.locator('[data-proposal]', { hasText: name }).first().click()
    await desk.page.locator('[data-field=male_stalls] [data-take]').uncheck()
    await keep(desk.page, 'e2e-officer-desk-proposal')
    await desk.page.locator('[data-accept]').click()
    await expect.poll(async () => (await toilet()).properties.female_stalls).toBe(before.properties.female_stalls + 1)
    expect((await toilet()).properties.male_stalls).toBe(before.properties.male_stalls)
    expect(desk.faults).toEqual([])
    await desk.page.context().close()

    await page.getByRole('tab', { name: '我的上报' }).tap()
    await page.locator(`[data-problems] a[href$="${closed?.id}"]`).getByText('已销号').waitFor()
    await page.locator('[data-findings] [data-state=partly]', { hasText: name }).first().waitFor()
    await keep(page, 'e2e-officer-became')
    await page.getByRole('button', { name: '深色' }).tap()
    await keep(page, 'e2e-officer-became-dark')

    // the toilet is open again
    await page.goto(check)
    for (const row of await page.locator('.items li').all()) await row.locator('button.pass').tap()
    await page.locator('footer button.ok').tap()
    await expect.poll(async () => (await toilet()).properties.status, { timeout: 10_000 }).toBe('intact')
    await expect.poll(() => page.evaluate(() => (document.getElementById('app') as OfficerElement).officer?.counts.value.queued)).toBe(0)
    expect(faults).toEqual([])
    await page.context().close()
  })
})

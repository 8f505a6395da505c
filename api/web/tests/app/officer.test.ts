import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { keep, launch, phone } from '../browser/browser.ts'
import { atToilet, handsOn, located, nearby, picture, toast, toilet, type Hands } from '../browser/officer.ts'
import { enter as signIn } from '../browser/users.ts'
import { mockPassword } from '../mock/accounts.ts'
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


describe('today', () => {
  it('shows what is due in walking order, the next one large, and what is done', async () => {
    const { page, faults } = await enter()
    await page.locator('.next h2', { hasText: '试验公厕1' }).waitFor()
    expect(await page.locator('.next').innerText()).toMatch(/270 m[\s\S]*逾期 1 次/)
    expect(await page.locator('.ring b').textContent()).toBe('1/8')
    expect(await page.locator('.sum').innerText()).toMatch(/2\s*逾期\s*5\s*待检查\s*1\s*已完成/)
    await expect.poll(() => page.locator('.list').first().locator('a b').allInnerTexts()).toEqual(['试验2巷', '试验3巷', '试验公厕2', '试验1巷', '试验4巷', '试验公厕3'])
    await page.getByRole('button', { name: /2\s*逾期/ }).click() // only what is late
    expect(await page.locator('.list').first().locator('a b').allInnerTexts()).toEqual(['试验3巷'])
    await page.getByRole('button', { name: /2\s*逾期/ }).click()
    await page.getByText('今日已完成 1 项').click()
    await page.locator('[data-state=done]', { hasText: '试验公厕4' }).waitFor()
    for (const box of await page.locator('.officer a:visible, .officer button:visible').all()) {
      const size = await box.boundingBox()
      expect(Math.min(size?.height ?? 0, size?.width ?? 0), await box.innerText()).toBeGreaterThanOrEqual(44)
    }
    await keep(page, 'fixture-officer-today')
    expect(faults).toEqual([])
    await page.context().close()
  })

  it('says when the next thing is due where nothing is', async () => {
    mock.officer.nothing = true
    const { page } = await enter()
    await page.getByText('现在没有到期的检查').waitFor()
    await page.getByText(/下一项从 .* 开始/).waitFor()
    await keep(page, 'fixture-officer-nothing')
    await page.context().close()
  })

  it('is where an officer lands on a phone, and nobody else', async () => {
    const { page } = await signIn(browser, mock.url, { name: 'officer', password: mockPassword }, '/', located)
    await page.waitForURL(/\/today$/)
    await page.context().close()
    const other = await enter('/today', located, 'viewer')
    await other.page.getByText('此账号没有巡查任务').waitFor()
    await other.page.context().close()
    const nobody = await browser.newPage({ ...phone })
    await nobody.goto(`${mock.url}/today`)
    await nobody.getByText('需要登录').or(nobody.getByText('登录后查看本人网格的检查任务')).first().waitFor()
    await nobody.context().close()
  })

  it('speaks English', async () => {
    const { page } = await enter('/today/mine')
    await page.getByRole('button', { name: '切换为英文' }).click()
    await page.getByText('Everything has been sent').waitFor()
    await page.getByRole('tab', { name: 'Today' }).click()
    await page.locator('.next', { hasText: '1 missed' }).waitFor()
    expect(await page.locator('.officer .list small').first().innerText()).toBe('in walking order')
    await page.context().close()
  })
})

describe('a check', () => {
  it('is one tap where all is well', async () => {
    const { page, faults } = await enter()
    await page.context().setGeolocation(atToilet)
    await page.locator('.next .main').click()
    await page.locator('.items li').first().waitFor()
    await expect.poll(() => page.locator('.position .warned').count()).toBe(0)
    await page.getByText('正常，全部合格').click()
    await toast(page, '已记录：试验公厕1')
    await page.waitForURL(/\/today$/)
    await expect.poll(() => sent('check').length).toBe(1)
    const [check] = sent('check')
    expect(check?.body).toMatchObject({ plan: 'toilet-day', subject: { kind: 'public_toilet', id: 400 }, result: 'normal', edition: '2026', seen: 3, answers: { open: 'pass', light: 'pass' } })
    expect(check?.body.fix).toMatchObject({ lon: atToilet.longitude, lat: atToilet.latitude, accuracy_m: 8, datum: 'wgs84', source: 'gps' })
    await expect.poll(() => page.locator('.ring b').textContent()).toBe('2/8')
    expect(faults).toEqual([])
    await page.context().close()
  })

  it('tells what fails, wants the photos that the class wants, and reports the problem', async () => {
    const { page } = await enter(toilet(400))
    await page.getByText('离对象 270 m').waitFor()
    await page.locator('.items .fail').first().click()
    await page.locator('[aria-pressed=true]', { hasText: '公厕未开放' }).waitFor()
    await page.getByText('提交异常（1 项）').click()
    await toast(page, '需要照片')
    await page.getByRole('group', { name: '整改前照片' }).locator('input').nth(1).setInputFiles([picture('a'), picture('b')])
    await expect.poll(() => page.locator('.thumb[data-state=drawn]').count()).toBe(2)
    await page.getByRole('button', { name: '已通知责任单位' }).click()
    await page.getByLabel('说明').pressSequentially('，锁门')
    await keep(page, 'fixture-officer-abnormal')
    await page.getByText('提交异常（1 项）').click()
    await expect.poll(() => sent('check').length).toBe(1)
    const body = sent('check')[0]?.body as { result: string; note: string; answers: object; photos: unknown[]; problem: { class: string; photos: { kind: string; sha256: string }[] } }
    expect(body).toMatchObject({ result: 'abnormal', note: '已通知责任单位，锁门', answers: { open: 'fail', clean: 'pass' }, photos: [] })
    expect(body.problem.class).toBe('toilet_closed')
    expect(body.problem.photos.map(({ kind }) => kind)).toEqual(['before', 'before'])
    await expect.poll(() => mock.officer.photos.size).toBe(2)
    expect([...mock.officer.photos.keys()].sort()).toEqual(body.problem.photos.map(({ sha256 }) => sha256).sort())
    await page.context().close()
  })

  it('that was begun is there again after the page was killed', async () => {
    const { page } = await enter(toilet(401))
    await page.locator('.items .fail').nth(1).click()
    await page.getByLabel('说明').fill('洗手台有水渍')
    await page.getByRole('group', { name: '整改前照片' }).locator('input').nth(1).setInputFiles(picture())
    await page.locator('.thumb[data-state=drawn]').waitFor()
    await expect.poll(() => page.evaluate(() => (document.getElementById('app') as HTMLElement & { officer?: { drafts: { value: { form: { note: string } }[] } } }).officer?.drafts.value[0]?.form.note)).toBe('洗手台有水渍')
    const killed = await page.context().newPage()
    await page.close()
    await killed.goto(mock.url + toilet(401))
    await killed.getByText('已恢复上次未提交的内容').waitFor()
    expect(await killed.getByLabel('说明').inputValue()).toBe('洗手台有水渍')
    await killed.locator('.thumb').waitFor()
    await killed.goto(`${mock.url}/today/mine`)
    await killed.locator('.draft', { hasText: '试验公厕2' }).getByRole('button').click()
    await expect.poll(() => killed.locator('.draft').count()).toBe(0)
    await killed.context().close()
  })

  it('needs no network, and says so', async () => {
    const { page } = await enter()
    await page.locator('.next').waitFor()
    await expect.poll(() => page.evaluate(() => (document.getElementById('app') as HTMLElement & { officer?: { pack: { value?: object } } }).officer?.pack.value !== undefined)).toBe(true)
    mock.officer.away = true
    await page.locator('.strip', { hasText: '没有网络' }).waitFor({ timeout: 30_000 })
    await page.locator('.next .main').click()
    await page.getByText('正常，全部合格').click()
    await toast(page, '已存在本机')
    await page.locator('.sync', { hasText: '1 条待传' }).waitFor()
    await expect.poll(() => page.locator('.ring b').textContent()).toBe('2/8')
    await keep(page, 'fixture-officer-offline')
    expect(sent('check')).toEqual([])
    await page.reload() // whoever was signed in still is
    await expect.poll(() => page.locator('.ring b').textContent()).toBe('2/8')
    mock.officer.away = false
    await page.getByRole('tab', { name: '我的' }).click()
    await page.getByText('立即上传').click({ timeout: 5_000 }).catch(() => undefined) // it may have gone by itself
    await expect.poll(() => sent('check').length, { timeout: 20_000 }).toBe(1)
    await page.getByText('全部已上传').waitFor()
    await page.context().close()
  })
})

describe('the position', () => {
  it('may be refused: the record goes without one, or with a pin', async () => {
    const { page } = await enter(toilet(400), { ...phone })
    await page.getByText('没有定位权限').waitFor()
    await keep(page, 'fixture-officer-denied')
    await page.getByText('移动图钉').click()
    await page.locator('.pinning .maplibregl-canvas').waitFor()
    await page.getByText('就是这里').click()
    await page.getByText('图钉位置').waitFor()
    await page.getByText('正常，全部合格').click()
    await expect.poll(() => sent('check').length).toBe(1)
    const fix = sent('check')[0]?.body.fix as { source: string; lon: number; gps?: unknown }
    expect([fix.source, fix.gps, Math.round(fix.lon * 1000)]).toEqual(['pin', undefined, 119_988])
    await page.context().close()
  })

  it('of 0,0 is none', async () => {
    const { page } = await enter(toilet(400), { ...located, geolocation: { longitude: 0, latitude: 0, accuracy: 5 } })
    await page.getByText('手机给出的位置无效').waitFor()
    await page.getByText('正常，全部合格').click()
    await expect.poll(() => sent('check').length).toBe(1)
    expect(sent('check')[0]?.body.fix).toBeUndefined()
    await page.context().close()
  })
})

describe('a report', () => {
  it('says what, where and with which picture, and its number comes back', async () => {
    const { page, faults } = await enter('/today')
    await page.getByText('上报', { exact: true }).click()
    await page.getByRole('button', { name: '全部类别' }).click()
    await page.getByPlaceholder('搜索类别').fill('店外')
    await page.locator('.sheet').getByText('店外经营').click()
    await page.getByRole('button', { name: '上报', exact: true }).click()
    await page.getByRole('alert').getByText('需要整改前照片').waitFor()
    await page.getByRole('group', { name: '照片' }).locator('input').nth(1).setInputFiles(picture())
    await page.locator('.thumb').waitFor()
    await page.getByRole('button', { name: '影响通行' }).click()
    await keep(page, 'fixture-officer-report')
    await page.getByRole('button', { name: '上报', exact: true }).click()
    await expect.poll(() => sent('problem').length).toBe(1)
    expect(sent('problem')[0]?.body).toMatchObject({ class: '0504', note: '影响通行', fix: { lon: nearby.longitude, lat: nearby.latitude } })
    await page.goto(`${mock.url}/today/mine?tab=reports`)
    await page.locator('.list a', { hasText: '店外经营' }).getByText('待交办').waitFor()
    await page.goto(`${mock.url}/today/report`)
    expect(await page.locator('.quick button').first().innerText()).toBe('店外经营') // the last used comes first
    expect(faults).toEqual([])
    await page.context().close()
  })

  it('is followed to its end by who found it', async () => {
    const { page } = await enter('/today/problem?id=00000000-0000-4000-8000-000000000001')
    await page.getByText('已清运').waitFor()
    await page.getByRole('button', { name: '核查不通过' }).click()
    await page.locator('footer').getByText('核查不通过').click()
    await toast(page, '请写说明')
    await page.getByLabel('说明').fill('还有一袋')
    await keep(page, 'fixture-officer-problem')
    await page.locator('footer').getByText('核查不通过').click()
    await expect.poll(() => sent('step').length).toBe(1)
    expect(sent('step')[0]?.body).toMatchObject({ problem: '00000000-0000-4000-8000-000000000001', kind: 'fail', seen: 4, note: '还有一袋' })
    await page.context().close()
  })
})

import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MapElement } from '../../src/map/engine.ts'
import { colourAt, desk, keep, launch, mapIdle, phone } from '../browser/browser.ts'
import { enter } from '../browser/users.ts'
import { mockPassword } from '../mock/accounts.ts'
import { startMock, type Mock } from '../mock/server.ts'

/** The patrol workspace on the fixture town. */
describe('the patrol workspace', () => {
  let browser: Browser
  let mock: Mock
  let pages: { page: Page; faults: string[] }[] = []
  beforeAll(async () => { browser = await launch() })
  afterAll(() => browser.close())
  beforeEach(async () => { mock = await startMock() })
  afterEach(async () => {
    for (const { page, faults } of pages) {
      expect(faults).toEqual([])
      await page.context().close()
    }
    pages = []
    await mock.stop()
  })

  async function start(as: string, path = '/patrol', options = desk): Promise<Page> {
    const opened = await enter(browser, mock.url, { name: as, password: mockPassword }, path, options)
    pages.push(opened)
    return opened.page
  }
  const forgive = (part: string) => { pages.forEach(({ faults }) => faults.splice(0, faults.length, ...faults.filter((fault) => !fault.includes(part)))) }

  it('shows problems in list, board, table and map, narrows them, and keeps that in the address', async () => {
    const page = await start('bureau')
    await page.locator('.problems .sum', { hasText: '18 件问题' }).waitFor()
    await page.locator('[data-column=found] .problem').first().waitFor()
    expect(await page.locator('[data-column=found] h3').innerText()).toMatch(/待受理[\s\S]*7/)
    await mapIdle(page)
    await keep(page, 'patrol-desk')
    await page.locator('.states [data-state=rectified]').click()
    await page.locator('.problems .sum', { hasText: /^3 件问题/ }).waitFor()
    await expect.poll(() => page.url()).toContain('states=rectified')
    await page.locator('.sheet [data-id=table]').click()
    await expect.poll(() => page.locator('.sheet tbody tr').count()).toBe(3)
    await page.reload()
    await expect.poll(() => page.locator('.sheet tbody tr').count()).toBe(3)
    expect(await page.locator('.states [data-state=rectified]').getAttribute('aria-pressed')).toBe('true')
  })

  it('opens a problem from the map and hands it over', async () => {
    const page = await start('bureau', '/patrol#map=17/36.255/119.985')
    await mapIdle(page)
    await page.waitForTimeout(600)
    await clickAt(page, 119.985, 36.255)
    await page.locator('.card h2', { hasText: '试验1路边暴露垃圾' }).waitFor()
    expect(page.url()).toContain('open=00000000-0000-4000-8000-000000000001')
    await page.locator('[data-side=before] img').waitFor()
    await page.locator('[data-duplicate]', { hasText: '20260102-0009' }).waitFor()
    await keep(page, 'patrol-problem')
    await page.locator('[data-step=dispatch]').click()
    const dialog = page.locator('dialog')
    await dialog.locator('input[type=datetime-local]').waitFor()
    await expect.poll(() => dialog.locator('.picker input').first().inputValue()).toBe('夹具养护处')
    await keep(page, 'patrol-dispatch')
    await dialog.locator('button[type=submit]').click()
    await page.locator('.toast', { hasText: '已办理：交办' }).waitFor()
    await page.locator('.card [data-state]', { hasText: '待接办' }).waitFor()
    await page.locator('.steps li[data-kind=dispatch]', { hasText: '交夹具养护处' }).waitFor()
    await expect.poll(() => page.locator('[data-column=dispatched] .problem').count()).toBe(4)
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('.card h2').count()).toBe(0)
  })

  it('says that somebody else was quicker, and keeps what was typed', async () => {
    const page = await start('bureau', '/patrol?open=00000000-0000-4000-8000-000000000004')
    await page.locator('[data-step=fail]').click()
    await page.locator('dialog textarea').fill('油污仍在')
    const [found] = mock.patrol.problems.filter(({ number }) => number === '20260102-0004')
    if (found) mock.patrol.move(found, 'pass')
    await page.locator('dialog button[type=submit]').click()
    await page.locator('[data-moved]', { hasText: '现在是“已销号”' }).waitFor()
    await keep(page, 'patrol-moved')
    expect(await page.locator('dialog textarea').inputValue()).toBe('油污仍在')
    expect(await page.locator('dialog button[type=submit]').isDisabled()).toBe(true)
    await page.locator('dialog footer .plain').click()
    await expect.poll(() => page.locator('footer [data-step]').allInnerTexts()).toEqual(['回头看', '批注'])
    forgive('412')
  })

  it('shows no action that is not allowed, and what is wrong with a photo', async () => {
    const page = await start('auditor', '/patrol?open=00000000-0000-4000-8000-000000000018')
    for (const one of mock.patrol.problems) one.can = []
    await page.reload()
    await page.locator('.photo', { hasText: '没有取到' }).waitFor()
    expect(await page.locator('.card footer').count()).toBe(0)
    forgive('403')
  })

  it('follows what others do without losing its place', async () => {
    const page = await start('bureau')
    await page.clock.install()
    await page.reload()
    await page.locator('.problems .sum', { hasText: '18 件问题' }).waitFor()
    const list = page.locator('.problems .list')
    await list.evaluate((box) => { box.scrollTop = 200 })
    const [first] = mock.patrol.problems
    if (first) mock.patrol.problems.push({ ...first, id: '00000000-0000-4000-8000-000000000999', number: '20260103-0001' })
    await page.clock.runFor(21_000)
    await page.locator('.problems .sum', { hasText: '19 件问题' }).waitFor()
    expect(await list.evaluate((box) => box.scrollTop)).toBe(200)
  })

  it('tells who was where, what is due, and never makes a share of nothing', async () => {
    const page = await start('bureau', '/patrol?part=visits')
    await page.locator('[data-figure=grids]', { hasText: '50%' }).waitFor()
    expect(await page.locator('[data-figure=grids]').innerText()).toContain('2 / 4')
    await mapIdle(page)
    await page.waitForTimeout(600)
    const [fresh, old] = await Promise.all([colourOf(page, 119.9915, 36.2555), colourOf(page, 119.9915, 36.2755)])
    expect(fresh[1]).toBeGreaterThan(fresh[0] ?? 0) // green
    expect(old[0]).toBeGreaterThan((old[1] ?? 0) + 20) // red
    await keep(page, 'patrol-visits')
    await page.locator('.ranks [data-id=grid]').click()
    await page.locator('.row[data-code=D002]', { hasText: '超期 5' }).waitFor()
    expect(await page.locator('.row[data-code=D001] b').innerText()).toBe('—')
    await page.locator('.row[data-code=D002]').click()
    await page.locator('.drawer h2', { hasText: '试验2格' }).waitFor()
  })

  it('shows tracks to those who may see them, where they are kept', async () => {
    const page = await start('auditor', '/patrol?part=visits&rank=holder')
    await page.locator('.row[data-code=D002]').click()
    await page.locator('[data-tracks] .off', { hasText: '没有开启' }).waitFor()
    const other = await start('street', '/patrol?part=visits')
    await other.locator('[data-figure=grids]').waitFor()
    expect(await other.locator('[data-tracks]').count()).toBe(0)
  })

  it('accepts a proposal field by field, with a correction, and leaves what others changed', async () => {
    const page = await start('bureau', '/patrol?part=proposals')
    await page.locator('[data-proposal]', { hasText: '试验1号公厕' }).click()
    await page.locator('[data-field=stalls]', { hasText: '其后他人改过' }).waitFor()
    expect(await page.locator('[data-field=stalls]').innerText()).toContain('核对时为 5')
    expect(await page.locator('[data-field=stalls] [data-take]').isChecked()).toBe(false)
    expect(await page.locator('[data-geometry]').innerText()).toContain('移动 71.4 米')
    await page.locator('[data-field=status]', { hasText: '停用' }).waitFor()
    await page.locator('[data-field=name] [data-correct]').click()
    await page.locator('[data-field=name] input.input').fill('试验第一公厕')
    await page.locator('[data-field=status] [data-take]').uncheck()
    await mapIdle(page)
    await page.waitForTimeout(500)
    await keep(page, 'patrol-proposal')
    await page.locator('[data-accept]').click()
    await page.locator('.toast', { hasText: '台账已更新' }).waitFor()
    expect(mock.patrol.decisions).toEqual([{ fields: { name: true, stalls: false, status: false }, geometry: true, values: { name: '试验第一公厕' }, seen: 3 }])
    await page.locator('.card [data-state]', { hasText: '部分采纳' }).waitFor()
  })

  it('says so when others change what is being compared', async () => {
    const page = await start('bureau', '/patrol?part=proposals')
    await page.clock.install()
    await page.reload()
    await page.locator('[data-proposal]', { hasText: '试验1号公厕' }).click()
    await page.locator('[data-field=status] [data-take]').uncheck()
    const [one] = mock.patrol.proposals
    if (one) Object.assign(one, { now_revision: 4 })
    await page.clock.runFor(21_000)
    await page.locator('[data-moved]', { hasText: '已重新对照' }).waitFor()
    expect(await page.locator('[data-field=status] [data-take]').isChecked()).toBe(true)
  })

  it('steps through lists by arrow keys', async () => {
    const page = await start('bureau', '/patrol?below=table')
    await page.locator('.sheet tbody tr').first().press('ArrowDown')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('20260102-0002')
    await page.keyboard.press('Enter')
    await page.locator('.card p', { hasText: '20260102-0002' }).waitFor()
  })

  it('wants a reason to reject, and tells what a new one may be', async () => {
    const page = await start('bureau', '/patrol?part=proposals')
    await page.locator('[data-proposal]', { hasText: '公共厕所' }).filter({ hasText: '新增' }).click()
    await page.locator('[data-near]', { hasText: '12.3 米' }).waitFor()
    expect(await page.locator('[data-reject]').isDisabled()).toBe(true)
    await page.locator('[data-reason]').fill('与试验2号公厕重复')
    await page.locator('[data-reject]').click()
    await page.locator('.toast', { hasText: '不采纳' }).waitFor()
    expect(mock.patrol.decisions).toEqual([{ fields: { name: false }, geometry: false, reason: '与试验2号公厕重复' }])
  })

  it('tells rates with numerator and denominator', async () => {
    const page = await start('bureau', '/patrol?part=rates')
    await page.locator('[data-rate=closed]', { hasText: '85%' }).waitFor()
    expect(await page.locator('[data-rate=closed]').innerText()).toContain('17 / 20')
    const empty = page.locator('.sheet tr[data-code="990001002"]')
    expect(await empty.locator('.bar b').allInnerTexts()).toEqual(['—', '—', '—', '—'])
    expect(await empty.locator('.bar small').first().innerText()).toBe('0 / 0')
    expect(await page.locator('.files a').first().getAttribute('href')).toMatch(/\/rates\?by=street&from=\d{4}-\d\d-\d\d&to=\d{4}-\d\d-\d\d&f=xlsx/)
    await mapIdle(page)
    await keep(page, 'patrol-rates')
  })

  it('sends a step again as the same step when its answer was lost', async () => {
    const page = await start('bureau', '/patrol?open=00000000-0000-4000-8000-000000000001')
    const sent: string[] = []
    let lost = 2 // the client tries twice by itself
    await page.route('**/steps', async (route) => {
      sent.push((route.request().postDataJSON() as { id: string }).id)
      await (lost-- > 0 ? route.abort() : route.continue())
    })
    await page.locator('[data-step=comment]').click()
    await page.locator('dialog textarea').fill('已电话联系')
    await page.locator('dialog button[type=submit]').click()
    await page.locator('dialog [role=alert]').waitFor()
    await page.locator('dialog button[type=submit]').click()
    await page.locator('.steps li[data-kind=comment]', { hasText: '已电话联系' }).waitFor()
    expect([sent.length, new Set(sent).size]).toEqual([3, 1])
  })

  it('merges into a problem that is found by its number', async () => {
    const page = await start('bureau', '/patrol?open=00000000-0000-4000-8000-000000000009')
    await page.locator('[data-step=merge]').click()
    await page.locator('dialog .picker input').fill('0011')
    await page.locator('dialog [role=option]', { hasText: '20260102-0011' }).click()
    const asked = page.waitForRequest((request) => request.url().endsWith('/steps'))
    await page.locator('dialog button[type=submit]').click()
    expect((await asked).postDataJSON()).toMatchObject({ kind: 'merge', other: '00000000-0000-4000-8000-000000000011' })
    await page.locator('.card [data-state]', { hasText: '已并案' }).waitFor()
  })

  it('opens anew what a look back finds again', async () => {
    const page = await start('bureau', '/patrol?open=00000000-0000-4000-8000-000000000005')
    await page.locator('[data-step=look_back]').click()
    await page.locator('dialog [data-back]').check()
    const asked = page.waitForRequest((request) => request.url().endsWith('/steps'))
    await page.locator('dialog button[type=submit]').click()
    const { other } = (await asked).postDataJSON() as { other: string }
    expect(other).toMatch(/^[0-9a-f-]{36}$/)
    await expect.poll(() => page.url()).toContain(`open=${other}`)
    forgive('404')
  })

  it('finds problems by text, shows only the columns asked for, and opens what a rate counts', async () => {
    const page = await start('bureau', '/patrol')
    await page.locator('[data-search]').fill('试验1路')
    await page.locator('.problems .sum', { hasText: /^1 件问题/ }).waitFor()
    await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('试验1路')
    await page.locator('[data-search]').fill('')
    await page.locator('.problems .sum', { hasText: '18 件问题' }).waitFor()
    await page.locator('.states [data-state=rectified]').click()
    await expect.poll(() => page.locator('.column').count()).toBe(1)
    await page.locator('[data-tab=rates]').click()
    await page.locator('[data-by]').selectOption('dept')
    await page.locator('.sheet tbody [data-code="990001001"] button').click()
    await expect.poll(() => Object.fromEntries(new URL(page.url()).searchParams)).toMatchObject({ dept: '990001001', states: 'found,returned,dispatched,handling,rectified,suspended,closed' })
  })

  it('is closed to those who may not, and says what failed', async () => {
    const page = await start('viewer')
    await page.locator('.patrol-panel', { hasText: '没有权限' }).or(page.locator('.patrol-panel .notice')).first().waitFor()
    expect(await page.locator('.rail a[href^="/patrol"]').count()).toBe(0)
    mock.failures.set('/api/v1/patrol/problems', { status: 500, body: { title: '服务器出错', title_en: 'Failed', request_id: 'fixture-request-9' } })
    const other = await start('bureau')
    await other.locator('.problems', { hasText: 'fixture-request-9' }).waitFor()
    mock.failures.clear()
    await other.locator('.problems .button').click()
    await other.locator('.problems .sum', { hasText: '18 件问题' }).waitFor()
    forgive('500')
  })

  it('works on a phone: a list, then one problem', async () => {
    const page = await start('street', '/patrol', phone)
    await page.locator('.sheet .problem').first().waitFor()
    await page.waitForTimeout(500)
    await keep(page, 'patrol-phone')
    await page.locator('.sheet .problem').first().tap()
    await page.locator('.sheet .card h2').waitFor()
    await page.waitForTimeout(500)
    await keep(page, 'patrol-phone-problem')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  })
})

function pixel(page: Page, lon: number, lat: number): Promise<{ x: number; y: number }> {
  return page.evaluate(([lon, lat]) => {
    const { map } = document.querySelector('#map') as MapElement
    const { left, top } = map?.getCanvas().getBoundingClientRect() ?? { left: 0, top: 0 }
    const { x, y } = map?.project([lon, lat]) ?? { x: 0, y: 0 }
    return { x: x + left, y: y + top }
  }, [lon, lat] as const)
}

async function clickAt(page: Page, lon: number, lat: number): Promise<void> {
  const { x, y } = await pixel(page, lon, lat)
  await page.mouse.click(x, y)
}

async function colourOf(page: Page, lon: number, lat: number): Promise<number[]> {
  const { x, y } = await pixel(page, lon, lat)
  return colourAt(page, x, y)
}

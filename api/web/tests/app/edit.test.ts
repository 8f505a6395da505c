import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MapElement } from '../../src/map/engine.ts'
import { desk, keep, launch, mapIdle, phone } from '../browser/browser.ts'
import { enter } from '../browser/users.ts'
import { mockPassword } from '../mock/accounts.ts'
import { startMock, type Mock } from '../mock/server.ts'

/** Editing the inventory of the fixture town. */
describe('the editor of the inventory', () => {
  let browser: Browser
  let mock: Mock
  let pages: { page: Page; faults: string[] }[] = []
  beforeAll(async () => { browser = await launch() })
  afterAll(() => browser.close())
  beforeEach(async () => { mock = await startMock() })
  afterEach(async () => {
    for (const { page, faults } of pages) {
      expect(faults.filter((fault) => !/status of 4(04|12|22)/.test(fault))).toEqual([])
      await page.context().close()
    }
    pages = []
    await mock.stop()
  })

  async function start(as: string, path: string, options = desk): Promise<Page> {
    const opened = await enter(browser, mock.url, { name: as, password: mockPassword }, path, options)
    pages.push(opened)
    const { page } = opened
    await mapIdle(page)
    return page
  }
  const toilet = '/?select=public_toilet/400#map=16/36.2672/119.9878'

  it('edits a feature: faults at their field, what changed marked, saved with its version', async () => {
    const page = await start('bureau', toilet)
    await page.locator('[data-edit-feature]').click()
    const name = page.locator('[data-field=name] input')
    await name.fill('改名公厕')
    expect(await page.locator('.changed[data-field=name]').count()).toBe(1)
    const width = page.locator('[data-field=width_m] input')
    await width.fill('abc')
    await page.locator('[data-field=width_m]', { hasText: '须为数字' }).waitFor()
    await width.fill('120')
    await page.keyboard.press('Control+s')
    await page.locator('[data-field=width_m]', { hasText: '不能超过 100 米' }).waitFor()
    await keep(page, 'edit-fault')
    await width.fill('12')
    await page.locator('[data-save]').click()
    await page.locator('.toast', { hasText: '已保存' }).waitFor()
    await page.locator('.drawer h2', { hasText: '改名公厕' }).waitFor()
    expect(mock.editing.written.at(-1)?.body).toEqual({ properties: { name: '改名公厕', width_m: 12 } })
  })

  it('asks before something unsaved is lost', async () => {
    const page = await start('bureau', toilet)
    await page.locator('[data-edit-feature]').click()
    await page.locator('[data-field=name] input').fill('改名公厕')
    await clickAt(page, 119.9862, 36.2690)
    await page.locator('dialog', { hasText: '放弃未保存的修改' }).waitFor()
    await page.locator('dialog .primary').click()
    expect(await page.locator('[data-field=name] input').inputValue()).toBe('改名公厕')
    await page.locator('[data-field=name] input').press('Escape')
    await page.locator('[data-discard]').click()
    await page.locator('.record-buttons').waitFor()
    expect(mock.editing.written).toEqual([])
  })

  it('draws a new point, tells what it will be, and adds it', async () => {
    const page = await start('bureau', '/#map=16/36.2672/119.9878')
    await page.locator('[data-new]').click()
    await page.locator('.new-menu [data-layer=public_toilet]').click()
    await drawing(page)
    await clickAt(page, 119.9868, 36.2674)
    await page.locator('.draw-bar[data-finished=true]').waitFor()
    await page.locator('[data-save]').click()
    await page.locator('[data-field=grade]', { hasText: '必填' }).waitFor()
    await page.locator('[data-field=grade] select').selectOption('class_2')
    await page.locator('[data-willbe]', { hasText: 'NEW-0001' }).waitFor()
    await keep(page, 'edit-new')
    await page.locator('[data-save]').click()
    await page.locator('.toast', { hasText: '已新增' }).waitFor()
    const created = mock.editing.written.findLast(({ query }) => query === '')
    expect(created).toMatchObject({ method: 'POST', body: { type: 'Feature', properties: { grade: 'class_2' } } })
    expect(page.url()).toContain('select=public_toilet/9')
  })

  it('draws an area corner by corner, takes a corner back, and shows its size', async () => {
    const page = await start('bureau', '/#map=16/36.2672/119.9878')
    await page.locator('[data-new]').click()
    await page.locator('.new-menu [data-layer=construction_site]').click()
    await page.locator('[data-draw=Polygon]').click()
    await drawing(page)
    for (const [lon, lat] of [[119.9855, 36.2665], [119.9870, 36.2665], [119.9870, 36.2675], [119.9875, 36.2677]] as const) await clickAt(page, lon, lat)
    await page.locator('[data-undo]').click()
    await page.locator('[data-finish]').click()
    await page.locator('.draw-bar[data-finished=true]').waitFor()
    await page.locator('.draw-bar .size', { hasText: '面积' }).waitFor()
    await keep(page, 'edit-area')
    const shape = await page.locator('[data-shape]').innerText()
    expect(shape).toMatch(/面积 7,\d{3}/) // half of 134 m × 111 m
  })

  it('doubts a place that looks shifted, and corrects it', async () => {
    const page = await start('bureau', '/#map=16/36.2672/119.9780')
    await page.locator('[data-new]').click()
    await page.locator('.new-menu [data-layer=public_toilet]').click()
    await drawing(page)
    await clickAt(page, 119.9780, 36.2672)
    await page.locator('.shift', { hasText: '480 米' }).waitFor()
    await mapIdle(page)
    await keep(page, 'edit-shift')
    await page.locator('[data-answer=keep]').click()
    await page.locator('[data-field=grade] select').selectOption('class_1')
    await page.locator('[data-save]').click()
    await page.locator('.toast', { hasText: '已新增' }).waitFor()
    expect(mock.editing.written.findLast(({ query }) => !query.includes('dry_run'))?.query).toBe('accept=shift')
  })

  it('settles a conflict field by field and saves on the new version', async () => {
    const page = await start('bureau', toilet)
    await page.locator('[data-edit-feature]').click()
    await page.locator('[data-field=name] input').fill('我的公厕')
    await page.locator('[data-field=width_m] input').fill('9')
    mock.editing.meddle('public_toilet', '400', { properties: { name: '他的公厕', status: 'closed' }, geometry: { type: 'Point', coordinates: [119.9883, 36.2675] } })
    await page.locator('[data-save]').click()
    await page.locator('[data-conflict]').waitFor()
    expect(await page.locator('fieldset.clash').count()).toBe(1)
    expect(await page.locator('[data-row=status] label.on').innerText()).toContain('停用')
    await page.waitForTimeout(700)
    await keep(page, 'edit-conflict')
    await page.locator('[data-row=name] input[value=theirs]').check()
    await page.locator('[data-settle]').click()
    await page.locator('[data-save]').click()
    await page.locator('.toast', { hasText: '已保存' }).waitFor()
    expect(mock.editing.written.at(-1)?.body).toEqual({ properties: { width_m: 9 } })
    expect(mock.editing.revision('public_toilet', '400')).toBe(3)
  })

  it('deletes by name and brings back', async () => {
    const page = await start('bureau', toilet)
    await page.locator('[data-delete]').click()
    await page.locator('dialog', { hasText: '删除“试验公厕1”' }).waitFor()
    await page.locator('[data-confirm-delete]').click()
    await page.locator('.toast button', { hasText: '撤销' }).click()
    await page.locator('.drawer h2', { hasText: '试验公厕1' }).waitFor()
    expect(mock.editing.written.map(({ method, path }) => `${method} ${path.split('/').at(-1)}`)).toEqual(['DELETE 400', 'POST restore'])
  })

  it('writes to many at once, lists what was refused, and undoes', async () => {
    const page = await start('bureau', '/inventory?layer=public_toilet#map=15/36.2690/120.0000')
    await pickRows(page)
    await page.locator('[data-edit-many]').click()
    await page.locator('[data-field=name] input').waitFor()
    expect(await page.locator('[data-field=name] input').getAttribute('placeholder')).toBe('多个值')
    mock.editing.meddle('public_toilet', '401', { properties: { name: '先改了' } })
    await page.locator('[data-field=width_m] input').fill('7')
    await page.locator('[data-save]').click()
    await page.locator('[data-sure]').click()
    await page.locator('[data-outcome]', { hasText: '未修改 1 条' }).waitFor()
    await page.locator('[data-status=stale]', { hasText: '已被别人修改' }).waitFor()
    await keep(page, 'edit-many')
    await page.locator('[data-undo-many]').click()
    await page.locator('.toast', { hasText: '已撤销' }).waitFor()
  })

  it('shows the history, compares, and restores', async () => {
    mock.editing.meddle('public_toilet', '400', { properties: { name: '曾用名公厕', status: 'closed' } })
    mock.editing.meddle('public_toilet', '400', { geometry: { type: 'Point', coordinates: [119.9883, 36.2675] } })
    const page = await start('bureau', toilet)
    await page.locator('[data-history]').click()
    await page.locator('[data-version="2"] .changes', { hasText: '曾用名公厕' }).waitFor()
    await page.locator('[data-look]').click()
    await page.locator('figure svg').waitFor()
    await page.waitForTimeout(700)
    await keep(page, 'edit-history')
    await page.locator('[data-version="1"] .pick input').check()
    await page.locator('[data-version="3"] .pick input').check()
    await page.locator('[data-diff]', { hasText: '停用' }).waitFor()
    await page.locator('[data-version="1"] [data-restore]').click()
    await page.locator('[data-confirm-restore]').click()
    await page.locator('[data-version="4"]').waitFor()
    expect(mock.editing.written.at(-1)).toMatchObject({ path: expect.stringContaining('restore') as string, body: { version: 1 } })
  })

  it('shows a day past with a banner and without editing', async () => {
    const page = await start('bureau', `${toilet.replace('?', '?at=2026-01-31&')}`)
    await page.locator('.past-banner', { hasText: '数据为 2026-01-31 的状态' }).waitFor()
    expect(await page.locator('[data-edit-feature], [data-new]').count()).toBe(0)
    await keep(page, 'edit-past')
    await page.locator('.past-banner button').click()
    await page.locator('[data-edit-feature]').waitFor()
    await expect.poll(() => page.url()).not.toContain('at=')
  })

  it('shows officers that they may only propose, and viewers nothing', async () => {
    const page = await start('officer', toilet)
    await page.locator('.record-buttons', { hasText: '须经工作人员审核' }).waitFor()
    expect(await page.locator('[data-edit-feature], [data-new], [data-delete]').count()).toBe(0)
  })

  it('adds on a phone: first the map, then the form as a full sheet', async () => {
    const page = await start('street', '/#map=16/36.2672/119.9878', phone)
    await page.locator('[data-new]').tap()
    await page.locator('.new-menu [data-layer=public_toilet]').tap()
    await drawing(page)
    await page.touchscreen.tap(195, 300)
    await page.locator('[data-next]:not([disabled])').waitFor()
    await keep(page, 'edit-phone-map')
    await page.locator('[data-next]').tap()
    await page.locator('[data-field=grade] select').selectOption('class_2')
    await page.waitForTimeout(300)
    await keep(page, 'edit-phone-form')
    await page.locator('[data-save]').tap()
    await page.locator('.toast', { hasText: '已新增' }).waitFor()
  })

  it('prints a fact sheet on one A4', async () => {
    const page = await start('bureau', '/')
    await page.goto(`${mock.url}/print/feature?layer=public_toilet&id=400`)
    await page.locator('.fact-page[data-ready=true]').waitFor({ timeout: 60_000 })
    expect(await page.title()).toContain('试验公厕1')
    await keep(page, 'fact-sheet')
    const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1')
    expect([...pdf.matchAll(/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, x, y]) => [Math.round(Number(x)), Math.round(Number(y))])).toEqual([[595, 842]])
  })
})

async function pickRows(page: Page): Promise<void> {
  for (let i = 0; i < 3; i++) await page.locator(`[role=row][data-row="${i}"] [data-pick]`).click()
}

/** The pencil is loaded and in hand. */
async function drawing(page: Page): Promise<void> {
  await page.locator('.draw-bar').waitFor()
  await page.waitForFunction(() => {
    const { map } = document.querySelector('#map') as MapElement
    return map?.getStyle().layers.some(({ id }) => id.startsWith('wangge-draw'))
  })
}

async function clickAt(page: Page, lon: number, lat: number): Promise<void> {
  const { x, y } = await page.evaluate(([lon, lat]) => {
    const { map } = document.querySelector('#map') as MapElement
    const { left, top } = map?.getCanvas().getBoundingClientRect() ?? { left: 0, top: 0 }
    const { x, y } = map?.project([lon, lat]) ?? { x: 0, y: 0 }
    return { x: x + left, y: y + top }
  }, [lon, lat] as const)
  await page.mouse.move(x, y)
  await page.mouse.move(x + 1, y)
  await page.mouse.click(x, y)
  await page.waitForTimeout(350) // a second click too soon would be a double click
}

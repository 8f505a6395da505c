import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { desk, keep, launch } from '../browser/browser.ts'
import { enter } from '../browser/users.ts'
import { mockPassword } from '../mock/accounts.ts'
import { startMock, type Mock } from '../mock/server.ts'

/** Plans, checklists and classes of problems: who may set them does so where everybody sees them. */
describe('the rules of patrols', () => {
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

  async function start(as: string, path = '/patrol'): Promise<Page> {
    const opened = await enter(browser, mock.url, { name: as, password: mockPassword }, path, desk)
    pages.push(opened)
    return opened.page
  }
  const forgive = (part: string) => { pages.forEach(({ faults }) => faults.splice(0, faults.length, ...faults.filter((fault) => !fault.includes(part)))) }

  it('changes a plan, and shows which clauses nobody compared', async () => {
    const page = await start('admin', '/patrol')
    await page.locator('[data-plan=toilet_day]', { hasText: '每天 2 次' }).click()
    expect(await page.locator('[role=tab]').count()).toBe(1) // who only sets plans sees plans
    await page.locator('dialog input[type=number]').fill('3')
    await page.locator('dialog [data-windows]').fill('25:00')
    await page.locator('dialog', { hasText: '应写成 06:00-22:00' }).waitFor()
    expect(await page.locator('dialog button[type=submit]').isDisabled()).toBe(true)
    await page.locator('dialog [data-windows]').fill('06：00至12:00，14:00-20:00')
    await page.locator('dialog button[type=submit]').click()
    await page.locator('[data-plan=toilet_day]', { hasText: '每天 3 次' }).waitFor()
    await page.locator('[data-part=checklists]').click()
    await page.locator('[data-checklist] summary').click()
    await page.locator('[data-checklist] li', { hasText: '条文未核对' }).waitFor()
    await keep(page, 'patrol-plans')
  })

  it('makes a plan, which has an English title in any case, and deletes it when asked twice', async () => {
    const page = await start('admin', '/patrol')
    await page.locator('[data-add]').click()
    const dialog = page.locator('dialog')
    await dialog.locator('[data-code]').fill('toilet_day')
    await dialog.locator('.field', { hasText: '代号已经有了' }).waitFor()
    await dialog.locator('[data-code]').fill('toilet_night')
    await dialog.locator('[data-title]').fill('公厕夜查')
    await dialog.locator('button[type=submit]').click()
    await page.locator('[data-plan=toilet_night]', { hasText: '公厕夜查' }).click()
    await dialog.locator('[data-drop]').click()
    await dialog.locator('footer', { hasText: '检查记录保留' }).waitFor()
    await dialog.locator('[data-drop-sure]').click()
    await page.locator('.toast', { hasText: '计划已删除' }).waitFor()
    await expect.poll(() => page.locator('[data-plan]').count()).toBe(2)
  })

  it('writes the next edition of a checklist: added, changed, retired', async () => {
    const page = await start('bureau', '/patrol?part=plans&rules=checklists')
    await page.locator('[data-checklist=public_toilet] summary').click()
    await page.locator('[data-edition-of]').click()
    const dialog = page.locator('dialog')
    await dialog.locator('.note', { hasText: '与现行版本相同' }).waitFor()
    expect(await dialog.locator('button[type=submit]').isDisabled()).toBe(true)
    await dialog.locator('[data-item=open] [data-title]').fill('拒收的名称')
    await dialog.locator('[data-item=clean] [data-retire]').click()
    await dialog.locator('[data-add]').click()
    await dialog.locator('[data-change=added] [data-title]').fill('有洗手液')
    expect(await dialog.locator('[data-count]').allInnerTexts()).toEqual(['新增 1', '修改 1', '停用 1'])
    await keep(page, 'patrol-edition')
    await dialog.locator('button[type=submit]').click()
    await dialog.locator('[data-item=open]', { hasText: '夹具不收这个名称' }).waitFor()
    await dialog.locator('[data-item=open] [data-title]').fill('按时开放')
    await dialog.locator('button[type=submit]').click()
    await page.locator('.toast', { hasText: '版已发布' }).waitFor()
    const [list] = mock.patrol.checklists
    expect(list?.items.map(({ code, title, effects }) => [code, title, Object.keys(effects ?? {})])).toEqual([['open', '按时开放', ['fail']], ['item_3', '有洗手液', []]])
    await page.locator('[data-checklist=public_toilet]', { hasText: '版本：' }).waitFor()
    forgive('400')
  })

  it('does not replace an edition that somebody else has just published', async () => {
    const page = await start('bureau', '/patrol?part=plans&rules=checklists')
    await page.locator('[data-checklist=public_toilet] summary').click()
    await page.locator('[data-edition-of]').click()
    const dialog = page.locator('dialog')
    await dialog.locator('[data-item=clean] [data-title]').fill('干净整洁')
    const [list] = mock.patrol.checklists
    if (list) Object.assign(list, { edition: '2026-01', editions: ['2026', '2026-01'] })
    await dialog.locator('button[type=submit]').click()
    await dialog.locator('[role=alert]', { hasText: '2026-01 版' }).waitFor()
    expect(await dialog.locator('[data-item=clean] [data-title]').inputValue()).toBe('干净整洁')
    expect(list?.items[1]?.title).toBe('整洁')
  })

  it('changes a class of problems and makes one', async () => {
    const page = await start('bureau', '/patrol?part=plans&rules=classes')
    await page.locator('[data-class="0102"]', { hasText: '24 小时' }).click()
    const dialog = page.locator('dialog')
    await expect.poll(() => dialog.locator('.picker input').inputValue()).toBe('夹具养护处')
    await dialog.locator('[data-hours]').fill('')
    expect(await dialog.locator('button[type=submit]').isDisabled()).toBe(true)
    await dialog.locator('[data-hours]').fill('8')
    await keep(page, 'patrol-class')
    await dialog.locator('button[type=submit]').click()
    await page.locator('[data-class="0102"]', { hasText: '8 小时' }).waitFor()
    expect(mock.patrol.classes[1]).toMatchObject({ handle_hours: 8, responsible_dept: 'D9', ordinal: 10, duplicate_m: 50, photo_after: true })
    await page.locator('[data-add]').click()
    await dialog.locator('[data-code]').fill('smell')
    await dialog.locator('[data-title]').fill('异味扰民')
    await dialog.locator('button[type=submit]').click()
    await page.locator('[data-class=smell]', { hasText: '未定责任单位' }).waitFor()
    await keep(page, 'patrol-classes')
  })

  it('shows rules to those who may not set them, without a way to', async () => {
    const page = await start('auditor', '/patrol?part=plans&rules=classes')
    await page.locator('[data-class="0102"]').waitFor()
    expect(await page.locator('button[data-class], [data-add], h3 button').count()).toBe(0)
    await page.locator('[data-part=checklists]').click()
    await page.locator('[data-checklist] summary').click()
    await page.locator('[data-checklist] li').first().waitFor()
    expect(await page.locator('[data-edition-of]').count()).toBe(0)
  })
})

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { desk, keep, launch, mapIdle, open, phone } from '../browser/browser.ts'
import { startMock, type Mock } from '../mock/server.ts'

let mock: Mock
let browser: Browser
beforeAll(async () => { browser = await launch() })
beforeEach(async () => {
  mock = await startMock()
  return () => mock.stop()
})
afterAll(() => browser.close())

const show = async (query: string, options = desk) => {
  const opened = await open(browser, `${mock.url}/inventory${query}`, options)
  await opened.page.locator('[role=grid] [role=row][data-row="0"], .item').first().waitFor()
  return opened
}
/** What stands in a column, from the top of the screen, in the order of the rows. */
const column = (page: Page, name: string) => page.evaluate((of) => {
  const at = [...document.querySelectorAll('[role=columnheader]')].findIndex((head) => head.getAttribute('data-column') === of)
  return [...document.querySelectorAll<HTMLElement>('[role=row][data-row]')].sort((a, b) => Number(a.dataset.row) - Number(b.dataset.row)).map((row) => row.children[at]?.textContent ?? '')
}, name)
/** Several things go on in one browser on a small machine. */
const eventually = <T>(what: () => T) => expect.poll(what, { timeout: 10_000 })
const query = (page: Page) => new URL(page.url()).searchParams

describe('the table', () => {
  it('sorts by its headings, by several with Shift, and the address keeps it', async () => {
    const { page, faults } = await show('?layer=road')
    await eventually(async () => (await column(page, 'code'))[0]).toBe('R100')
    await page.locator('[data-column=class] .title').click()
    await eventually(async () => (await column(page, 'class'))[0]).toBe('主干路')
    await page.locator('[data-column=code] .title').click({ modifiers: ['Shift'] })
    await page.locator('[data-column=code] .title').click({ modifiers: ['Shift'] })
    await eventually(() => query(page).get('sort')).toBe('class,-code')
    await eventually(async () => (await column(page, 'code')).slice(0, 2)).toEqual(['R208', 'R203'])
    expect(await page.locator('[data-column=code]').getAttribute('aria-sort')).toBe('descending')
    await page.reload()
    await eventually(async () => (await column(page, 'code')).slice(0, 2)).toEqual(['R208', 'R203'])
    await keep(page, 'fixture-inventory')
    expect(faults).toEqual([])
    await page.context().close()
  })

  it('selects from both sides', async () => {
    const { page, faults } = await show('?layer=public_toilet')
    await mapIdle(page)
    await page.locator('[role=row][data-row="2"]').click({ position: { x: 120, y: 10 } })
    await page.locator('.drawer h2', { hasText: '试验公厕3' }).waitFor()
    expect(query(page).get('select')).toBe('public_toilet/402')
    await page.locator('[role=grid]').focus()
    for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key)
    await page.locator('.drawer h2', { hasText: '试验公厕5' }).waitFor()
    expect(await page.locator('[role=grid]').evaluate((grid) => grid === document.activeElement)).toBe(true)

    await page.keyboard.press('Home')
    await page.keyboard.press('Shift+ArrowDown')
    await eventually(() => query(page).get('picked')).toBe('400,401')
    await page.locator('[role=row][data-row="5"] [data-pick]').click()
    await eventually(() => query(page).get('picked')).toBe('400,401,405')
    await page.getByText('已选 3 条').waitFor()
    await page.keyboard.press('Control+a')
    await eventually(() => query(page).get('picked')).toBe('all')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await eventually(() => query(page).has('picked')).toBe(false)

    await page.keyboard.press('h')
    await eventually(() => page.url()).toContain('/36.27/120.01')
    await mapIdle(page)
    const at = await page.evaluate(() => {
      const host = document.querySelector<HTMLElement & { map?: { project(at: [number, number]): { x: number; y: number } } }>('#map')
      const { x = 0, y = 0 } = host?.map?.project([120.0148, 36.2672]) ?? {} // 试验公厕4
      const box = host?.getBoundingClientRect()
      return { x: x + (box?.left ?? 0), y: y + (box?.top ?? 0) }
    })
    await page.mouse.click(at.x, at.y)
    await page.locator('[role=row][data-row="3"].open').waitFor()
    expect(faults).toEqual([])
    await page.context().close()
  })

  it('scrolls through 500,000 rows in less script than a frame has', async () => {
    mock.table.many = 500_000
    const { page, faults } = await show('?layer=public_toilet')
    await page.locator('[role=row][data-row="3"]', { hasText: '试验第4厕' }).waitFor()
    const times = await page.evaluate(async () => {
      const grid = document.querySelector<HTMLElement>('[role=grid]')
      if (!grid) return []
      let begun = 0
      document.addEventListener('scroll', () => { begun = performance.now() }, { capture: true })
      const frame = () => new Promise<number>((resolve) => { requestAnimationFrame(() => { resolve(performance.now()) }) })
      const taken: number[] = []
      for (let i = 0; i < 240; i++) {
        begun = 0
        grid.scrollTop += i < 120 ? 420 : (grid.scrollHeight - grid.clientHeight) / 120 // a screen a frame, then all of it
        const end = await frame()
        if (begun > 0) taken.push(end - begun)
      }
      return taken.sort((a, b) => a - b)
    })
    const median = times[Math.floor(times.length / 2)] ?? Infinity
    process.stdout.write(`500,000 rows: script a frame ${median.toFixed(1)} ms in median, ${times[Math.floor(times.length * 0.95)]?.toFixed(1)} ms at 95 %, ${times.length} frames\n`)
    expect(times.length).toBeGreaterThan(200)
    expect(median).toBeLessThan(16)
    await page.locator('[role=row][data-row="499999"]', { hasText: '试验第500000厕' }).waitFor()
    expect(mock.table.asked.filter((one) => one.startsWith('items')).length).toBeLessThan(80) // what flew past was not asked for
    await page.locator('[role=grid]').focus()
    await page.keyboard.press('Home')
    await page.locator('[role=row][data-row="0"]', { hasText: '试验第1厕' }).waitFor()
    expect(faults).toEqual([])
    await page.context().close()
  })

  it('has the columns one chooses, and remembers them', async () => {
    const { page, faults } = await show('?layer=road')
    await page.getByText('列', { exact: true }).click()
    const menu = page.locator('.columns .menu')
    await menu.getByText('状态', { exact: true }).click()
    await menu.getByText('备注', { exact: true }).click()
    await menu.getByLabel('“名称”上移').click()
    await page.keyboard.press('Escape')
    const heads = () => page.locator('[role=columnheader][data-column]').evaluateAll((list) => list.map((one) => (one as HTMLElement).dataset.column))
    expect((await heads()).slice(0, 3)).toEqual(['name', 'code', 'grade'])
    expect(query(page).get('cols')).toContain('name,code,grade')
    const wide = async () => (await page.locator('[data-column=name]').boundingBox())?.width ?? 0
    const before = await wide()
    const box = await page.locator('[data-column=name] .edge').boundingBox()
    await page.mouse.move((box?.x ?? 0) + 4, (box?.y ?? 0) + 10)
    await page.mouse.down()
    await page.mouse.move((box?.x ?? 0) + 64, (box?.y ?? 0) + 10, { steps: 3 })
    await page.mouse.up()
    expect(await wide()).toBeCloseTo(before + 60, 0)
    await page.goto(`${mock.url}/inventory?layer=road`)
    await page.locator('[role=row][data-row="0"]').waitFor()
    expect((await heads())[0]).toBe('name')
    expect(await wide()).toBeCloseTo(before + 60, 0)
    expect(faults).toEqual([])
    await page.context().close()
  })
})

describe('the filter', () => {
  it('is built of conditions, shown as chips, and drawn on the map', async () => {
    const { page, faults } = await show('?layer=public_toilet')
    await page.getByText('添加条件', { exact: true }).click()
    await page.locator('.options button', { hasText: '停用' }).click()
    await eventually(() => query(page).get('filter')).toBe("status IN ('closed')")
    await eventually(() => column(page, 'name')).toEqual(['试验公厕6'])
    await page.locator('.chips li', { hasText: '状态：停用' }).waitFor()
    await page.getByText('1 / 8 条').waitFor()
    await mapIdle(page)
    const drawn = () => page.evaluate(() => {
      const host = document.querySelector<HTMLElement & { map?: { queryRenderedFeatures(q: object): { id: number }[] } }>('#map')
      return [...new Set(host?.map?.queryRenderedFeatures({ layers: ['toilet'] }).map(({ id }) => id))]
    })
    await eventually(drawn).toEqual([405])
    await page.getByRole('switch', { name: '地图同步筛选' }).click()
    await eventually(async () => (await drawn()).length).toBeGreaterThan(3)

    await page.getByText('添加条件组').click()
    const group = page.locator('.group')
    expect(await group.locator('.test').count()).toBe(2)
    await group.locator('[data-part=field]').first().selectOption('name')
    await group.locator('[data-part=value]').first().fill('公厕6')
    await group.locator('[data-part=field]').last().selectOption('surveyed_on')
    await group.locator('[data-part=op]').last().selectOption('empty')
    await eventually(() => query(page).get('filter')).toBe("status IN ('closed') AND (CASEI(name) LIKE CASEI('%公厕6%') OR surveyed_on IS NULL)")
    await keep(page, 'fixture-filter')
    await page.locator('.chips button').first().click()
    await eventually(() => query(page).get('filter')).toBe("(CASEI(name) LIKE CASEI('%公厕6%') OR surveyed_on IS NULL)")
    expect(faults).toEqual([])
    await page.context().close()
  })

  it('can be written as text, comes back as conditions, and says what is wrong', async () => {
    const { page } = await show('?layer=road')
    await page.getByText('CQL2 表达式').click()
    const box = page.getByLabel('CQL2 表达式')
    await box.fill("class = 'arterial' and code <> 'R103'")
    await page.keyboard.press('Control+Enter')
    await eventually(async () => (await column(page, 'code')).includes('R103')).toBe(false)
    await eventually(() => page.locator('.builder .test').count()).toBe(2)
    await box.fill("code LIKE 'R2%")
    await page.getByText('应用', { exact: true }).click()
    await page.locator('.expert .wrong', { hasText: '第 14 个字符：这里不对' }).waitFor()
    await page.getByText('按文本使用').waitFor()
    await page.getByText('请求编号').waitFor()
    await page.getByText('改用条件列表').click()
    await page.locator('[role=row][data-row="9"]').waitFor()
    await page.context().close()
  })

  it('takes a box drawn on the map and follows the map, and is kept by name', async () => {
    const { page, faults } = await show('?layer=public_toilet')
    await mapIdle(page)
    await page.getByText('添加条件', { exact: true }).click()
    await page.locator('[data-part=field]').selectOption('geom')
    await page.getByText('在地图上画框').click()
    const map = await page.locator('#map').boundingBox()
    await page.mouse.move((map?.x ?? 0) + 200, (map?.y ?? 0) + 60)
    await page.mouse.down()
    await page.mouse.move((map?.x ?? 0) + 800, (map?.y ?? 0) + 380, { steps: 4 })
    await page.mouse.up()
    await eventually(() => query(page).get('filter')).toMatch(/^S_INTERSECTS\(geom, BBOX\(/)
    await page.getByText('位置条件不作用于地图').waitFor()
    await page.getByText('保存筛选', { exact: true }).click()
    await page.getByLabel('筛选名称').fill('中间一块')
    await page.keyboard.press('Enter')
    await page.getByText('清除', { exact: true }).click()
    await eventually(() => query(page).has('filter')).toBe(false)
    await page.getByText('常用筛选').click()
    await page.locator('.saved li button').first().click()
    await eventually(() => query(page).get('filter')).toMatch(/^S_INTERSECTS/)
    await page.getByText('清除', { exact: true }).click()

    await page.getByRole('switch', { name: '仅视野内' }).click()
    await eventually(() => mock.table.asked.at(-1)).toContain('bbox=')
    const asked = mock.table.asked.length
    await page.keyboard.press('Escape')
    await page.locator('.maplibregl-canvas').focus()
    await page.keyboard.press('ArrowRight')
    await eventually(() => mock.table.asked.slice(asked).some((one) => one.startsWith('order'))).toBe(true)
    expect(faults).toEqual([])
    await page.context().close()
  })
})

describe('the inventory', () => {
  it('says what to do where there is nothing, and what went wrong', async () => {
    const { page } = await open(browser, `${mock.url}/inventory?layer=road&filter=${encodeURIComponent("code = 'X'")}`)
    await page.getByText('没有符合条件的要素').waitFor()
    await page.getByText('清除全部条件').click()
    await page.locator('[role=row][data-row="0"]').waitFor()
    mock.failures.set('/api/v1/features/back_alley/order', { status: 500, body: { type: 'urn:wangge:problem:internal', title: '内部错误', request_id: 'fixture-request-9' } })
    await page.locator('[data-layer=back_alley]').last().click()
    await page.getByText('fixture-request-9').waitFor()
    mock.failures.set('/api/v1/features/back_alley/order', { status: 403, body: { title: '没有这项权限' } })
    await page.getByText('重试', { exact: true }).click()
    await page.getByText('没有查看这个图层的权限').waitFor()
    await page.context().close()
  })

  it('is taken along in the form one chooses', async () => {
    const { page, faults } = await show(`?layer=public_toilet&filter=${encodeURIComponent("grade IN ('class_2')")}`)
    await page.getByText('导出', { exact: true }).click()
    const dialog = page.locator('dialog')
    await dialog.getByText('符合当前条件的 6 条').waitFor()
    await dialog.getByLabel('格式').selectOption('shp.zip')
    await dialog.getByLabel('坐标系').selectOption('EPSG:4549')
    await dialog.getByLabel('文字编码').selectOption('gbk')
    await keep(page, 'fixture-export')
    const downloading = page.waitForEvent('download')
    await dialog.getByText('下载', { exact: true }).click()
    expect((await downloading).suggestedFilename()).toBe('公厕.shp.zip')
    expect(mock.table.asked.at(-1)).toBe("export public_toilet.shp.zip ?filter=grade IN ('class_2')&crs=EPSG:4549&charset=gbk")
    expect(faults).toEqual([])
    await page.context().close()
  })

  it('is a list on a phone, with the map behind', async () => {
    mock.table.many = 5_000
    const { page, faults } = await show('?layer=public_toilet', phone)
    await page.locator('.item b', { hasText: '试验第1厕' }).waitFor()
    await keep(page, 'fixture-inventory-phone')
    await page.locator('.scroll').evaluate((list) => { list.scrollTop = 64 * 3_000 })
    await page.locator('.item b', { hasText: '试验第3003厕' }).waitFor()
    await page.getByText('筛选', { exact: false }).first().tap()
    await page.locator('dialog').getByText('添加条件', { exact: true }).tap()
    await page.locator('dialog .options button', { hasText: '停用' }).tap()
    await page.locator('dialog footer button', { hasText: '共 714 条' }).waitFor()
    await keep(page, 'fixture-filter-phone')
    await page.locator('dialog footer button').tap()
    await page.locator('.item b', { hasText: '试验第7厕' }).waitFor()
    expect(await page.evaluate(() => [...document.querySelectorAll<HTMLElement>('.inventory-list button, .inventory-list select')].filter((one) => one.checkVisibility()).map((one) => one.getBoundingClientRect()).filter(({ height, width }) => height < 43.5 || width < 43.5).length)).toBe(0)
    await page.locator('.item button').first().tap()
    await page.locator('.sheet .drawer').waitFor()
    expect(faults.filter((fault) => !fault.includes('404'))).toEqual([])
    await page.context().close()
  })
})

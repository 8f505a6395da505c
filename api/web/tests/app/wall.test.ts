import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, open } from '../browser/browser.ts'
import { checkWall } from '../browser/wall.ts'
import { startMock, type Mock } from '../mock/server.ts'

let mock: Mock
let browser: Browser
beforeAll(async () => {
  mock = await startMock()
  browser = await launch()
})
afterAll(async () => {
  await browser.close()
  await mock.stop()
})

describe('the wall map', { timeout: 180_000 }, () => {
  it('becomes a PDF of the paper’s size and a picture; a visitor gets the grids without people', async () => {
    const { page, faults } = await open(browser, `${mock.url}/print/wall?scheme=duty`)
    await checkWall(page, 'fixture-wall', { widthMm: 420, heightMm: 297 })
    const text = await page.locator('svg.wall').evaluate((svg) => svg.textContent)
    for (const part of ['试验1格', '图例', '北', '1:', 'CGCS2000', '示例数据']) expect(text).toContain(part)
    expect(text).not.toContain('网格长')
    expect(faults).toEqual([])
    await page.context().close()
  })

  it('says where there are no grids', async () => {
    const { page } = await open(browser, `${mock.url}/print/wall?scheme=unit`)
    await page.getByText('这里没有网格').waitFor()
    await page.context().close()
  })
})

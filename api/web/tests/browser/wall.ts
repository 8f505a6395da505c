import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { keep } from './browser.ts'

const pointsPerMm = 72 / 25.4

/** Waits for the wall map of a page, and sees that its PDF has the size of the paper and its picture the furniture and the map. */
export async function checkWall(page: Page, name: string, { widthMm, heightMm }: { widthMm: number; heightMm: number }): Promise<void> {
  await page.locator('.wall-page[data-ready=true]').waitFor({ timeout: 120_000 })
  await keep(page, name)
  const downloading = page.waitForEvent('download', { timeout: 90_000 })
  await page.getByText('下载 PNG').click()
  const picture = await readFile(await (await downloading).path())
  expect(picture.subarray(1, 4).toString()).toBe('PNG')
  const [width, height] = [picture.readUInt32BE(16), picture.readUInt32BE(20)]
  expect(width / height).toBeCloseTo(widthMm / heightMm, 2)
  expect(width / (widthMm / 25.4)).toBeGreaterThan(140) // dots per inch, whatever these graphics can
  expect(picture.length).toBeGreaterThan(100_000)
  const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1')
  const boxes = [...pdf.matchAll(/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, x, y]) => [Number(x) / pointsPerMm, Number(y) / pointsPerMm])
  expect(boxes).toHaveLength(1)
  expect(boxes[0]?.[0]).toBeCloseTo(widthMm, 0)
  expect(boxes[0]?.[1]).toBeCloseTo(heightMm, 0)
}

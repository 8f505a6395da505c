import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MapElement } from '../../src/map/engine.ts'
import { launch, mapIdle, open } from '../browser/browser.ts'

/** A server, and the folder of the private cluster that it follows: the test writes to the record behind its back. */
const server = process.env.WANGGE_URL?.replace(/\/$/, '')
const data = process.env.WANGGE_DATA

/** Runs a statement in the record and gives what it returns. */
async function sql(statement: string): Promise<string> {
  const lines = (await readFile(path.join(data ?? '', 'postgres/data/postmaster.pid'), 'utf8')).split('\n')
  const { stdout } = await promisify(execFile)('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-U', 'postgres', '-h', lines[4] ?? '', '-p', lines[3] ?? '', '-d', 'wangge', '-c', statement])
  return stdout.trim()
}

const zoom = 16
const side = 2 ** -zoom
type Place = [lon: number, lat: number]

/** The middle of a tile that is some tiles away from the one at a place. */
function tileMiddle([lon, lat]: Place, east = 0): Place {
  const phi = (lat * Math.PI) / 180
  const x = Math.floor((lon + 180) / 360 / side) + east + 0.5
  const y = Math.floor((1 - Math.asinh(Math.tan(phi)) / Math.PI) / 2 / side) + 0.5
  return [x * side * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - 2 * y * side))) * 180) / Math.PI]
}

const square = ([lon, lat]: Place) => `ST_MakeEnvelope(${lon - 2e-4}, ${lat - 2e-4}, ${lon + 2e-4}, ${lat + 2e-4}, 4490)`

/** Waits until the page draws a feature at a place, or does no longer, and gives the time in ms since 1970 at which it was seen. */
function seen(page: Page, id: string, at: Place, there = true): Promise<number> {
  return page.evaluate(({ id, at, there }) => new Promise<number>((resolve, reject) => {
    const map = (document.querySelector('#map') as MapElement).map
    const began = Date.now()
    const look = () => {
      const found = map?.queryRenderedFeatures(map.project(at)).some((one) => one.sourceLayer === 'parking_space' && String(one.id) === id)
      if (found === there) resolve(Date.now())
      else if (Date.now() - began > 15_000) reject(new Error(`feature ${id} is ${there ? 'not' : 'still'} drawn`))
      else setTimeout(look, 10)
    }
    look()
  }), { id, at, there })
}

/** Counts the road lines drawn, again and again; the result gives the numbers met until then. */
async function watchRoads(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const { map } = document.querySelector('#map') as MapElement
    const numbers = new Set<number>()
    const count = () => { numbers.add(map?.queryRenderedFeatures().filter((one) => one.sourceLayer === 'road' && one.layer.type === 'line').length ?? 0) }
    count()
    map?.on('render', count)
    setInterval(count, 20)
    Object.assign(window, { roadNumbers: numbers })
  })
  return () => page.evaluate(() => [...(window as unknown as { roadNumbers: Set<number> }).roadNumbers])
}

function fetched(page: Page): string[] {
  const urls: string[] = []
  page.on('request', (request) => { if (request.url().includes('/tiles/city/')) urls.push(request.url()) })
  return urls
}

describe.skipIf(!server || !data)('edits in the record (WANGGE_URL and WANGGE_DATA name a server and its data)', { timeout: 120_000 }, () => {
  let browser: Browser
  let here: Place
  const ids: string[] = []
  beforeAll(async () => {
    browser = await launch()
    const style = await (await fetch(`${server}/style.json`)).json() as { center: Place }
    here = tileMiddle(style.center)
  })
  afterAll(async () => {
    if (ids.length > 0) await sql(`DELETE FROM parking_space WHERE id IN (${ids.join()})`)
    await browser.close()
  })

  async function insert(at: Place): Promise<string> {
    const id = await sql(`INSERT INTO parking_space (code, name, kind, capacity, geom) VALUES ('E2E-' || nextval('parking_space_id_seq'), '试验停车场', 'motor', 10, ${square(at)}) RETURNING id`)
    ids.push(id)
    return id
  }
  const view = (at: Place, query = '') => `${server}/${query}#map=${zoom}/${at[1].toFixed(6)}/${at[0].toFixed(6)}`

  it('show in two browsers within a second, fetch only the tiles they touch, and nothing flickers', async () => {
    const [a, b] = await Promise.all([open(browser, view(here)), open(browser, view(here))])
    const pages = [a.page, b.page]
    const requests = pages.map(fetched)
    await Promise.all(pages.map(mapIdle))
    const loaded = requests.map((urls) => new Set(urls).size)
    const roads = await Promise.all(pages.map(watchRoads))
    const count = () => Promise.all(pages.map((page) => page.locator('[data-layer=parking_space] .count').innerText()))
    const before = (await count()).map(Number)

    const took: number[] = []
    let id = ''
    for (let i = 0; i < 5; i++) {
      for (const urls of requests) urls.length = 0
      const began = Date.now()
      id = await insert(here)
      took.push(Math.max(...await Promise.all(pages.map((page) => seen(page, id, here)))) - began)
      for (const urls of requests) expect(urls.length === 1 || urls.length === 2, urls.join(' ')).toBe(true)
      await sql(`DELETE FROM parking_space WHERE id = ${id}`)
      await Promise.all(pages.map((page) => seen(page, id, here, false)))
    }
    expect(Math.min(...took), `${took.join()} ms`).toBeLessThan(1000) // on a busy machine not every time
    expect(Math.min(...loaded)).toBeGreaterThan(6)

    id = await insert(here)
    await Promise.all(pages.map((page) => seen(page, id, here)))
    await expect.poll(count).toEqual(before.map((n) => String(n + 1)))
    const next = tileMiddle(here, 1)
    await sql(`UPDATE parking_space SET geom = ${square(next)} WHERE id = ${id}`)
    await Promise.all(pages.flatMap((page) => [seen(page, id, here, false), seen(page, id, next)]))
    for (const numbers of await Promise.all(roads.map((stop) => stop()))) {
      expect(numbers.length).toBe(1)
      expect(numbers[0]).toBeGreaterThan(0)
    }
    expect([...a.faults, ...b.faults]).toEqual([])
    await Promise.all(pages.map((page) => page.context().close()))
  })

  it('reach what is out of view', async () => {
    const id = await insert(here)
    const { page, faults } = await open(browser, view(here))
    const jump = (to: Place) => page.evaluate((to) => { (document.querySelector('#map') as MapElement).map?.jumpTo({ center: to }) }, to)
    await mapIdle(page)
    await seen(page, id, here)
    await jump(tileMiddle(here, 12))
    await mapIdle(page)
    const next = tileMiddle(here, 1)
    const told = page.locator('.fresh')
    const before = await told.getAttribute('data-tip')
    await sql(`UPDATE parking_space SET geom = ${square(next)} WHERE id = ${id}`)
    await expect.poll(() => told.getAttribute('data-tip')).not.toBe(before)
    await jump(here)
    await Promise.all([seen(page, id, next), seen(page, id, here, false)])
    expect(faults).toEqual([])
    await page.context().close()
  })

  it('reach the open drawer', async () => {
    const id = await insert(here)
    const { page, faults } = await open(browser, view(here, `?select=parking_space/${id}`))
    await page.locator('.drawer h2', { hasText: '试验停车场' }).waitFor()
    await mapIdle(page)
    await sql(`UPDATE parking_space SET name = '改名停车场' WHERE id = ${id}`)
    await page.locator('.drawer h2', { hasText: '改名停车场' }).waitFor({ timeout: 5000 })
    await sql(`DELETE FROM parking_space WHERE id = ${id}`)
    await page.locator('.drawer').getByText('这个对象已不存在').waitFor({ timeout: 5000 })
    expect(faults.filter((fault) => !fault.includes('404'))).toEqual([])
    await page.context().close()
  })

  it('of a time without network show when it is back', async () => {
    const { page } = await open(browser, view(here))
    await mapIdle(page)
    await page.context().setOffline(true)
    const id = await insert(here)
    await page.locator('.offline-banner').waitFor()
    await page.context().setOffline(false)
    await seen(page, id, here)
    await page.context().close()
  })
})

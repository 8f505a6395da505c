import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OfficerElement } from '../../src/officer/store/open.ts'
import { keep, launchProfile, phone } from '../browser/browser.ts'
import { flakyNetwork, type Flaky } from '../browser/flaky.ts'
import { demoUsers, type DemoUser } from '../browser/users.ts'

const server = process.env.WANGGE_URL?.replace(/\/$/, '') ?? ''
const data = process.env.WANGGE_DATA ?? ''
const checks = 200
const photosEach = 2
/** How many are recorded when the browser is killed: in the middle of one. */
const killAt = 90

interface Saved {
  key: string
  hashes: string[]
}

/** Records so many checks with photos drawn in a canvas, one after another, as the pages do; each is told of when the store says that it is saved. */
function recordChecks(page: Page, count: number): Promise<number> {
  return page.evaluate(async ({ count, photosEach }) => {
    const store = (document.getElementById('app') as OfficerElement).officer
    const tell = (window as unknown as { saved(saved: Saved): Promise<void> }).saved
    const due = store?.due.value ?? []
    const canvas = Object.assign(document.createElement('canvas'), { width: 240, height: 180 })
    const context = canvas.getContext('2d')
    async function draw(): Promise<Blob> {
      for (let i = 0; i < 60 && context; i++) {
        context.fillStyle = `hsl(${Math.random() * 360} 70% 50%)`
        context.fillRect(Math.random() * 240, Math.random() * 180, 60, 40)
      }
      return new Promise((resolve, reject) => { canvas.toBlob((blob) => { if (blob) resolve(blob); else reject(new Error('no picture')) }, 'image/jpeg', 0.8) })
    }
    let made = 0
    for (; made < count; made++) {
      const item = due[made % due.length]
      if (!store || !item) throw new Error('nothing is due')
      const photos = []
      for (let n = 0; n < photosEach; n++) photos.push({ file: await draw(), kind: 'near' as const, taken_at: new Date().toISOString() })
      const entry = await store.record('check', {
        plan: item.plan, subject: { kind: item.subject.kind, id: item.subject.id }, checklist: item.checklist, edition: item.edition, result: 'normal', answers: {}, seen: 0,
        fix: { lon: item.subject.lon, lat: item.subject.lat, accuracy_m: 8, datum: 'wgs84', source: 'gps' },
      }, { label: item.title, photos })
      void tell({ key: entry.key, hashes: entry.photos.map(({ sha256 }) => sha256) })
    }
    return made
  }, { count, photosEach })
}

/** What the phone says of itself. */
function look(page: Page) {
  return page.evaluate(() => {
    const store = (document.getElementById('app') as OfficerElement).officer
    return store && {
      device: store.device.value,
      counts: store.counts.value,
      sync: store.sync.value,
      entries: store.entries.value.map(({ key, status, outcome, photos }) => ({ key, status, outcome: outcome?.status, title: outcome?.title, photos: photos.map(({ id, sha256, state }) => ({ id, sha256, state })) })),
    }
  })
}

async function signIn(page: Page, url: string, { name, password }: DemoUser): Promise<void> {
  await page.goto(`${url}/sign-in?to=${encodeURIComponent('/today')}`)
  await page.locator('input[name=username]').fill(name)
  await page.locator('input[type=password]').fill(password)
  await page.keyboard.press('Enter')
  await page.waitForURL(({ pathname }) => pathname === '/today')
  await page.waitForFunction(() => (document.getElementById('app') as OfficerElement | null)?.officer?.device.value !== undefined)
}

async function opened(context: BrowserContext, url: string): Promise<Page> {
  const page = context.pages()[0] ?? await context.newPage()
  await page.goto(`${url}/today`)
  await page.waitForFunction(() => ((document.getElementById('app') as OfficerElement | null)?.officer?.due.value.length ?? 0) > 0, undefined, { timeout: 30_000 })
  return page
}

/** Ends the browser as a phone does that runs out of power. */
async function kill(context: BrowserContext): Promise<void> {
  const session = await context.browser()?.newBrowserCDPSession()
  const { processInfo } = await session?.send('SystemInfo.getProcessInfo') ?? { processInfo: [] }
  const id = processInfo.find(({ type }) => type === 'browser')?.id
  if (id === undefined) throw new Error('the browser has no process')
  const closed = new Promise((resolve) => { context.once('close', resolve) })
  process.kill(id, 'SIGKILL')
  await closed
}

describe.skipIf(server === '' || data === '')('an officer without a network (WANGGE_URL and WANGGE_DATA name a demo and its data)', { timeout: 180_000 }, () => {
  let network: Flaky
  let profile: string
  let officer: DemoUser
  let context: BrowserContext | undefined
  const saved: Saved[] = []

  /** The same phone, with the same things on it. */
  async function takeOut(): Promise<BrowserContext> {
    context = await launchProfile(profile, phone)
    await context.exposeFunction('saved', (one: Saved) => { saved.push(one) })
    return context
  }
  const ask = async <T>(address: string, body?: unknown): Promise<T> => {
    const headers = { Authorization: `Bearer ${officer.token}`, 'Content-Type': 'application/json' }
    const response = await fetch(server + address, body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`${address}: ${response.status} ${await response.text()}`)
    return await response.json() as T
  }

  beforeAll(async () => {
    const users = await demoUsers(data)
    const found = users.officer
    if (!found) throw new Error('the demo has no officer')
    officer = found
    network = await flakyNetwork(server)
    profile = await mkdtemp(path.join(tmpdir(), 'wangge-phone-'))
  })
  afterAll(async () => {
    await context?.close()
    await network.close()
    await rm(profile, { recursive: true, force: true })
  })

  it('records 200 checks with 400 photos, is killed, comes back, and all of it arrives once', async () => {
    let phoneNow = await takeOut()
    const first = phoneNow.pages()[0] ?? await phoneNow.newPage()
    await signIn(first, network.url, officer)
    await first.evaluate(() => (document.getElementById('app') as OfficerElement).officer?.refreshPack({ tiles: true }))
    await first.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))

    network.up = false
    let page = await opened(phoneNow, network.url)
    await keep(page, 'e2e-offline-today')
    const recording = recordChecks(page, checks).catch(() => undefined)
    await expect.poll(() => saved.length, { timeout: 60_000, interval: 10 }).toBeGreaterThanOrEqual(killAt)
    await kill(phoneNow)
    await recording

    phoneNow = await takeOut()
    page = await opened(phoneNow, network.url)
    await expect.poll(async () => (await look(page))?.entries.length ?? 0).toBeGreaterThanOrEqual(saved.length)
    const kept = (await look(page))?.entries ?? []
    const byKey = new Map(kept.map((entry) => [entry.key, entry]))
    for (const { key, hashes } of saved) expect(byKey.get(key)?.photos.map(({ sha256 }) => sha256).sort()).toEqual(hashes.sort())
    expect(kept.every(({ photos, status }) => photos.length === photosEach && status !== 'acked')).toBe(true)
    await recordChecks(page, checks - kept.length)
    await expect.poll(async () => (await look(page))?.counts).toMatchObject({ queued: checks, photosLeft: checks * photosEach })
    await keep(page, 'e2e-offline-queue')

    // the session is over, too: nothing goes out, nothing is lost, and it goes on when the officer is back
    await phoneNow.clearCookies()
    network.up = true
    storm(network)
    await page.evaluate(() => (document.getElementById('app') as OfficerElement).officer?.syncNow())
    expect((await look(page))?.sync.phase).toBe('sign_in')
    await signIn(page, network.url, officer)
    await expect.poll(async () => (await look(page))?.entries.length).toBe(checks)
    await flapping(network, () => look(page).then((state) => state !== undefined && state.counts.queued + state.counts.photosLeft === 0))
    const state = await look(page)
    expect(state?.counts).toMatchObject({ queued: 0, photosLeft: 0, bytesLeft: 0 })
    expect(state?.entries.length).toBe(checks)
    expect(state?.entries.filter(({ outcome }) => outcome !== 'done')).toEqual([])
    expect(network.seen['answer lost'] + network.seen['request lost'] + network.seen.cut).toBeGreaterThan(50)
    expect(network.seen.twice).toBeGreaterThan(100)
    await keep(page, 'e2e-offline-done')

    const photos = state?.entries.flatMap((entry) => entry.photos) ?? []
    expect(photos.every((photo) => photo.state === 'stored')).toBe(true)
    await agree(photos, state?.device ?? '')
  })

  /** The server's own account of it: outcomes, records, and the bytes of every photo. */
  async function agree(photos: { id: string; sha256: string }[], device: string): Promise<void> {
    const { items: outcomes } = await ask<{ items: { status: string; id: string }[] }>(`/api/v1/patrol/commands?device=${device}&after_seq=0`)
    expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: checks }, () => 'done'))
    const ids = new Set(outcomes.map(({ id }) => id))
    expect(ids.size).toBe(checks)
    const mine = new Map<string, string[]>()
    for (let next: string | undefined = ''; next !== undefined && mine.size < checks;) {
      const list: { items: { id: string; photos: { id: string; state: string }[] }[]; next?: string | null } = await ask(`/api/v1/patrol/checks?limit=100${next && `&cursor=${encodeURIComponent(next)}`}`)
      for (const { id, photos: those } of list.items) if (ids.has(id)) mine.set(id, those.map((photo) => `${photo.id} ${photo.state}`))
      next = list.next ?? undefined
    }
    expect([...mine.values()].flat().sort()).toEqual(photos.map(({ id }) => `${id} stored`).sort())
    expect(new Set(photos.map(({ sha256 }) => sha256)).size).toBe(checks * photosEach)
    for (const { id, sha256 } of photos) {
      const response = await fetch(`${server}/api/v1/patrol/photos/${id}?size=original`, { headers: { Authorization: `Bearer ${officer.token}` } })
      expect([response.status, createHash('sha256').update(Buffer.from(await response.arrayBuffer())).digest('hex')]).toEqual([200, sha256])
    }
  }
})

/** From now on every request of the patrol is lost somewhere, or sent twice. */
function storm(network: Flaky): void {
  const lossy = ['request lost', 'answer lost', 'cut'] as const
  network.weather = (address) => {
    if (!address.startsWith('/api/v1/patrol/')) return 'fine'
    return Math.random() < 0.2 ? lossy[Math.floor(Math.random() * lossy.length)] ?? 'cut' : 'twice'
  }
}

/** The network comes and goes until all is done. */
async function flapping(network: Flaky, done: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + 110_000
  for (let turn = 0; Date.now() < until && !(await done()); turn++) {
    network.up = turn % 5 !== 4
    await new Promise((resolve) => { setTimeout(resolve, 600) })
  }
  network.up = true
}

import { isPackCache, shellCache } from './caches.ts'

// The service worker of the officer's pages. It keeps three things apart: the shell, files of the build that /today begins with, without a network
// too; the map of the own area, which a page put into a cache on purpose and which answers when the network does not; and everything else, the API
// above all, which it never touches. The desk's pages come from the server like before.

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface Fetching extends Extendable {
  readonly request: Request
  respondWith(response: Promise<Response>): void
}
interface WorkerScope {
  readonly clients: { claim(): Promise<void>; matchAll(options: { type: 'window' }): Promise<readonly { url: string }[]> }
  skipWaiting(): Promise<void>
  addEventListener(type: 'install' | 'activate', listener: (event: Extendable) => void): void
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void
  /** Put in by the build: every file of the shell, with a revision where its name has none. */
  readonly __WB_MANIFEST: readonly { url: string; revision: string | null }[]
}
declare const self: WorkerScope

/** The build's page has the address of the app. */
const addressOf = (file: string): string => (file === 'index.html' ? '/' : `/${file}`)
/** By address, the name in the cache: it has the revision, so that a new one is another. */
const shell = new Map(self.__WB_MANIFEST.map(({ url, revision }) => [addressOf(url), addressOf(url) + (revision === null ? '' : `?revision=${revision}`)]))
/** How long a phone waits for a tile that it has in its cache. */
const patienceMs = 4_000

self.addEventListener('install', (event) => { event.waitUntil(install()) })
self.addEventListener('activate', (event) => { event.waitUntil(activate()) })
self.addEventListener('message', ({ data }) => {
  if ((data as { type?: string } | null)?.type === 'SKIP_WAITING') void self.skipWaiting()
})
self.addEventListener('fetch', (event) => {
  const answer = answerTo(event.request)
  if (answer) event.respondWith(answer)
})

/** Takes over what it has of the last version; all of it, or the installation fails and is tried again. */
async function install(): Promise<void> {
  const cache = await caches.open(shellCache)
  await Promise.all([...shell].map(async ([address, name]) => {
    if (await cache.match(name)) return
    const response = await fetch(address, { cache: 'no-cache' })
    if (!response.ok) throw new Error(`${address}: ${response.status}`)
    await cache.put(name, response)
  }))
}

async function activate(): Promise<void> {
  const cache = await caches.open(shellCache)
  const names = new Set(shell.values())
  for (const request of await cache.keys()) {
    const { pathname, search } = new URL(request.url)
    if (!names.has(pathname + search)) await cache.delete(request)
  }
  await self.clients.claim()
}

/** Undefined for what is none of its business. */
function answerTo(request: Request): Promise<Response> | undefined {
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin) return undefined
  if (request.mode === 'navigate') return isToday(pathname) ? fromShell('/', request) : undefined
  if (pathname.startsWith('/tiles/') || pathname.startsWith('/sprite/') || pathname === '/style.json') return fromNetwork(request)
  return pathname !== '/' && shell.has(pathname) ? fromShell(pathname, request) : undefined
}

function isToday(pathname: string): boolean {
  return pathname === '/today' || pathname.startsWith('/today/')
}

async function fromShell(address: string, request: Request): Promise<Response> {
  const cache = await caches.open(shellCache)
  return await cache.match(shell.get(address) ?? address, { ignoreVary: true }) ?? fetch(request)
}

/** Nothing about what was asked for: a gateway without the server behind it, a server that has too much to do. */
const saysNothing = (status: number): boolean => status >= 500 || status === 429

/** The network's answer; what was packed where there is none. Only where nobody looks at the desk does it not wait long: the desk is never behind. */
async function fromNetwork(request: Request): Promise<Response> {
  const packed = await fromPack(request)
  if (!packed) return fetch(request)
  const asked = fetch(request).then((response) => (saysNothing(response.status) ? undefined : response), () => undefined)
  const late = await onlyToday() ? after(patienceMs) : new Promise<undefined>(() => undefined)
  return await Promise.race([asked, late]) ?? packed
}

async function fromPack(request: Request): Promise<Response | undefined> {
  for (const name of (await caches.keys()).filter(isPackCache)) {
    const found = await (await caches.open(name)).match(request.url, { ignoreVary: true })
    if (found) return found
  }
  return undefined
}

async function onlyToday(): Promise<boolean> {
  return (await self.clients.matchAll({ type: 'window' })).every(({ url }) => isToday(new URL(url).pathname))
}

function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => { setTimeout(resolve, ms, undefined) })
}

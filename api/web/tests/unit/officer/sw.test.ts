// @vitest-environment node
import { afterEach, describe, expect, it, vi } from 'vitest'

type Fetching = (event: { request: object; respondWith(answer: Promise<Response>): void }) => void
const kept = (text: string) => new Response(text)

/** The service worker with a packed map, and what it answers to a tile. */
async function tile(network: () => Promise<Response>): Promise<string | undefined> {
  const listeners = new Map<string, Fetching>()
  vi.stubGlobal('self', { __WB_MANIFEST: [], addEventListener: (type: string, listener: Fetching) => listeners.set(type, listener), clients: { matchAll: () => Promise.resolve([{ url: 'http://phone/today' }]) } })
  vi.stubGlobal('location', { origin: 'http://phone' })
  vi.stubGlobal('caches', { keys: () => Promise.resolve(['wangge-pack:officer']), open: () => Promise.resolve({ match: () => Promise.resolve(kept('packed')) }) })
  vi.stubGlobal('fetch', network)
  vi.resetModules()
  await import('../../../src/officer/store/sw.ts')
  return new Promise((resolve) => {
    listeners.get('fetch')?.({ request: { method: 'GET', mode: 'cors', url: 'http://phone/tiles/city/1/2/3.mvt' }, respondWith: (answer) => { void answer.then((response) => response.text()).then(resolve) } })
  })
}

afterEach(() => { vi.unstubAllGlobals() })

describe('the map of the own area', () => {
  it('comes from the network, and from the pack where that has nothing to say', async () => {
    expect(await tile(() => Promise.resolve(kept('fresh')))).toBe('fresh')
    expect(await tile(() => Promise.reject(new TypeError('away')))).toBe('packed')
    expect(await tile(() => Promise.resolve(new Response('Bad Gateway', { status: 502 })))).toBe('packed')
    expect(await tile(() => Promise.resolve(new Response('Too Many Requests', { status: 429 })))).toBe('packed')
    expect(await tile(() => Promise.resolve(new Response('gone', { status: 404 })))).toBe('gone')
  })
})

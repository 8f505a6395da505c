import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keepTiles } from '../../../src/officer/store/tiles.ts'
import type { Pack } from '../../../src/officer/store/types.ts'

/** The browser's caches, as far as they are used. */
class FakeCache {
  readonly kept = new Map<string, Response>()
  match(url: string): Promise<Response | undefined> { return Promise.resolve(this.kept.get(url)?.clone()) }
  put(url: string, response: Response): Promise<void> { this.kept.set(url, response); return Promise.resolve() }
  keys(): Promise<{ url: string }[]> { return Promise.resolve([...this.kept.keys()].map((url) => ({ url: new URL(url, location.href).href }))) }
  delete({ url }: { url: string }): Promise<boolean> { return Promise.resolve(this.kept.delete(url.replace(location.origin, ''))) }
}

const pack = (addresses: [number, number, number][]) => ({ tiles: { template: '/tiles/city/{z}/{x}/{y}.mvt', minzoom: 0, maxzoom: 16, addresses } }) as unknown as Pack
let cache: FakeCache
let asked: [string, string | null][]

beforeEach(() => {
  cache = new FakeCache()
  asked = []
  vi.stubGlobal('caches', { open: () => Promise.resolve(cache) })
  vi.stubGlobal('fetch', (url: string, init?: RequestInit) => {
    const known = new Headers(init?.headers).get('If-None-Match')
    asked.push([url, known])
    if (known) return Promise.resolve(new Response(null, { status: 304 }))
    if (url.includes('/9/')) return Promise.resolve(new Response('', { status: 404 }))
    const body = url.startsWith('/style.json') ? JSON.stringify({ sprite: 'http://elsewhere/sprite/light', sources: { city: { url: 'http://elsewhere/tiles/city.json' } } }) : 'x'
    return Promise.resolve(new Response(body, { headers: { ETag: '"1"' } }))
  })
})
afterEach(() => { vi.unstubAllGlobals() })

describe('the map of the own area', () => {
  it('has style, pictures and tiles, each marked as packed, and asks again only whether they changed', async () => {
    const told: [number, number][] = []
    await keepTiles('officer', pack([[10, 1, 2], [9, 0, 0]]), (done, total) => { told.push([done, total]) }, () => true)
    expect([...cache.kept.keys()].filter((url) => !url.startsWith('/style')).sort()).toEqual([
      '/sprite/light.json', '/sprite/light.png', '/sprite/light@2x.json', '/sprite/light@2x.png', '/tiles/city.json', '/tiles/city/10/1/2.mvt',
    ])
    expect([...cache.kept.values()].every((response) => response.headers.has('Wangge-Packed'))).toBe(true)
    expect(told.at(-1)).toEqual([11, 11])
    asked = []
    await keepTiles('officer', pack([[10, 1, 2]]), () => undefined, () => true)
    expect(asked.every(([, etag]) => etag === '"1"')).toBe(true)
  })

  it('lets go what the pack does not name any more', async () => {
    await keepTiles('officer', pack([[10, 1, 2], [10, 1, 3]]), () => undefined, () => true)
    await keepTiles('officer', pack([[10, 1, 3]]), () => undefined, () => true)
    expect([...cache.kept.keys()].filter((url) => url.endsWith('.mvt'))).toEqual(['/tiles/city/10/1/3.mvt'])
  })

  it('stops when it is told to, and removes nothing then', async () => {
    await keepTiles('officer', pack([[10, 1, 2]]), () => undefined, () => true)
    await keepTiles('officer', pack([[10, 5, 5]]), () => undefined, () => false)
    expect([...cache.kept.keys()].filter((url) => url.endsWith('.mvt'))).toEqual(['/tiles/city/10/1/2.mvt'])
  })
})

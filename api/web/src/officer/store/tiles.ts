import { packedHeader } from '../../api/client.ts'
import { OfflineError } from '../../api/errors.ts'
import { packCache } from './caches.ts'
import type { Pack } from './types.ts'

/** Of one pack: a grid officer's area has some hundreds of tiles. */
const mostTiles = 6_000
const mostBytes = 80 * 2 ** 20
const lanes = 4

/**
 * Keeps the map of the own area in the browser's cache, from where the service worker serves it without a network: the style in both themes and
 * languages, its pictures, the tiles. What the pack does not name any more goes. Where the page is not secure there is no such cache, and no map offline.
 */
export async function keepTiles(account: string, pack: Pack, progress: (done: number, total: number) => void, go: () => boolean): Promise<void> {
  if (!('caches' in globalThis)) return
  const cache = await caches.open(packCache(account))
  const style = await keepStyle(cache)
  const wanted = [...style, ...pack.tiles.addresses.slice(0, mostTiles).map((address) => tileUrl(pack.tiles.template, address))]
  const left = wanted.slice(style.length)
  const kept = new Set(style)
  let bytes = 0
  progress(kept.size, wanted.length)
  const lane = async () => {
    for (let url = left.shift(); url !== undefined && bytes < mostBytes && go(); url = left.shift()) {
      bytes += await keep(cache, url)
      kept.add(url)
      progress(kept.size, wanted.length)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  if (!go()) return
  for (const request of await cache.keys()) {
    const { pathname, search } = new URL(request.url)
    if (!kept.has(pathname + search)) await cache.delete(request)
  }
}

function tileUrl(template: string, [z, x, y]: [number, number, number]): string {
  return pathOf(template.replace('{z}', String(z)).replace('{x}', String(x)).replace('{y}', String(y)))
}

/** Asks whether what is kept is still good, and tells how many bytes there are. */
async function keep(cache: Cache, url: string): Promise<number> {
  const known = await cache.match(url)
  const etag = known?.headers.get('ETag')
  let response: Response
  try {
    response = await fetch(url, { cache: 'no-store', headers: etag ? { 'If-None-Match': etag } : {} })
  } catch (cause) {
    throw new OfflineError('offline', { cause })
  }
  if (response.status === 304 && known) return (await known.blob()).size
  if (!response.ok) return 0 // a tile that is not there is drawn as nothing, with a network and without
  const body = await response.blob()
  const headers = new Headers(response.headers)
  headers.set(packedHeader, new Date().toISOString())
  await cache.put(url, new Response(body, { headers }))
  return body.size
}

interface StyleDocument {
  sprite?: string
  sources: Record<string, { url?: string }>
}

async function keepStyle(cache: Cache): Promise<string[]> {
  const urls = new Set<string>()
  for (const theme of ['light', 'dark']) {
    for (const lang of ['zh', 'en']) {
      const url = `/style.json?theme=${theme}&lang=${lang}`
      urls.add(url)
      await keep(cache, url)
      const style = await (await cache.match(url))?.json() as StyleDocument | undefined
      for (const source of Object.values(style?.sources ?? {})) if (source.url !== undefined) urls.add(pathOf(source.url))
      if (style?.sprite === undefined) continue
      for (const end of ['.json', '.png', '@2x.json', '@2x.png']) urls.add(pathOf(style.sprite) + end)
    }
  }
  for (const url of urls) if (!url.startsWith('/style.json')) await keep(cache, url)
  return [...urls]
}

/** The server names itself absolutely; behind a proxy the path is what counts. */
function pathOf(url: string): string {
  const { pathname, search } = new URL(url, location.href)
  return pathname + search
}

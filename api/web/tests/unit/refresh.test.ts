import type { Map as MapLibre } from 'maplibre-gl'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Box } from '../../src/api/types.ts'
import { boxOfTile, createRefresher, everything, touches, type TileAddress, type Touched } from '../../src/map/refresh.ts'

const at = (lon: number, lat: number, z: number): TileAddress => {
  const n = 2 ** z
  const phi = (lat * Math.PI) / 180
  return { z, x: Math.floor(((lon + 180) / 360) * n), y: Math.floor(((1 - Math.asinh(Math.tan(phi)) / Math.PI) / 2) * n) }
}
const edit = (...boxes: Box[]): Touched => ({ all: false, layers: { public_toilet: boxes } })

describe('the tiles that a change touches', () => {
  it('are those of its place at every zoom, and no others', () => {
    const change = edit([120.0123, 36.2711, 120.0123, 36.2711])
    for (let z = 0; z <= 18; z++) {
      expect(touches(change, at(120.0123, 36.2711, z))).toBe(true)
      const { x, y } = at(120.0123, 36.2711, z)
      if (z > 1) expect(touches(change, { z, x: (x + 2) % 2 ** z, y })).toBe(false)
      if (z > 2) expect(touches(change, { z, x, y: y - 2 })).toBe(false)
    }
  })

  it('are neighbours too where the place is near their edge', () => {
    const tile = at(120, 36.27, 16)
    const [west, , east] = boxOfTile(tile)
    const width = 360 / 2 ** 16
    expect(east - west).toBeCloseTo(width * (1 + 1 / 8), 9)
    const inside: Box = [west + width / 1000, 36.27, west + width / 1000, 36.27]
    expect(touches(edit(inside), tile)).toBe(true)
    expect(touches(edit([west - width / 1000, 36.27, west - width / 1000, 36.27]), tile)).toBe(false)
  })

  it('are all where a whole layer or everything is touched, and none where nothing is', () => {
    const tile = at(120, 36, 14)
    expect(touches(everything, tile)).toBe(true)
    expect(touches(edit(), tile)).toBe(true)
    expect(touches({ all: false, layers: {} }, tile)).toBe(false)
    expect(touches(edit([0, 0, 1, 1], [119, 35, 121, 37]), tile)).toBe(true)
  })
})

describe('a refresher', () => {
  interface FakeTile { tileID: { key: string; canonical: TileAddress }; state: string }
  const tile = (lon: number, state = 'loaded'): FakeTile => {
    const canonical = at(lon, 36, 14)
    return { tileID: { key: `${canonical.x}`, canonical }, state }
  }
  let shown: FakeTile[]
  let kept: FakeTile[]
  const refreshTiles = vi.fn((_source: string, ids: TileAddress[]) => {
    for (const one of shown) if (ids.includes(one.tileID.canonical)) one.state = 'expired'
  })
  const triggerRepaint = vi.fn()
  const map = () => ({
    refreshTiles, triggerRepaint,
    style: { tileManagers: { city: {
      _inViewTiles: {
        getAllTiles: () => shown,
        getTileById: (key: string) => shown.find((one) => one.tileID.key === key),
        isIdRenderable: (key: string) => shown.some((one) => one.tileID.key === key && one.state !== 'loading'),
      },
      _outOfViewCache: { filter: (keep: (one: FakeTile) => boolean) => { kept = kept.filter(keep) } },
    } } },
  }) as unknown as MapLibre
  const change = edit([120, 36, 120, 36])

  beforeEach(() => {
    vi.useFakeTimers()
    refreshTiles.mockClear()
    triggerRepaint.mockClear()
    kept = []
  })
  afterEach(() => { vi.useRealTimers() })

  it('asks again for the touched tiles, and forgets touched ones out of view', () => {
    shown = [tile(119), tile(120), tile(121)]
    kept = [tile(120), tile(122)]
    createRefresher(map(), 'city').touch(change)
    expect(refreshTiles.mock.calls).toEqual([['city', [at(120, 36, 14)]]])
    expect(kept.map(({ tileID }) => tileID.canonical)).toEqual([at(122, 36, 14)])
  })

  it('has the map drawn once more when the last has come: MapLibre says nothing of one that has not changed', async () => {
    shown = [tile(119), tile(120)]
    createRefresher(map(), 'city').touch(everything)
    const [first, second] = shown as [FakeTile, FakeTile]
    first.state = 'loaded'
    await vi.advanceTimersByTimeAsync(1000)
    expect(triggerRepaint).not.toHaveBeenCalled()
    second.state = 'loaded'
    await vi.advanceTimersByTimeAsync(1000)
    expect(triggerRepaint).toHaveBeenCalledOnce()
  })

  it('waits for a tile under way, whose answer may be older, and asks once for many changes', async () => {
    shown = [tile(120, 'loading')]
    const refresher = createRefresher(map(), 'city')
    for (let i = 0; i < 5; i++) refresher.touch(change)
    await vi.advanceTimersByTimeAsync(1000)
    expect(refreshTiles).not.toHaveBeenCalled()
    const [one] = shown as [FakeTile]
    one.state = 'loaded'
    await vi.advanceTimersByTimeAsync(1000)
    expect(refreshTiles).toHaveBeenCalledTimes(1)
    refresher.touch(change) // while that request is under way
    await vi.advanceTimersByTimeAsync(1000)
    expect(refreshTiles).toHaveBeenCalledTimes(1)
    one.state = 'loaded'
    await vi.advanceTimersByTimeAsync(1000)
    expect(refreshTiles).toHaveBeenCalledTimes(2)
    one.state = 'errored'
    refresher.touch(everything)
    expect(refreshTiles).toHaveBeenCalledTimes(3)
  })

  it('forgets a tile that leaves the view while it waits', async () => {
    shown = [tile(120, 'expired')]
    const refresher = createRefresher(map(), 'city')
    refresher.touch(change)
    kept = shown
    shown = []
    await vi.advanceTimersByTimeAsync(1000)
    expect(kept).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
    refresher.stop()
  })

  it('does nothing before the style is there', () => {
    createRefresher({ style: { tileManagers: {} } } as unknown as MapLibre, 'city').touch(change)
  })
})

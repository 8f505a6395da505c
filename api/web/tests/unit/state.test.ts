import { computed, nextTick, ref } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Box, LegendLayer, SearchItem, Status } from '../../src/api/types.ts'
import { calmPollMs, createConnection, pollMs, retryMs } from '../../src/state/connection.ts'
import { createCounts } from '../../src/state/counts.ts'
import { createLayers } from '../../src/state/layers.ts'
import { createSearch } from '../../src/state/search.ts'
import { createSelecting } from '../../src/state/selecting.ts'
import type { Server } from '../../src/api/server.ts'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })
const status = (ageMs: number): Status => ({ revision: '1', applied_at: '', age_ms: ageMs, features: {}, sample: false })

describe('connection', () => {
  it('asks seldom while all is well and often while the server is away', async () => {
    const ask = vi.fn(() => Promise.resolve(status(100)))
    const connection = createConnection(ask)
    expect(connection.freshness.value).toBe('loading')
    connection.poll()
    await vi.advanceTimersByTimeAsync(0)
    expect(connection.freshness.value).toBe('live')
    await vi.advanceTimersByTimeAsync(pollMs)
    expect(ask).toHaveBeenCalledTimes(2)
    connection.reached(false)
    expect(connection.freshness.value).toBe('offline')
    await vi.advanceTimersByTimeAsync(retryMs)
    expect(ask).toHaveBeenCalledTimes(3)
    connection.stop()
  })

  it('asks seldom while the server tells by itself, and believes what it tells', async () => {
    const ask = vi.fn(() => Promise.resolve({ ...status(120_000), connected: false }))
    const connection = createConnection(ask, () => true)
    connection.heard('0') // before anything is known
    connection.poll()
    await vi.advanceTimersByTimeAsync(pollMs)
    expect(ask).toHaveBeenCalledTimes(1)
    expect(connection.freshness.value).toBe('behind')
    connection.heard('2')
    expect([connection.freshness.value, connection.status.value?.revision]).toEqual(['live', '2'])
    await vi.advanceTimersByTimeAsync(calmPollMs)
    expect(ask).toHaveBeenCalledTimes(2)
    connection.stop()
  })

  it('says when the map lags behind the record', async () => {
    const connection = createConnection(() => Promise.resolve(status(120_000)))
    connection.poll()
    await vi.advanceTimersByTimeAsync(0)
    expect(connection.freshness.value).toBe('behind')
    connection.stop()
  })
})

const entry = (layer: string, group: LegendLayer['group'], visible: boolean): LegendLayer =>
  ({ layer, title: layer, geometry: 'line', min_zoom: 0, visible, group, collection: true, items: [] })

describe('layers', () => {
  const make = (from = { on: [] as string[], off: [] as string[], opacity: {} as Record<string, number> }) =>
    createLayers(computed(() => [entry('road', 'inventory', true), entry('grid_duty', 'net', false)]), from)

  it('remember only what differs from the default', () => {
    const layers = make()
    expect(layers.changed.value).toBe(false)
    layers.setVisible('road', false)
    layers.setVisible('grid_duty', true)
    layers.setOpacity('road', 130)
    expect(layers.differences.value).toEqual({ on: ['grid_duty'], off: ['road'] })
    expect(layers.opacityOf('road')).toBe(100)
    layers.reset()
    expect(layers.changed.value).toBe(false)
    expect(layers.isVisible('grid_duty')).toBe(false)
  })

  it('start as the address says', () => {
    const layers = make({ on: ['grid_duty'], off: ['road'], opacity: { road: 30 } })
    expect([layers.isVisible('road'), layers.isVisible('grid_duty'), layers.opacityOf('road')]).toEqual([false, true, 30])
    expect(layers.byGroup.value.map(({ group }) => group)).toEqual(['inventory', 'net'])
  })
})

describe('selecting', () => {
  const candidates = ['1', '2', '3'].map((id) => ({ selection: { kind: 'feature' as const, layer: 'road', id }, title: id, layer: 'road' }))

  it('steps through results and stops at the ends', () => {
    const selecting = createSelecting({})
    selecting.select({ kind: 'feature', layer: 'road', id: '2' }, candidates)
    expect(selecting.position.value).toBe(1)
    selecting.step(1)
    selecting.step(1)
    expect(selecting.selection.value).toEqual({ kind: 'feature', layer: 'road', id: '3' })
    expect(selecting.position.value).toBe(2)
  })

  it('drills down with the selection and keeps the region when the drawer closes', () => {
    const selecting = createSelecting({})
    selecting.drillTo('370281001')
    selecting.clear()
    expect([selecting.selection.value, selecting.region.value]).toEqual([undefined, '370281001'])
    selecting.drillTo('370281002')
    selecting.drillTo(undefined)
    expect([selecting.selection.value, selecting.region.value]).toEqual([undefined, undefined])
  })
})

describe('search', () => {
  it('never lets an earlier answer replace a later one', async () => {
    const answers = new Map<string, (items: SearchItem[]) => void>()
    const server = { search: (q: string, _limit: number, signal: AbortSignal) => new Promise<SearchItem[]>((resolve, reject) => {
      answers.set(q, resolve)
      signal.addEventListener('abort', () => { reject(new DOMException('', 'AbortError')) })
    }) } as unknown as Server
    const search = createSearch(server)
    const type = async (text: string) => {
      search.text.value = text
      await nextTick()
      await vi.advanceTimersByTimeAsync(200)
    }
    await type('人')
    await type('人民')
    answers.get('人民')?.([{ kind: 'feature', layer: 'road', id: 2, name: '人民路' }])
    answers.get('人')?.([{ kind: 'feature', layer: 'road', id: 1, name: '人' }])
    await vi.advanceTimersByTimeAsync(0)
    expect(search.items.value?.map(({ id }) => id)).toEqual([2])
    expect(search.loading.value).toBe(false)
    await type('  ')
    expect(search.items.value).toBeUndefined()
  })
})

describe('counts', () => {
  it('are asked for once when the map has come to rest', async () => {
    const counts = vi.fn(() => Promise.resolve({ revision: '1', counts: { road: 3 } }))
    const box = ref<Box>()
    const inView = createCounts({ counts } as unknown as Server, box)
    for (const west of [1, 2, 3]) {
      box.value = [west, 0, 10, 10]
      await nextTick()
    }
    await vi.advanceTimersByTimeAsync(1000)
    expect(counts).toHaveBeenCalledTimes(1)
    expect(inView.counts.value).toEqual({ road: 3 })
  })

  it('come while the city changes faster than they are answered', async () => {
    const answerMs = 400
    let asked = 0
    const counts = vi.fn(() => new Promise((resolve) => setTimeout(() => { resolve({ revision: '1', counts: { road: ++asked } }) }, answerMs)))
    const box = ref<Box>([1, 0, 10, 10])
    const inView = createCounts({ counts } as unknown as Server, box)
    for (let ms = 0; ms < 3000; ms += 100) {
      inView.refresh()
      await vi.advanceTimersByTimeAsync(100)
    }
    expect(asked).toBeGreaterThan(3)
    expect(inView.counts.value).toEqual({ road: asked })
    await vi.advanceTimersByTimeAsync(2 * answerMs)
    const settled = counts.mock.calls.length
    await vi.advanceTimersByTimeAsync(10_000)
    expect(counts).toHaveBeenCalledTimes(settled)
  })
})

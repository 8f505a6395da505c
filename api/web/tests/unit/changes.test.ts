import { watch } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { both, createChanges, gatherMs, type Change, type Changes, type Source } from '../../src/state/changes.ts'

class FakeSource implements Source {
  readyState = 0
  readonly #listeners = new Map<string, ((event: MessageEvent<string>) => void)[]>()

  constructor(readonly url: string) {}

  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener])
  }

  close(): void { this.readyState = 2 }

  say(type: string, data: unknown = {}, lastEventId = ''): void {
    this.readyState = type === 'error' ? this.readyState : 1
    for (const listener of this.#listeners.get(type) ?? []) listener(new MessageEvent(type, { data: JSON.stringify(data), lastEventId }))
  }

  /** The server refuses, and the browser gives up. */
  refuse(): void {
    this.readyState = 2
    this.say('error')
  }
}

let hidden = false
let sources: FakeSource[] = []
let told: Change[] = []
let changes: Changes
const last = () => sources.at(-1) as FakeSource
const edit = (revision: string, layer: string, lon: number): Change => ({ revision, all: false, layers: { [layer]: [[lon, 36, lon, 36]] } })

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden)
  hidden = false
  sources = []
  told = []
  changes = createChanges((url) => {
    sources.push(new FakeSource(url))
    return last()
  })
  watch(changes.latest, (change) => { if (change) told.push(change) }, { flush: 'sync' })
})
afterEach(() => {
  changes.stop()
  vi.restoreAllMocks()
  vi.useRealTimers()
})

function look(away: boolean): void {
  hidden = away
  document.dispatchEvent(new Event('visibilitychange'))
}

describe('changes', () => {
  it('are told at once, and in a burst together', async () => {
    changes.start()
    expect(changes.open.value).toBe(false)
    last().say('hello', { revision: '7' }, '7-a-1')
    expect(changes.open.value).toBe(true)
    expect(told).toEqual([{ revision: '7', all: true, layers: {} }]) // what was fetched before may be older
    await vi.advanceTimersByTimeAsync(gatherMs)
    for (let i = 8; i < 20; i++) last().say('change', edit(String(i), 'road', 100 + i), `${i}-a-${i}`)
    expect(told.slice(1)).toEqual([edit('8', 'road', 108)])
    await vi.advanceTimersByTimeAsync(gatherMs)
    expect(told.length).toBe(3)
    expect(told[2]).toMatchObject({ revision: '19', all: false })
    expect(told[2]?.layers.road?.length).toBe(11)
    await vi.advanceTimersByTimeAsync(10 * gatherMs)
    expect(told.length).toBe(3)
  })

  it('go on after a refusal where they were, with growing patience', async () => {
    changes.start()
    last().refuse()
    expect(sources.length).toBe(1)
    await vi.advanceTimersByTimeAsync(2000)
    expect(sources.length).toBe(2)
    last().refuse()
    await vi.advanceTimersByTimeAsync(2000)
    expect(sources.length).toBe(2)
    await vi.advanceTimersByTimeAsync(2000)
    last().say('hello', { revision: '7' }, '7-a-1')
    last().say('change', edit('8', 'road', 120), '8-a-2')
    last().refuse()
    expect(changes.open.value).toBe(false)
    await vi.advanceTimersByTimeAsync(2000)
    expect(last().url).toBe('/api/v1/changes?last_event_id=8-a-2')
    const before = told.length
    last().say('hello', { revision: '9' }, '8-a-2')
    await vi.advanceTimersByTimeAsync(gatherMs)
    expect(told.length).toBe(before) // the server tells what was missed
  })

  it('leave a break to the browser, which comes back by itself', async () => {
    changes.start()
    last().say('hello', { revision: '7' }, '7-a-1')
    last().readyState = 0
    last().say('error')
    expect(changes.open.value).toBe(false)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sources.length).toBe(1)
    last().say('hello', { revision: '7' }, '7-a-1')
    expect(changes.open.value).toBe(true)
    expect(told.length).toBe(1)
  })

  it('are not listened to while nobody looks', () => {
    changes.start()
    last().say('hello', { revision: '7' }, '7-a-1')
    look(true)
    expect([last().readyState, changes.open.value]).toEqual([2, false])
    changes.polled('8')
    changes.retry()
    expect([sources.length, told.length]).toEqual([1, 1])
    look(false)
    expect(last().url).toBe('/api/v1/changes?last_event_id=7-a-1')
    expect(sources.length).toBe(2)
  })

  it('come from polls where the stream cannot be had', async () => {
    changes.start()
    changes.polled('5')
    changes.polled('5')
    expect(told).toEqual([])
    changes.polled('6')
    await vi.advanceTimersByTimeAsync(gatherMs)
    expect(told).toEqual([{ revision: '6', all: true, layers: {} }])
    changes.retry()
    expect(sources.length).toBe(2)
  })

  it('do not trust a stream that two polls are ahead of', () => {
    changes.start()
    last().say('hello', { revision: '7' }, '7-a-1')
    changes.polled('8')
    expect(sources.length).toBe(1)
    last().say('change', edit('8', 'road', 120), '8-a-2')
    changes.polled('9')
    expect(sources.length).toBe(1)
    changes.polled('9')
    expect(sources.length).toBe(2)
    expect(last().url).toContain('8-a-2')
  })
})

describe('two changes as one', () => {
  it('touch what either touches', () => {
    const a: Change = { revision: '1', all: false, layers: { road: [[1, 1, 2, 2]], ground: [], region: [[3, 3, 3, 3]] } }
    const b: Change = { revision: '2', all: false, layers: { road: [[5, 5, 6, 6]], ground: [[1, 1, 1, 1]], region: [] } }
    expect(both(a, b)).toEqual({ revision: '2', all: false, layers: { road: [[1, 1, 2, 2], [5, 5, 6, 6]], ground: [], region: [] } })
    expect(both({ ...a, all: true }, b).all).toBe(true)
    expect(both(a, { ...b, all: true }).all).toBe(true)
  })
})

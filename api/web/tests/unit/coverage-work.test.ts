import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref, shallowRef, type EffectScope } from 'vue'
import type { Methods, Scenario } from '../../src/coverage/types.ts'
import { createCoverageWork, type CoverageWork } from '../../src/coverage/work.ts'
import type { Change } from '../../src/state/changes.ts'

const titled = (id: string) => ({ id, title: id, title_en: id })
const service = (id: string) => ({ ...titled(id), layer: id, kinds: [titled('all')], modes: [{ ...titled('walk'), id: 'walk' as const }], profiles: [titled('walk'), titled('step_free')], radii_m: [300, 500, 800], thresholds: [] })
const methods: Methods = { revision: '1', services: [service('public_toilet'), service('parking_space')], areas: [{ ...titled('community'), count: 100, res: 11 }] }
const total = { code: '', name: '', area_m2: 1, no_network_m2: 0, covered_m2: [], covered_share: [], population: null, facilities: 1 }
const scenario: Scenario = { id: 5, name: '加一座', service: 'public_toilet', question: { radii_m: [250, 400], within: '37', by: 'community' }, changes: [{ op: 'close', service: 'public_toilet', id: 1 }], shared: false, revision: 1 }

/** The workspace over a server that keeps what it was asked. */
function start(query: Record<string, string> = {}) {
  const asked: { path: string; query: Record<string, unknown> }[] = []
  const client = {
    sinceWrite: {},
    json: (path: string, query: Record<string, unknown> = {}) => {
      asked.push({ path, query })
      const short = path.replace('/api/v1/coverage/', '')
      if (short === 'methods') return Promise.resolve(methods)
      if (short === 'questions') return Promise.resolve({ items: [titled('alleys')] })
      return Promise.resolve({ method: {}, by: 'community', radii_m: [], columns: [], total, items: [], count: 0 })
    },
    read: (path: string) => (path.endsWith('/5') ? Promise.resolve({ value: scenario, revision: '1' }) : Promise.reject(new Error('not found'))),
    bare: () => Promise.resolve({ total: { before: total, after: total }, rows: [] }),
  }
  const changes = { latest: shallowRef<Change>() }
  const selecting = { region: ref<string>(), selection: shallowRef(), clear: vi.fn(), drillTo: vi.fn() }
  const needs = { server: { client }, changes, route: { page: ref('coverage') }, selecting, session: { account: ref() }, link: { coverage: query } }
  const work = createCoverageWork(needs as unknown as Parameters<typeof createCoverageWork>[0])
  const tables = () => asked.filter(({ path }) => path === '/api/v1/coverage/public_toilet')
  const tell = (...layers: string[]) => { changes.latest.value = { revision: '2', all: false, layers: Object.fromEntries(layers.map((layer) => [layer, []])) } }
  return { work, asked, tables, tell }
}

describe('the coverage workspace', () => {
  let scope: EffectScope
  const begin = async (query?: Record<string, string>) => {
    const made = scope.run(() => start(query)) ?? start()
    await vi.advanceTimersByTimeAsync(10)
    return made
  }
  beforeEach(() => {
    vi.useFakeTimers()
    scope = effectScope()
  })
  afterEach(() => {
    scope.stop()
    vi.useRealTimers()
  })

  it('follows what walking depends on: a blocked ramp changes the ways without steps', async () => {
    const { tables, tell } = await begin({ profile: 'step_free' })
    expect(tables()).toHaveLength(1)
    tell('barrier_free_ramp')
    await vi.advanceTimersByTimeAsync(700)
    expect(tables()).toHaveLength(2)
    tell('construction_site')
    await vi.advanceTimersByTimeAsync(700)
    expect(tables()).toHaveLength(2)
  })

  it('shows changes that never cease, instead of waiting for their end', async () => {
    const { tables, tell } = await begin()
    for (let i = 0; i < 20; i++) {
      tell('public_toilet')
      await vi.advanceTimersByTimeAsync(150)
    }
    expect(tables().length).toBeGreaterThanOrEqual(4)
    expect(tables().length).toBeLessThan(12)
  })

  it('asks the open indicator again when the city changes', async () => {
    const { asked, tell } = await begin({ tab: 'questions' })
    const answers = () => asked.filter(({ path }) => path.endsWith('/questions/alleys')).length
    expect(answers()).toBe(1)
    tell('construction_site')
    await vi.advanceTimersByTimeAsync(700)
    expect(answers()).toBe(2)
  })

  it('ranks, draws and explains the scenario that is open, and the city as it is once something is changed', async () => {
    const { work, tables } = await begin()
    work.scenario.take(scenario)
    work.area.value = { ...total, code: '37' }
    await vi.advanceTimersByTimeAsync(10)
    expect(tables().at(-1)?.query.scenario).toBe(5)
    work.scenario.draft.set([])
    await vi.advanceTimersByTimeAsync(10)
    expect(tables().at(-1)?.query.scenario).toBeUndefined()
    expect(work.exported.value).not.toHaveProperty('scenario')
  })

  it('opens a scenario with the question that it was kept with', async () => {
    const { work } = await begin({ service: 'parking_space', radii: '100', in: 'all' })
    work.open(scenario)
    await nextTick()
    expect(work.question.value).toMatchObject({ service: 'public_toilet', radii: [250, 400], radius: 250, within: '37' })
  })

  it('says that the scenario of a link cannot be read, until another one is opened', async () => {
    const { work } = await begin({ scenario: '6' })
    expect(work.scenario.lost.value).toBe(true)
    work.open(scenario)
    expect(work.scenario.lost.value).toBe(false)
    expect((await begin({ scenario: '5' })).work.scenario.lost.value).toBe(false)
  })

  it('ends the comparison of scenarios where another service is asked for', async () => {
    const { work } = await begin()
    const half = (one: CoverageWork) => one.swipe.value
    work.swipe.value = 'scenario'
    work.ask({ service: 'parking_space' })
    await nextTick()
    expect(half(work)).toBe('off')
  })
})

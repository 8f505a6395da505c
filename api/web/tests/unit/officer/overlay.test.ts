import { describe, expect, it } from 'vitest'
import type { PackRow } from '../../../src/officer/store/db.ts'
import { countsOf, dueOf, problemsOf } from '../../../src/officer/store/overlay.ts'
import type { DueItem, Entry, Pack, PackProblem, StepBody, Timetable } from '../../../src/officer/store/types.ts'
import { check } from './phone.ts'

const item = (id: number, more: Partial<DueItem> = {}): DueItem => ({
  id: `toilet/public_toilet/${id}`, plan: 'toilet', title: '公厕', title_en: 'Toilets', subject: { kind: 'public_toilet', id, code: null, name: null, lon: 120, lat: 36 },
  checklist: 'public_toilet', edition: '2026', grid: null, state: 'due', from: '2026-11-22T00:00:00Z', to: '2026-11-23T00:00:00Z', missed: 0, last: null, since: '2025-01-01T00:00:00Z', distance_m: null, ...more,
})
const problem = (id: string): PackProblem => ({ id, number: 'P1', class: 'toilet', title: '', lon: 120, lat: 36, subject: null, state: 'open', at: '2026-11-21T00:00:00Z', revision: 1 })
const row = (problems: PackProblem[] = []): PackRow => ({
  one: 'pack', asked_at: '2026-11-22T06:00:00Z', pack: { problems, classes: [{ code: 'toilet', title: '公厕问题' }] } as unknown as Pack,
})
const entry = (more: Partial<Entry>): Entry => ({ seq: 1, key: 'k', kind: 'check', made_at: '2026-11-22T08:00:00Z', body: check(1), status: 'queued', read: false, photos: [], label: '', ...more })
const acked = (at: string, outcome: Partial<Entry['outcome']> = {}): Partial<Entry> => ({ status: 'acked', acked_at: at, outcome: { seq: 1, key: 'k', status: 'done', ...outcome } })

const daily: Timetable = {
  plan: 'toilet', until: '2026-11-30T00:00:00Z', missed: [], hours: [],
  slots: Array.from({ length: 9 }, (_, i) => ({ from: `2026-11-${22 + i}T00:00:00Z`, to: `2026-11-${23 + i}T00:00:00Z` })),
}

describe('the due list', () => {
  const stand = (entries: Entry[], { skewMs = 0, now = '2026-11-22T09:00:00Z', due = [item(1), item(2)] } = {}) =>
    dueOf({ items: due, made_at: '2026-11-22T06:00:00Z' }, [daily], entries, skewMs, Date.parse(now))
  const states = (...args: Parameters<typeof stand>) => stand(...args).map(({ state, here }) => [state, here?.status])

  it('shows as done what was checked here, whichever plan it was for, and nothing else', () => {
    expect(states([entry({})])).toEqual([['done', 'queued'], ['due', undefined]])
    expect(states([entry({ body: check(1, { plan: 'night' }) })])[0]).toEqual(['done', 'queued'])
    expect(states([entry({ body: check(1, { checklist: 'road' }) })])).toEqual([['due', undefined], ['due', undefined]])
    expect(states([entry({ kind: 'problem' })])[0]).toEqual(['due', undefined])
  })

  it('has what is due on the next day, and what was left undone', () => {
    const now = '2026-11-23T09:00:00Z'
    expect(states([entry(acked('2026-11-22T08:00:01Z'))], { now })).toEqual([['due', 'acked'], ['overdue', undefined]])
    expect(states([entry({ made_at: '2026-11-23T08:00:00Z' })], { now })[0]).toEqual(['done', 'queued'])
    expect(stand([], { now: '2027-01-01T00:00:00Z' })[0]).toMatchObject({ state: 'overdue', missed: 8 }) // as it was when the timetable ended
  })

  it('goes by the slot of the item where the plan is newer than the pack', () => {
    const alone = (entries: Entry[]) => dueOf({ items: [item(1)], made_at: '2026-11-22T06:00:00Z' }, [], entries, 0, Date.parse('2026-11-22T09:00:00Z')).map(({ state }) => state)
    expect([alone([]), alone([entry({})]), alone([entry({ made_at: '2026-11-21T23:00:00Z' })])]).toEqual([['due'], ['done'], ['due']])
  })

  it('shows the last check, whoever made it', () => {
    const last = { id: 'theirs', at: '2026-11-22T08:30:00Z', result: 'abnormal' as const }
    expect(stand([entry({})])[0]?.last).toMatchObject({ at: '2026-11-22T08:00:00.000Z', result: 'normal' })
    expect(stand([entry({})], { due: [item(1, { last })] })[0]?.last).toEqual(last)
  })

  it('believes nothing that was refused', () => {
    expect(states([entry(acked('2026-11-22T08:00:01Z'))])[0]).toEqual(['done', 'acked'])
    expect(states([entry(acked('2026-11-22T08:00:01Z', { status: 'refused' }))])[0]).toEqual(['due', undefined])
  })

  it('holds a check against the slot by the server’s clock, as it was when the server took it', () => {
    const before = { made_at: '2026-11-21T23:00:00Z' }
    expect(states([entry(before)])[0]?.[0]).toBe('due')
    expect(states([entry(before)], { skewMs: 2 * 3_600_000 })[0]).toEqual(['done', 'queued'])
    const ahead = { made_at: '2030-01-01T00:00:00Z', ...acked('2030-01-01T00:00:01Z'), skew_ms: Date.parse('2026-11-22T07:00:00Z') - Date.parse('2030-01-01T00:00:00Z') }
    expect(states([entry(ahead)])[0]?.[0]).toBe('done')
    expect(states([entry(ahead)], { now: '2026-11-23T09:00:00Z' })[0]?.[0]).toBe('due') // the clock was put right: it is not done for ever
  })
})

describe('problems', () => {
  it('has those reported here before those of the pack, once', () => {
    const reported = entry({ kind: 'problem', body: { id: 'new', class: 'toilet', fix: { lon: 121, lat: 37 } } })
    const withCheck = entry({ key: 'c', body: check(1, { problem: { id: 'found', class: 'toilet' } }) })
    expect(problemsOf(row([problem('old')]), [reported, withCheck]).map(({ id, lon, title, here }) => [id, lon, title, here?.status])).toEqual([
      ['new', 121, '公厕问题', 'queued'], ['found', null, '公厕问题', 'queued'], ['old', 120, '', undefined],
    ])
    expect(problemsOf(row([problem('new')]), [reported]).map(({ id, here }) => [id, here])).toEqual([['new', undefined]])
    expect(problemsOf(row(), [{ ...reported, ...acked('2026-11-22T08:00:01Z', { status: 'refused' }) }])).toEqual([])
    expect(problemsOf(row(), [{ ...reported, ...acked('2026-11-22T08:00:01Z', { number: 'P7', state: 'open' }) }])[0]).toMatchObject({ number: 'P7', state: 'open' })
  })

  it('shows a step that was taken here', () => {
    const step = entry({ kind: 'step', body: { problem: 'old', kind: 'rectify', seen: 1 } satisfies StepBody })
    expect(problemsOf(row([problem('old')]), [step])[0]).toMatchObject({ state: 'open', here: { status: 'queued' } })
    expect(problemsOf(row([problem('old')]), [{ ...step, ...acked('2026-11-22T08:00:01Z', { state: 'rectified' }) }])[0]).toMatchObject({ state: 'rectified' })
  })
})

describe('counts', () => {
  const photo = (sha256: string, state: 'local' | 'partial' | 'stored', offset = 0) =>
    ({ id: sha256, sha256, bytes: 100, kind: 'near' as const, owner: 'command:k', type: '', state, offset, here: true })

  it('counts what has to go out, and what has to be read', () => {
    const entries = [
      entry({ photos: [photo('a', 'local'), photo('b', 'partial', 40), photo('c', 'stored', 100)] }),
      entry({ ...acked('2026-11-22T08:00:01Z', { status: 'refused' }), photos: [photo('d', 'local')] }),
      entry({ ...acked('2026-11-22T08:00:01Z'), read: true, photos: [photo('a', 'local')] }),
      entry({ aside: { at: '', status: 400, title: '', title_en: '' } }),
    ]
    expect(countsOf(entries, 2)).toEqual({ queued: 2, photosLeft: 2, bytesLeft: 160, unread: 2, drafts: 2 })
  })
})

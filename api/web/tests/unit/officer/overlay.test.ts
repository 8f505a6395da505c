import { describe, expect, it } from 'vitest'
import type { PackRow } from '../../../src/officer/store/db.ts'
import { countsOf, dueOf, problemsOf } from '../../../src/officer/store/overlay.ts'
import type { DueItem, Entry, Pack, PackProblem, StepBody } from '../../../src/officer/store/types.ts'
import { check } from './phone.ts'

const item = (id: number, more: Partial<DueItem> = {}): DueItem => ({
  id: `toilet/public_toilet/${id}`, plan: 'toilet', title: '公厕', title_en: 'Toilets', subject: { kind: 'public_toilet', id, code: null, name: null, lon: 120, lat: 36 },
  checklist: 'public_toilet', edition: '2026', grid: null, state: 'due', from: '2026-11-22T00:00:00Z', to: '2026-11-23T00:00:00Z', missed: 0, last: null, distance_m: null, ...more,
})
const problem = (id: string): PackProblem => ({ id, number: 'P1', class: 'toilet', title: '', lon: 120, lat: 36, subject: null, state: 'open', at: '2026-11-21T00:00:00Z', revision: 1 })
const row = (due: DueItem[], problems: PackProblem[] = []): PackRow => ({
  one: 'pack', asked_at: '2026-11-22T06:00:00Z', pack: { due, problems, classes: [{ code: 'toilet', title: '公厕问题' }] } as unknown as Pack,
})
const entry = (more: Partial<Entry>): Entry => ({ seq: 1, key: 'k', kind: 'check', made_at: '2026-11-22T08:00:00Z', body: check(1), status: 'queued', read: false, photos: [], label: '', ...more })
const acked = (at: string, outcome: Partial<Entry['outcome']> = {}): Partial<Entry> => ({ status: 'acked', acked_at: at, outcome: { seq: 1, key: 'k', status: 'done', ...outcome } })

describe('the due list', () => {
  const states = (entries: Entry[], due = [item(1), item(2)], skewMs = 0) => dueOf(row(due), entries, skewMs).map(({ state, here }) => [state, here?.status])

  it('shows as done what was checked here, and nothing else', () => {
    expect(states([entry({})])).toEqual([['done', 'queued'], ['due', undefined]])
    expect(states([entry({ body: check(1, { checklist: 'road' }) })])).toEqual([['due', undefined], ['due', undefined]])
    expect(states([entry({ body: check(1, { plan: 'night' }) })])).toEqual([['due', undefined], ['due', undefined]])
    expect(dueOf(undefined, [], 0)).toEqual([])
  })

  it('believes the pack once it can know of it, and nothing that was refused', () => {
    expect(states([entry(acked('2026-11-22T08:00:01Z'))])[0]).toEqual(['done', 'acked'])
    expect(states([entry(acked('2026-11-22T05:00:00Z'))])[0]).toEqual(['due', undefined])
    expect(states([entry(acked('2026-11-22T08:00:01Z', { status: 'refused' }))])[0]).toEqual(['due', undefined])
  })

  it('holds a check of before against the slot by the server’s clock', () => {
    expect(states([entry({ made_at: '2026-11-21T23:00:00Z' })])[0]).toEqual(['due', undefined])
    expect(states([entry({ made_at: '2026-11-21T23:00:00Z' })], [item(1)], 2 * 3_600_000)[0]).toEqual(['done', 'queued'])
  })
})

describe('problems', () => {
  it('has those reported here before those of the pack, once', () => {
    const reported = entry({ kind: 'problem', body: { id: 'new', class: 'toilet', fix: { lon: 121, lat: 37 } } })
    const withCheck = entry({ key: 'c', body: check(1, { problem: { id: 'found', class: 'toilet' } }) })
    expect(problemsOf(row([], [problem('old')]), [reported, withCheck]).map(({ id, lon, title, here }) => [id, lon, title, here?.status])).toEqual([
      ['new', 121, '公厕问题', 'queued'], ['found', null, '公厕问题', 'queued'], ['old', 120, '', undefined],
    ])
    expect(problemsOf(row([], [problem('new')]), [reported]).map(({ id, here }) => [id, here])).toEqual([['new', undefined]])
    expect(problemsOf(row([]), [{ ...reported, ...acked('2026-11-22T08:00:01Z', { status: 'refused' }) }])).toEqual([])
    expect(problemsOf(row([]), [{ ...reported, ...acked('2026-11-22T08:00:01Z', { number: 'P7', state: 'open' }) }])[0]).toMatchObject({ number: 'P7', state: 'open' })
  })

  it('shows a step that was taken here', () => {
    const step = entry({ kind: 'step', body: { problem: 'old', kind: 'rectify', seen: 1 } satisfies StepBody })
    expect(problemsOf(row([], [problem('old')]), [step])[0]).toMatchObject({ state: 'open', here: { status: 'queued' } })
    expect(problemsOf(row([], [problem('old')]), [{ ...step, ...acked('2026-11-22T08:00:01Z', { state: 'rectified' }) }])[0]).toMatchObject({ state: 'rectified' })
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

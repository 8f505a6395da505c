import { describe, expect, it } from 'vitest'
import { bodyOf, lackOf, problemLack } from '../../../src/officer/check.ts'
import { beginCheck } from '../../../src/officer/checking.ts'
import { outcomeOf } from '../../../src/officer/outcome.ts'
import { isUrgent, nearestFirst, nextFrom } from '../../../src/officer/order.ts'
import { fixOf, type Here } from '../../../src/officer/position.ts'
import type { Checklist, DueEntry, Entry, KeptPhoto, ProblemClass } from '../../../src/officer/store/types.ts'
import { away, untilText } from '../../../src/officer/words.ts'
import { subjectIn, subjectText } from '../../../src/officer/subject.ts'

const entry = (id: string, lon: number, lat: number, state: DueEntry['state'] = 'due'): DueEntry => ({
  id, plan: 'p', title: '', title_en: '', subject: { kind: 'road', id: 1, code: null, name: id, lon, lat }, checklist: 'c', edition: '1', grid: null, state, from: '2026-01-02T08:00:00Z', to: '2026-01-02T10:00:00Z', missed: 0, last: null, since: '2025-01-01T00:00:00Z', distance_m: null,
})
const here: Here = { at: [120, 36], raw: [120, 36], datum: 'wgs84', accuracyM: 8.04, since: 1_000_000 }
const photo = (kind: KeptPhoto['kind']) => ({ id: kind, kind }) as KeptPhoto

describe('the walk', () => {
  it('goes to the nearest next, what cannot be placed last, and leaves out what is done', () => {
    const far = entry('far', 120.02, 36), near = entry('near', 120.001, 36, 'overdue'), beyond = entry('beyond', 120.03, 36), lost = entry('lost', 0, 0)
    const done = entry('done', 120, 36, 'done')
    expect(nearestFirst([lost, beyond, far, done, near], [120, 36]).map(({ id }) => id)).toEqual(['near', 'far', 'beyond', 'lost'])
    expect(nearestFirst([lost, far, near], undefined).map(({ id }) => id)).toEqual(['far', 'near', 'lost'])
  })

  it('knows when something is next', () => {
    expect(nextFrom([entry('a', 1, 1), { ...entry('b', 1, 1, 'later'), from: '2026-01-03T00:00:00Z' }], new Date('2026-01-02T12:00:00Z'))?.toISOString()).toBe('2026-01-03T00:00:00.000Z')
    expect(nextFrom([entry('a', 1, 1)], new Date())).toBeUndefined()
  })
})

describe('what may wait', () => {
  const until = (to: string | null) => ({ ...entry('a', 1, 1), to })
  const local = (text: string) => new Date(text).toISOString() // by the clock of the phone
  const now = new Date('2026-01-02T12:00:00')

  it('is what need not be done today: a day that ends at midnight ends today', () => {
    expect(isUrgent(until(local('2026-01-02T18:00:00')), now)).toBe(true)
    expect(isUrgent(until(local('2026-01-03T00:00:00')), now)).toBe(true)
    expect(isUrgent(until(local('2026-01-03T06:00:00')), now)).toBe(false)
    expect(isUrgent(until(null), now)).toBe(false)
  })

  it('has the day in whose last minute it ends', () => {
    expect([untilText(local('2026-01-03T00:00:00'), now, 'zh'), untilText(local('2026-01-05T00:00:00'), now, 'zh'), untilText(local('2026-01-05T00:00:00'), now, 'en')]).toEqual(['24:00', '1月4日', '4 Jan'])
    expect([untilText(local('2026-01-02T18:00:00'), now, 'zh'), untilText(local('2026-01-03T05:00:00'), now, 'zh')]).toEqual(['18:00', '1月3日 05:00'])
  })

  it('is not told to be a thousand metres away', () => {
    expect([away(12, 'zh'), away(994, 'zh'), away(997, 'zh'), away(1240, 'zh')]).toEqual(['12 m', '990 m', '1 km', '1.2 km'])
  })
})

describe('the place of a record', () => {
  it('is what the phone said with its datum, or the pin with the phone beside it, or nothing', () => {
    expect(fixOf(here, undefined, 1_000_500)).toEqual({ lon: 120, lat: 36, accuracy_m: 8, datum: 'wgs84', source: 'gps' })
    expect(fixOf({ ...here, datum: 'gcj02', raw: [120.005, 36.0005] }, undefined, 1_000_500)).toMatchObject({ lon: 120.005, datum: 'gcj02' })
    expect(fixOf(here, [120.1, 36.1], 1_000_500)).toEqual({ lon: 120.1, lat: 36.1, datum: 'wgs84', source: 'pin', gps: [120, 36], accuracy_m: 8 })
    expect(fixOf(undefined, [120.1, 36.1])).toEqual({ lon: 120.1, lat: 36.1, datum: 'wgs84', source: 'pin' })
    expect(fixOf(here, undefined, 1_000_000 + 6 * 60_000)).toBeUndefined() // an old position is none
  })
})

describe('a check', () => {
  const item = (code: string, needs = false) => ({ code, title: '', title_en: '', standard: '', verified: false, photo_on_fail: needs, problem_class: null, effects: {} })
  const list: Checklist = { code: 'c', title: '', title_en: '', subject_kind: 'road', edition: '1', items: [item('a', true), item('b')] }
  const litter = { code: 'x', photo_before: true, photo_after: true } as ProblemClass
  const form = () => beginCheck({ subject: { kind: 'road', id: 7 }, name: '试', checklist: 'c', edition: '1', seen: 3, plan: 'p' })

  it('that is normal passes everything but what cannot be judged', () => {
    expect(bodyOf({ ...form(), answers: { b: 'na' } }, list, here)).toMatchObject({ plan: 'p', result: 'normal', answers: { a: 'pass', b: 'na' }, seen: 3 })
  })

  it('that is not wants an item, its photo, and what the class of the problem wants', () => {
    const bad = { ...form(), abnormal: true }
    expect(lackOf(bad, list, undefined, [])).toBe('item')
    const failed = { ...bad, answers: { a: 'fail' as const } }
    expect(lackOf(failed, list, undefined, [])).toBe('photo')
    expect(lackOf(failed, list, undefined, [photo('near')])).toBeUndefined()
    const reported = { ...failed, problem: { on: true, class: 'x', onTheSpot: true } }
    expect([[photo('near')], [photo('before')], [photo('before'), photo('after')]].map((photos) => lackOf(reported, list, litter, photos))).toEqual(['before', 'after', undefined])
    expect(problemLack({ class: '', onTheSpot: false }, undefined, [])).toBe('class')
    expect(bodyOf({ ...reported, note: '锁门' }, list, undefined)).toEqual({
      plan: 'p', subject: { kind: 'road', id: 7 }, checklist: 'c', edition: '1', result: 'abnormal', answers: { a: 'fail', b: 'pass' }, seen: 3, note: '锁门', problem: { class: 'x', subject: { kind: 'road', id: 7 }, note: '锁门', on_the_spot: true },
    })
  })
})

describe('what became of a record', () => {
  it('has a word for each state', () => {
    const of = (more: Partial<Entry>) => outcomeOf({ status: 'acked', photos: [], ...more } as Entry).state
    const outcome = (status: 'done' | 'conflict' | 'refused' | 'waiting', more = {}) => ({ outcome: { seq: 1, key: 'k', status, ...more } })
    expect([of({ status: 'queued' }), of({ status: 'sent' }), of(outcome('done')), of(outcome('done', { flags: ['far'] })), of(outcome('conflict')), of(outcome('refused')), of(outcome('waiting'))])
      .toEqual(['queued', 'sent', 'done', 'doubt', 'conflict', 'refused', 'waiting'])
    expect(of({ status: 'sent', aside: { at: '', status: 400, title: '', title_en: '' } })).toBe('refused')
    expect(of({ ...outcome('done'), photos: [{ state: 'refused' } as KeptPhoto] })).toBe('doubt')
  })
})

describe('a subject in the address', () => {
  it('is read as it was written, and nothing else is', () => {
    expect(subjectIn(subjectText({ kind: 'public_toilet', id: 12 }))).toEqual({ kind: 'public_toilet', id: 12 })
    for (const text of [null, '', 'road', 'road/', 'road/x', 'a/1/2', '../1']) expect(subjectIn(text)).toBeUndefined()
  })
})

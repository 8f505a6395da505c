import { describe, expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { parsePoints } from '../../src/coverage/candidates.ts'
import { curveOf } from '../../src/coverage/curve.ts'
import { paintHexagons } from '../../src/coverage/paint.ts'
import { coveragePairs, linkOf, parseCoverage, parseRadii, questionOf, surfaceQuery } from '../../src/coverage/question.ts'
import { classesOf, gamma, linear, mix, shareColor, toOklab } from '../../src/coverage/ramp.ts'
import { capacityAnswer } from '../../src/coverage/questions/capacity.ts'
import { sharesOf } from '../../src/coverage/questions/shares.ts'
import { added, closed, createDraft, moved, placed, restored, streetToggled, without } from '../../src/coverage/scenario/changes.ts'
import { createPreviewing } from '../../src/coverage/scenario/previewing.ts'
import { resAt } from '../../src/coverage/scenario/work.ts'
import { askOf, usualForm } from '../../src/coverage/siting.ts'
import { amountText, deltaText, fractionText } from '../../src/coverage/text.ts'
import type { Change, FacilityItem, Methods, Preview } from '../../src/coverage/types.ts'
import { spotOf } from '../../src/coverage/work.ts'
import { translate } from '../../src/i18n/index.ts'

const titled = (id: string) => ({ id, title: id, title_en: id })
const methods: Methods = {
  revision: '1',
  services: [{ ...titled('public_toilet'), layer: 'public_toilet', kinds: [titled('all'), titled('open_24h')], modes: [{ ...titled('walk'), id: 'walk' }, { ...titled('straight'), id: 'straight' }], profiles: [titled('walk'), titled('night')], radii_m: [300, 500, 800], thresholds: [] }],
  areas: [{ ...titled('street'), count: 14, res: 11 }, { ...titled('community'), count: 100, res: 11 }],
}

describe('the ramp', () => {
  /** What those see who lack one kind of cones (Machado and others, 2009): severity 1, on linear light. */
  const kinds = {
    protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  }
  const seen = (hex: string, matrix: number[][]) => {
    const rgb = [1, 3, 5].map((at) => linear(parseInt(hex.slice(at, at + 2), 16) / 255))
    return `#${matrix.map((row) => Math.round(255 * Math.min(1, Math.max(0, gamma(row.reduce((sum, factor, i) => sum + factor * (rgb[i] ?? 0), 0))))).toString(16).padStart(2, '0')).join('')}`
  }
  const apart = (a: string, b: string) => Math.hypot(...toOklab(a).map((value, i) => value - (toOklab(b)[i] ?? 0)))

  it.each(['light', 'dark'] as const)('keeps every class apart from every other, for all eyes (%s)', (theme) => {
    const colors = classesOf(500, theme).map(({ color }) => color)
    for (const matrix of [undefined, kinds.protan, kinds.deutan]) {
      const shown = colors.map((color) => (matrix ? seen(color, matrix) : color))
      for (const [i, a] of shown.entries()) for (const b of shown.slice(i + 1)) expect([theme, matrix === undefined, a, b, apart(a, b) > 0.05]).toEqual([theme, matrix === undefined, a, b, true])
    }
  })

  it.each(['light', 'dark'] as const)('goes by steps that are even to the eye (%s)', (theme) => {
    const classes = classesOf(300, theme)
    for (const side of [classes.filter(({ covered }) => covered), classes.filter(({ covered }) => !covered)]) {
      const steps = side.slice(1).map(({ color }, i) => apart(color, side[i]?.color ?? ''))
      expect(Math.max(...steps) / Math.min(...steps)).toBeLessThan(1.1)
    }
  })

  it('has the radius as the limit between within reach and out of it', () => {
    const classes = classesOf(500, 'light')
    expect(classes.map(({ from, to }) => [from, to])).toEqual([[0, 125], [125, 250], [250, 375], [375, 500], [500, 750], [750, 1000], [1000, undefined]])
    expect(classes.filter(({ covered }) => covered).at(-1)?.to).toBe(500)
  })

  it('mixes in between and tells no share from none', () => {
    expect([mix('#075a66', '#bfe6dc', 0), mix('#075a66', '#bfe6dc', 1)]).toEqual(['#075a66', '#bfe6dc'])
    expect(shareColor(null, 'light')).not.toBe(shareColor(0, 'light'))
    expect(shareColor(1, 'light')).toBe(shareColor(0.81, 'light'))
  })
})

describe('what figures are made of', () => {
  it('has words for its units, and a size that suits it', () => {
    expect([['feature', 1234], ['bay', 3], ['m', 820], ['m', 43_250], ['m2', 2_500_000]].map(([unit, value]) => amountText(Number(value), String(unit), 'zh'))).toEqual(['1,234 处', '3 个泊位', '820 米', '43 公里', '2.5 平方公里'])
    expect([amountText(3, 'bay', 'en'), amountText(7, 'z', 'en'), amountText(null, 'm', 'en')]).toEqual(['3 bays', '7', '—'])
  })

  it('says the unit of what is counted once', () => {
    expect(fractionText({ numerator: 1, denominator: 48 }, { numerator_unit: 'crossing', denominator_unit: 'crossing' }, 'en')).toBe('1 / 48 crossings')
    expect(fractionText({ numerator: null, denominator: 48 }, { numerator_unit: 'crossing', denominator_unit: 'crossing' }, 'zh')).toBe('— / 48 处')
    expect(fractionText({ numerator: 500, denominator: 2000 }, { numerator_unit: 'm', denominator_unit: 'm' }, 'zh')).toBe('500 米 / 2 公里')
  })

  it('tells supply by a thousand people, and who has something in reach of those who have a street', () => {
    const row = { code: '1', name: '甲', demand: 2000, no_network: 500, unserved: 300, supply: 4, ratio: 0.002 }
    const { columns, total } = capacityAnswer({ weight: 'population', total: row, items: [] })
    expect(columns.map(({ unit }) => unit)).toEqual(['1/1000', 'share'])
    expect(total.values).toEqual([{ numerator: 4, denominator: 2000, share: 2 }, { numerator: 1200, denominator: 1500, share: 0.8 }])
  })
})

describe('candidates of a siting', () => {
  it('are read from lines, with name and cost where they are told', () => {
    expect(parsePoints('120.1,36.2\n\n120.2，36.3，甲址，50\r\n120.3,36.4,乙址')).toEqual({ items: [{ lon: 120.1, lat: 36.2 }, { lon: 120.2, lat: 36.3, name: '甲址', cost: 50 }, { lon: 120.3, lat: 36.4, name: '乙址' }] })
    for (const wrong of ['120.1', '200,36', 'a,b', '120,36,甲,-1', '120,36,甲,1.5', '120,36,甲,1,2', ',36']) expect([wrong, parsePoints(`120,36\n${wrong}`)]).toEqual([wrong, { wrongLine: 2 }])
  })

  it('are sent with ground, settled sites and a budget', () => {
    const question = questionOf({}, methods)
    if (!question) throw new Error('no question')
    const ring: [number, number][] = [[120, 36], [120.1, 36], [120.1, 36.1], [120, 36]]
    const drawn = { allowed: [ring], forbidden: [ring], fixed: [[120.05, 36.05] as [number, number]] }
    expect(askOf({ ...usualForm, from: 'points', points: '120,36,甲,5', budget: 7 }, question, undefined, drawn)).toMatchObject({ budget: 7, fixed: [{ lon: 120.05, lat: 36.05 }], forbidden: { type: 'MultiPolygon', coordinates: [[ring]] }, candidates: { kind: 'points', items: [{ lon: 120, lat: 36, name: '甲', cost: 5 }] } })
    expect(askOf({ ...usualForm, from: 'areas', budget: 7 }, question, undefined, drawn)).toMatchObject({ candidates: { kind: 'areas', polygons: { type: 'MultiPolygon', coordinates: [[ring]] }, spacing_m: 100 } })
    expect(askOf({ ...usualForm, budget: 7 }, question, undefined)).not.toHaveProperty('budget')
  })
})

describe('the question', () => {
  it('begins at the first zone, and leaves it for the whole city or another region', () => {
    const zoned: Methods = { ...methods, zones: [{ code: 'center', name: '中心城区' }] }
    const within = (link: object) => questionOf(link, zoned)?.within
    expect([within({}), within({ in: 'all' }), within({ in: '990001001' }), questionOf({}, methods)?.within]).toEqual(['center', undefined, '990001001', undefined])
    for (const link of [{}, { in: 'all' }, { in: '990001001' }]) {
      const question = questionOf(link, zoned)
      expect(question && linkOf(question, zoned).in).toBe((link as { in?: string }).in)
    }
  })

  it('is in the address and comes back from it', () => {
    const question = questionOf({ mode: 'straight', radii: '200,400', radius: '400', by: 'street', kind: 'open_24h' }, methods)
    expect(question).toEqual({ service: 'public_toilet', kind: 'open_24h', mode: 'straight', profile: 'walk', radii: [200, 400], radius: 400, by: 'street' })
    const pairs = coveragePairs(question && linkOf(question, methods)).filter((pair): pair is [string, string] => pair[1] !== undefined)
    expect(questionOf(parseCoverage(new URLSearchParams(pairs)) ?? {}, methods)).toEqual(question)
  })

  it('is mended where the address asks for what there is not', () => {
    expect(questionOf({ service: 'none', kind: '?', mode: 'fly', profile: 'x', radii: '0', radius: '7', by: 'moon' }, methods)).toEqual({ service: 'public_toilet', kind: 'all', mode: 'walk', profile: 'walk', radii: [300, 500, 800], radius: 500, by: 'community' })
    expect(questionOf({}, { ...methods, services: [] })).toBeUndefined()
  })

  it('takes radii in bounds, sorted, each once', () => {
    expect(parseRadii('500 300，300')).toEqual([300, 500])
    for (const text of ['', '0', '10001', '1.5', 'a', '1,2,3,4,5,6', '-3']) expect([text, parseRadii(text)]).toEqual([text, undefined])
  })

  it('has no profile in straight lines, and no place off the earth', () => {
    expect(surfaceQuery({ kind: 'all', mode: 'straight', profile: 'night' })).toMatchObject({ profile: undefined })
    expect([spotOf('120.5,36.2'), spotOf('200,36'), spotOf('x'), spotOf()]).toEqual([[120.5, 36.2], undefined, undefined, undefined])
  })

  it('asks of siting only what the goal has a use for', () => {
    const question = questionOf({}, methods)
    if (!question) throw new Error('no question')
    expect(askOf(usualForm, question, undefined)).toMatchObject({ goal: 'most', k: 10, radius_m: 500 })
    expect(askOf({ ...usualForm, goal: 'each', share: 80 }, question, 3)).toMatchObject({ goal: 'each', share: 0.8, by: 'community', scenario: 3 })
    expect(askOf({ ...usualForm, goal: 'fewest' }, question, undefined)).not.toHaveProperty('k')
  })
})

describe('a draft', () => {
  const facilities: FacilityItem[] = [1, 2].map((id) => ({ id, name: `公厕${id}`, lon: 120 + id, lat: 36, usable: true, on_network: true }))

  it('moves, closes, adds and takes back', () => {
    let changes: Change[] = moved([], 'a', { kind: 'record', id: 1 }, [1, 1])
    changes = moved(changes, 'a', { kind: 'record', id: 1 }, [2, 2])
    expect(changes).toEqual([{ op: 'move', service: 'a', id: 1, at: [2, 2] }])
    changes = closed(changes, 'a', 1)
    expect(changes).toEqual([{ op: 'close', service: 'a', id: 1 }])
    changes = added(changes, 'a', [3, 3])
    expect(placed(facilities, changes, 'a').map(({ fate }) => fate)).toEqual(['closed', 'stays', 'added'])
    changes = moved(changes, 'a', { kind: 'draft', index: 1 }, [4, 4])
    expect(placed(facilities, changes, 'a').at(-1)?.at).toEqual([4, 4])
    expect(restored(without(changes, 1), 'a', 1)).toEqual([])
    expect(streetToggled(streetToggled([], 'road:1'), 'road:1')).toEqual([])
  })

  it('is undone and done again, and a new step forgets what was undone', () => {
    const draft = createDraft()
    const one: Change[] = [{ op: 'close', id: 1 }]
    draft.set(one)
    draft.set([])
    draft.undo()
    expect(draft.changes.value).toBe(one)
    draft.redo()
    expect(draft.changes.value).toEqual([])
    draft.undo()
    draft.set([{ op: 'close', id: 2 }])
    expect(draft.canRedo.value).toBe(false)
    draft.trial.value = []
    expect(draft.shown.value).toEqual([])
    draft.undo()
    expect(draft.shown.value).toBe(one)
  })
})

describe('a preview', () => {
  it('asks one at a time, and of those that come meanwhile only the latest', async () => {
    const answers: ((preview: Preview) => void)[] = []
    const asked: Change[][] = []
    const shown = vi.fn()
    const previewing = createPreviewing(() => 'same', (changes) => {
      asked.push(changes)
      return new Promise((resolve) => { answers.push(resolve) })
    }, shown)
    const change = (id: number): Change[] => [{ op: 'close', id }]
    previewing.ask(change(1))
    previewing.ask(change(2))
    previewing.ask(change(3))
    expect(asked).toEqual([change(1)])
    answers[0]?.({} as Preview)
    await vi.waitFor(() => { expect(asked).toEqual([change(1), change(3)]) })
    answers[1]?.({} as Preview)
    await vi.waitFor(() => { expect(previewing.busy.value).toBe(false) })
    previewing.ask([])
    expect(shown).toHaveBeenLastCalledWith(undefined)
  })

  it('does not show the answer to another question', async () => {
    const key = ref('a')
    let answer: (preview: Preview) => void = () => undefined
    const previewing = createPreviewing(() => key.value, () => new Promise((resolve) => { answer = resolve }), () => undefined)
    previewing.ask([{ op: 'close', id: 1 }])
    const first = answer
    key.value = 'b'
    await Promise.resolve()
    first({ rows: [] } as unknown as Preview)
    await Promise.resolve()
    expect(previewing.preview.value).toBeUndefined()
  })
})

describe('the map', () => {
  it('paints only what differs', () => {
    const map = { getSource: () => 1 as never, setFeatureState: vi.fn(), removeFeatureState: vi.fn() }
    const painter = paintHexagons(map as never, 's')
    painter.show('l', { res: 9, ids: [1, 2], d: [100, null], n: [false, true] })
    expect(map.setFeatureState.mock.calls.map(([, state]) => state as unknown)).toEqual([{ d: 100, n: 0 }, { d: -1, n: 1 }])
    painter.show('l', { res: 9, ids: [2, 3], d: [null, 5], n: [true, false] })
    expect(map.setFeatureState).toHaveBeenCalledTimes(3)
    expect(map.removeFeatureState.mock.calls.map(([{ id }]) => id as unknown)).toEqual([1])
    painter.show('l', undefined)
    expect(map.removeFeatureState).toHaveBeenCalledTimes(3)
  })

  it('tells that a source which a style put in the place of another is bare', () => {
    let source = 1
    const map = { getSource: () => source as never, setFeatureState: vi.fn(), removeFeatureState: vi.fn() }
    const painter = paintHexagons(map as never, 's')
    const change = { res: 9, ids: [1], d: [100] }
    painter.show('l', change)
    expect(painter.isBare()).toBe(false)
    source = 2
    expect(painter.isBare()).toBe(true)
    painter.show('l', change)
    expect(map.setFeatureState).toHaveBeenCalledTimes(2)
    expect(painter.isBare()).toBe(false)
  })

  it('asks for hexagons as fine as the tiles have them', () => {
    expect([8, 9.5, 10, 11.9, 12, 13.9, 14, 18].map(resAt)).toEqual([7, 8, 9, 9, 10, 10, 11, 11])
  })
})

describe('figures', () => {
  it('tell which way a share went', () => {
    const t = (...args: Parameters<typeof translate> extends [unknown, ...infer Rest] ? Rest : never) => translate('zh', ...args)
    expect([deltaText(0.1, 0.12, 'zh', t), deltaText(0.12, 0.1, 'zh', t), deltaText(0.1, 0.1, 'zh', t), deltaText(null, 0.1, 'zh', t)]).toEqual(['+2 个百分点', '−2 个百分点', '没有变化', ''])
  })

  it('are coloured by share, or by part of the greatest', () => {
    expect(sharesOf([0.5, null], 'share')).toEqual([0.5, null])
    expect(sharesOf([2, 4, null], 'km/km2')).toEqual([0.5, 1, null])
  })

  it('draw a gain curve that begins where things stand', () => {
    const { points, ticks, line } = curveOf([{ k: 1, share: 0.4 }, { k: 2, share: 0.45 }], 0.3, { width: 100, height: 60 })
    expect(points.map(({ k }) => k)).toEqual([0, 1, 2])
    expect((points[0]?.y ?? 0) > (points[2]?.y ?? 0)).toBe(true)
    expect(ticks.length).toBeGreaterThan(1)
    expect(line).toMatch(/^M[\d.]+ [\d.]+L/)
    expect(curveOf([], 0, { width: 100, height: 60 }).points).toHaveLength(1)
  })
})

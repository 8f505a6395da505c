import { describe, expect, it } from 'vitest'
import { readBefore } from '../../src/account/before.ts'
import { passwordRules } from '../../src/account/rules.ts'
import type { RoleLoad } from '../../src/api/people.ts'
import type { Duty, Target } from '../../src/api/records.ts'
import { targetChoice } from '../../src/people/finders.ts'
import { loadsAfter } from '../../src/people/handover.ts'
import { mapHref } from '../../src/people/onmap.ts'
import { reportOf } from '../../src/people/report.ts'
import { daysAfter } from '../../src/ui/days.ts'

const target = (kind: Target['kind'], id: number, more: Partial<Target> = {}): Target => ({ kind, id, code: `C${id}`, name: null, region: null, at: [120, 36], bbox: [119.99, 35.99, 120.01, 36.01], ...more })
const duty = (id: number, role: string, of: Target): Duty => ({
  id, role, title: role, title_en: role, rank: 'primary', hours: null, valid_from: '2026-01-01', valid_to: null, stands_for: null, note: null, revision: 1, target: of,
  holder: { code: 'P1', kind: 'person', name: '试一', phone: null, masked: false, dept: null, title: null, sample: true },
})

describe('hand-over', () => {
  const loads: RoleLoad[] = [{ role: 'grid_head', title: '网格长', title_en: 'Head', kind: 'grid', have: 2, at_most: 3 }]
  it('adds what comes to what is there, by role and kind, and counts what both have once', () => {
    const own = [duty(1, 'grid_head', target('grid', 1)), duty(2, 'grid_head', target('grid', 2))]
    const taken = [duty(3, 'grid_head', target('grid', 2)), duty(4, 'grid_head', target('grid', 3)), duty(5, 'grid_head', target('grid', 4)), duty(6, 'alley_head', target('back_alley', 4))]
    expect(loadsAfter(loads, taken, own).map(({ role, kind, n, limit }) => [role, kind, n, limit])).toEqual([['grid_head', 'grid', 4, 3], ['alley_head', 'back_alley', 1, null]])
  })
})

describe('a duty on the map', () => {
  it.each([
    [target('grid', 1, { scheme: 'street' }), '/grid?select=grid/street/C1&scheme=street#map='],
    [target('road', 7), '/?select=road/7#map='],
    [target('back_alley', 7), '/?select=back_alley/7#map='],
    [target('region', 7, { code: '370281001' }), '/?region=370281001&select=region/370281001'],
    [target('place', 7), '/?select=@120.000000,36.000000#map='],
  ])('has an address: %#', (of, href) => {
    expect(mapHref(of).startsWith(href)).toBe(true)
  })

  it('is found by the search', () => {
    const item = { kind: 'grid' as const, layer: 'grid_street', id: 1, code: '37028100101', name: '阜安01网格' }
    expect(targetChoice(item, 'zh')?.target).toEqual({ kind: 'grid', scheme: 'street', code: '37028100101' })
    expect(targetChoice({ ...item, kind: 'feature', layer: 'road', code: 'R1' }, 'zh')?.target).toEqual({ kind: 'road', code: 'R1' })
    expect(targetChoice({ ...item, kind: 'feature', layer: 'public_toilet' }, 'zh')).toBeUndefined()
  })
})

describe('the report of an import', () => {
  it('is a spreadsheet’s, and runs no formulas', async () => {
    const words = { sheet: '工作表', row: '行', state: '状态', reason: '原因', rejected: '未采用', taken: '已采用' }
    const rows = [{ sheet: '一', row: 4, reason: '=cmd|"x"', reason_en: '', rejected: true }, { sheet: '二', row: 0, reason: '无表头', reason_en: '', rejected: false }]
    const text = await reportOf({ rows }, words, 'zh').text()
    expect(text).toContain('"一","4","未采用","\'=cmd|""x"""\r\n"二","","已采用","无表头"\r\n')
    expect(text.endsWith('\r\n')).toBe(true)
  })
})

describe('rules of passwords', () => {
  const unmet = (next: string, more: Partial<Parameters<typeof passwordRules>[0]> = {}) => passwordRules({ name: 'street', old: 'old-password', next, repeat: next, ...more }).filter(({ met }) => !met).map(({ label }) => label)
  it('are each met or not', () => {
    expect(unmet('correct horse 9')).toEqual([])
    expect(unmet('短口令')).toEqual(['account.rule.length', 'account.rule.different'])
    expect(unmet('春眠不觉晓处处闻啼鸟')).toEqual([])
    expect(unmet('street12345')).toEqual(['account.rule.name'])
    expect(unmet('old-password')).toEqual(['account.rule.differs'])
    expect(unmet('aaaaaaaaaaaa')).toEqual(['account.rule.different'])
    expect(unmet('correct horse 9', { repeat: 'x' })).toEqual(['account.rule.same'])
    expect(unmet('')).toHaveLength(5)
  })
})

describe('a row before a change', () => {
  it('shows what changed first, and no bookkeeping', () => {
    const lines = readBefore({ revision: 3, name: '旧名', grade: 'class_3', note: null }, { name: '新名', grade: 'class_3' })
    expect(lines).toEqual([{ field: 'name', before: '旧名', now: '新名', changed: true }, { field: 'grade', before: 'class_3', now: 'class_3', changed: false }])
    expect(readBefore({ name: '旧名' }, undefined)).toEqual([{ field: 'name', before: '旧名', now: '–', changed: false }])
  })
})

describe('days', () => {
  it('go over the ends of months and years', () => {
    expect([daysAfter('2026-12-30', 3), daysAfter('2028-02-28', 1), daysAfter('2026-03-01', -1)]).toEqual(['2027-01-02', '2028-02-29', '2026-02-28'])
  })
})

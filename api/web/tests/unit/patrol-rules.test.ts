import { describe, expect, it } from 'vitest'
import { translate, type Translate } from '../../src/i18n/index.ts'
import { effectText } from '../../src/patrol/applies.ts'
import { changeOf, differs, draftOf, faultOf, freshItem, isLater, itemsOf, nextEdition } from '../../src/patrol/edition.ts'
import { emptyClass, parentsOf, wholeIn } from '../../src/patrol/rules.ts'
import type { ChecklistItem, ProblemClass } from '../../src/patrol/types.ts'

const t: Translate = (key, values) => translate('zh', key, values)
const item = (code: string, more: Partial<ChecklistItem> = {}): ChecklistItem => ({ code, title: code, title_en: code, standard: '', verified: false, photo_on_fail: false, problem_class: null, effects: {}, ...more })
const list = { items: [item('open'), item('clean'), item('paper')] }

describe('an edition of a checklist', () => {
  it('begins as the present one, and is the same until something changes', () => {
    const drafts = draftOf(list)
    expect(drafts.map(changeOf)).toEqual(['same', 'same', 'same'])
    expect(differs(drafts, list)).toBe(false)
    drafts.reverse()
    expect(drafts.map(changeOf)).toEqual(['same', 'same', 'same'])
    expect(differs(drafts, list)).toBe(true)
  })

  it('tells what is added, changed and retired, and sends what is left in order', () => {
    const drafts = draftOf(list)
    const [open, clean] = drafts
    if (open) open.title = '正常开放'
    if (clean) clean.retired = true
    drafts.push({ ...freshItem(drafts), title: '有洗手液 ' })
    expect(drafts.map(changeOf)).toEqual(['changed', 'retired', 'same', 'added'])
    expect(itemsOf(drafts).map(({ code, title, title_en: en }) => [code, title, en])).toEqual([['open', '正常开放', 'open'], ['paper', 'paper', 'paper'], ['item_4', '有洗手液', '有洗手液']])
    expect(Object.keys(itemsOf(drafts)[0] ?? {})).not.toContain('was')
  })

  it('gives every new item a code and a key of its own', () => {
    const drafts = draftOf({ items: [item('item_2')] })
    drafts.push(freshItem(drafts))
    drafts.push(freshItem(drafts))
    const [, , last] = drafts
    if (last) last.code = 'renamed'
    drafts.push(freshItem(drafts))
    expect(new Set(drafts.map(({ code }) => code)).size).toBe(4)
    expect(new Set(drafts.map(({ key }) => key)).size).toBe(4)
  })

  it('says what is wrong with an item, a retired one excepted', () => {
    const drafts = draftOf(list)
    const [open, clean] = drafts
    if (!open || !clean) throw new Error('no items')
    open.code = '1st'
    expect(faultOf(open, drafts)).toBe('code')
    open.code = 'clean'
    expect(faultOf(open, drafts)).toBe('repeated')
    clean.retired = true
    expect(faultOf(open, drafts)).toBeUndefined()
    open.title = ' '
    expect(faultOf(open, drafts)).toBe('title')
    expect(faultOf({ ...clean, title: '' }, drafts)).toBeUndefined()
  })

  it('is called after its month, or its day, and is later than all', () => {
    expect(nextEdition(['2026'], '2026-11-23')).toBe('2026-11')
    expect(nextEdition(['2026', '2026-11'], '2026-11-23')).toBe('2026-11-23')
    expect(nextEdition(['2027'], '2026-11-23')).toBe('')
    expect(isLater('2026-12', ['2026', '2026-11-23'])).toBe(true)
    expect(isLater('2026-11', ['2026-11'])).toBe(false)
    expect(isLater('summer', [])).toBe(false)
  })
})

describe('what an answer does to the record', () => {
  const effects = { fail: [{ field: 'status', value: 'closed' }, { field: 'lit', value: false }] }
  it('is told in the words of the layer', () => {
    const schema = { properties: { status: { title: '状态', oneOf: [{ const: 'closed', title: '停用' }] }, lit: { title: '有照明' } } }
    expect(effectText({ effects }, 'fail', schema, 'zh', t)).toBe('状态: 停用；有照明: 否')
  })
  it('names a part of a field by its own title', () => {
    const schema = { properties: { measures: { title: '措施', properties: { hoarding: { title: '围挡' } } } } }
    expect(effectText({ effects: { fail: [{ field: 'measures.hoarding', value: false }] } }, 'fail', schema, 'zh', t)).toBe('围挡: 否')
  })
  it('is told as it is where they are not known', () => {
    expect(effectText({ effects }, 'fail', undefined, 'zh', t)).toBe('status: closed；lit: 否')
    expect(effectText({ effects }, 'pass', undefined, 'zh', t)).toBe('')
  })
})

describe('a class of problems', () => {
  const one = (code: string, parent: string | null, ordinal = 0): ProblemClass => ({ ...emptyClass([]), code, parent, ordinal })
  const classes = [one('env', null, 10), one('litter', 'env', 20), one('traffic', null, 30)]
  it('goes below a group, and a group that has some does not', () => {
    expect(parentsOf({ code: 'litter' }, classes).map(({ code }) => code)).toEqual(['env', 'traffic'])
    expect(parentsOf({ code: 'traffic' }, classes).map(({ code }) => code)).toEqual(['env'])
    expect(parentsOf({ code: 'env' }, classes)).toEqual([])
  })
  it('is the last of the first group while it is new', () => {
    expect(emptyClass(classes)).toMatchObject({ parent: 'env', ordinal: 40, revision: 0, duplicate_m: 50, duplicate_hours: 24 })
  })
  it('takes whole numbers in bounds, and no empty field', () => {
    expect([wholeIn(0, 0, 9), wholeIn(9, 0, 9), wholeIn(10, 0, 9), wholeIn(1.5, 0, 9), wholeIn('', 0, 9)]).toEqual([0, 9, undefined, undefined, undefined])
  })
})

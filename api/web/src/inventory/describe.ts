import { pickTitle, type Lang, type Translate } from '../i18n/index.ts'
import { labelOf } from './cells.ts'
import { isGroup, printTest, type Group, type KindOf, type Test } from './filter.ts'
import { geometryField, titleOf, unitOf, type InventoryField } from './queryables.ts'

export interface Describing {
  fields: readonly InventoryField[]
  kindOf: KindOf
  lang: Lang
  t: Translate
}

/** A condition or a group in words, for its chip; '' where it is not complete. */
export function describePart(part: Test | Group, by: Describing): string {
  if (!isGroup(part)) return describeTest(part, by)
  const texts = part.tests.map((test) => describeTest(test, by)).filter(Boolean)
  const text = texts.join(by.t(part.join === 'and' ? 'filter.list.and' : 'filter.list.or'))
  return texts.length > 1 ? by.t('filter.chip.group.and', { text }) : text
}

function describeTest(test: Test, by: Describing): string {
  const { fields, kindOf, lang, t } = by
  if (printTest(test, kindOf) === undefined) return ''
  const field = fields.find(({ name }) => name === test.field)
  if (test.field === geometryField || !field) return `${t('filter.shape')} ${t('filter.op.within')}`
  const title = titleOf(field, lang)
  const values = test.values.map((value) => valueText(value, field, by))
  const list = values.join(lang === 'zh' ? '、' : ', ')
  const colon = lang === 'zh' ? '：' : ': '
  switch (test.op) {
    case 'empty': case 'filled': return `${title} ${t(`filter.op.${test.op}`)}`
    case 'in': return title + colon + list
    case 'is': return field.kind === 'boolean' ? title + colon + list : `${title} = ${list}`
    case 'not': return `${title} ≠ ${list}`
    case 'least': return `${title} ≥ ${list}`
    case 'most': return `${title} ≤ ${list}`
    case 'between': return betweenText(title, values, t)
    default: return `${title} ${t(`filter.op.${test.op}`)} ${lang === 'zh' && field.kind === 'text' ? `“${list}”` : list}`
  }
}

function betweenText(title: string, [from = '', to = '']: string[], t: Translate): string {
  if (from !== '' && to !== '') return `${title} ${t('filter.range', { from, to })}`
  return from !== '' ? `${title} ≥ ${from}` : `${title} ≤ ${to}`
}

function valueText(value: string, field: InventoryField, { lang, t }: Describing): string {
  if (field.kind === 'enum') return labelOf(value, field, lang)
  if (field.kind === 'boolean') return t(value === 'true' ? 'drawer.yes' : 'drawer.no')
  const unit = field.kind === 'number' && value !== '' ? unitOf(field) : ''
  return unit ? `${value} ${unit}` : value
}

/** A heading with its unit. */
export function headingOf(field: InventoryField, lang: Lang): string {
  const unit = unitOf(field)
  return unit ? `${titleOf(field, lang)} (${unit})` : titleOf(field, lang)
}

export function optionsOf({ property }: InventoryField, lang: Lang): { value: string; label: string }[] {
  return (property.oneOf ?? []).map((option) => ({ value: String(option.const), label: pickTitle(lang, option.title, option['x-title-en']) || String(option.const) }))
}

import type { InventoryFeature } from './server.ts'
import { pickTitle, translate, type Lang } from '../i18n/index.ts'
import type { InventoryField } from './queryables.ts'

const locales: Record<Lang, string> = { zh: 'zh-CN', en: 'en-GB' }
const numbers = new Map<Lang, Intl.NumberFormat>()
export const nothing = '—'

/** Names for codes that only the record knows, such as regions and departments: by field and code. */
export type Names = (field: string, code: string) => string | undefined

/** What a cell says: labels for codes, days and minutes for times, a dash for nothing. The unit is in the heading. */
export function cellText(feature: Pick<InventoryFeature, 'properties' | 'labels'>, field: InventoryField, lang: Lang, names: Names): string {
  const value = feature.properties[field.name]
  if (value === undefined || value === null || value === '') return nothing
  switch (field.kind) {
    case 'enum': return labelOf(value, field, lang)
    case 'boolean': return translate(lang, value === true ? 'drawer.yes' : 'drawer.no')
    case 'number': return typeof value === 'number' ? formatterOf(lang).format(value) : String(value)
    case 'time': return momentText(String(value))
    case 'object': return objectText(value)
    default: return nameOf(feature, field, String(value), lang) ?? names(field.name, String(value)) ?? String(value)
  }
}

function nameOf({ labels }: Pick<InventoryFeature, 'labels'>, { name }: InventoryField, value: string, lang: Lang): string | undefined {
  const label = labels?.[name]
  return value === '' || !label ? undefined : pickTitle(lang, label.title, label.title_en || undefined) || undefined
}

export function labelOf(value: unknown, { property }: InventoryField, lang: Lang): string {
  const option = property.oneOf?.find((one) => one.const === value)
  return pickTitle(lang, option?.title, option?.['x-title-en']) || String(value)
}

/** Of a checklist how much is met; of other things how many there are. */
function objectText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? nothing : value.join('、')
  if (typeof value !== 'object' || value === null) return String(value)
  const entries: unknown[] = Object.values(value)
  if (entries.length === 0) return nothing
  return entries.every((one) => typeof one === 'boolean') ? `${entries.filter(Boolean).length}/${entries.length}` : String(entries.length)
}

/** Minutes are enough for people; the time zone is theirs. */
function momentText(text: string): string {
  const moment = new Date(text)
  if (Number.isNaN(moment.getTime())) return text
  const two = (value: number) => String(value).padStart(2, '0')
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())} ${two(moment.getHours())}:${two(moment.getMinutes())}`
}

/** Making a formatter costs a hundred times as much as using it. */
function formatterOf(lang: Lang): Intl.NumberFormat {
  const known = numbers.get(lang)
  if (known) return known
  const made = new Intl.NumberFormat(locales[lang], { maximumFractionDigits: 3, useGrouping: true })
  numbers.set(lang, made)
  return made
}

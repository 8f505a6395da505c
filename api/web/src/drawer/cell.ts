import type { CollectionSchema } from '../api/types.ts'
import { pickTitle, type Lang, type Translate } from '../i18n/index.ts'
import { formatNumber } from '../ui/format.ts'

export interface CellRow {
  key: string
  label: string
  text: string
  /** Part of all features in the hexagon, 0–1, for their states. */
  share?: number
}

export interface CellRows {
  sums: CellRow[]
  states: CellRow[]
}

const statePrefix = 'count_'
const metresPerKm = 1000

/** What a hexagon counts: number, length or sum first, then the states in the order of the schema. */
export function rowsOf(numbers: Record<string, number>, schema: CollectionSchema, lang: Lang, t: Translate): CellRows {
  const count = numbers.count ?? 0
  const sums: CellRow[] = [{ key: 'count', label: t('cell.count'), text: formatNumber(count, lang) }]
  for (const [key, value] of Object.entries(numbers)) {
    if (key === 'count' || key.startsWith(statePrefix)) continue
    if (key === 'length_m') sums.push({ key, label: t('cell.length'), text: lengthText(value, lang, t) })
    else sums.push({ key, label: pickTitle(lang, schema.properties[key]?.title, schema.properties[key]?.['x-title-en']) || key, text: formatNumber(value, lang) })
  }
  const states = (schema.properties.status?.oneOf ?? [])
    .map((option) => ({ option, n: numbers[`${statePrefix}${String(option.const)}`] ?? 0 }))
    .filter(({ n }) => n > 0)
    .map(({ option, n }) => ({
      key: String(option.const), label: pickTitle(lang, option.title, option['x-title-en']) || String(option.const), text: formatNumber(n, lang), share: count > 0 ? n / count : 0,
    }))
  return { sums, states }
}

function lengthText(metres: number, lang: Lang, t: Translate): string {
  return metres < metresPerKm
    ? `${formatNumber(metres, lang, 0)} ${t('unit.m')}`
    : `${formatNumber(metres / metresPerKm, lang, 1)} ${t('unit.km')}`
}

import type { CollectionSchema, FeatureItem, SchemaProperty } from '../api/types.ts'
import { pickTitle, translate, type Lang } from '../i18n/index.ts'
import { formatNumber } from '../ui/format.ts'

/** One line of the drawer: a text, or a list of things met and not met. */
export interface Field {
  key: string
  label: string
  text: string
  checks?: { label: string; met: boolean }[]
}

export interface Fields {
  filled: Field[]
  /** Labels of the public fields this feature says nothing about. */
  unfilled: string[]
}

const inHeading = new Set(['name'])

/** All public fields of a feature, in the order and with the labels, units and enumerations of its schema. */
export function fieldsOf({ properties, labels: named = {}, regions = [] }: Pick<FeatureItem, 'properties' | 'labels' | 'regions'>, schema: CollectionSchema, lang: Lang): Fields {
  const home = regions.find(({ code }) => code === properties.region_code)
  const labels = home ? { region_code: { title: home.name, title_en: '' }, ...named } : named
  const fields: Fields = { filled: [], unfilled: [] }
  for (const [key, property] of Object.entries(schema.properties)) {
    if (property['x-ogc-role'] || isGeometry(property) || inHeading.has(key)) continue
    const label = pickTitle(lang, property.title, property['x-title-en']) || key
    const value = properties[key]
    if (isEmpty(value)) fields.unfilled.push(label)
    else fields.filled.push(withName(fieldOf(key, label, value, property, lang), labels[key], lang))
  }
  return fields
}

/** A code together with the name the server knows for it. */
function withName(field: Field, name: { title: string; title_en: string } | undefined, lang: Lang): Field {
  const title = name && pickTitle(lang, name.title, name.title_en || undefined)
  return title ? { ...field, text: `${title}（${field.text}）` } : field
}

function fieldOf(key: string, label: string, value: unknown, property: SchemaProperty, lang: Lang): Field {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const checks = checksOf(value as Record<string, unknown>, property, lang)
    return { key, label, checks, text: `${checks.filter((check) => check.met).length}/${checks.length}` }
  }
  const text = Array.isArray(value)
    ? value.map((one) => formatValue(one, property, lang)).join(lang === 'zh' ? '、' : ', ')
    : formatValue(value, property, lang)
  return { key, label, text }
}

function checksOf(value: Record<string, unknown>, property: SchemaProperty, lang: Lang): NonNullable<Field['checks']> {
  const keys = [...new Set([...Object.keys(property.properties ?? {}), ...Object.keys(value)])]
  return keys.map((key) => {
    const named = property.properties?.[key]
    return { label: pickTitle(lang, named?.title, named?.['x-title-en']) || key, met: value[key] === true }
  })
}

export function formatValue(value: unknown, property: SchemaProperty, lang: Lang): string {
  const labelled = property.oneOf?.find((option) => option.const === value)
  if (labelled) return pickTitle(lang, labelled.title, labelled['x-title-en']) || String(value)
  if (typeof value === 'boolean') return translate(lang, value ? 'drawer.yes' : 'drawer.no')
  if (typeof value === 'number') return withUnit(formatNumber(value, lang), property['x-unit'])
  if (typeof value === 'string' && property.format === 'date-time') return formatMoment(value)
  return withUnit(String(value), property['x-unit'])
}

/** Minutes are enough for people; the time zone is theirs. */
function formatMoment(text: string): string {
  const moment = new Date(text)
  if (Number.isNaN(moment.getTime())) return text
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`
  return `${day} ${two(moment.getHours())}:${two(moment.getMinutes())}`
}

const unitSymbols: Record<string, string> = { m: 'm', m2: 'm²', km2: 'km²', '1': '' }

function withUnit(text: string, unit: string | undefined): string {
  const symbol = unit && (unitSymbols[unit] ?? unit)
  return symbol ? `${text} ${symbol}` : text
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)
}

function isGeometry(property: SchemaProperty): boolean {
  return property.format?.startsWith('geometry') ?? false
}

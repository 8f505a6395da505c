import { pickTitle, translate, type Lang, type Translate } from '../i18n/index.ts'
import { formatArea, formatNumber } from '../ui/format.ts'
import type { ServiceItem, Threshold, Unit } from './types.ts'

/** A share as people read it: one decimal, two where it is small, and a dash where nobody can tell. */
export function percent(share: number | null | undefined, lang: Lang): string {
  return share === null || share === undefined ? '—' : `${formatNumber(share * 100, lang, share < 0.1 ? 2 : 1)}%`
}

/** A figure of a question in the unit of its column. */
export function inUnit(value: number | null | undefined, unit: Unit, lang: Lang): string {
  if (unit === 'share' || value === null || value === undefined) return percent(value, lang)
  return `${formatNumber(value, lang, unit === 'm' ? 0 : 2)}${translate(lang, `coverage.unit.${unit}`)}`
}

const counted = ['feature', 'crossing', 'bay', 'grid', 'person'] as const

/** An amount that a figure is made of, in its unit: lengths and areas in what suits their size. */
export function amountText(value: number | null | undefined, unit: string | undefined, lang: Lang): string {
  if (value === null || value === undefined) return '—'
  if (unit === 'm2') return formatArea(value, lang)
  if (unit === 'm') return value < 1000 ? `${formatNumber(value, lang, 0)} ${translate(lang, 'unit.m')}` : `${kilometres(value, lang)} ${translate(lang, 'unit.km')}`
  const word = counted.find((one) => one === unit)
  return word ? `${formatNumber(value, lang, 0)}${lang === 'zh' ? ' ' : ''}${translate(lang, `coverage.unit.${word}`)}` : formatNumber(value, lang, 2)
}

/** What a figure is made of: things that are counted have their unit once. */
export function fractionText({ numerator, denominator }: { numerator: number | null; denominator: number | null }, units: { numerator_unit?: string | undefined; denominator_unit?: string | undefined }, lang: Lang): string {
  const same = units.numerator_unit === units.denominator_unit && counted.some((one) => one === units.numerator_unit)
  return `${same && numerator !== null ? formatNumber(numerator, lang, 0) : amountText(numerator, units.numerator_unit, lang)} / ${amountText(denominator, units.denominator_unit, lang)}`
}

/** Millimetres as metres, to the millimetre where asked for: legs add up to what stands below them. */
export function metres(mm: number, lang: Lang, digits = 1): string {
  return formatNumber(mm / 1000, lang, digits)
}

export function kilometres(m: number, lang: Lang): string {
  return formatNumber(m / 1000, lang, m < 10_000 ? 1 : 0)
}

/** The requirement that a radius stands in, the verified one first. */
export function standardOf({ thresholds }: ServiceItem, radius: number): Threshold | undefined {
  const fitting = thresholds.filter(({ value, unit }) => value === radius && unit === 'm')
  return fitting.find(({ verified }) => verified) ?? fitting[0]
}

export function thresholdText({ applies_to: to, comparator, value, unit, standard, edition, clause }: Threshold, lang: Lang): string {
  const use = uses.find((one) => one === to)
  return [use ? translate(lang, `coverage.use.${use}`) : to, `${signs[comparator] ?? comparator} ${formatNumber(value, lang)} ${unit === 'm' ? translate(lang, 'unit.m') : unit}`, standard, edition, clause].filter(Boolean).join(' · ')
}

const uses = ['residential', 'public', 'commercial', 'green', 'industrial', 'logistics'] as const
const signs: Record<string, string> = { le: '≤', ge: '≥', lt: '<', gt: '>', eq: '=', '<=': '≤', '>=': '≥' }

/** How a share moved, in words that say which way. */
export function deltaText(before: number | null | undefined, after: number | null | undefined, lang: Lang, t: Translate): string {
  if (before === null || before === undefined || after === null || after === undefined) return ''
  const points = (after - before) * 100
  if (Math.abs(points) < 0.005) return t('coverage.total.same')
  return t(points > 0 ? 'coverage.total.more' : 'coverage.total.less', { n: formatNumber(Math.abs(points), lang, 2) })
}

export function nameOf({ name, name_en: english, code }: { name: string; name_en?: string | undefined; code: string }, lang: Lang): string {
  return pickTitle(lang, name, english) || code
}

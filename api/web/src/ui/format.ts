import { translate, type Lang } from '../i18n/index.ts'

const locales: Record<Lang, string> = { zh: 'zh-CN', en: 'en-GB' }

export function formatNumber(value: number, lang: Lang, digits = 3): string {
  return value.toLocaleString(locales[lang], { maximumFractionDigits: digits })
}

/** Square metres below a hectare's order of size, square kilometres above. */
export function formatArea(areaM2: number, lang: Lang): string {
  if (areaM2 < 100_000) return `${formatNumber(areaM2, lang, 0)} ${translate(lang, 'unit.m2')}`
  return `${formatNumber(areaM2 / 1e6, lang, 2)} ${translate(lang, 'unit.km2')}`
}

export function formatAge(ageMs: number, lang: Lang): string {
  const seconds = Math.max(0, Math.round(ageMs / 1000))
  if (seconds < 60) return translate(lang, 'age.seconds', { n: seconds })
  if (seconds < 3600) return translate(lang, 'age.minutes', { n: Math.round(seconds / 60) })
  return translate(lang, 'age.hours', { n: Math.round(seconds / 3600) })
}

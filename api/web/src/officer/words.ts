import type { Lang } from '../i18n/index.ts'
import { formatNumber } from '../ui/format.ts'

const locales: Record<Lang, string> = { zh: 'zh-CN', en: 'en-GB' }

/** Metres to ten below a kilometre, kilometres above. */
export function away(metres: number, lang: Lang): string {
  const tens = Math.round(metres / 10) * 10
  if (tens < 1000) return `${metres < 20 ? Math.round(metres) : tens} m`
  return `${formatNumber(metres / 1000, lang, 1)} km`
}

export function clock(at: Date | string, lang: Lang): string {
  return new Date(at).toLocaleTimeString(locales[lang], { hour: '2-digit', minute: '2-digit', hour12: false })
}

export function day(at: Date | string, lang: Lang): string {
  return new Date(at).toLocaleDateString(locales[lang], { month: lang === 'zh' ? 'long' : 'short', day: 'numeric' })
}

export function weekday(at: Date, lang: Lang): string {
  return at.toLocaleDateString(locales[lang], { weekday: 'long' })
}

export function sameDay(a: Date | string, b: Date | string): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString()
}

/** The day of which a time is the end: at midnight that is the day before. */
export function dayBefore(end: Date | string): Date {
  return new Date(new Date(end).getTime() - 1)
}

/** Until when: the hour of today, else the day, and its hour where that is not midnight. */
export function untilText(end: Date | string, now: Date, lang: Lang): string {
  const at = new Date(end)
  if (at.getHours() + at.getMinutes() > 0) return moment(at, now, lang)
  return sameDay(dayBefore(at), now) ? '24:00' : day(dayBefore(at), lang)
}

/** The hour of today, the day and hour of other days. */
export function moment(at: Date | string, now: Date, lang: Lang): string {
  return sameDay(at, now) ? clock(at, lang) : `${day(at, lang)} ${clock(at, lang)}`
}

export function bytes(count: number, lang: Lang): string {
  if (count < 1e6) return `${formatNumber(count / 1e3, lang, 0)} kB`
  return count < 1e9 ? `${formatNumber(count / 1e6, lang, 1)} MB` : `${formatNumber(count / 1e9, lang, 1)} GB`
}

import type { Lang } from '../i18n/index.ts'

const locales: Record<Lang, string> = { zh: 'zh-CN', en: 'en-GB' }

/** A time as the day it is here: 2026-01-31. */
export function formatDay(at: string): string {
  return dayOf(new Date(at))
}

/** A time with its minutes, in the reader's time zone. */
export function formatTime(at: string, lang: Lang): string {
  return new Date(at).toLocaleString(locales[lang], { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false })
}

/** The day of a time, 2026-01-31, in the reader's time zone. */
export function dayOf(time: Date): string {
  return [time.getFullYear(), time.getMonth() + 1, time.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}

export function today(): string {
  return dayOf(new Date())
}

/** The day some days after another. */
export function daysAfter(day: string, days: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return dayOf(new Date(year, month - 1, date + days))
}

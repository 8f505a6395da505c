import type { Translate } from '../i18n/index.ts'
import type { Checklist, Plan } from './types.ts'

/** Bounds of the server. */
export const mostTimes = 24
export const periods = ['day', 'week', 'month', 'quarter'] as const
const everyDay = '1234567'

/** How often, in words: twice a day, once a week on some days. */
export function oftenText({ period, times, weekdays }: Pick<Plan, 'period' | 'times' | 'weekdays'>, t: Translate): string {
  const days = weekdays && weekdays !== everyDay && (period === 'day' || period === 'week') ? [...weekdays].map((day) => t(`patrol.weekday.${day}` as 'patrol.weekday.1')).join(t('patrol.plan.dayAnd')) : ''
  return [t(`patrol.often.${period}`, { n: times }), days].filter(Boolean).join(' · ')
}

/** The form of a code of a plan, an item of a checklist. */
export const codeForm = /^[a-z][a-z0-9_]{0,39}$/

/** What a new plan begins with. */
export function emptyPlan(list: Checklist | undefined): Plan {
  return {
    code: '', title: '', title_en: '', subject_kind: list?.subject_kind ?? 'public_toilet', applies_to: '', checklist: list?.code ?? '', role: 'grid_officer', period: 'day', times: 1,
    windows: ['06:00-22:00'], weekdays: everyDay, enabled: true, revision: 0,
  }
}

const window = /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/

/** Hours as they are typed: 06:00-12:00, 14:00-20:00. Undefined where one of them is none. */
export function parseWindows(text: string): string[] | undefined {
  const parts = text.replaceAll('：', ':').replaceAll(/\s*[-–—~至]\s*/g, '-').split(/[,，、;\s]+/).filter(Boolean)
  return parts.every((part) => window.test(part)) ? parts : undefined
}

import { pickTitle, type Lang, type Translate } from '../i18n/index.ts'
import { formatNumber } from '../ui/format.ts'
import type { State } from './states.ts'
import type { Doer, GridName, HolderName, Problem, ProblemClass } from './types.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const locales: Record<Lang, string> = { zh: 'zh-CN', en: 'en-GB' }

/** What a problem is called: its own title, or that of its class in the reader's language. */
export function titleOf(problem: Pick<Problem, 'title' | 'class_title' | 'class_title_en'>, lang: Lang): string {
  return problem.title && problem.title !== problem.class_title ? problem.title : classOf(problem, lang)
}

export function classOf({ class_title: title, class_title_en: titleEn }: Pick<Problem, 'class_title' | 'class_title_en'>, lang: Lang): string {
  return pickTitle(lang, title, titleEn || undefined)
}

/** A time as lists have it: the day and the minute, the year only where it is another. */
export function briefTime(at: string, lang: Lang): string {
  const time = new Date(at)
  const year = time.getFullYear() === new Date().getFullYear() ? {} : { year: 'numeric' as const }
  return time.toLocaleString(locales[lang], { ...year, month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hour12: false })
}

/** States in which somebody is waited for; in the others the clock stands. */
const timed: readonly State[] = ['returned', 'dispatched', 'handling']

/** How long whoever is to rectify a problem still has; undefined where nobody is waited for. */
export function timeLeft({ state, deadline }: Pick<Problem, 'state' | 'deadline'>, t: Translate, now = Date.now()): { text: string; over: boolean } | undefined {
  return deadline && timed.includes(state) ? remaining(deadline, t, now) : undefined
}

/** How long something still has, or is over. */
export function remaining(deadline: string, t: Translate, now = Date.now()): { text: string; over: boolean } {
  const left = Date.parse(deadline) - now
  const span = Math.abs(left)
  const n = span < dayMs ? Math.max(1, Math.round(span / hourMs)) : Math.round(span / dayMs)
  const unit = span < dayMs ? 'Hours' : 'Days'
  return left < 0 ? { text: t(`patrol.overdue${unit}`, { n }), over: true } : { text: t(`patrol.left${unit}`, { n }), over: false }
}

/** How long ago something was. */
export function agoText(days: number | undefined, t: Translate): string {
  if (days === undefined) return t('patrol.never')
  if (days < 1) return t('patrol.agoHours', { n: Math.max(1, Math.round(days * 24)) })
  return t('patrol.agoDays', { n: Math.floor(days) })
}

export function personText(who: HolderName | Doer | null | undefined): string {
  if (!who) return ''
  return who.name || ('account' in who ? who.account : undefined) || ('holder' in who ? who.holder : undefined) || ''
}

export function gridText(grid: string | GridName | null | undefined): string {
  if (!grid) return ''
  return typeof grid === 'string' ? grid : [grid.name, grid.code].filter((text, i, all) => text && all.indexOf(text) === i).join(' · ')
}

/** A value of the inventory in words. */
export function valueText(value: unknown, lang: Lang, t: Translate): string {
  if (value === null || value === undefined || value === '') return '—'
  if (typeof value === 'boolean') return t(value ? 'drawer.yes' : 'drawer.no')
  if (typeof value === 'number') return formatNumber(value, lang)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Classes below their parents, as a list of choices shows them. */
export function classGroups(classes: readonly ProblemClass[]): { parent: ProblemClass | undefined; children: ProblemClass[] }[] {
  const tops = classes.filter(({ parent }) => !parent)
  const of = (code: string) => classes.filter(({ parent }) => parent === code)
  const groups = tops.map((parent) => ({ parent, children: of(parent.code) })).filter(({ children }) => children.length > 0)
  const known = new Set(tops.map(({ code }) => code))
  const rest = [...tops.filter(({ code }) => of(code).length === 0), ...classes.filter(({ parent }) => parent && !known.has(parent))]
  return rest.length > 0 ? [...groups, { parent: undefined, children: rest }] : groups
}

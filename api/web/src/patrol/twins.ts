import type { Lang, Translate } from '../i18n/index.ts'
import type { Choice } from '../ui/choice.ts'
import { formatNumber } from '../ui/format.ts'
import type { PatrolServer } from './server.ts'
import { states } from './states.ts'
import { briefTime, titleOf } from './text.ts'
import type { ProblemDetail } from './types.ts'

/** A problem that another can be merged into. */
export type TwinChoice = Choice

const shown = 20

/** Those that the server takes for the same. */
export function twinsOf({ duplicates }: Pick<ProblemDetail, 'duplicates'>, lang: Lang, t: Translate): TwinChoice[] {
  return duplicates.map(({ id, number, state, at, distance_m: distance }) => ({
    key: id, title: number, subtitle: [t(`patrol.state.${state}`), t('patrol.metres', { n: formatNumber(distance, lang, 0) }), briefTime(at, lang)].join(' · '),
  }))
}

/** Finds problems by number or text; before anything is typed, those that are likely the same. */
export function findTwins(server: PatrolServer, of: ProblemDetail, lang: () => Lang, t: Translate) {
  return async (q: string): Promise<TwinChoice[]> => {
    if (q === '' && of.duplicates.length > 0) return twinsOf(of, lang(), t)
    const { items } = await server.problems({ states, q: q || undefined, ...(q === '' && { class: of.class }) }, shown)
    return items.filter(({ id }) => id !== of.id).map((one) => ({
      key: one.id, title: one.number, subtitle: [titleOf(one, lang()), t(`patrol.state.${one.state}`), one.region_name, briefTime(one.at, lang())].filter(Boolean).join(' · '),
    }))
  }
}

import { translate, type MessageKey } from '../../i18n/index.ts'
import type { Answer, AnswerColumn, AnswerRow, Capacity, CapacityRow } from '../types.ts'

const words = (key: MessageKey) => ({ zh: translate('zh', key), en: translate('en', key) })
const column = (id: string, title: MessageKey, numerator: MessageKey, denominator: MessageKey, rest: Pick<AnswerColumn, 'unit'> & Partial<AnswerColumn>): AnswerColumn => ({
  id, title: words(title).zh, title_en: words(title).en, numerator: words(numerator).zh, numerator_en: words(numerator).en, denominator: words(denominator).zh, denominator_en: words(denominator).en, ...rest,
})

/** Supply and demand as the answer of a question: what falls to a thousand people, or a square kilometre, and who has something in reach. */
export function capacityAnswer({ method, weight, total, items }: Capacity): Answer {
  const people = weight === 'population'
  const demand = people ? 'person' : 'm2'
  const row = (of: CapacityRow): AnswerRow => {
    const reachable = of.demand - of.no_network
    const served = reachable - of.unserved
    return {
      code: of.code, name: of.name, ...(of.name_en !== undefined && { name_en: of.name_en }),
      values: [{ numerator: of.supply, denominator: of.demand, share: of.demand > 0 ? of.ratio * (people ? 1e3 : 1e6) : null }, { numerator: served, denominator: reachable, share: reachable > 0 ? served / reachable : null }],
    }
  }
  return {
    ...(method && { method }), provenance: words('coverage.capacity.how').zh, provenance_en: words('coverage.capacity.how').en,
    columns: [
      column('ratio', 'coverage.capacity.ratio', 'coverage.capacity.supply', 'coverage.capacity.demand', { unit: people ? '1/1000' : '1/km2', denominator_unit: demand }),
      column('served', 'coverage.capacity.reached', 'coverage.capacity.served', 'coverage.capacity.demand', { unit: 'share', numerator_unit: demand, denominator_unit: demand }),
    ],
    total: row(total), items: items.map(row), next: null, count: items.length,
  }
}

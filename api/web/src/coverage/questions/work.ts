import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import { createResource, type Resource } from '../../grid/resource.ts'
import { translate } from '../../i18n/index.ts'
import { createPages, mostColoured, type Pages } from '../pages.ts'
import type { Question } from '../question.ts'
import type { CoverageServer } from '../server.ts'
import type { Answer, AnswerRow, Equity, QuestionItem, ServiceItem } from '../types.ts'
import { capacityAnswer } from './capacity.ts'

/** The other figures: of the chosen service, and of the layers; one of them, by area. */
export interface QuestionsWork {
  all: Resource<QuestionItem[]>
  /** Those that can be chosen. */
  items: ComputedRef<QuestionItem[]>
  /** Key of the one chosen. */
  chosen: Ref<string | undefined>
  item: ComputedRef<QuestionItem | undefined>
  answer: Pages<AnswerRow, Answer & { items: AnswerRow[] }>
  /** How evenly the service is spread, where that is what is asked. */
  equity: Resource<Equity>
  /** The column that the map is coloured by, and the rows sorted by. */
  column: Ref<number>
  sort: Ref<string>
  /** Asks anew what is open. */
  reload(): void
}

/** Names a question among those of the record and those of a service. */
export function keyOf({ id, of = 'question' }: QuestionItem): string {
  return of === 'question' ? id : of
}

export function createQuestions(server: CoverageServer, question: () => Question | undefined, service: ComputedRef<ServiceItem | undefined>, account: () => string | undefined): QuestionsWork {
  const all = createResource(() => (question() ? 'all' : undefined), () => server.questions())
  const chosen = ref<string>()
  const column = ref(0)
  const sort = ref('')
  const items = computed(() => (all.value.value ? [...all.value.value, ...(service.value ? ofService(service.value) : [])] : []))
  const item = computed(() => items.value.find((one) => keyOf(one) === chosen.value) ?? items.value[0])
  const asked = (wanted: (of: QuestionItem['of']) => boolean) => {
    const asks = question()
    return asks && item.value && wanted(item.value.of) ? JSON.stringify([keyOf(item.value), asks, account() ?? '']) : undefined
  }
  const answer = createPages<AnswerRow, Answer>(() => {
    const key = asked((of) => of !== 'equity')
    return key === undefined ? undefined : key + sort.value
  }, async (cursor, signal) => {
    const [asks, one] = [question(), item.value]
    if (!asks || !one) throw new Error('asked without a question')
    return one.of === 'capacity' ? capacityAnswer(await server.capacity(asks, signal)) : server.answer(one, asks, sort.value, cursor, signal)
  })
  const equity = createResource(() => asked((of) => of === 'equity'), () => {
    const asks = question()
    return asks ? server.equity(asks) : Promise.reject(new Error('asked without a question'))
  })
  watch([answer.items, answer.loading], () => { if (answer.items.value.length < mostColoured) answer.more() })
  return {
    all, items, chosen, item, answer, equity, column, sort,
    reload() {
      answer.reload()
      equity.reload()
    },
  }
}

/** What is known of every service besides its coverage. */
function ofService({ id, title, title_en: english }: ServiceItem): QuestionItem[] {
  return (['measures', 'capacity', 'equity'] as const).map((of) => ({ id, of, title: translate('zh', `coverage.${of}`, { service: title }), title_en: translate('en', `coverage.${of}`, { service: english }) }))
}

import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import { createResource, type Resource } from '../../grid/resource.ts'
import { createPages, mostColoured, type Pages } from '../pages.ts'
import type { Question } from '../question.ts'
import type { CoverageServer } from '../server.ts'
import type { Answer, AnswerRow, QuestionItem } from '../types.ts'

/** The other figures of the layers: one of them, by area. */
export interface QuestionsWork {
  all: Resource<QuestionItem[]>
  chosen: Ref<string | undefined>
  item: ComputedRef<QuestionItem | undefined>
  answer: Pages<AnswerRow, Answer & { items: AnswerRow[] }>
  /** The column that the map is coloured by, and the rows sorted by. */
  column: Ref<number>
  sort: Ref<string>
}

export function createQuestions(server: CoverageServer, question: () => Question | undefined, account: () => string | undefined): QuestionsWork {
  const all = createResource(() => (question() ? 'all' : undefined), () => server.questions())
  const chosen = ref<string>()
  const column = ref(0)
  const sort = ref('')
  const item = computed(() => {
    const known = all.value.value ?? []
    return known.find(({ id }) => id === chosen.value) ?? known[0]
  })
  const answer = createPages<AnswerRow, Answer>(() => {
    const asks = question()
    return asks && item.value ? [item.value.id, asks.by, asks.within ?? '', sort.value, account() ?? ''].join() : undefined
  }, (cursor, signal) => server.answer(item.value?.id ?? '', question()?.by ?? '', question()?.within, sort.value, cursor, signal))
  watch([answer.items, answer.loading], () => { if (answer.items.value.length < mostColoured) answer.more() })
  return { all, chosen, item, answer, column, sort }
}

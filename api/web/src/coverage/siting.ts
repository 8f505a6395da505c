import { ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { Question } from './question.ts'
import type { CoverageServer } from './server.ts'
import type { Goal, SitingAnswer, SitingAsk, Weight } from './types.ts'

/** Bounds of the server. */
export const mostSites = 500
export const spacingM = { least: 20, most: 5_000, usual: 100 }

/** What is asked of siting besides the question itself. */
export interface SitingForm {
  goal: Goal
  weight: Weight
  k: number
  /** Per cent. */
  share: number
  spacingM: number
  budget: number | undefined
  stability: boolean
}

export interface SitingWork {
  form: Ref<SitingForm>
  answer: ShallowRef<SitingAnswer | undefined>
  error: ShallowRef<unknown>
  busy: Ref<boolean>
  /** The site pointed at in the list. */
  pointed: Ref<number | undefined>
  run(scenario: number | undefined): Promise<void>
  clear(): void
}

export const usualForm: SitingForm = { goal: 'most', weight: 'area', k: 10, share: 60, spacingM: spacingM.usual, budget: undefined, stability: true }

export function createSiting(server: CoverageServer, question: ComputedRef<Question | undefined>): SitingWork {
  const form = ref<SitingForm>({ ...usualForm })
  const answer = shallowRef<SitingAnswer>()
  const error = shallowRef<unknown>()
  const busy = ref(false)
  const pointed = ref<number>()
  let turn = 0

  function clear(): void {
    turn++
    answer.value = undefined
    error.value = undefined
    busy.value = false
  }
  watch(() => question.value && [question.value.service, question.value.kind, question.value.mode, question.value.profile, question.value.radius, question.value.within].join(), clear)
  return {
    form, answer, error, busy, pointed, clear,
    async run(scenario) {
      if (!question.value) return
      const mine = ++turn
      busy.value = true
      error.value = undefined
      try {
        const found = await server.siting(askOf(form.value, question.value, scenario))
        if (mine === turn) answer.value = found
      } catch (failure) {
        if (mine === turn) error.value = failure
      }
      if (mine === turn) busy.value = false
    },
  }
}

/** What is sent: only what the goal has a use for. */
export function askOf(form: SitingForm, { service, kind, mode, profile, radius, by, within }: Question, scenario: number | undefined): SitingAsk {
  const { goal, weight, k, share, budget, stability } = form
  return {
    service, mode, profile, radius_m: radius, goal, weight, stability,
    ...(kind !== undefined && { kind }),
    ...(goal === 'most' ? { k } : { share: share / 100 }),
    ...(goal === 'each' && { by }),
    ...(goal === 'most' && budget !== undefined && { budget }),
    ...(within !== undefined && { within }),
    ...(scenario !== undefined && { scenario }),
    candidates: { kind: 'streets', spacing_m: form.spacingM },
  }
}

import type { MultiPolygon } from 'geojson'
import { ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { Position } from '../api/types.ts'
import type { Question } from './question.ts'
import type { CoverageServer } from './server.ts'
import { parsePoints } from './candidates.ts'
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
  /** '' for none: what a field of numbers has while it is empty. */
  budget: number | ''
  from: 'streets' | 'points' | 'areas'
  /** The list of candidates, as it was pasted. */
  points: string
  stability: boolean
}

export interface SitingWork {
  form: Ref<SitingForm>
  answer: ShallowRef<SitingAnswer | undefined>
  error: ShallowRef<unknown>
  busy: Ref<boolean>
  drawn: ShallowRef<Drawn>
  /** What the pointer draws on the map now. */
  pencil: Ref<Pencil | undefined>
  undraw(): void
  /** The site pointed at in the list. */
  pointed: Ref<number | undefined>
  run(scenario: number | undefined): Promise<void>
  clear(): void
}

export const usualForm: SitingForm = { goal: 'most', weight: 'area', k: 10, share: 60, spacingM: spacingM.usual, budget: '', from: 'streets', points: '', stability: true }

/** What was drawn on the map for siting: rings of ground that sites may, or may not, be on; and sites that are settled. */
export interface Drawn {
  allowed: Position[][]
  forbidden: Position[][]
  fixed: Position[]
}

export type Pencil = 'allowed' | 'forbidden' | 'fixed'
const nothingDrawn: Drawn = { allowed: [], forbidden: [], fixed: [] }

export function createSiting(server: CoverageServer, question: ComputedRef<Question | undefined>): SitingWork {
  const form = ref<SitingForm>({ ...usualForm })
  const answer = shallowRef<SitingAnswer>()
  const error = shallowRef<unknown>()
  const busy = ref(false)
  const drawn = shallowRef(nothingDrawn)
  const pencil = ref<Pencil>()
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
    form, answer, error, busy, pointed, clear, drawn, pencil,
    undraw() {
      drawn.value = nothingDrawn
      pencil.value = undefined
    },
    async run(scenario) {
      if (!question.value) return
      const mine = ++turn
      busy.value = true
      error.value = undefined
      try {
        const found = await server.siting(askOf(form.value, question.value, scenario, drawn.value))
        if (mine === turn) answer.value = found
      } catch (failure) {
        if (mine === turn) error.value = failure
      }
      if (mine === turn) busy.value = false
    },
  }
}

/** What is sent: only what the goal has a use for. */
export function askOf(form: SitingForm, { service, kind, mode, profile, radius, by, within }: Question, scenario: number | undefined, drawn: Drawn = nothingDrawn): SitingAsk {
  const { goal, weight, k, share, budget, stability } = form
  const { forbidden, fixed } = drawn
  return {
    service, mode, profile, radius_m: radius, goal, weight, stability,
    ...(kind !== undefined && { kind }),
    ...(goal === 'most' ? { k } : { share: share / 100 }),
    ...(goal === 'each' && { by }),
    ...(goal === 'most' && form.from === 'points' && typeof budget === 'number' && { budget }),
    ...(within !== undefined && { within }),
    ...(scenario !== undefined && { scenario }),
    ...(forbidden.length > 0 && { forbidden: groundOf(forbidden) }),
    ...(fixed.length > 0 && { fixed: fixed.map(([lon, lat]) => ({ lon, lat })) }),
    candidates: candidatesOf(form, drawn),
  }
}

function candidatesOf({ from, points, spacingM: spacing }: SitingForm, { allowed }: Drawn): SitingAsk['candidates'] {
  if (from === 'areas') return { kind: 'areas', polygons: groundOf(allowed), spacing_m: spacing }
  if (from === 'streets') return { kind: 'streets', spacing_m: spacing }
  const read = parsePoints(points)
  return { kind: 'points', items: 'items' in read ? read.items : [] }
}

function groundOf(rings: Position[][]): MultiPolygon {
  return { type: 'MultiPolygon', coordinates: rings.map((ring) => [ring]) }
}

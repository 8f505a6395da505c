import { computed, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { Box } from '../api/types.ts'
import { sameSelection, type Selection } from './permalink.ts'

/** One of several things that can be selected: from a click, from what is near, or from a search. */
export interface Candidate {
  selection: Selection
  title: string
  layer: string
  subtitle?: string
}

/** What is known of the selected hexagon, from the tiles. */
export interface CellFigures {
  cell: string
  numbers: Record<string, number>
  box: Box
}

/** Candidates offered at a point of the map, waiting for a choice. */
export interface Offer {
  candidates: Candidate[]
  /** Where on the map's canvas, in CSS pixels. */
  at: { x: number; y: number }
  near: boolean
}

export interface Selecting {
  selection: ShallowRef<Selection | undefined>
  /** The region drilled down to: the breadcrumb ends here. */
  region: Ref<string | undefined>
  /** The list the selection came from, to step through. */
  results: ShallowRef<Candidate[]>
  offer: ShallowRef<Offer | undefined>
  /** Name of the selected feature, once its record is there: a street is many features of one name. */
  name: Ref<string | undefined>
  /** Of the selected hexagon, where the map shows it. */
  figures: ShallowRef<CellFigures | undefined>
  position: ComputedRef<number>
  select(selection: Selection, results?: Candidate[]): void
  drillTo(code: string | undefined): void
  step(by: 1 | -1): void
  clear(): void
}

export function createSelecting(from: { selection?: Selection; region?: string }): Selecting {
  const selection = shallowRef<Selection | undefined>(from.selection)
  const region = ref<string | undefined>(from.region ?? (from.selection?.kind === 'region' ? from.selection.code : undefined))
  const results = shallowRef<Candidate[]>([])
  const offer = shallowRef<Offer>()
  const name = ref<string>()
  const figures = shallowRef<CellFigures>()
  const position = computed(() => results.value.findIndex((one) => sameSelection(one.selection, selection.value)))

  function select(next: Selection, list: Candidate[] = []): void {
    offer.value = undefined
    results.value = list
    selection.value = next
    if (next.kind === 'region') region.value = next.code
  }
  return {
    selection, region, results, offer, name, figures, position, select,
    drillTo(code) {
      if (code !== undefined) {
        select({ kind: 'region', code })
        return
      }
      region.value = undefined
      if (selection.value?.kind === 'region') selection.value = undefined
    },
    step(by) {
      const next = results.value[position.value + by]
      if (position.value >= 0 && next) select(next.selection, results.value)
    },
    clear() {
      offer.value = undefined
      selection.value = undefined
      results.value = []
    },
  }
}

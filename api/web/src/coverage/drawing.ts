import { computed, type ComputedRef } from 'vue'
import type { Overlay } from '../grid/overlay.ts'
import type { App } from '../state/app.ts'
import { overlayOf } from './overlay.ts'
import { shareColor } from './ramp.ts'
import { sharesOf } from './questions/shares.ts'
import { radiusIndex } from './question.ts'
import { placed, type Placed } from './scenario/changes.ts'

/** Layers that stay on the map beneath coverage: what one walks on. */
const walked = ['road', 'back_alley']

/** What the coverage workspace adds to the map, and which layers it lets be seen. */
export function useCoverageOverlay(app: App): { overlay: ComputedRef<Overlay | undefined>; isVisible(layer: string): boolean } {
  const { coverage, settings: { theme } } = app
  const facilities = useFacilities(app)
  const areas = useAreas(app)
  const overlay = computed(() => {
    const question = coverage.active.value ? coverage.question.value : undefined
    if (!question) return undefined
    const { draft } = coverage.scenario
    return overlayOf({
      question, origin: location.origin, theme: theme.value, scenario: coverage.swipe.value === 'scenario' ? coverage.sides.value.b : undefined, facilities: facilities.value,
      areas: areas.value, area: coverage.area.value?.code, gaps: coverage.gaps.value.value, findings: coverage.findings.value.value,
      explanation: coverage.explanation.value.value, spot: coverage.spot.value,
      sites: coverage.siting.answer.value?.sites ?? [], pointed: coverage.siting.pointed.value,
      ...(coverage.tab.value === 'siting' && { drawn: coverage.siting.drawn.value }),
      streets: draft.changes.value.flatMap(({ op, street }) => (op === 'close_street' && street !== undefined ? [street] : [])),
    })
  })
  return { overlay, isVisible: (layer) => isShown(app, layer) }
}

/** Things of other layers would only hide the answer: regions, ground and streets stay. */
export function isShown(app: App, layer: string): boolean {
  const group = app.layers.title(layer)?.group
  return (group === 'reference' || group === undefined || walked.includes(layer)) && app.layers.isVisible(layer)
}

export function useFacilities({ coverage }: App): ComputedRef<Placed[]> {
  return computed(() => placed(coverage.facilities.value.value ?? [], coverage.scenario.draft.changes.value, coverage.question.value?.service ?? ''))
}

/** Colour of each area by code, where areas are what the map shows. */
function useAreas({ coverage, settings: { theme } }: App): ComputedRef<Map<string, string> | undefined> {
  return computed(() => {
    const question = coverage.question.value
    if (!question) return undefined
    if (coverage.tab.value === 'questions' && coverage.questions.item.value?.of !== 'equity') {
      const { column, answer } = coverage.questions
      const shares = sharesOf(answer.items.value.map(({ values }) => values[column.value]?.share ?? null), answer.first.value?.columns[column.value]?.unit ?? 'share')
      return new Map(answer.items.value.map(({ code }, i) => [code, shareColor(shares[i], theme.value)]))
    }
    if (coverage.face.value !== 'areas') return undefined
    const at = radiusIndex(question)
    return new Map(coverage.table.items.value.map(({ code, covered_share: shares }) => [code, shareColor(shares[at], theme.value)]))
  })
}

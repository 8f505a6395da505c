import type { Map as MapLibre } from 'maplibre-gl'
import { computed, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { Server } from '../api/server.ts'
import type { Position } from '../api/types.ts'
import { createResource, type Resource } from '../grid/resource.ts'
import type { Changes } from '../state/changes.ts'
import type { Permalink } from '../state/permalink.ts'
import type { Route } from '../state/route.ts'
import type { Session } from '../state/session.ts'
import type { Selecting } from '../state/selecting.ts'
import { createPages, mostColoured, type Pages } from './pages.ts'
import { createQuestions, type QuestionsWork } from './questions/work.ts'
import { linkOf, questionOf, wholeCity, type CoverageLink, type Question } from './question.ts'
import { createScenarioWork, type ScenarioWork } from './scenario/work.ts'
import { CoverageServer } from './server.ts'
import { createSiting, type SitingWork } from './siting.ts'
import type { Explanation, FacilityItem, Methods, Row, Scenario, ServiceItem, TablePage } from './types.ts'

export type Tab = 'areas' | 'whatif' | 'siting' | 'scenarios' | 'questions'
export const tabs: readonly Tab[] = ['areas', 'whatif', 'siting', 'scenarios', 'questions']

/** What the map shows of the answer: hexagons, or areas by their share. */
export type Face = 'hexagons' | 'areas'

/** What the two halves of the map show: nothing apart, straight lines against walking, or two scenarios. */
export type Swipe = 'off' | 'mode' | 'scenario'

/** Which scenarios lie left and right. */
export interface Sides {
  a: number | undefined
  b: number | undefined
}

/** Changes of the city gather this long, from the first one on, before figures are asked for again. */
const gatherMs = 400
/** What walking and its figures depend on besides the facilities; ramps lead around steps. */
const groundLayers = ['road', 'back_alley', 'barrier_free_ramp', 'ground', 'region', 'population', 'land_use']

/** The coverage workspace: one question, and all that answers it. */
export interface CoverageWork {
  server: CoverageServer
  active: ComputedRef<boolean>
  methods: Resource<Methods>
  question: ComputedRef<Question | undefined>
  service: ComputedRef<ServiceItem | undefined>
  /** Changes the question. */
  ask(part: Partial<Question>): void
  /** Confines every figure to a region; undefined is the whole city. */
  confine(code: string | undefined): void
  sort: Ref<string>
  /** Whether it is asked, too, what hangs on which of several streets one starts from; and how much ground that is, by radius. */
  ambiguous: Ref<boolean>
  doubt: Resource<number[]>
  table: Pages<Row, TablePage>
  facilities: Resource<FacilityItem[]>
  tab: Ref<Tab>
  face: Ref<Face>
  swipe: Ref<Swipe>
  /** The scenarios of the two halves; undefined is the city as it is. */
  sides: ShallowRef<Sides>
  /** The area chosen in the table. */
  area: ShallowRef<Row | undefined>
  /** What is out of reach in it. */
  gaps: Resource<GeoJSON.FeatureCollection>
  /** Where the walking network is in doubt, once asked for. */
  findings: Resource<GeoJSON.FeatureCollection>
  showFindings: Ref<boolean>
  /** The place that is explained. */
  spot: ShallowRef<Position | undefined>
  explanation: Resource<Explanation>
  scenario: ScenarioWork
  /** Opens a kept scenario, and asks what it was kept with. */
  open(scenario: Scenario): void
  siting: SitingWork
  questions: QuestionsWork
  /** The map, while there is one. */
  canvas: ShallowRef<MapLibre | undefined>
  /** Counts the changes of the city that make the hexagons on the map old. */
  stale: Ref<number>
  link: ComputedRef<CoverageLink | undefined>
  /** The address of what table, files and report show: changes that are not kept are in none of them. */
  exported: ComputedRef<CoverageLink>
  restore(link: Permalink): void
}

interface Needs {
  server: Server
  changes: Changes
  route: Route
  selecting: Selecting
  session: Session
  link: Permalink
}

export function createCoverageWork({ server: asked, changes, route, selecting, session, link: from }: Needs): CoverageWork {
  const server = new CoverageServer(asked.client)
  const active = computed(() => route.page.value === 'coverage')
  const wish = shallowRef<CoverageLink>(from.coverage ?? {})
  const methods = createResource(() => (active.value ? 'methods' : undefined), () => server.methods())
  const own = computed(() => methods.value.value && questionOf(wish.value, methods.value.value))
  const question = computed(() => own.value && (selecting.region.value === undefined ? own.value : { ...own.value, within: selecting.region.value }))
  const service = computed(() => methods.value.value?.services.find(({ id }) => id === question.value?.service))
  const keyOf = (...more: unknown[]) => (active.value && question.value ? JSON.stringify([question.value, ...more]) : undefined)
  const whole = () => question.value ?? never()

  const sort = ref('-uncovered')
  const ambiguous = ref(false)
  const scenario = createScenarioWork({ server, question, active, id: from.coverage?.scenario })
  const { saved } = scenario
  const table = createPages<Row, TablePage>(() => keyOf(sort.value, saved.value), (cursor, signal) => server.table(whole(), { sort: sort.value, cursor, scenario: saved.value }, signal))
  const doubt = createResource(() => (ambiguous.value ? keyOf('doubt', saved.value) : undefined), async () => (await server.table(whole(), { sort: 'code', ambiguous: true, scenario: saved.value })).total.ambiguous_m2 ?? [])
  const surface = () => {
    const asks = question.value
    return active.value && asks ? [asks.service, asks.kind, asks.mode, asks.profile].join() : undefined
  }
  const facilities = createResource(surface, () => server.facilities(whole()))
  const view = createViews({ server, from: from.coverage ?? {}, keyOf, whole, question, scenario })
  const siting = createSiting(server, question)
  const questions = createQuestions(server, () => (active.value && view.tab.value === 'questions' ? question.value : undefined), service, () => session.account.value?.name)
  const stale = ref(0)
  const isOurs = (layer: string) => layer === service.value?.layer || groundLayers.includes(layer) || layer.startsWith('grid_')
  followChanges(changes, (layers) => active.value && (layers?.some(isOurs) ?? true), table.loading, () => {
    stale.value++
    for (const one of [table, doubt, facilities, view.gaps, view.explanation, view.findings]) one.reload()
    scenario.previewing.again()
  })
  followChanges(changes, () => active.value && view.tab.value === 'questions', questions.answer.loading, () => { questions.reload() })
  watch([view.face, table.items, table.loading], () => { if (view.face.value === 'areas' && table.items.value.length < mostColoured) table.more() })
  watch(view.spot, (spot) => { if (spot) selecting.clear() })
  watch(selecting.selection, (selection) => { if (selection) view.spot.value = undefined })
  watch(() => question.value && [question.value.by, question.value.service].join(), () => { view.area.value = undefined })
  watch(() => question.value?.service, () => { if (view.swipe.value === 'scenario') view.swipe.value = 'off' })

  function ask(part: Partial<Question>): void {
    const known = methods.value.value
    const { service: id, ...rest } = part
    if (!known || !own.value) return
    const { within, by } = own.value
    const base = id === undefined || id === own.value.service ? own.value : questionOf({ service: id, by, in: within ?? wholeCity }, known) ?? own.value
    wish.value = linkOf({ ...base, ...rest }, known)
  }
  function confine(code: string | undefined): void {
    selecting.drillTo(undefined)
    const known = methods.value.value
    if (known && own.value) wish.value = { ...linkOf(own.value, known), in: code ?? wholeCity }
  }
  const link = computed(() => (active.value && methods.value.value && own.value ? { ...linkOf(own.value, methods.value.value), ...view.link(), ...scenario.link.value } : undefined))
  return {
    server, active, methods, question, service, ask, confine, sort, ambiguous, doubt, table, facilities, ...view, scenario, siting, questions, stale,
    canvas: shallowRef(),
    link,
    exported: computed(() => {
      const { scenario: kept, ...rest } = link.value ?? {}
      return { ...rest, ...(kept !== undefined && saved.value !== undefined && { scenario: kept }) }
    }),
    open(one) {
      const { service: id, question: { radii_m: radii = [], within = wholeCity, ...asks } } = one
      selecting.drillTo(undefined)
      wish.value = { service: id, ...asks, in: within, ...(radii.length > 0 && { radii: radii.join() }) }
      scenario.take(one)
    },
    restore({ coverage = {} }) {
      if (!active.value) return
      wish.value = coverage
      view.restore(coverage)
      scenario.restore(coverage.scenario)
    },
  }
}

/** What is looked at, of the answers: tab, place, area and the two halves of the map. */
function createViews({ server, from, keyOf, whole, question, scenario }: {
  server: CoverageServer; from: CoverageLink; keyOf: (...more: unknown[]) => string | undefined; whole: () => Question; question: ComputedRef<Question | undefined>; scenario: ScenarioWork
}) {
  const tab = ref<Tab>(tabOf(from.tab))
  const spot = shallowRef(spotOf(from.spot))
  const area = shallowRef<Row>()
  const face = ref<Face>('hexagons')
  const swipe = ref<Swipe>(from.swipe === 'mode' ? 'mode' : 'off')
  const showFindings = ref(false)
  const sides = shallowRef<Sides>({ a: undefined, b: undefined })
  const radius = () => [question.value?.radius]
  const explanation = createResource(() => (spot.value ? keyOf('spot', spot.value, radius(), scenario.saved.value) : undefined), () => server.explain(whole(), spot.value ?? [0, 0], scenario.saved.value))
  const gaps = createResource(() => (area.value ? keyOf('gaps', area.value.code, scenario.saved.value) : undefined), () => {
    const { by } = whole()
    return server.gaps(whole(), by, by.startsWith('grid:') ? whole().within : area.value?.code, scenario.saved.value)
  })
  const findings = createResource(() => (showFindings.value ? keyOf('findings') : undefined), () => server.findings(whole().within))
  return {
    tab, spot, area, face, swipe, sides, explanation, gaps, findings, showFindings,
    link: (): CoverageLink => ({
      ...(tab.value !== 'areas' && { tab: tab.value }),
      ...(spot.value && { spot: spot.value.map((degrees) => degrees.toFixed(6)).join(',') }),
      ...(swipe.value === 'mode' && { swipe: 'mode' }),
    }),
    restore(link: CoverageLink) {
      tab.value = tabOf(link.tab)
      spot.value = spotOf(link.spot)
      swipe.value = link.swipe === 'mode' ? 'mode' : 'off'
    },
  }
}

function tabOf(text: string | undefined): Tab {
  return tabs.find((one) => one === text) ?? 'areas'
}

export function spotOf(text = ''): Position | undefined {
  const [, lon, lat] = /^(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)$/.exec(text) ?? []
  const at: Position = [Number(lon ?? NaN), Number(lat ?? NaN)]
  return Math.abs(at[0]) <= 180 && Math.abs(at[1]) <= 90 ? at : undefined
}

/**
 * Some changes of the city change what is within reach; those that come together are answered together, and those that come while an answer is under
 * way once it is there: changes that never cease are followed, too. `isOurs` is asked with the layers touched, undefined for all.
 */
function followChanges(changes: Changes, isOurs: (layers: string[] | undefined) => boolean, busy: Ref<boolean>, refresh: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  function due(): void {
    timer = busy.value ? setTimeout(due, gatherMs) : undefined
    if (timer === undefined) refresh()
  }
  watch(changes.latest, (change) => {
    if (change && isOurs(change.all ? undefined : Object.keys(change.layers))) timer ??= setTimeout(due, gatherMs)
  })
}

function never(): never {
  throw new Error('asked without a question')
}

/** The city has ground, but no streets that anybody could walk on. */
export function withoutStreets({ method }: Pick<TablePage, 'method'>): boolean {
  return method.mode === 'walk' && method.streets === 0
}

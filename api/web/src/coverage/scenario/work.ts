import { computed, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { createResource, type Resource } from '../../grid/resource.ts'
import type { CoverageLink, Question } from '../question.ts'
import type { CoverageServer } from '../server.ts'
import type { HexChange, Scenario } from '../types.ts'
import { createDraft, type Draft, type Held } from './changes.ts'
import { createPreviewing, type Previewing } from './previewing.ts'

/** What a click on the map does in the what-if. */
export type Tool = 'hand' | 'add' | 'street'

/** Which resolution of hexagons the map shows at a zoom: that of the tiles. */
export function resAt(zoom: number): number {
  const z = Math.floor(zoom)
  return z <= 8 ? 7 : z === 9 ? 8 : z <= 11 ? 9 : z <= 13 ? 10 : 11
}

/** Changes that are in no record: tried, kept under a name, and opened again. */
export interface ScenarioWork {
  draft: Draft
  previewing: Previewing
  tool: Ref<Tool>
  /** The facility pointed at. */
  held: ShallowRef<Held | undefined>
  /** The scenario that is open; undefined for one that has no name yet. */
  open: ShallowRef<Scenario | undefined>
  /** Its id, while the changes shown are just those that were kept. */
  saved: ComputedRef<number | undefined>
  dirty: ComputedRef<boolean>
  /** The scenario of the address cannot be read: what is shown is the city as it is. */
  lost: Ref<boolean>
  list: Resource<Scenario[]>
  /** The list is on the screen. */
  listed: Ref<boolean>
  /** Resolution of the hexagons that the map shows. */
  res: Ref<number>
  /** What the map paints over its tiles. */
  painted: ShallowRef<HexChange | undefined>
  take(scenario: Scenario | undefined): void
  /** Opens the scenario of an address that somebody came to, where another one is open. */
  restore(id: string | undefined): void
  /** Tells that what is shown is kept under this. */
  keep(scenario: Scenario): void
  link: ComputedRef<CoverageLink>
}

interface Needs {
  server: CoverageServer
  question: ComputedRef<Question | undefined>
  active: ComputedRef<boolean>
  id: string | undefined
}

export function createScenarioWork({ server, question, active, id }: Needs): ScenarioWork {
  const draft = createDraft()
  const open = shallowRef<Scenario>()
  const res = ref(9)
  const painted = shallowRef<HexChange>()
  const listed = ref(false)
  const key = () => JSON.stringify([active.value, question.value, res.value])
  const previewing = createPreviewing(key, (changes) => {
    if (!question.value) return Promise.reject(new Error('no question'))
    return server.preview(question.value, changes, res.value)
  }, (preview) => { painted.value = preview?.hexagons ?? undefined })
  watch(draft.changes, (changes) => { previewing.ask(changes) })

  const dirty = computed(() => JSON.stringify(draft.changes.value) !== JSON.stringify(open.value?.changes ?? []))
  const list = createResource(() => (active.value && listed.value ? 'list' : undefined), () => server.scenarios())
  const lost = ref(false)
  function take(scenario: Scenario | undefined): void {
    lost.value = false
    open.value = scenario
    draft.load(scenario?.changes ?? [])
  }
  const come = (linked: string | undefined) => { openLinked(server, active, linked, (scenario) => {
    take(scenario)
    lost.value = scenario === undefined
  }) }
  come(id)
  return {
    draft, previewing, open, dirty, lost, list, listed, res, painted, take,
    restore(linked) { if (linked !== undefined && linked !== String(open.value?.id)) come(linked) },
    tool: ref('hand'), held: shallowRef(),
    saved: computed(() => (dirty.value ? undefined : open.value?.id)),
    keep(scenario) {
      open.value = scenario
      list.reload()
    },
    link: computed(() => (open.value ? { scenario: String(open.value.id) } : {})),
  }
}

/** Opens the scenario of the address, once: undefined where it cannot be read. */
function openLinked(server: CoverageServer, active: ComputedRef<boolean>, id: string | undefined, take: (scenario: Scenario | undefined) => void): void {
  if (id === undefined || !/^\d+$/.test(id)) return
  const stop = watch(active, async (now) => {
    if (!now) return
    queueMicrotask(() => { stop() })
    take(await server.scenario(Number(id)).catch(() => undefined))
  }, { immediate: true })
}

import { computed, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { Server } from '../api/server.ts'
import type { Page } from '../api/types.ts'
import type { Changes } from '../state/changes.ts'
import { netLayer, type Permalink, type Theme } from '../state/permalink.ts'
import type { Route } from '../state/route.ts'
import type { Session } from '../state/session.ts'
import { classify, type Classes, type Colouring } from './classes.ts'
import { createEditing, type Editing } from './editing.ts'
import type { Proposal } from './people.ts'
import { gathered, type Failures } from './failures.ts'
import { createResource, type Resource } from './resource.ts'
import { GridServer } from './server.ts'
import type { Failure, Finding, GridDetail, GridItem, Integrity, Scheme, States } from './types.ts'

export type List = 'overview' | 'vacancies' | 'integrity' | 'people' | 'log'
export const lists: readonly List[] = ['overview', 'vacancies', 'integrity', 'people', 'log']

/** Nets of more grids than this get no names of people on the map. */
const namedUpTo = 600
/** So many shapes of former days are asked for at most. */
const pastUpTo = 40
const gatherMs = 400

/** The grid workspace: one net, coloured, on one day, with the lists beside it. */
export interface GridWork {
  server: GridServer
  /** The workspace is on the screen. */
  active: ComputedRef<boolean>
  schemes: Resource<Scheme[]>
  /** The net shown; undefined until the nets are known. */
  scheme: ComputedRef<Scheme | undefined>
  chosenScheme: Ref<string | undefined>
  /** Its tile layer. */
  layer: ComputedRef<string | undefined>
  colouring: Ref<Colouring>
  /** A day that is past; undefined is today. */
  at: Ref<string | undefined>
  list: Ref<List>
  states: Resource<States>
  items: Resource<GridItem[]>
  vacancies: Resource<Failures[]>
  integrity: Resource<Integrity>
  classes: ComputedRef<Classes | undefined>
  /** Shapes in force on the day shown that the map's tiles do not have. */
  past: ShallowRef<GridDetail[]>
  /** Codes of grids marked together, in the order marked. */
  marked: ShallowRef<string[]>
  mark(codes: string[], add: boolean): void
  editing: Editing
  /** People put forward for grids. */
  proposal: ShallowRef<Proposal | undefined>
  /** The finding pointed at. */
  finding: ShallowRef<Finding | undefined>
  /** Ground that a list points at, such as a gap. */
  ground: ShallowRef<GeoJSON.Geometry | undefined>
  /** Counts the writes made here. */
  written: Ref<number>
  /** Asks again for all that a write may have changed. */
  refresh(): void
  /** Of the address. */
  link: ComputedRef<Pick<Permalink, 'scheme' | 'color' | 'at'>>
  restore(link: Permalink): void
}

interface Needs {
  server: Server
  session: Session
  changes: Changes
  route: Route
  theme: ComputedRef<Theme>
  link: Permalink
}

export function createGridWork({ server: asked, session, changes, route, theme, link: from }: Needs): GridWork {
  const server = new GridServer(asked.client)
  const active = computed(() => route.page.value === 'grid')
  const chosenScheme = ref(from.scheme)
  const colouring = ref<Colouring>(from.color ?? 'state')
  const at = ref(from.at)
  const list = ref<List>('overview')
  const marked = shallowRef<string[]>([])

  const schemes = createResource(() => (active.value ? 'schemes' : undefined), () => server.schemes())
  const scheme = computed(() => {
    const known = schemes.value.value
    return known?.find(({ code }) => code === chosenScheme.value) ?? known?.find(({ code }) => code === 'duty') ?? known?.[0]
  })
  const code = () => (active.value ? scheme.value?.code : undefined)
  const today = () => [code(), at.value ?? ''].join()
  const ofPeople = () => (code() !== undefined && session.account.value ? `${today()},${session.account.value.name}` : undefined)
  const of = <T>(ask: (scheme: string) => Promise<T>) => () => ask(scheme.value?.code ?? '')

  const states = createResource(ofPeople, of((net) => server.states(net, at.value)))
  const items = createResource(() => (code() !== undefined && (scheme.value?.grids ?? 0) <= namedUpTo ? today() : undefined), of((net) => server.grids(net, at.value)))
  const vacancies = createResource(ofPeople, of(async (net) => netFailures(await server.vacancies({ at: at.value }), net)))
  const integrity = createResource(() => code(), of((net) => server.integrity(net)))
  const classes = computed(() => states.value.value && classify(states.value.value.items, colouring.value, theme.value))
  const written = ref(0)
  const reload = () => { for (const one of [schemes, states, items, vacancies, integrity]) one.reload() }
  const refresh = () => {
    written.value++
    reload()
  }

  const editing = createEditing(server)
  watch([chosenScheme, at, active], () => {
    marked.value = []
    editing.cancel()
  })
  followChanges(changes, () => scheme.value && netLayer(scheme.value.code), reload)

  return {
    server, active, schemes, scheme, chosenScheme, colouring, at, list, states, items, vacancies, integrity, classes, refresh, written, marked,
    layer: computed(() => (active.value && scheme.value ? netLayer(scheme.value.code) : undefined)),
    past: createPast(server, at, states, items),
    editing, proposal: shallowRef(), finding: shallowRef(), ground: shallowRef(),
    mark(codes, add) { marked.value = add ? toggled(marked.value, codes) : codes },
    link: computed(() => (active.value ? {
      ...(chosenScheme.value !== undefined && { scheme: chosenScheme.value }), ...(colouring.value !== 'state' && { color: colouring.value }), ...(at.value !== undefined && { at: at.value }),
    } : {})),
    restore(link) {
      if (!active.value) return
      chosenScheme.value = link.scheme
      colouring.value = link.color ?? 'state'
      at.value = link.at
    },
  }
}

/** What is amiss on the ground of a net: its own grids, and streets, alleys and places, which are of all nets. */
function netFailures({ items }: Page<Failure>, net: string): Failures[] {
  return gathered(items.filter(({ target }) => target?.kind !== 'grid' || target.scheme === net))
}

/** One code is put in or taken out; several are put in. */
function toggled(known: string[], codes: string[]): string[] {
  const [only] = codes
  if (codes.length === 1 && only !== undefined && known.includes(only)) return known.filter((code) => code !== only)
  return [...new Set([...known, ...codes])]
}

/** An edit by somebody else shows too: what is known of the net is asked for again. */
function followChanges(changes: Changes, layer: () => string | undefined, refresh: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(changes.latest, (change) => {
    const net = layer()
    if (!change || net === undefined || !(change.all || net in change.layers)) return
    clearTimeout(timer)
    timer = setTimeout(refresh, gatherMs)
  })
}

/** Tiles show today. Grids that were in force on a day past and are no more have their shapes asked for, a few at most. */
function createPast(server: GridServer, at: Ref<string | undefined>, states: Resource<States>, items: Resource<GridItem[]>): ShallowRef<GridDetail[]> {
  const past = shallowRef<GridDetail[]>([])
  watch([at, items.value], async ([day, known]) => {
    past.value = []
    if (day === undefined || !known) return
    const gone = known.filter(({ valid_to }) => valid_to !== null).slice(0, pastUpTo)
    const shapes = await Promise.all(gone.map((item) => server.grid(item.scheme, item.code, day).catch(() => undefined)))
    if (at.value === day && items.value.value === known) past.value = shapes.filter((shape) => shape !== undefined)
  })
  watch(states.value, (now) => { if (!now) past.value = [] })
  return past
}

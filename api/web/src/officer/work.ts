import { computed, inject, provide, ref, shallowRef, watch, type ComputedRef, type InjectionKey, type Ref, type ShallowRef } from 'vue'
import type { Position } from '../api/types.ts'
import { distanceM } from '../inventory/edit/measure.ts'
import type { App } from '../state/app.ts'
import type { Route } from '../state/route.ts'
import { isDoneToday, isOpen, isUrgent, nearestFirst, nextFrom, type Group } from './order.ts'
import type { Locating } from './position.ts'
import { OfficerServer, type DueAnswer } from './server.ts'
import { isMetered } from './store/surroundings.ts'
import type { OfficerStore } from './store/store.ts'
import type { Checklist, DueEntry, Instant, PackFeature, ProblemClass, SubjectRef } from './store/types.ts'

/** What the officer's pages share. */
export interface OfficerWork {
  app: App
  route: Route
  store: OfficerStore
  server: OfficerServer
  locating: Locating
  /** The own due list: what is open first, in walking order. */
  due: ComputedRef<DueEntry[]>
  /** By state; `done` are those done today, what was done on an earlier day of its time waits like what comes later. */
  groups: ComputedRef<Record<Group, DueEntry[]>>
  /** What is to be done today, and what is due and may wait. */
  urgent: ComputedRef<DueEntry[]>
  calm: ComputedRef<DueEntry[]>
  /** The share of today's work that is done; undefined where there is none. */
  progress: ComputedRef<{ done: number; all: number } | undefined>
  nextAt: ComputedRef<Date | undefined>
  /** When the server made the list that all this is worked out from. */
  asOf: ComputedRef<Instant | undefined>
  /** Something is known of what is due: from the server or from the pack. */
  known: ComputedRef<boolean>
  /** Why nothing is. */
  error: ShallowRef<unknown>
  loading: Ref<boolean>
  refresh(): Promise<void>
  feature(subject: SubjectRef): PackFeature | undefined
  checklist(code: string): Checklist | undefined
  problemClass(code: string): ProblemClass | undefined
  kindTitle(kind: string): string
}

const key: InjectionKey<OfficerWork> = Symbol('officer')
/** From further away the order of the walk is asked for again. */
const orderAgainM = 300
/** A list that is older than this is asked for again while somebody looks at it. */
const listAgainMs = 10 * 60_000
/** A pack that is older than this is fetched again: it is what tomorrow begins with where there is no network. */
const packAgainMs = 3 * 60 * 60_000
/** Fetching it again is tried no more often than this. */
const packPauseMs = 15 * 60_000

export function provideWork(work: OfficerWork): void {
  provide(key, work)
}

export function useOfficer(): OfficerWork {
  const work = inject(key)
  if (!work) throw new Error('useOfficer outside /today')
  return work
}

export function createWork(app: App, route: Route, store: OfficerStore, locating: Locating): OfficerWork {
  const server = new OfficerServer(app.server.client)
  const list = createDue(app, store, server, locating)
  const pack = store.pack
  watch([pack, app.connection.online], ([now, online]) => {
    if (now && online) void server.keepSchemas(Object.keys(now.layers))
  })
  return {
    app, route, store, server, locating, ...list,
    feature({ kind, id }) {
      const of = kind === 'place' ? pack.value?.places : pack.value?.layers[kind]
      return of?.find((one) => one.id === id)
    },
    checklist: (code) => pack.value?.checklists.find((one) => one.code === code),
    problemClass: (code) => pack.value?.classes.find((one) => one.code === code),
    kindTitle(kind) {
      const { t, lang } = app.settings
      if (kind === 'place') return t('officer.kind.place')
      if (kind === 'grid') return t('officer.kind.grid')
      const layer = app.layers.title(kind)
      return (lang.value === 'en' ? layer?.title_en : layer?.title) ?? t('officer.kind.other')
    },
  }
}

type DueWork = Pick<OfficerWork, 'due' | 'groups' | 'urgent' | 'calm' | 'progress' | 'nextAt' | 'asOf' | 'known' | 'error' | 'loading' | 'refresh'>

/** What is due, as the server says while it is there and as the pack says otherwise. */
function createDue(app: App, store: OfficerStore, server: OfficerServer, locating: Locating): DueWork {
  /** The last answer, and the place from which its walk begins. */
  const answer = shallowRef<DueAnswer & { from: Position | undefined }>()
  const error = shallowRef<unknown>()
  const loading = ref(false)
  const where = () => locating.here.value?.at

  async function refresh(): Promise<void> {
    if (loading.value) return
    loading.value = true
    try {
      const from = where()
      answer.value = { ...await server.due(from), from }
      error.value = undefined
      await keepPack()
    } catch (failure) {
      error.value = failure
    } finally {
      loading.value = false
    }
  }
  let packTriedAt = -Infinity
  /** Has a pack that is not old; an old one is better than none. The map comes behind, where bytes are not counted. */
  async function keepPack(): Promise<void> {
    const pack = store.pack.value
    const now = Date.now()
    if (pack && (store.now().getTime() - Date.parse(pack.made_at) < packAgainMs || now - packTriedAt < packPauseMs)) return
    packTriedAt = now
    const fetched = store.refreshPack()
    await (pack ? fetched.catch(() => undefined) : fetched)
    if (!isMetered()) void store.refreshPack({ tiles: true }).catch(() => undefined)
  }
  watch(() => store.now(), (now) => {
    if (answer.value && app.connection.online.value && now.getTime() - Date.parse(answer.value.made_at) > listAgainMs) void refresh()
  })
  watch([locating.here, answer, loading], ([here, last, busy]) => {
    if (!here || !last || busy || error.value !== undefined || !app.connection.online.value) return
    const { from } = last
    if (!from || distanceM(here.at, from) > orderAgainM) void refresh()
  }, { flush: 'post' })
  watch(app.connection.online, (online) => { if (online) void refresh() })
  watch(() => store.sync.value.doneAt, () => { if (app.connection.online.value) void refresh() })

  const due = computed(() => {
    const all = answer.value ? store.stand(answer.value) : store.due.value
    const isOrdered = answer.value?.from !== undefined && app.connection.online.value
    const open = isOrdered ? all.filter(isOpen) : nearestFirst(all, where())
    return [...open, ...all.filter((entry) => !isOpen(entry))]
  })
  const groups = computed(() => {
    const made: Record<Group, DueEntry[]> = { overdue: [], due: [], done: [], later: [] }
    for (const entry of due.value) {
      made[entry.state === 'done' && !isDoneToday(entry, store.now()) ? 'later' : entry.state].push(entry)
    }
    return made
  })
  const open = computed(() => due.value.filter(isOpen))
  const urgent = computed(() => open.value.filter((entry) => isUrgent(entry, store.now())))
  return {
    due, groups, urgent, error, loading, refresh,
    calm: computed(() => open.value.filter((entry) => !isUrgent(entry, store.now()))),
    asOf: computed(() => answer.value?.made_at ?? store.pack.value?.made_at),
    known: computed(() => answer.value !== undefined || store.pack.value !== undefined),
    nextAt: computed(() => nextFrom(due.value, store.now())),
    progress: computed(() => {
      const done = groups.value.done.length
      const all = urgent.value.length + done
      return all > 0 ? { done, all } : undefined
    }),
  }
}

import { computed, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { Answered } from '../api/client.ts'
import type { Server } from '../api/server.ts'
import type { Page } from '../api/types.ts'
import { createResource, type Resource } from '../grid/resource.ts'
import type { Permalink } from '../state/permalink.ts'
import type { Route } from '../state/route.ts'
import type { Selecting } from '../state/selecting.ts'
import type { Session } from '../state/session.ts'
import { daysAfter, today } from '../ui/days.ts'
import type { PatrolLink } from './link.ts'
import { verdicts, type Proposal, type ProposalDetail } from './proposal.ts'
import { PatrolServer, mineKinds, rateKinds, type Board, type Drawn, type ProblemFilter, type RateKind, type RateQuestion } from './server.ts'
import { isState } from './states.ts'
import type { Checklist, OverdueRow, Plan, Problem, ProblemClass, ProblemDetail, Rates, Tracks, Visits } from './types.ts'

export const tabs = ['problems', 'visits', 'proposals', 'rates', 'plans'] as const
export type Tab = (typeof tabs)[number]
/** What lies below the map. */
export type Below = 'board' | 'table' | 'none'
/** What plans are made of. */
export const rulebooks = ['plans', 'checklists', 'classes'] as const
export type Rulebook = (typeof rulebooks)[number]
export type VisitRank = 'street' | 'community' | 'grid' | 'holder'

/** Nobody looks at what is older than this without knowing. */
const pollMs = 20_000
const pageLimit = 100
const mostRows = 1000
const usualDays = 7
const usualPeriodDays = 30

export interface PatrolWork {
  server: PatrolServer
  active: ComputedRef<boolean>
  /** The one who is signed in may read this workspace; undefined until it is known. */
  allowed: ComputedRef<boolean | undefined>
  tab: Ref<Tab>
  below: Ref<Below>
  filter: ComputedRef<ProblemFilter>
  /** Changes the filter of problems. */
  narrow(part: Partial<Omit<ProblemFilter, 'region'>>): void
  classes: Resource<ProblemClass[]>
  problems: Resource<Page<Problem>>
  /** Asks for more rows of the list. */
  more(): void
  board: Resource<Board>
  drawn: Resource<Drawn>
  /** The problem or proposal in the drawer. */
  open: Ref<string | undefined>
  problem: Resource<Answered<ProblemDetail>>
  proposal: Resource<Answered<ProposalDetail>>
  days: Ref<number>
  /** The net whose grids are coloured. */
  net: Ref<string>
  rank: Ref<VisitRank>
  visits: Resource<Visits>
  ranking: Resource<Visits>
  overdue: Resource<OverdueRow[]>
  /** Whose track is looked at, of which day. */
  tracked: ShallowRef<{ holder: string; name: string; day: string } | undefined>
  tracks: Resource<Tracks>
  proposalState: Ref<string>
  proposals: Resource<Page<Proposal>>
  moreProposals(): void
  rateQuestion: ComputedRef<RateQuestion>
  rateBy: Ref<RateKind>
  period: ShallowRef<{ since: string; until: string }>
  rates: Resource<Rates>
  rulebook: Ref<Rulebook>
  plans: Resource<Plan[]>
  checklists: Resource<Checklist[]>
  /** Asks again for all that is shown: after one's own deed, or when time has passed. */
  refresh(): void
  link: ComputedRef<PatrolLink | undefined>
  restore(link: Permalink): void
}

interface Needs {
  server: Server
  session: Session
  route: Route
  selecting: Selecting
  link: Permalink
}

export function createPatrolWork({ server: asked, session, route, selecting, link: { patrol: from = {} } }: Needs): PatrolWork {
  const server = new PatrolServer(asked.client)
  const active = computed(() => route.page.value === 'patrol')
  const reads = computed(() => session.may('read_patrol'))
  const allowed = computed(() => (session.known.value ? reads.value || session.may('edit_patrol') : undefined))
  const shown = computed(() => active.value && allowed.value === true)
  const tab = ref<Tab>(tabOf(from.part))
  const below = ref<Below>(belowOf(from.below))
  const open = ref<string | undefined>(from.open)
  const wish = shallowRef(filterOf(from))
  const region = selecting.region
  const filter = computed<ProblemFilter>(() => ({ ...wish.value, region: region.value }))
  /** The question of one part: asked while that part is shown. */
  const keyOf = (part: Tab, ...more: unknown[]) => (shown.value && tab.value === part && (reads.value || part === 'plans') ? JSON.stringify([part, ...more]) : undefined)

  const limit = ref(pageLimit)
  const problems = steady(() => keyOf('problems', filter.value, session.account.value?.name), () => server.problems(filter.value, limit.value))
  watch(filter, () => { limit.value = pageLimit })
  watch(limit, (now, was) => { if (now > was) problems.reload() })
  const board = steady(() => (below.value === 'board' ? keyOf('problems', 'board', filter.value) : undefined), () => server.board(filter.value, filter.value.states))
  const drawn = steady<Drawn>(() => keyOf('problems', 'map', filter.value), () => server.problemsOnMap(filter.value))
  const problem = steady(() => (open.value === undefined ? undefined : keyOf('problems', open.value)), () => server.problem(open.value ?? ''))
  const proposal = steady(() => (open.value === undefined ? undefined : keyOf('proposals', open.value)), () => server.proposal(open.value ?? ''))
  const classes = createResource(() => (shown.value ? 'classes' : undefined), () => server.classes())
  const parts = createParts({ server, from, keyOf, region })

  watch([shown, reads], () => { if (shown.value && !reads.value) tab.value = 'plans' }, { immediate: true })
  watch(open, (now) => { if (now !== undefined) selecting.clear() }, { flush: 'sync' })
  watch(selecting.selection, (selection) => { if (selection) open.value = undefined }, { flush: 'sync' })
  watch(tab, (now, was) => { if (now !== was) open.value = undefined }, { flush: 'sync' })

  const all: Resource<unknown>[] = [problems, board, drawn, problem, proposal, parts.visits, parts.ranking, parts.overdue, parts.tracks, parts.proposals, parts.rates, parts.plans]
  function refresh(): void {
    for (const one of all) one.reload()
  }
  keepFresh(shown, refresh)

  return {
    server, active, allowed, tab, below, filter, classes, problems, board, drawn, open, problem, proposal, ...parts, refresh,
    narrow(part) { wish.value = { ...wish.value, ...part } },
    more() { if ((problems.value.value?.items.length ?? 0) >= limit.value && limit.value < mostRows) limit.value = Math.min(mostRows, limit.value + pageLimit) },
    link: computed(() => (active.value ? { ...linkOf(tab.value, below.value, open.value, wish.value), ...parts.link() } : undefined)),
    restore({ patrol = {} }) {
      if (!active.value) return
      tab.value = tabOf(patrol.part)
      below.value = belowOf(patrol.below)
      wish.value = filterOf(patrol)
      open.value = patrol.open
      parts.restore(patrol)
    },
  }
}

/** The other parts: where somebody was, what officers propose, rates and plans. */
function createParts({ server, from, keyOf, region }: { server: PatrolServer; from: PatrolLink; keyOf: (part: Tab, ...more: unknown[]) => string | undefined; region: Ref<string | undefined> }) {
  const days = ref(daysOf(from.days))
  const net = ref(from.net ?? 'duty')
  const rank = ref<VisitRank>(rankOf(from.rank))
  const tracked = shallowRef<{ holder: string; name: string; day: string }>()
  const proposalState = ref(stateOf(from.verdict))
  const rateBy = ref<RateKind>(rateKindOf(from.group))
  const period = shallowRef(periodOf(from))
  const rulebook = ref<Rulebook>(rulebookOf(from.rules))
  const proposalLimit = ref(pageLimit)
  const rateQuestion = computed<RateQuestion>(() => ({ by: rateBy.value, ...period.value, within: region.value }))
  const visits = steady(() => keyOf('visits', net.value, days.value, region.value), () => server.visits(`grid:${net.value}`, days.value, region.value))
  const ranking = steady(() => (rank.value === 'street' || rank.value === 'community' ? keyOf('visits', rank.value, days.value, region.value) : undefined), () => server.visits(rank.value, days.value, region.value))
  const overdue = steady(() => (rank.value === 'grid' || rank.value === 'holder' ? keyOf('visits', 'overdue', rank.value, region.value) : undefined),
    () => server.overdue(rank.value === 'holder' ? 'holder' : 'grid', region.value))
  const tracks = steady(() => (tracked.value ? keyOf('visits', 'track', tracked.value) : undefined), () => server.tracks(tracked.value?.holder ?? '', tracked.value?.day ?? ''))
  const proposals = steady(() => keyOf('proposals', proposalState.value, region.value), () => server.proposals({ state: proposalState.value || undefined, region: region.value }, proposalLimit.value))
  watch([proposalState, region], () => { proposalLimit.value = pageLimit }, { flush: 'sync' })
  const rates = steady(() => keyOf('rates', rateQuestion.value), () => server.rates(rateQuestion.value))
  return {
    days, net, rank, tracked, visits, ranking, overdue, tracks, proposalState, proposals, rulebook, rateQuestion, rateBy, period, rates,
    moreProposals() {
      if (proposalLimit.value >= mostRows) return
      proposalLimit.value = Math.min(mostRows, proposalLimit.value + pageLimit)
      proposals.reload()
    },
    plans: steady(() => keyOf('plans'), () => server.plans()),
    checklists: createResource(() => keyOf('plans', 'checklists'), () => server.checklists()),
    link: (): PatrolLink => ({
      ...(days.value !== usualDays && { days: String(days.value) }),
      ...(net.value !== 'duty' && { net: net.value }),
      ...(rank.value !== 'street' && { rank: rank.value }),
      ...(rateBy.value !== 'street' && { group: rateBy.value }),
      ...(isUsual(period.value) ? {} : { from: period.value.since, to: period.value.until }),
      ...(proposalState.value !== 'open' && { verdict: proposalState.value || 'any' }),
      ...(rulebook.value !== 'plans' && { rules: rulebook.value }),
    }),
    restore(link: PatrolLink) {
      days.value = daysOf(link.days)
      net.value = link.net ?? 'duty'
      rank.value = rankOf(link.rank)
      rateBy.value = rateKindOf(link.group)
      period.value = periodOf(link)
      proposalState.value = stateOf(link.verdict)
      rulebook.value = rulebookOf(link.rules)
    },
  }
}

/** A resource whose value stays the same object while the answer does: what is drawn from it is not drawn again. */
function steady<T>(key: () => string | undefined, ask: () => Promise<T>): Resource<T> {
  let last: { key: string | undefined; text: string; value: T } | undefined
  return createResource(key, async () => {
    const mine = key()
    const value = await ask()
    const text = JSON.stringify(value)
    if (last?.key === mine && last?.text === text) return last.value
    last = { key: mine, text, value }
    return value
  })
}

/** Asks again now and then while somebody looks, and at once when somebody looks again. */
function keepFresh(shown: ComputedRef<boolean>, refresh: () => void): void {
  let timer: ReturnType<typeof setInterval> | undefined
  let asked = 0
  const ask = () => {
    if (document.hidden) return
    asked = Date.now()
    refresh()
  }
  const back = () => { if (Date.now() - asked > pollMs) ask() }
  watch(shown, (now) => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', back)
    if (!now) return
    asked = Date.now()
    timer = setInterval(ask, pollMs)
    document.addEventListener('visibilitychange', back)
  }, { immediate: true })
}

function tabOf(text: string | undefined): Tab {
  return tabs.find((one) => one === text) ?? 'problems'
}

function belowOf(text: string | undefined): Below {
  return text === 'table' || text === 'none' ? text : 'board'
}

function daysOf(text: string | undefined): number {
  const days = Number(text ?? usualDays)
  return Number.isInteger(days) && days >= 1 && days <= 365 ? days : usualDays
}

function rankOf(text: string | undefined): VisitRank {
  return text === 'community' || text === 'grid' || text === 'holder' ? text : 'street'
}

function rateKindOf(text: string | undefined): RateKind {
  return rateKinds.find((one) => one === text) ?? 'street'
}

function rulebookOf(text: string | undefined): Rulebook {
  return rulebooks.find((one) => one === text) ?? 'plans'
}

function stateOf(text: string | undefined): string {
  return text === 'any' ? '' : verdicts.find((one) => one === text) ?? 'open'
}

/** The last days unless the address names others. */
function periodOf({ from, to }: PatrolLink): { since: string; until: string } {
  const [since, until] = [isDay(from), isDay(to)]
  return since !== undefined && until !== undefined && since <= until ? { since, until } : { since: daysAfter(today(), 1 - usualPeriodDays), until: today() }
}

function isUsual({ since, until }: { since: string; until: string }): boolean {
  const usual = periodOf({})
  return usual.since === since && usual.until === until
}

const isDay = (text: string | undefined) => (/^\d{4}-\d{2}-\d{2}$/.test(text ?? '') ? text : undefined)

function filterOf(link: PatrolLink): Omit<ProblemFilter, 'region'> {
  return {
    states: (link.states ?? '').split(',').filter(isState), class: link.class, source: link.source, dept: link.dept,
    since: isDay(link.since), until: isDay(link.until), mine: mineKinds.find((one) => one === link.mine), q: link.q,
  }
}

function linkOf(tab: Tab, below: Below, open: string | undefined, { states, class: kind, source, dept, since, until, mine, q }: Omit<ProblemFilter, 'region'>): PatrolLink {
  const link = { part: tab === 'problems' ? undefined : tab, below: below === 'board' ? undefined : below, open, states: states.join(','), class: kind, source, dept, since, until, mine, q }
  return Object.fromEntries(Object.entries(link).filter(([, value]) => value)) as PatrolLink
}

import type { LineString } from 'geojson'
import { computed, type ComputedRef } from 'vue'
import type { Overlay } from '../grid/overlay.ts'
import type { App } from '../state/app.ts'
import { netLayer, schemeOfLayer } from '../state/permalink.ts'
import { formatNumber } from '../ui/format.ts'
import { bandOf, daysSince, shareBands, visitBands, type Band } from './classes.ts'
import { middleOf, overlayOf, type Areas, type Move } from './overlay.ts'
import { signs, type ProposalDetail } from './proposal.ts'
import { placeOf, type Tracks } from './types.ts'

/** Single things of the inventory are in the way of what was found among them, until one is near. */
const thingsFrom = 16
/** Streets and alleys are what officers walk along. */
const walked = ['road', 'back_alley']

export interface PatrolDrawing {
  overlay: ComputedRef<Overlay | undefined>
  isVisible(layer: string): boolean
  firstZoomOf(layer: string): number
}

/** What the patrol workspace adds to the map, and which layers it lets be seen. */
export function usePatrolOverlay(app: App): PatrolDrawing {
  const { patrol, settings: { theme } } = app
  const areas = useAreas(app)
  const move = useMove(app)
  const proposals = useProposals(app)
  const open = computed(() => {
    const detail = patrol.problem.value.value?.value
    return patrol.tab.value === 'problems' && detail ? placeOf(detail) : undefined
  })
  const overlay = computed(() => (patrol.active.value ? overlayOf({
    theme: theme.value, problems: patrol.tab.value === 'problems' ? patrol.drawn.value.value : undefined, open: open.value, areas: areas.value,
    tracks: linesOf(patrol.tracks.value.value), proposals: proposals.value, move: move.value,
  }) : undefined))
  function isVisible(layer: string): boolean {
    if (schemeOfLayer(layer) !== undefined) return patrol.tab.value === 'visits' && layer === netLayer(patrol.net.value)
    if (patrol.tab.value === 'problems' || patrol.tab.value === 'proposals') return app.layers.isVisible(layer)
    const group = app.layers.title(layer)?.group
    return (group === 'reference' || group === undefined || walked.includes(layer)) && app.layers.isVisible(layer)
  }
  function firstZoomOf(layer: string): number {
    const entry = app.layers.title(layer)
    return entry?.group === 'inventory' && entry.geometry !== 'line' ? thingsFrom : 0
  }
  return { overlay, isVisible, firstZoomOf }
}

/** The ways that somebody went. */
export function linesOf(tracks: Tracks | undefined): LineString[] {
  return (tracks?.items ?? []).filter(({ points }) => points.length > 1).map(({ points }) => ({ type: 'LineString', coordinates: points.map(([lon, lat]) => [lon, lat]) }))
}

function useAreas({ patrol, settings: { theme } }: App): ComputedRef<Areas | undefined> {
  const colorsOf = <T extends { code: string }>(rows: readonly T[], bands: readonly Band[], valueOf: (row: T) => number | null | undefined) => new Map(rows.map((row) => {
    const at = bandOf(bands, valueOf(row))
    return [row.code, at === undefined ? '' : bands[at]?.color[theme.value] ?? '']
  }))
  return computed(() => {
    if (patrol.tab.value === 'visits') {
      const rows = patrol.visits.value.value?.items
      return rows && { layer: netLayer(patrol.net.value), colors: colorsOf(rows, visitBands, ({ last_at }) => daysSince(last_at)) }
    }
    if (patrol.tab.value !== 'rates' || (patrol.rateBy.value !== 'street' && patrol.rateBy.value !== 'region' && patrol.rateBy.value !== 'county')) return undefined
    const rows = patrol.rates.value.value?.items
    return rows && { layer: 'region', colors: colorsOf(rows, shareBands, ({ shares }) => shares.closed.share) }
  })
}

function useProposals({ patrol, settings: { lang } }: App): ComputedRef<{ id: string; at: [number, number]; sign: string }[]> {
  const moving = computed(() => Boolean(patrol.proposal.value.value?.value.geometry?.proposed))
  return computed(() => (patrol.tab.value !== 'proposals' ? [] : (patrol.proposals.value.value?.items ?? []).flatMap(({ id, finding, ...rest }) => {
    const at = placeOf(rest)
    return at && !(id === patrol.open.value && moving.value) ? [{ id, at, sign: signs[lang.value][finding] }] : []
  })))
}

function useMove({ patrol, settings: { lang, t } }: App): ComputedRef<Move | undefined> {
  return computed(() => {
    const detail = patrol.tab.value === 'proposals' ? patrol.proposal.value.value?.value : undefined
    return detail && moveOf(detail, (n) => t('patrol.proposal.moved', { n: formatNumber(n, lang.value, 1) }))
  })
}

function moveOf({ geometry }: ProposalDetail, label: (metres: number) => string): Move | undefined {
  if (!geometry) return undefined
  const { base, now, proposed, moved_m: moved } = geometry
  const from = middleOf(now ?? base)
  const to = middleOf(proposed)
  return { base: now ? null : base, now, proposed, from, to, label: moved === null ? '' : label(moved) }
}

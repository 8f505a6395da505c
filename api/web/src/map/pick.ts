import { densitySuffix, schemeOfLayer, type Selection } from '../state/permalink.ts'

/** What picking needs to know of a rendered feature: MapLibre's own type has much more. */
export interface Hit {
  layer: string
  id: string | number | undefined
  geometry: string
  properties: Record<string, unknown>
}

export interface Picked {
  selection: Selection
  hit: Hit
}

/** Whether the things of a layer can be asked for one by one. */
export type Selectable = (layer: string) => boolean

/** Pixels around a click that still count: a fingertip is less exact than a pointer. */
export const tolerancePx = { mouse: 6, touch: 16 }

/**
 * The things meant by a click, best first. Small things win over what they lie on: a point near the click, then a line
 * or an area under it, then the hexagon under it that stands in for features, then a line near it, then grids, then regions. Only the best tier counts, so a road in a grid
 * needs no question; two toilets side by side do.
 */
export function pick(under: Hit[], near: Hit[], selectable: Selectable): Picked[] {
  const exact = new Set(under.map(keyOf))
  const tiers = new Map<number, Map<string, Picked>>()
  for (const hit of [...under, ...near]) {
    const tier = tierOf(hit, exact.has(keyOf(hit)))
    const selection = selectionOf(hit, selectable)
    if (tier === undefined || !selection) continue
    const found = tiers.get(tier) ?? new Map<string, Picked>()
    if (!found.has(keyOf(hit))) found.set(keyOf(hit), { selection, hit })
    tiers.set(tier, found)
  }
  const best = Math.min(...tiers.keys())
  return oncePerStreet([...(tiers.get(best)?.values() ?? [])])
}

/** At a junction several segments of a street meet: they are no choice. The first is the nearest. */
function oncePerStreet(picked: Picked[]): Picked[] {
  const streets = new Set<string>()
  return picked.filter(({ hit }) => {
    const { name } = hit.properties
    if (!hit.geometry.endsWith('LineString') || typeof name !== 'string' || name === '') return true
    const street = `${hit.layer}/${name}`
    if (streets.has(street)) return false
    streets.add(street)
    return true
  })
}

/** Everything selectable among the hits, once each, in the order given. */
export function distinct(hits: Hit[], selectable: Selectable): Picked[] {
  const found = new Map<string, Picked>()
  for (const hit of hits) {
    const selection = selectionOf(hit, selectable)
    if (selection && !found.has(keyOf(hit))) found.set(keyOf(hit), { selection, hit })
  }
  return [...found.values()]
}

/** Density hexagons stand for many features. */
export function isDensity(hit: Hit): boolean {
  return hit.layer.endsWith(densitySuffix)
}

function tierOf(hit: Hit, exact: boolean): number | undefined {
  if (isDensity(hit)) return exact ? 2 : undefined
  if (hit.layer === 'region') return exact ? 6 : undefined
  if (isGrid(hit.layer)) return exact ? (hit.layer === 'unit_grid' ? 4 : 5) : undefined
  if (hit.geometry.endsWith('Point')) return 0
  if (hit.geometry.endsWith('LineString')) return exact ? 1 : 3
  return exact ? 1 : undefined
}

function isGrid(layer: string): boolean {
  return schemeOfLayer(layer) !== undefined
}

function selectionOf(hit: Hit, selectable: Selectable): Selection | undefined {
  if (isDensity(hit)) {
    const cell = hit.properties.h3
    return typeof cell === 'string' ? { kind: 'cell', layer: hit.layer.slice(0, -densitySuffix.length), cell } : undefined
  }
  if (!selectable(hit.layer)) return undefined
  if (hit.layer === 'region') {
    const code = hit.properties.code
    return typeof code === 'string' ? { kind: 'region', code } : undefined
  }
  const scheme = schemeOfLayer(hit.layer)
  const { code } = hit.properties
  if (scheme !== undefined && typeof code === 'string') return { kind: 'grid', scheme, code }
  return hit.id === undefined ? undefined : { kind: 'feature', layer: hit.layer, id: String(hit.id) }
}

function keyOf(hit: Hit): string {
  if (isDensity(hit)) return `${hit.layer}/${String(hit.properties.h3)}`
  return `${hit.layer}/${hit.layer === 'region' ? String(hit.properties.code) : String(hit.id)}`
}

import type { Lang } from '../i18n/index.ts'
import type { Position } from '../api/types.ts'
import { coveragePairs, parseCoverage, type CoverageLink } from '../coverage/question.ts'
import { parsePatrol, patrolPairs, type PatrolLink } from '../patrol/link.ts'
import { parseTable, tablePairs, type TableLink } from '../inventory/link.ts'

export type Theme = 'light' | 'dark'

/** The tile layer of the hexagons that stand in for a layer. */
export const densitySuffix = '_density'

/** What is selected, on the map, in the drawer and in the address alike. */
export type Selection =
  | { kind: 'feature'; layer: string; id: string }
  | { kind: 'region'; code: string }
  | { kind: 'grid'; scheme: string; code: string }
  | { kind: 'cell'; layer: string; cell: string }
  | { kind: 'place'; at: Position }

/** The part of the address that is ours; the camera is in the hash and MapLibre's. */
export interface Permalink {
  region?: string
  selection?: Selection
  /** Layers switched away from their default. */
  on: string[]
  off: string[]
  /** Opacity in per cent, where it is not 100. */
  opacity: Record<string, number>
  /** The layer whose density is shown, or `none`. */
  density?: string
  theme?: Theme
  lang?: Lang
  /** Of the grid workspace: the net, by what it is coloured, and a day that is past. */
  scheme?: string
  color?: string
  at?: string
  /** Of the inventory workspace. */
  table?: TableLink
  /** Of the coverage workspace. */
  coverage?: CoverageLink
  /** Of the patrol workspace. */
  patrol?: PatrolLink
}

export function parsePermalink(search: string): Permalink {
  const query = new URLSearchParams(search)
  const link: Permalink = { on: list(query.get('on')), off: list(query.get('off')), opacity: parseOpacity(query.get('opacity')) }
  const region = query.get('region')
  if (region) link.region = region
  const selection = parseSelection(query.get('select') ?? '')
  if (selection) link.selection = selection
  const [density] = list(query.get('density'))
  if (density !== undefined) link.density = density
  const theme = query.get('theme')
  if (theme === 'light' || theme === 'dark') link.theme = theme
  const lang = query.get('lang')
  if (lang === 'zh' || lang === 'en') link.lang = lang
  const [scheme] = list(query.get('scheme'))
  if (scheme !== undefined) link.scheme = scheme
  const [color] = list(query.get('color'))
  if (color !== undefined) link.color = color
  const at = query.get('at') ?? ''
  if (/^\d{4}-\d{2}-\d{2}$/.test(at)) link.at = at
  const table = parseTable(query)
  if (table) link.table = table
  const coverage = parseCoverage(query)
  if (coverage) link.coverage = coverage
  const patrol = parsePatrol(query)
  if (patrol) link.patrol = patrol
  return link
}

export function formatPermalink(link: Permalink): string {
  const opacity = Object.entries(link.opacity).filter(([, percent]) => percent !== 100)
  const pairs: [string, string | undefined][] = [
    ['region', link.region],
    ['select', link.selection && formatSelection(link.selection)],
    ['on', link.on.join(',')],
    ['off', link.off.join(',')],
    ['opacity', opacity.map(([layer, percent]) => `${layer}:${percent}`).join(',')],
    ['density', link.density],
    ['scheme', link.scheme],
    ['color', link.color],
    ['at', link.at],
    ...tablePairs(link.table),
    ...coveragePairs(link.coverage),
    ...patrolPairs(link.patrol),
    ['theme', link.theme],
    ['lang', link.lang],
  ]
  const present = pairs.filter((pair): pair is [string, string] => Boolean(pair[1]))
  return present.length === 0 ? '' : `?${present.map(([key, value]) => `${key}=${readable(value)}`).join('&')}`
}

export function formatSelection(selection: Selection): string {
  switch (selection.kind) {
    case 'feature': return `${selection.layer}/${selection.id}`
    case 'region': return `region/${selection.code}`
    case 'grid': return `grid/${selection.scheme}/${selection.code}`
    case 'cell': return `${selection.layer}${densitySuffix}/${selection.cell}`
    case 'place': return `@${selection.at.map((degrees) => degrees.toFixed(6)).join(',')}`
  }
}

export function parseSelection(text: string): Selection | undefined {
  const place = /^@(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)$/.exec(text)
  if (place) {
    const at: Position = [Number(place[1]), Number(place[2])]
    return Math.abs(at[0]) <= 180 && Math.abs(at[1]) <= 90 ? { kind: 'place', at } : undefined
  }
  const slash = text.indexOf('/')
  const [layer, id] = [text.slice(0, slash), text.slice(slash + 1)]
  if (slash < 1 || id === '' || !/^[a-z0-9_]+$/.test(layer)) return undefined
  if (layer === 'region') return { kind: 'region', code: id }
  if (layer === 'grid') return parseGrid(id)
  if (!layer.endsWith(densitySuffix)) return { kind: 'feature', layer, id }
  return /^[0-9a-f]{15}$/.test(id) ? { kind: 'cell', layer: layer.slice(0, -densitySuffix.length), cell: id } : undefined
}

function parseGrid(text: string): Selection | undefined {
  const [, scheme, code] = /^([a-z0-9_]+)\/([^/]+)$/.exec(text) ?? []
  return scheme !== undefined && code !== undefined ? { kind: 'grid', scheme, code } : undefined
}

const unitScheme = 'unit'
const unitLayer = 'unit_grid'
const netPrefix = 'grid_'

/** The tile layer of a net of grids. */
export function netLayer(scheme: string): string {
  return scheme === unitScheme ? unitLayer : netPrefix + scheme
}

/** The net that a tile layer draws; undefined where it draws something else. */
export function schemeOfLayer(layer: string): string | undefined {
  if (layer === unitLayer) return unitScheme
  return layer.startsWith(netPrefix) && !layer.endsWith(densitySuffix) ? layer.slice(netPrefix.length) : undefined
}

export function sameSelection(a: Selection | undefined, b: Selection | undefined): boolean {
  return (a && formatSelection(a)) === (b && formatSelection(b))
}

function list(text: string | null): string[] {
  return (text ?? '').split(',').filter((layer) => /^[a-z0-9_]+$/.test(layer))
}

function parseOpacity(text: string | null): Record<string, number> {
  const opacity: Record<string, number> = {}
  for (const match of (text ?? '').matchAll(/([a-z0-9_]+):(\d{1,3})/g)) {
    const [, layer, percent] = match
    if (layer && Number(percent) < 100) opacity[layer] = Number(percent)
  }
  return opacity
}

/** Escapes what must be, and leaves the slashes, commas and colons that people read. */
function readable(value: string): string {
  return encodeURIComponent(value).replace(/%2F/g, '/').replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/%40/g, '@')
}

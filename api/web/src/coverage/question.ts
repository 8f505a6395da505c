import type { Methods, Mode, ServiceItem } from './types.ts'

/** What the map, the table and every figure of the workspace answer. */
export interface Question {
  service: string
  /** undefined is the service's first kind. */
  kind?: string
  mode: Mode
  profile: string
  /** Ascending; figures are given for each. */
  radii: number[]
  /** The radius that the map's colours and the shares shown first are for: one of the radii. */
  radius: number
  /** Kind of areas that the table is by. */
  by: string
  /** Code of the region that is looked at; undefined is the city. */
  within?: string
}

/** The part of the address that is the question's: texts as they stand there. */
export interface CoverageLink {
  service?: string
  kind?: string
  mode?: string
  profile?: string
  radii?: string
  radius?: string
  by?: string
  in?: string
  /** The place explained: lon,lat. */
  spot?: string
  area?: string
  tab?: string
  scenario?: string
  swipe?: string
}

const names = ['service', 'kind', 'mode', 'profile', 'radii', 'radius', 'by', 'in', 'spot', 'area', 'tab', 'scenario', 'swipe'] as const
const word = /^[a-z0-9_:.-]{1,64}$/i

export function parseCoverage(query: URLSearchParams): CoverageLink | undefined {
  const link: CoverageLink = {}
  for (const name of names) {
    const value = query.get(name)
    if (value) link[name] = value
  }
  for (const name of ['service', 'kind', 'profile', 'by', 'in', 'area', 'tab'] as const) {
    if (link[name] !== undefined && !word.test(link[name])) Reflect.deleteProperty(link, name)
  }
  return Object.keys(link).length > 0 ? link : undefined
}

export function coveragePairs(link: CoverageLink = {}): [string, string | undefined][] {
  return names.map((name) => [name, link[name]])
}

/** Bounds of the server. */
export const mostRadii = 5
export const leastRadiusM = 1
export const mostRadiusM = 10_000
const usualRadii = [300, 500, 800]
const usualRadiusM = 500

/** Whole metres in bounds, ascending, each once; undefined where the text holds something else. */
export function parseRadii(text: string): number[] | undefined {
  const parts = text.split(/[\s,，、;]+/).filter((part) => part !== '')
  const radii = [...new Set(parts.map(Number))].sort((a, b) => a - b)
  const fine = radii.length > 0 && radii.length <= mostRadii && radii.every((m) => Number.isInteger(m) && m >= leastRadiusM && m <= mostRadiusM)
  return fine ? radii : undefined
}

/** What stands in the address for the whole city: without it one begins at the first zone. */
export const wholeCity = 'all'

/** The question of an address, mended where the server does not know what it asks for. */
export function questionOf(link: CoverageLink, methods: Methods): Question | undefined {
  const service = methods.services.find(({ id }) => id === link.service) ?? methods.services[0]
  if (!service) return undefined
  const mode: Mode = link.mode === 'straight' && service.modes.some(({ id }) => id === 'straight') ? 'straight' : 'walk'
  const radii = parseRadii(link.radii ?? '') ?? radiiOf(service)
  const radius = Number(link.radius)
  const within = link.in ?? methods.zones?.[0]?.code
  const kind = service.kinds.find(({ id }) => id === link.kind) ?? service.kinds[0]
  return {
    service: service.id,
    ...(kind && { kind: kind.id }),
    mode,
    profile: service.profiles.find(({ id }) => id === link.profile)?.id ?? service.profiles[0]?.id ?? 'walk',
    radii,
    radius: radii.includes(radius) ? radius : middle(radii),
    by: methods.areas.find(({ id }) => id === link.by)?.id ?? usualArea(methods),
    ...(within !== undefined && within !== wholeCity && { within }),
  }
}

/** What the address says of a question; the first of everything is left out. */
export function linkOf(question: Question, methods: Methods): CoverageLink {
  const service = methods.services.find(({ id }) => id === question.service)
  const usual = service ? radiiOf(service) : usualRadii
  const usualScope = methods.zones?.[0]?.code
  const same = question.radii.join() === usual.join()
  return {
    service: question.service,
    ...(question.kind !== undefined && question.kind !== service?.kinds[0]?.id && { kind: question.kind }),
    ...(question.mode === 'straight' && { mode: question.mode }),
    ...(question.profile !== service?.profiles[0]?.id && { profile: question.profile }),
    ...(!same && { radii: question.radii.join(',') }),
    ...(question.radius !== middle(question.radii) && { radius: String(question.radius) }),
    ...(question.by !== usualArea(methods) && { by: question.by }),
    ...(question.within !== usualScope && { in: question.within ?? wholeCity }),
  }
}

export function radiiOf(service: ServiceItem): number[] {
  return service.radii_m.length > 0 ? service.radii_m.slice(0, mostRadii) : usualRadii
}

/** Communities are what planners rank by; a record without them is ranked by whatever it has. */
function usualArea({ areas }: Methods): string {
  return areas.find(({ id, count }) => id === 'community' && count > 0)?.id ?? areas.find(({ count }) => count > 0)?.id ?? areas[0]?.id ?? 'community'
}

/** 500 m where it is among them, else the one in the middle. */
function middle(radii: number[]): number {
  return radii.includes(usualRadiusM) ? usualRadiusM : radii[Math.floor((radii.length - 1) / 2)] ?? usualRadiusM
}

/** What tiles, hexagons, explanations and facilities are asked with. */
export function surfaceQuery({ kind, mode, profile }: Pick<Question, 'kind' | 'mode' | 'profile'>, scenario?: number): Record<string, string | number | undefined> {
  return { kind, mode, profile: mode === 'straight' ? undefined : profile, scenario }
}

/** Place of the question's own radius among its radii. */
export function radiusIndex({ radii, radius }: Pick<Question, 'radii' | 'radius'>): number {
  return Math.max(0, radii.indexOf(radius))
}

import type { LineString, MultiPolygon, Polygon } from 'geojson'
import type { Position } from '../api/types.ts'

/** What the server says about coverage: the words of /api/v1/coverage. */
export type Mode = 'walk' | 'straight'

export interface Titled {
  id: string
  title: string
  title_en: string
}

/** A requirement, with where it is written and whether somebody has compared it with the standard's own text. */
export interface Threshold {
  layer?: string
  metric: string
  applies_to?: string
  value: number
  comparator: string
  unit: string
  standard: string
  edition?: string
  clause?: string
  verified: boolean
}

export interface ServiceItem extends Titled {
  layer: string
  kinds: Titled[]
  modes: (Titled & { id: Mode })[]
  profiles: Titled[]
  radii_m: number[]
  provenance?: string
  provenance_en?: string
  thresholds: Threshold[]
}

export interface AreaKind extends Titled {
  count: number
  res: number
}

export interface Methods {
  revision: string
  services: ServiceItem[]
  areas: AreaKind[]
  /** The parts of the city that are looked at by themselves: the first one is where a planner begins. */
  zones?: ScopeItem[]
}

/** A region that figures can be confined to. */
export interface ScopeItem {
  code: string
  name: string
  name_en?: string
}

/** How figures came about: it travels with each of them. */
export interface Method {
  id: string
  version?: number | string
  revision?: string | number
  mode: Mode
  profile?: string
  res: number
  snap_limit_m?: number
  radii_m?: number[]
  hexagons?: number
  unsnapped_hexagons?: number
  islands?: number
  streets?: number
  facilities?: number
  facilities_off_network?: number
  population?: { source: string; as_of?: string; how?: string; how_en?: string } | null
  thresholds?: Threshold[]
  provenance?: string
  provenance_en?: string
  definitions?: { id: string; zh: string; en: string }[]
}

/** A share of something that is counted, by radius. */
export interface Amount {
  total: number
  no_network?: number
  covered: number[]
  share: (number | null)[]
}

export interface Row {
  code: string
  name: string
  name_en?: string
  area_m2: number
  no_network_m2: number
  covered_m2: number[]
  covered_share: (number | null)[]
  ambiguous_m2?: number[]
  population: Amount | null
  road_m?: Amount | null
  facilities: number
  supply?: number
  rank?: number
}

export interface TablePage {
  method: Method
  by: string
  radii_m: number[]
  total: Row
  items: Row[]
  next?: string | null
  count: number
}

export interface FacilityItem {
  id: number
  name: string
  lon: number
  lat: number
  usable: boolean
  on_network: boolean
  snap_m?: number | null
  hexagons?: number
  population?: number | null
  scenario?: 'added' | 'closed' | 'moved'
}

export interface FacilityRef {
  id: number
  name: string
  lon: number
  lat: number
}

export interface Leg {
  kind: 'off_street' | 'street'
  name?: string
  length_mm: number
  line: Position[]
}

/** A street that one can start from. */
export interface Joint {
  /** Layer and number: road:12. */
  street: string
  name: string
  perp_mm: number
  distance_m: number | null
}

export interface Explanation {
  covered: boolean | null
  class: 'covered' | 'uncovered' | 'no_network'
  distance_m: number | null
  distance_mm?: number | null
  sentence: string
  sentence_en: string
  facility: FacilityRef | null
  legs: Leg[]
  line: LineString | null
  straight_m: number | null
  detour: number | null
  second: { facility: FacilityRef; distance_m: number } | null
  snap: Joint | null
  alternatives: Joint[]
  ambiguous: boolean
  barrier: LineString | null
  method?: Method
}

export interface SiteItem {
  ordinal: number
  lon: number
  lat: number
  name?: string
  street?: string
  /** '' where the street has no name. */
  street_name?: string
  gain: number
  gain_share: number
  cumulative: number
  cumulative_share: number
  cost?: number | null
  chosen_of?: number
  chosen?: number
}

export interface SitingAnswer {
  method?: Method
  sites: SiteItem[]
  value: number
  upper_bound: number
  gap: number
  lower_bound?: number
  curve: { k: number; value: number; share: number }[]
  candidates: number
  already: number
  total: number
  took_ms: number
  reached: boolean
  problem?: string | null
  problem_en?: string | null
}

export type Goal = 'most' | 'fewest' | 'each'
export type Weight = 'area' | 'population'

export interface SitingAsk {
  service: string
  kind?: string
  mode: Mode
  profile: string
  radius_m: number
  goal: Goal
  k?: number
  share?: number
  weight: Weight
  by?: string
  within?: string
  candidates: { kind: 'streets'; spacing_m: number } | { kind: 'points'; items: { lon: number; lat: number; name?: string; cost?: number }[] } | { kind: 'areas'; polygons: Polygon | MultiPolygon; spacing_m: number }
  fixed?: { lon: number; lat: number }[]
  forbidden?: MultiPolygon
  budget?: number
  stability: boolean
  scenario?: number
}

export type { AskedOf, Change, CompareAnswer, CompareSide, HexChange, Op, Preview, RowChange, Scenario } from './scenario/types.ts'
export type { Answer, AnswerColumn, AnswerRow, AnswerValue, Capacity, CapacityRow, Equity, ListedItem, QuestionItem, Unit } from './questions/types.ts'

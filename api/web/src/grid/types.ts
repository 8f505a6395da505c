import type { Geometry, MultiPolygon, Polygon } from 'geojson'
import type { Assignment, Day, HolderRef, RoleTitle, Target } from '../api/records.ts'
import type { Box, Position, RegionRef } from '../api/types.ts'

/** What the server answers about grids. Days are texts such as 2026-11-22; ids are row numbers. */
export type State = 'manned' | 'vacant' | 'overloaded' | 'unknown'
export type Shape = Polygon | MultiPolygon

export interface Scheme {
  code: string
  title: string
  title_en?: string
  owner_dept?: string | null
  extent: RegionRef | null
  exclusive: boolean
  complete: boolean
  made_of: string | null
  first_zoom: number
  shown: boolean
  grids: number
  area_m2: number
  revision: number | string
}

export interface GridItem {
  id: number
  scheme: string
  code: string
  short_code: string
  name: string | null
  region: RegionRef | null
  area_m2: number
  land_use?: string | null
  level?: string | null
  valid_from: Day | null
  valid_to: Day | null
  center: Position
  bbox: Box
  revision: number | string
}

export interface Need extends RoleTitle {
  at_least: number
  at_most: number | null
  have: number
}

/** What a list behind a figure names; ground in no grid comes with its shape. */
export interface Listed extends Target {
  geometry?: Geometry
}

export const failureKinds = ['missing', 'expired', 'absent', 'too_many', 'overloaded'] as const
export type FailureKind = (typeof failureKinds)[number]

export interface Failure {
  kind: FailureKind
  target: Target | null
  role: string | null
  title: string | null
  title_en?: string | null
  have: number
  at_least: number | null
  at_most: number | null
  since: Day | null
  holder: HolderRef | null
  message: string
  message_en: string
}

export interface GridDetail extends GridItem {
  geometry: Shape
  path: RegionRef[]
  members?: string[]
  made_into?: string[]
  counts: Record<string, number>
  lengths_m?: Record<string, number>
  parents: string[]
  children: string[]
  /** The rest is for those who are signed in. */
  requirements: Need[] | null
  people: Assignment[] | null
  failures: Failure[] | null
  state: State | null
  load: number | null
}

export interface GridState {
  id: number
  code: string
  state: State
  people: number
  load: number | null
  counts: Record<string, number>
  head: string | null
}

export interface States {
  scheme: string
  at: Day
  items: GridState[]
}

export const findingKinds = ['gap', 'overlap', 'sliver', 'outside', 'invalid', 'duplicate_code', 'misnamed', 'rectangle'] as const
export type FindingKind = (typeof findingKinds)[number]

export interface Finding {
  id: string
  kind: FindingKind
  base?: FindingKind | null
  severity: 'error' | 'warning' | 'info'
  area_m2: number
  width_m?: number
  grids: string[]
  message: string
  message_en: string
  geometry: Geometry | null
  repair: { shapes: { code: string; geometry: Shape }[]; note: string; note_en: string } | null
}

export interface Integrity {
  scheme: string
  revision: string
  checked: string | number
  took_ms: number
  findings: Finding[]
  totals: Partial<Record<FindingKind, number>>
}

export type EditKind = 'create' | 'split' | 'merge' | 'redraw' | 'retire' | 'repair' | 'lay' | 'import'

/** One line of the log of edits. */
export interface Edit {
  id: number
  kind: EditKind
  scheme: string
  note: string | null
  undoes: number | null
  undone_by?: number | null
  on_day?: Day
  at: string
  actor: string
  made?: string[]
  retired?: string[]
  changed?: string[]
}

export type Shaped = GridItem & { geometry: Shape }

/** What an edit does, or would do. */
export interface EditResult {
  edit: number | null
  kind: EditKind
  scheme: string
  made: Shaped[]
  retired: string[]
  changed: Shaped[]
  touched: string[]
  findings: Finding[]
  features_moved: number
  duties_moved: number
}

export interface Lineage {
  grid: string
  ancestors: Kin[]
  descendants: Kin[]
  edits: Edit[]
}

export interface Kin {
  code: string
  scheme: string
  valid_from: Day | null
  valid_to: Day | null
  edit: number | null
}

export interface Share {
  have: number
  of: number
  unit: string
  share: number | null
}

export interface FigureItem {
  code: string
  name: string
  kind: string
  gridded: Share
  manned: Share
  dutiful: Share
  covered: { area: Share; road: Share; alley: Share }
}

export interface Responsibility {
  at: Day
  by: string
  scheme: string
  method?: Record<string, unknown>
  items: FigureItem[]
}

export const figures = ['gridded', 'manned', 'dutiful', 'covered_area', 'covered_road', 'covered_alley'] as const
export type Figure = (typeof figures)[number]

export interface PersonItem extends HolderRef {
  duties: number
  load: number | null
  overloaded: boolean
  absent: boolean
  revision: number | string
}

export interface RoleItem {
  code: string
  title: string
  title_en?: string
}

import type { HolderRef } from '../api/records.ts'
import type { Box, Position } from '../api/types.ts'
import type { State } from './states.ts'

/** What the server answers about patrols. Times are RFC 3339 texts; ids of what a device makes are UUIDs, those of the record row numbers. */
export interface Share {
  numerator: number
  denominator: number
  /** Null where nothing is counted: 0 of 0 is no share. */
  share: number | null
}

export interface GridName {
  scheme: string
  code: string
  name?: string | null
}

export type HolderName = Partial<HolderRef> & Pick<HolderRef, 'name'>

/** Who did something: a holder of the roster, or an account that has none. */
export interface Doer {
  holder?: string | null
  account?: string | null
  name?: string | null
}

export interface SubjectRef {
  kind: string
  id: number
  code?: string | null
  name?: string | null
}

export interface Photo {
  id: string
  /** near, far, reference, before, after, other */
  kind: string
  state: 'awaited' | 'stored' | 'refused'
  width?: number | null
  height?: number | null
  taken_at?: string | null
}

export interface Problem {
  id: string
  number: string
  class: string
  class_title: string
  class_title_en: string
  source: string
  title: string
  description?: string | null
  lon: number | null
  lat: number | null
  region: string | null
  region_name: string | null
  grid: string | GridName | null
  duty_grid: string | GridName | null
  subject: SubjectRef | null
  state: State
  state_title: string
  dept: string | null
  dept_name: string | null
  /** Who answers for the duty grid today. */
  holder?: HolderName | null
  assignee: HolderName | null
  deadline: string | null
  overdue: boolean
  at: string
  received_at: string
  closed_at: string | null
  on_the_spot: boolean
  reopens: string | null
  reopened_by: string | null
  duplicate_of: string | null
  reporter: HolderName | null
  flags: string[]
  photos: Photo[] | null
  revision: number
}

export interface Step {
  id: string
  ordinal: number
  step: string
  at: string
  by: Doer | null
  dept: string | null
  dept_name: string | null
  note: string | null
  photos: Photo[] | null
  data: Record<string, unknown> | null
}

export interface Duplicate {
  id: string
  number: string
  distance_m: number
  at: string
  state: State
}

export interface ProblemDetail extends Problem {
  events: Step[]
  /** What the caller may do with it now. */
  can: string[]
  duplicates: Duplicate[]
}

export interface ProblemClass {
  code: string
  parent?: string | null
  title: string
  title_en: string
  /** What it can be about; none is anything. */
  subject_kinds: string[]
  /** 0 sets no deadline. */
  handle_hours: number
  responsible_dept?: string | null
  photo_before: boolean
  photo_after: boolean
  duplicate_m: number
  duplicate_hours: number
  standard: string
  verified: boolean
  enabled: boolean
  ordinal: number
  revision: number
}

/** A photo that a step names, and whose bytes go another way. */
export interface PhotoPromise {
  id: string
  sha256: string
  bytes: number
  kind: string
  taken_at: string
}

/** A step as it is sent: one that is sent again under its id is done once. */
export interface StepDraft {
  id: string
  photos?: PhotoPromise[]
  kind: string
  note?: string
  dept?: string
  assignee?: string
  deadline?: string
  other?: string
}

export interface Visited {
  visited: number
  all: number
  share: number | null
}

export interface VisitRow {
  code: string
  name: string | null
  grids: Visited
  area_m2: Visited
  alley_m: Visited
  road_m: Visited
  last_at: string | null
}

export interface Visits {
  days: number
  items: VisitRow[]
  total: VisitRow
}

export interface OverdueRow {
  code: string
  name: string | null
  due: number
  overdue: number
  done: number
  share: Share
}

export interface Tracks {
  /** Tracks are kept at all. */
  enabled: boolean
  keep_days: number
  /** Points: longitude, latitude, milliseconds, metres of accuracy. */
  items: { id: string; from: string; to: string; points: [number, number, number, number][] }[]
  bbox: Box | null
}

export interface PatrolSettings {
  tracks: { enabled: boolean; keep_days: number; hours: string }
  position: { far_m: number; inaccurate_m: number }
}

export interface RateRow {
  code: string
  name: string | null
  found: number
  rectified: number
  closed: number
  on_the_spot: number
  returned: number
  reworked: number
  suspended: number
  handled: number
  shares: Record<ShareName, Share>
}

export const shareNames = ['rectified', 'closed', 'on_the_spot', 'rework'] as const
export type ShareName = (typeof shareNames)[number]

export interface Rates {
  basis: string
  basis_en: string
  items: RateRow[]
  total: RateRow
}

export interface Plan {
  code: string
  title: string
  title_en: string
  subject_kind: string
  applies_to: string
  checklist: string
  role: string
  period: 'day' | 'week' | 'month' | 'quarter'
  times: number
  windows: string[] | null
  weekdays: string
  enabled: boolean
  valid_from?: string | null
  valid_to?: string | null
  revision: number
}

export interface PlaceKind {
  code: string
  title: string
  title_en: string
  layer: string | null
}

export interface ChecklistItem {
  code: string
  title: string
  title_en: string
  standard: string | null
  verified: boolean
  photo_on_fail?: boolean
  problem_class?: string | null
  effects?: Record<string, { field: string; value: unknown }[]> | null
}

export interface Checklist {
  code: string
  title: string
  title_en: string
  subject_kind: string
  edition: string
  /** All of them, the latest last. */
  editions: string[]
  items: ChecklistItem[]
}

export function placeOf({ lon, lat }: { lon?: number | null; lat?: number | null }): Position | undefined {
  return lon === null || lon === undefined || lat === null || lat === undefined ? undefined : [lon, lat]
}

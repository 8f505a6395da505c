import type { Geometry, MultiPolygon, Polygon } from 'geojson'
import type { Answer, Instant, LocalStatus, Outcome, SubjectRef, Uuid } from './types.ts'

/** What a phone takes along: GET /api/v1/patrol/pack. */

export interface DueSubject extends SubjectRef {
  code: string | null
  name: string | null
  lon: number
  lat: number
  status?: string | null
}

export interface DueItem {
  /** plan/kind/id */
  id: string
  plan: string
  title: string
  title_en: string
  subject: DueSubject
  checklist: string
  edition: string
  grid: { scheme: string; code: string } | null
  state: 'due' | 'overdue' | 'done' | 'later'
  /** Of the slot that is open or next; null where none comes. */
  from: Instant | null
  to: Instant | null
  missed: number
  last: { id: Uuid; at: Instant; result: 'normal' | 'abnormal' } | null
  /** When the subject came into the record. */
  since: Instant
  distance_m: number | null
}

/** A time in which a plan wants one check of every subject. */
export interface Slot {
  from: Instant
  to: Instant
}

/** The slots of a plan for some days to come: what is due without a network is worked out from them. */
export interface Timetable {
  plan: string
  until: Instant
  /** The beginnings of slots that had ended before, the latest first. */
  missed: Instant[]
  slots: Slot[]
  /** When a check counts; none for any time. */
  hours: Slot[]
}

/** A due item as it stands now, with what this device has done about it. */
export interface DueEntry extends DueItem {
  /** The command that checked it here, where that is its last check. */
  here?: { key: Uuid; id: Uuid; at: Instant; result: 'normal' | 'abnormal'; status: LocalStatus }
}

export interface ChecklistItem {
  code: string
  title: string
  title_en: string
  standard: string
  verified: boolean
  photo_on_fail: boolean
  problem_class: string | null
  effects: Partial<Record<Answer, { field: string; value: unknown }[]>>
}

export interface Checklist {
  code: string
  title: string
  title_en: string
  subject_kind: string
  edition: string
  editions?: string[]
  items: ChecklistItem[]
}

export interface ProblemClass {
  code: string
  parent: string | null
  title: string
  title_en: string
  subject_kinds: string[]
  photo_before: boolean
  photo_after: boolean
  handle_hours: number | null
  responsible_dept: string | null
  duplicate_m: number
  duplicate_hours: number
  verified: boolean
  enabled: boolean
  ordinal: number
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
  windows: string[]
  weekdays: string
}

export interface PackFeature {
  type: 'Feature'
  id: number
  geometry: Geometry
  properties: Record<string, unknown>
  /** Of the feature: what a check or a proposal has seen. */
  revision: number
}

export interface PackProblem {
  id: Uuid
  number: string
  class: string
  class_title?: string
  title: string
  lon: number | null
  lat: number | null
  subject: SubjectRef | null
  state: string
  state_title?: string
  deadline?: Instant | null
  overdue?: boolean
  at: Instant
  revision: number
  [more: string]: unknown
}

export interface Pack {
  made_at: Instant
  revision: number
  holder: { id: number; code: string; name: string } | null
  grids: { id: number; scheme: string; code: string; name: string | null; geometry: Polygon | MultiPolygon }[]
  /** West, south, east, north. */
  bounds: [number, number, number, number]
  buffer_m: number
  layers: Record<string, PackFeature[]>
  places: PackFeature[]
  plans: Plan[]
  checklists: Checklist[]
  classes: ProblemClass[]
  due: DueItem[]
  timetables: Timetable[]
  problems: PackProblem[]
  tiles: { template: string; minzoom: number; maxzoom: number; addresses: [number, number, number][] }
  limits: { far_m: number; inaccurate_m: number; photo_bytes: number }
  tracks: { enabled: boolean }
}

/** A problem that concerns the officer: of the pack, or reported here and not yet in it. */
export interface MyProblem extends PackProblem {
  here?: { key: Uuid; status: LocalStatus; outcome?: Outcome }
}

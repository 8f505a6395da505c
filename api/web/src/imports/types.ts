import type { Page } from '../api/types.ts'

/** A file on its way into the record, as /api/v1/imports tells it. */
export interface Import {
  id: number
  name: string
  size_bytes: number
  layer: string | null
  state: ImportState
  revision: number
  created_at: string
  created_by: string
  inspection: Inspection | null
  options: Options
  progress: Progress | null
  result: Result | null
  problem: Problem | null
}

export type ImportState = 'uploaded' | 'checking' | 'checked' | 'committing' | 'done' | 'failed' | 'cancelled'

export interface Progress {
  stage: string
  done: number
  /** 0 where nobody knows. */
  total: number
}

export interface Problem {
  title: string
  title_en: string
}

/** What the file was found to be. */
export interface Inspection {
  format: string
  charset: string | null
  charsets: string[]
  sheets: { name: string; rows: number; layer_guess: string | null }[]
  sheet: string | null
  /** Counted from 1; 0 for a file without a row of headings. */
  header_row: number
  preview: (string | null)[][]
  columns: Column[]
  geometry: { kind: 'columns' | 'wkt' | 'file' | 'none'; lon?: string; lat?: string; wkt?: string; candidates: { lon: string; lat: string }[] }
  datum: { stated: string | null; needed: boolean; axes_needed?: boolean; candidates: DatumCandidate[]; bbox: [number, number, number, number] | null; problem?: string | null; problem_en?: string | null }
  missing_required: string[]
  rows: number
  /** There may be more rows than were looked at. */
  rows_exact?: boolean
}

export interface Column {
  heading: string
  samples: string[]
  filled: number
  field: string | null
  by: 'label' | 'alias' | 'remembered' | 'user' | 'none'
  unit: string | null
  units: string[]
}

export interface DatumCandidate {
  code: string
  title: string
  title_en: string
  fits: number
  axes?: Axes
  why: string
  why_en: string
}

export type Axes = 'en' | 'ne'

/** How the file is to be read. */
export interface Options {
  layer?: string
  sheet?: string
  header_row?: number
  charset?: string
  datum?: string
  axes?: Axes
  lon?: string
  lat?: string
  wkt?: string
  maps?: Record<string, string>
  /** null takes one away. */
  sets?: Record<string, string | null>
  units?: Record<string, string>
  new_area?: boolean
  key?: string
}

export interface Counts {
  read: number
  inserted: number
  updated: number
  unchanged: number
  rejected: number
  aside: number
  duplicates: number
}

export interface Result extends Counts {
  revision?: string
  by_code: { code: string; zh: string; en: string; count: number }[]
}

export const outcomes = ['rejected', 'aside', 'duplicate', 'insert', 'update', 'unchanged'] as const
export type Outcome = (typeof outcomes)[number]

export interface ImportRow {
  ordinal: number
  row: number | null
  outcome: Outcome
  code: string | null
  zh: string
  en: string
  detail: string | null
  key: string | null
  properties: Record<string, unknown>
  geometry: GeoJSON.Geometry | null
}

/** A row of a ledger without a position. */
export interface Unplaced {
  id: number
  layer: string
  name: string | null
  address: string | null
  source: string
  properties: Record<string, unknown>
  state: 'open' | 'placed' | 'dismissed'
  feature_id: number | null
  revision: number
  created_at: string
}

/** Two features that may be one facility. */
export interface Duplicate {
  id: number
  layer: string
  distance_m: number
  likeness: number
  state: 'open' | 'merged' | 'dismissed'
  features: { id: number; code: string | null; name: string | null }[]
  revision: number
}

export type { Page }

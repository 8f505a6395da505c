import type { Geometry } from 'geojson'
import type { Lang } from '../i18n/index.ts'
import type { Doer, GridName, Photo } from './types.ts'

export interface FieldOption {
  code: string
  label: string
  label_en: string
}

/** A field as it was seen, as it is, and as it is proposed. */
export interface Compared {
  field: string
  title: string
  title_en: string
  type: string
  unit: string
  options: FieldOption[]
  base: unknown
  now: unknown
  proposed: unknown
  changed_since: boolean
  /** What is proposed stands already. */
  same: boolean
}

/** The states that proposals are looked at by. */
export const verdicts = ['open', 'accepted', 'partly', 'rejected', 'withdrawn'] as const

export type Finding = 'exists' | 'missing' | 'differs' | 'new'

export const findings: readonly Finding[] = ['differs', 'missing', 'new', 'exists']

/** What stands in the marks of proposals on the map. */
export const signs: Record<Lang, Record<Finding, string>> = {
  zh: { exists: '有', missing: '无', differs: '异', new: '新' },
  en: { exists: '=', missing: '−', differs: '≠', new: '+' },
}

export interface Proposal {
  id: string
  layer: string
  layer_title: string
  layer_title_en: string
  feature: { id: number; code: string | null; name: string | null; gone: boolean } | null
  finding: Finding
  state: 'recorded' | 'open' | 'accepted' | 'partly' | 'rejected' | 'withdrawn'
  fields: string[]
  moves: boolean
  note: string
  at: string
  by: Doer
  lon: number | null
  lat: number | null
  accuracy_m: number | null
  region: { code: string; name: string } | null
  grid: GridName | null
  flags: string[] | null
  decision: { by: string; at: string; reason: string; fields: Record<string, boolean>; geometry: boolean; feature: number | null } | null
  photos: Photo[]
  revision: number
}

export interface ProposalDetail extends Proposal {
  now_revision: number | null
  comparison: Compared[]
  geometry: { base: Geometry | null; now: Geometry | null; proposed: Geometry | null; moved_m: number | null; changed_since: boolean } | null
  near: { id: number; code: string | null; name: string | null; distance_m: number; likeness: number }[]
  others: string[]
  can: string[]
}

/** What is taken of a proposal: nothing that is not named. */
export interface Decision {
  fields: Record<string, boolean>
  geometry: boolean
  /** Corrected values by field. */
  values?: Record<string, unknown>
  reason?: string
  /** The revision of the feature that was looked at. */
  seen?: number
}

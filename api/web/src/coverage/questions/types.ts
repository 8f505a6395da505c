import type { Method, Threshold, Titled, Weight } from '../types.ts'

export interface QuestionItem extends Titled {
  unit?: string
  layers?: string[]
  /** Its figures are of people: one has to sign in. */
  people?: boolean
  /** Where its figures come from: a question of the record, or something that is known of every service. */
  of?: 'question' | 'measures' | 'capacity' | 'equity'
}

export type Unit = 'share' | 'km/km2' | '1/km2' | '1/1000' | 'm' | 'ratio'

export interface AnswerColumn extends Titled {
  unit: Unit
  numerator?: string
  numerator_en?: string
  numerator_unit?: string
  denominator?: string
  denominator_en?: string
  denominator_unit?: string
  threshold?: Threshold | null
}

export interface AnswerValue {
  numerator: number | null
  denominator: number | null
  share: number | null
  met?: boolean | null
}

export interface AnswerRow {
  code: string
  name: string
  name_en?: string
  values: AnswerValue[]
}

export interface Answer {
  method?: Method
  provenance?: string
  provenance_en?: string
  columns: AnswerColumn[]
  total: AnswerRow
  items: AnswerRow[]
  next?: string | null
  count?: number
}

/** Supply by demand in two steps: people, or ground where nobody knows where people live. */
export interface Capacity {
  method?: Method
  weight: Weight
  total: CapacityRow
  items: CapacityRow[]
}

export interface CapacityRow {
  code: string
  name: string
  name_en?: string
  demand: number
  no_network: number
  unserved: number
  supply: number
  ratio: number
}

interface Reached {
  total: number
  no_network: number
  near: number
  share: number
}

/** How evenly a service is spread. */
export interface Equity {
  method?: Method
  weight: Weight
  total: number
  beyond: number
  gini: number
  mean_m: number
  p50_m: number | null
  p90_m: number | null
  theil: { total: number; between: number; within: number; areas: number }
  worst: (Reached & { code: string; name: string; name_en?: string }) | null
  covered: Reached
  elderly: Reached | null
  areas: number
  areas_small: number
}

export interface ListedItem {
  layer: string
  id: number | null
  code?: string
  name?: string
  lon: number
  lat: number
  met: boolean
  why?: string
  why_en?: string
}

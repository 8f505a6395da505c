import type { Position } from '../../api/types.ts'
import type { Method, Mode, Row } from '../types.ts'

export type Op = 'add' | 'close' | 'move' | 'close_street' | 'open_street'

/** One thing of a scenario: it is in no record. */
export interface Change {
  op: Op
  service?: string
  id?: number
  at?: Position
  street?: string
  line?: Position[]
  name?: string
}

/** Of a row, before a scenario and with it. */
export interface RowChange {
  code: string
  name: string
  name_en?: string
  before: Row
  after: Row
}

/** Hexagons whose distance changed, as the tiles of one resolution number them. */
export interface HexChange {
  res: number
  ids: number[]
  d: (number | null)[]
  n?: (number | boolean)[] | null
}

export interface Preview {
  method?: Method
  total: { before: Row; after: Row }
  rows: RowChange[]
  hexagons?: HexChange | null
}

/** What of a question a scenario keeps. */
export interface AskedOf {
  kind?: string
  mode?: Mode
  profile?: string
  radii_m?: number[]
  by?: string
  within?: string
}

export interface Scenario {
  id: number
  name: string
  note?: string | null
  service: string
  question: AskedOf
  changes: Change[]
  shared: boolean
  /** Of the one signed in. */
  own?: boolean
  revision: number
  created_by?: string
  created_at?: string
  updated_at?: string
}

export interface CompareSide {
  total: Row
}

export interface CompareAnswer {
  radii_m?: number[]
  method?: Method
  a: CompareSide
  b: CompareSide
  rows: { code: string; name: string; name_en?: string; a: Row; b: Row }[]
}

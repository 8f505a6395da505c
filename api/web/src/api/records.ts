import type { Box, Position, RegionRef } from './types.ts'

/** What the routes of grids, people and accounts answer; days are 2026-01-31. */
export type Day = string

/** What an account is for. */
export type AccountRole = 'admin' | 'auditor' | 'bureau' | 'street' | 'department' | 'planner' | 'officer' | 'viewer'
export const accountRoles: readonly AccountRole[] = ['admin', 'auditor', 'bureau', 'street', 'department', 'planner', 'officer', 'viewer']

/** What one can want to do; the server decides, the app only leaves out what would be refused. */
export type Action =
  | 'own_account' | 'read_people' | 'read_personal' | 'read_figures' | 'edit_grid' | 'edit_scheme' | 'edit_people' | 'certify'
  | 'read_audit' | 'read_accounts' | 'manage_accounts' | 'edit_inventory' | 'propose' | 'report' | 'plan'
  | 'patrol' | 'read_patrol' | 'dispatch' | 'rectify' | 'verify' | 'read_tracks' | 'edit_patrol'

export interface DeptRef {
  code: string
  name: string
}

export interface HolderRef {
  code: string
  kind: 'person' | 'organisation'
  name: string
  phone: string | null
  /** Name and phone are shown in part only. */
  masked: boolean
  dept: DeptRef | null
  title: string | null
  /** A generated person, who does not exist. */
  sample: boolean
}

export type TargetKind = 'grid' | 'road' | 'back_alley' | 'place' | 'region' | 'zone'

export interface Target {
  kind: TargetKind
  id: number
  code: string
  name: string | null
  scheme?: string
  class?: string
  region: RegionRef | null
  at: Position | null
  bbox: Box | null
  area_m2?: number
  length_m?: number
}

export type Rank = 'primary' | 'deputy'

export interface RoleTitle {
  role: string
  title: string
  title_en: string
}

/** A duty as its target shows it. */
export interface Assignment extends RoleTitle {
  duty: number
  rank: Rank
  hours: string | null
  valid_from: Day
  valid_to: Day | null
  stands_for: number | null
  absent: boolean
  holder: HolderRef
}

export interface Duty extends RoleTitle {
  id: number
  rank: Rank
  hours: string | null
  valid_from: Day
  valid_to: Day | null
  stands_for: number | null
  note: string | null
  revision: number
  holder: HolderRef
  target: Target
}

export interface OwnGrid {
  scheme: string
  code: string
  name: string | null
  center: Position
  bbox: Box
}

export interface Account {
  name: string
  title: string
  role: AccountRole
  region: RegionRef | null
  dept: DeptRef | null
  holder: HolderRef | null
  must_change: boolean
  sample: boolean
}

export interface SessionAnswer {
  account: Account
  may: Action[]
  own_grids: OwnGrid[]
  expires_at: string
}

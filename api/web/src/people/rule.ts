import type { TargetKind } from '../api/records.ts'

/** What requirements and load limits have in common. */
export interface Rule {
  target_kind: TargetKind
  applies_to: string
  role: string
}

export const targetKinds: readonly TargetKind[] = ['grid', 'road', 'back_alley', 'place', 'region', 'zone']

/** What a rule can be narrowed to, by kind of target: nets of grids, classes of roads. Of other kinds codes are written by hand. */
export type Narrowings = Partial<Record<TargetKind, readonly { code: string; title: string }[]>>

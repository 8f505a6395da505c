import type { TargetKind } from '../api/records.ts'

/** What requirements and load limits have in common. */
export interface Rule {
  target_kind: TargetKind
  applies_to: string
  role: string
}

export const targetKinds: readonly TargetKind[] = ['grid', 'road', 'back_alley', 'place', 'region', 'zone']

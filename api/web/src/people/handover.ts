import type { RoleLoad } from '../api/people.ts'
import type { Duty, RoleTitle, TargetKind } from '../api/records.ts'

export interface LoadAfter extends RoleTitle {
  kind: TargetKind
  n: number
  limit: number | null
}

/** What somebody has of each role and kind of target once some duties come on top of the own. */
export function loadsAfter(loads: readonly RoleLoad[], taken: readonly Duty[], own: readonly Duty[]): LoadAfter[] {
  const has = new Set(own.map(spot))
  const after = new Map<string, LoadAfter>()
  for (const duty of taken) {
    const key = `${duty.role}/${duty.target.kind}`
    const now = loads.find(({ role, kind }) => `${role}/${kind}` === key)
    const sum = after.get(key) ?? { role: duty.role, title: duty.title, title_en: duty.title_en, kind: duty.target.kind, n: now?.have ?? 0, limit: now?.at_most ?? null }
    if (!has.has(spot(duty))) sum.n++ // what both have already counts once
    after.set(key, sum)
  }
  return [...after.values()]
}

function spot({ role, target }: Duty): string {
  return `${role}/${target.kind}/${target.id}`
}

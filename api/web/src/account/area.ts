import type { Account, AccountRole } from '../api/records.ts'
import type { Translate } from '../i18n/index.ts'

/** Roles whose right is bound to an area or a department: without one they reach nowhere. */
const boundToRegion: readonly AccountRole[] = ['street']
const boundToDept: readonly AccountRole[] = ['department']

/** How far the right of an account reaches. */
export function areaInWords({ role, region, dept }: Pick<Account, 'role' | 'region' | 'dept'>, t: Translate): string {
  const parts = [region?.name, dept?.name].filter(Boolean)
  if (role === 'officer') return t('account.area.own')
  if (parts.length > 0) return parts.join(' · ')
  return t(boundToRegion.includes(role) || boundToDept.includes(role) ? 'account.area.none' : 'account.area.all')
}

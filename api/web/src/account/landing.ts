import type { Account, OwnGrid } from '../api/records.ts'
import { pages } from '../state/route.ts'

/** Where somebody goes who has just signed in: back to where they came from; an officer who came from nowhere, or looked at nothing on the map, goes to the day's work on a phone and to the own grids at a desk. */
export function landing(to: string | null, account: Account, own: readonly OwnGrid[], phone = false): string {
  const path = to?.split(/[?#]/)[0] ?? ''
  if (to && path in pages && path !== '/sign-in' && (path !== '/' || to.includes('?'))) return to
  if (account.role === 'officer' && phone) return '/today'
  if (account.role === 'officer' && own.length > 0) return `/grid?scheme=${encodeURIComponent(own[0]?.scheme ?? '')}`
  return to && path === '/' ? to : '/'
}

/** The address of the sign-in page that comes back to the one shown now. */
export function signInHref(here: { pathname: string; search: string; hash: string }): string {
  const back = here.pathname + here.search + here.hash
  return back === '/' || here.pathname === '/sign-in' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(back)}`
}

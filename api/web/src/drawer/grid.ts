import type { GridRef } from '../api/types.ts'
import type { App } from '../state/app.ts'

/** Opens a grid that is known by net and code; the drawer brings it into view. */
export function openGrid({ selecting }: Pick<App, 'selecting'>, { scheme, code }: Pick<GridRef, 'scheme' | 'code'>): void {
  selecting.select({ kind: 'grid', scheme, code })
}

/** Rows picked for something to be done with them: some, or all that the filter lets through. */
export interface Picks {
  all: boolean
  /** Empty where all are picked. */
  ids: ReadonlySet<number>
}

export const noPicks: Picks = { all: false, ids: new Set() }

export function isPicked(picks: Picks, id: number): boolean {
  return picks.all || picks.ids.has(id)
}

export function countPicked(picks: Picks, total: number): number {
  return picks.all ? total : picks.ids.size
}

/** Puts one in or takes it out. Where all were picked, all but it are then. */
export function toggled(picks: Picks, id: number, order: readonly number[]): Picks {
  const ids = new Set(picks.all ? order : picks.ids)
  if (ids.has(id)) ids.delete(id)
  else ids.add(id)
  return { all: false, ids }
}

/** The rows from one to another, besides those picked already or instead of them. */
export function ranged(picks: Picks, from: number, to: number, order: readonly number[], add: boolean): Picks {
  if (picks.all && add) return picks
  const between = order.slice(Math.min(from, to), Math.max(from, to) + 1)
  return { all: false, ids: new Set([...(add ? picks.ids : []), ...between]) }
}

const linkedUpTo = 100

/** For the address: numbers, `all`, or nothing where there are too many for an address. */
export function formatPicks(picks: Picks): string | undefined {
  if (picks.all) return 'all'
  return picks.ids.size === 0 || picks.ids.size > linkedUpTo ? undefined : [...picks.ids].join(',')
}

export function parsePicks(text: string | undefined): Picks {
  if (text === 'all') return { all: true, ids: new Set() }
  const ids = (text ?? '').split(',').map(Number).filter((id) => Number.isSafeInteger(id) && id > 0)
  return { all: false, ids: new Set(ids.slice(0, linkedUpTo)) }
}

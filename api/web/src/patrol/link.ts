/** The part of the address that is the patrol workspace's: texts as they stand there. */
export interface PatrolLink {
  part?: string
  /** The problem or the proposal in the drawer. */
  open?: string
  /** Filters of problems: states with commas between, codes, days. */
  states?: string
  class?: string
  source?: string
  dept?: string
  since?: string
  until?: string
  /** reported, assigned: only what I reported, or what waits for me. */
  mine?: string
  /** What is looked for in them. */
  q?: string
  /** Visited within so many days, of which net. */
  days?: string
  net?: string
  rank?: string
  /** What the sheet below the map shows. */
  below?: string
  /** Rates: by what, from which day to which. */
  group?: string
  from?: string
  to?: string
  /** Which proposals; any for all. */
  verdict?: string
  /** Which rules: plans, checklists, classes. */
  rules?: string
}

const names = ['part', 'open', 'states', 'class', 'source', 'dept', 'since', 'until', 'mine', 'q', 'days', 'net', 'rank', 'below', 'group', 'from', 'to', 'verdict', 'rules'] as const
const word = /^[\w:.,-]{1,200}$/
/** What people look for is anything in a line. */
const line = /^\P{Cc}{1,100}$/u

export function parsePatrol(query: URLSearchParams): PatrolLink | undefined {
  const link: PatrolLink = {}
  for (const name of names) {
    const value = query.get(name)
    if (value && (name === 'q' ? line : word).test(value)) link[name] = value
  }
  return Object.keys(link).length > 0 ? link : undefined
}

export function patrolPairs(link: PatrolLink = {}): [string, string | undefined][] {
  return names.map((name) => [name, link[name]])
}

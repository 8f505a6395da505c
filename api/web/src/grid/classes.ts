import type { Theme } from '../state/permalink.ts'
import type { GridState, State } from './types.ts'

/** By what the grids are coloured: their state, the load of their people, or the number of things of a layer in them. */
export type Colouring = 'state' | 'load' | (string & {})

/** A class of grids, as the map draws it and the legend explains it. */
export interface GridClass {
  key: string
  color: string
  /** Image over the colour, so that no two classes differ by colour alone. */
  pattern?: PatternName
  /** A word on the map where the colour needs one. */
  mark?: string
  /** Least value, and the value below which the class ends; states have none. */
  from?: number
  below?: number
  count: number
}

export const patternNames = ['vacant', 'overloaded', 'unknown', 'gap', 'overlap', 'other'] as const
export type PatternName = (typeof patternNames)[number]

export interface Classes {
  classes: GridClass[]
  /** Index into classes by grid id. */
  classOf: Map<number, number>
  /** What is written on a grid besides its name. */
  valueOf: Map<number, number>
}

export const states: readonly State[] = ['manned', 'vacant', 'overloaded', 'unknown']
export const stateColors: Record<State, string> = { manned: '#2a9d61', vacant: '#d64545', overloaded: '#e8930c', unknown: '#8d95a1' }
const stateMarks: Partial<Record<State, string>> = { vacant: '缺', overloaded: '超' }
const statePatterns: Partial<Record<State, PatternName>> = { vacant: 'vacant', overloaded: 'overloaded', unknown: 'unknown' }

/** One hue, even steps: pale to deep on light ground, the other way round on dark. The last is for what is too much. */
const ramps: Record<Theme, string[]> = {
  light: ['#d5e4fb', '#a9c9f6', '#78a8ec', '#4a83da', '#1f5bbd'],
  dark: ['#14305c', '#1d4a8c', '#2f69bd', '#5a92df', '#97bdf3'],
}
const noneColors: Record<Theme, string> = { light: '#ffffff', dark: '#20252d' }

/** Duties over the limit of duties: beyond 1 somebody has too much. */
const loadLimits = [0.5, 0.8, 1]

export function classify(items: GridState[], colouring: Colouring, theme: Theme): Classes {
  if (colouring === 'state') return byState(items)
  return colouring === 'load' ? byLoad(items, theme) : byCount(items, colouring, theme)
}

function byState(items: GridState[]): Classes {
  const classes: GridClass[] = states.map((state) => ({
    key: state, color: stateColors[state], count: 0, ...(statePatterns[state] && { pattern: statePatterns[state] }), ...(stateMarks[state] && { mark: stateMarks[state] }),
  }))
  return fill(classes, items, ({ state }) => states.indexOf(state), () => undefined)
}

function byLoad(items: GridState[], theme: Theme): Classes {
  const ramp = ramps[theme]
  const classes: GridClass[] = [
    { key: 'none', color: stateColors.unknown, pattern: 'unknown', count: 0 },
    ...[undefined, ...loadLimits].map((from, i): GridClass => ({
      key: `load${i}`, color: i === loadLimits.length ? stateColors.overloaded : ramp[i + 1] ?? '', count: 0,
      ...(from !== undefined && { from }), ...(loadLimits[i] !== undefined && { below: loadLimits[i] }), ...(i === loadLimits.length && { pattern: 'overloaded' as const, mark: '超' }),
    })),
  ]
  // exactly the limit is not too much
  const classOf = (load: number | null) => (load === null ? 0 : load > 1 ? classes.length - 1 : 1 + loadLimits.slice(0, -1).filter((limit) => load >= limit).length)
  return fill(classes, items, ({ load }) => classOf(load), ({ load }) => load ?? undefined)
}

function byCount(items: GridState[], layer: string, theme: Theme): Classes {
  const of = ({ counts }: GridState) => counts[layer] ?? 0
  const limits = quantiles(items.map(of).filter((n) => n > 0), ramps[theme].length)
  const classes: GridClass[] = [
    { key: 'none', color: noneColors[theme], below: 1, count: 0 },
    ...limits.map((from, i): GridClass => ({ key: `class${i}`, color: pickStep(ramps[theme], i, limits.length), from, count: 0, ...(limits[i + 1] !== undefined && { below: limits[i + 1] }) })),
  ]
  return fill(classes, items, (item) => limits.filter((limit) => of(item) >= limit).length, of)
}

function fill(classes: GridClass[], items: GridState[], indexOf: (item: GridState) => number, value: (item: GridState) => number | undefined): Classes {
  const made: Classes = { classes, classOf: new Map(), valueOf: new Map() }
  for (const item of items) {
    const index = indexOf(item)
    const one = classes[index]
    if (!one) continue
    one.count++
    made.classOf.set(item.id, index)
    const shown = value(item)
    if (shown !== undefined) made.valueOf.set(item.id, shown)
  }
  return made
}

/**
 * Least values of up to `parts` classes, ascending, each with about as many of what is left as the next. Many equal values make one
 * class and leave the other classes to the rest: most grids have one thing, and it is the others that one looks for.
 */
export function quantiles(values: number[], parts: number): number[] {
  const sorted = [...values].sort((a, b) => a - b)
  const limits: number[] = []
  for (let at = 0; at < sorted.length && limits.length < parts;) {
    limits.push(sorted[at] ?? 0)
    const share = Math.ceil((sorted.length - at) / (parts - limits.length + 1))
    const last = sorted[at + share - 1] ?? 0
    at = sorted.findLastIndex((value) => value === last) + 1
  }
  return limits
}

/** A step of the ramp, as far from the others as can be. */
function pickStep(ramp: string[], i: number, of: number): string {
  const at = of === 1 ? Math.floor(ramp.length / 2) : Math.round((i * (ramp.length - 1)) / (of - 1))
  return ramp[at] ?? ''
}

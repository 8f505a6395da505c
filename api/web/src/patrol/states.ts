import type { Theme } from '../state/permalink.ts'

/** Where a problem stands, in the order of its life. */
export const states = ['found', 'returned', 'dispatched', 'handling', 'rectified', 'suspended', 'closed', 'void', 'merged'] as const
export type State = (typeof states)[number]

/** Those in which something is still to be done. */
export const openStates: readonly State[] = ['found', 'returned', 'dispatched', 'handling', 'rectified', 'suspended']

/** The columns of the board; what came back is to be dispatched again. */
export const columns = [
  { id: 'found', states: ['found', 'returned'] },
  { id: 'dispatched', states: ['dispatched'] },
  { id: 'handling', states: ['handling'] },
  { id: 'rectified', states: ['rectified'] },
  { id: 'closed', states: ['closed'] },
  { id: 'suspended', states: ['suspended'] },
] as const satisfies readonly { id: State; states: readonly State[] }[]
export type ColumnId = (typeof columns)[number]['id']

export const sources = ['officer', 'department', 'supervision', 'spot_check', 'citizen'] as const

/** The mark of a state: an outline in a box of 20, what is drawn in it, and a colour. Shape and sign tell as much as the colour does. */
export interface Mark {
  outline: string
  sign: string
  light: string
  dark: string
  /** Ends are drawn smaller: they are no work any more. */
  small?: boolean
}

const round = 'M10 2a8 8 0 1 0 0 16a8 8 0 1 0 0-16z'
const square = 'M4.500 2.500h11a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2v-11a2 2 0 0 1 2-2z'
const diamond = 'M10 1l9 9l-9 9l-9-9z'
const triangle = 'M10 1.500l8.500 15.500h-17z'
const hexagon = 'M10 1.500l7.500 4.250v8.500l-7.500 4.250l-7.500-4.250v-8.500z'

export const marks: Record<State, Mark> = {
  found: { outline: round, sign: 'M10 6v5M10 13.800v.2', light: '#d0352f', dark: '#ff6f66' },
  returned: { outline: round, sign: 'M12 6.500l-4 3.500l4 3.500', light: '#b3261e', dark: '#ff9a94' },
  dispatched: { outline: triangle, sign: 'M10 8v4M10 14.300v.2', light: '#b26a00', dark: '#ffb547' },
  handling: { outline: diamond, sign: 'M7 10h6', light: '#1456f0', dark: '#7aa5ff' },
  rectified: { outline: square, sign: 'M6.500 8.500l3.500 3.500l3.500-3.500', light: '#7a2fb8', dark: '#d3a1ff' },
  suspended: { outline: hexagon, sign: 'M8 7.500v5M12 7.500v5', light: '#5b6472', dark: '#a9b4c6' },
  closed: { outline: round, sign: 'M6.500 10.200l2.500 2.600l4.500-5', light: '#1e8a52', dark: '#4cc38a', small: true },
  void: { outline: round, sign: 'M7 7l6 6M13 7l-6 6', light: '#8d95a1', dark: '#6c7686', small: true },
  merged: { outline: round, sign: 'M7 8h6M7 12h6', light: '#8d95a1', dark: '#6c7686', small: true },
}

export function markColor(state: State, theme: Theme): string {
  return marks[state][theme]
}

export function isState(text: string): text is State {
  return (states as readonly string[]).includes(text)
}

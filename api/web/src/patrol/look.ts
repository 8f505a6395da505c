import type { App } from '../state/app.ts'
import { placeOf, type Problem } from './types.ts'

/** From here on a problem is drawn by itself. */
const singleZoom = 14

/** Opens a problem, and moves the map where its place is not seen. */
export function openProblem({ patrol, map }: App, problem: Pick<Problem, 'id' | 'lon' | 'lat'>): void {
  patrol.open.value = problem.id
  const at = placeOf(problem)
  if (at) map.value?.reveal([...at, ...at], singleZoom)
}

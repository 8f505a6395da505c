import { computed, type WritableComputedRef } from 'vue'
import type { Path, Route } from './route.ts'

/** What the rail switches between on the map: each has an address of its own, and all share one map and one selection. */
export type Workspace = 'overview' | 'grid'

export const workspacePaths: Record<Workspace, Path & ('/' | '/grid')> = { overview: '/', grid: '/grid' }

/** The workspace of the address. Going to another one is a step that Back undoes; the query and the camera go along, so the map stays where it is. */
export function createWorkspace(route: Route): WritableComputedRef<Workspace> {
  return computed({
    get: () => (route.page.value === 'grid' ? 'grid' : 'overview'),
    set(to) { route.turn(workspacePaths[to]) },
  })
}

import { ref, watch, type Ref } from 'vue'

/** What the rail switches between: each has an address of its own, and all share one map and one selection. */
export type Workspace = 'overview' | 'grid'

export const workspacePaths: Record<Workspace, string> = { overview: '/', grid: '/grid' }

/** The workspace at a path; the overview is at every other one. */
export function workspaceAt(path: string): Workspace {
  const found = Object.entries(workspacePaths).find(([, at]) => at === path.replace(/(.)\/$/, '$1'))
  return (found?.[0] as Workspace | undefined) ?? 'overview'
}

/**
 * The workspace of the address. Going to another one is a step that Back undoes; the query and the camera go along, so the map stays where it is.
 */
export function createWorkspace(): Ref<Workspace> {
  const workspace = ref(workspaceAt(location.pathname))
  watch(workspace, (now) => {
    if (workspaceAt(location.pathname) !== now) history.pushState(null, '', workspacePaths[now] + location.search + location.hash)
  }, { flush: 'sync' })
  window.addEventListener('popstate', () => { workspace.value = workspaceAt(location.pathname) })
  return workspace
}

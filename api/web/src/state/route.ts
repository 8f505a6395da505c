import { computed, inject, ref, shallowRef, type ComputedRef, type InjectionKey, type Ref, type ShallowRef } from 'vue'

/** The pages of the app by their path. The server answers these paths with the app, and no others (web.go). */
export const pages = {
  '/': 'map',
  '/grid': 'grid',
  '/inventory': 'inventory',
  '/coverage': 'coverage',
  '/imports': 'imports',
  '/people': 'people',
  '/users': 'users',
  '/audit': 'audit',
  '/patrol': 'patrol',
  '/today': 'today',
  '/today/map': 'today',
  '/today/check': 'today',
  '/today/ledger': 'today',
  '/today/report': 'today',
  '/today/problem': 'today',
  '/today/mine': 'today',
  '/me': 'me',
  '/sign-in': 'signIn',
  '/print/wall': 'wall',
  '/print/feature': 'fact',
  '/print/coverage': 'coverageReport',
} as const

export type Path = keyof typeof pages
export type PageName = (typeof pages)[Path]

/** The workspaces with a map: they share it, and the part of the address that tells what it shows. */
const withMap: readonly PageName[] = ['map', 'grid', 'inventory', 'coverage', 'patrol']
export type MapPath = '/' | '/grid' | '/inventory' | '/coverage' | '/patrol'

export interface Route {
  page: ComputedRef<PageName>
  path: Ref<Path>
  query: ShallowRef<URLSearchParams>
  /** The page has the map: selection, layers and camera are in its address. */
  onMap: ComputedRef<boolean>
  /** Counts the times that somebody went somewhere, by a link or by Back. What is written into the address in place does not count. */
  moves: Ref<number>
  /** Goes to an address of the app; Back comes back. */
  go(href: string): void
  /** The same without a step for Back. */
  replace(href: string): void
  /** Goes to a workspace with a map and takes along what the map shows now, or showed last. */
  turn(path: MapPath): void
  /** Writes the page's own query into the address, without a step for Back; undefined and '' leave a name out. */
  note(query: Record<string, string | undefined>): void
  /** The address of a workspace with a map, with what the map shows now or showed last. */
  mapHref(path: MapPath): string
}

const key: InjectionKey<Route> = Symbol('route')

/** The address as state. It is small on purpose: a handful of paths, and each page reads its own query. */
export function createRoute(): Route {
  const path = ref<Path>(pathOf(location.pathname))
  const query = shallowRef(new URLSearchParams(location.search))
  const moves = ref(0)
  const page = computed(() => pages[path.value])
  const onMap = computed(() => withMap.includes(page.value))
  let shown = '' // the query and hash of the map when it was left

  function leave(): void {
    if (onMap.value) shown = location.search + location.hash
  }
  function arrive(): void {
    path.value = pathOf(location.pathname)
    query.value = new URLSearchParams(location.search)
    moves.value++
  }
  function move(how: 'pushState' | 'replaceState', href: string): void {
    leave()
    history[how](null, '', href)
    arrive()
  }
  window.addEventListener('popstate', arrive)

  return {
    page, path, query, onMap, moves,
    go(href) { if (href !== location.pathname + location.search + location.hash) move('pushState', href) },
    replace(href) { move('replaceState', href) },
    turn(to) {
      if (!onMap.value) move('pushState', to + shown)
      else if (to !== path.value) {
        history.pushState(null, '', to + location.search + location.hash)
        path.value = to // what is shown stays as it is, even where the address does not have it yet
      }
    },
    note(values) {
      const next = new URLSearchParams(query.value)
      for (const [name, value] of Object.entries(values)) {
        if (value) next.set(name, value)
        else next.delete(name)
      }
      query.value = next
      const text = next.toString()
      history.replaceState(null, '', location.pathname + (text && `?${text}`) + location.hash)
    },
    mapHref: (to) => to + (onMap.value ? location.search + location.hash : shown),
  }
}

export function provideRoute(app: { provide(key: InjectionKey<Route>, value: Route): unknown }, route: Route): void {
  app.provide(key, route)
}

export function useRoute(): Route {
  const route = inject(key)
  if (!route) throw new Error('useRoute outside the app')
  return route
}

function pathOf(pathname: string): Path {
  return pathname in pages ? (pathname as Path) : '/'
}

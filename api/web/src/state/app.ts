import { inject, ref, shallowRef, watch, type InjectionKey, type Ref, type ShallowRef } from 'vue'
import { Client } from '../api/client.ts'
import { Server } from '../api/server.ts'
import type { Box, Position } from '../api/types.ts'
import { createCoverageWork, type CoverageWork } from '../coverage/work.ts'
import { createGridWork, type GridWork } from '../grid/work.ts'
import { createEditWork, type EditWork } from '../inventory/edit/work.ts'
import { createInventoryWork, type InventoryWork } from '../inventory/work.ts'
import { createPatrolWork, type PatrolWork } from '../patrol/work.ts'
import { createChanges, type Changes } from './changes.ts'
import { createConnection, type Connection } from './connection.ts'
import { createCounts, type InView } from './counts.ts'
import { createDensities, type Densities } from './density.ts'
import { createHistory } from './history.ts'
import { createLayers, type Layers } from './layers.ts'
import { parsePermalink } from './permalink.ts'
import type { Route } from './route.ts'
import { createSelecting, type Selecting } from './selecting.ts'
import { createSession, type Session } from './session.ts'
import { createSettings, type Settings } from './settings.ts'
import { createSprite, type SpriteImages } from './sprite.ts'
import { createCityStyle, type CityStyle } from './style.ts'
import { createToast, type Toast } from './toast.ts'

/** What the rest of the app may ask of the map. */
export interface MapPort {
  fit(box: Box): void
  /** Moves only when nothing of the box is seen, or when what lies in it is not drawn yet at this zoom. */
  reveal(box: Box, minZoom: number): void
  fly(center: Position, zoom?: number): void
  zoomBy(steps: number): void
  zoomTo(zoom: number): void
  north(): void
  home(): void
  locate(): void
  near(): void
  focus(): void
}

/** Where the map is looking. */
export interface View {
  box: Ref<Box | undefined>
  zoom: Ref<number>
  bearing: Ref<number>
  center: Ref<Position | undefined>
  /** The last place the pointer was on the map. */
  pointer: Ref<Position | undefined>
}

export interface App {
  server: Server
  settings: Settings
  session: Session
  connection: Connection
  changes: Changes
  style: CityStyle
  sprite: ShallowRef<SpriteImages>
  layers: Layers
  density: Densities
  selecting: Selecting
  counts: InView
  /** The grid workspace. */
  grid: GridWork
  /** The editor of the inventory, and the day at which it is looked at. */
  edit: EditWork
  /** The inventory workspace. */
  inventory: InventoryWork
  /** The coverage workspace. */
  coverage: CoverageWork
  /** The patrol workspace. */
  patrol: PatrolWork
  view: View
  toast: Toast
  map: ShallowRef<MapPort | undefined>
  panelOpen: Ref<boolean>
  /** The address said where to look: showing its selection must not move the map. */
  cameraFromLink: Ref<boolean>
  phone: Ref<boolean>
  /** The address of what is shown now. */
  link(): string
  start(): void
  stop(): void
}

const key: InjectionKey<App> = Symbol('wangge')

export function createApp(route: Route): App {
  const link = parsePermalink(location.search)
  const settings = createSettings(link)
  const client = new Client((reachable) => { connection.reached(reachable) })
  const server = new Server(client)
  const session = createSession(client)
  const changes = createChanges()
  const connection = createConnection(async () => {
    const status = await server.status()
    changes.polled(status.revision)
    return status
  }, () => changes.open.value)
  const style = createCityStyle(server, settings)
  const layers = createLayers(style.legend, link)
  const selecting = createSelecting(link)
  const view: View = { box: ref(), zoom: ref(0), bearing: ref(0), center: ref(), pointer: ref() }
  const counts = createCounts(server, view.box, () => edit.past.value !== undefined)

  const cameraFromLink = ref(location.hash.includes('map='))
  watch(selecting.selection, () => { cameraFromLink.value = false }, { flush: 'sync' })

  const density = createDensities(style.legend, layers, view.zoom, link.density)
  const grid = createGridWork({ server, session, changes, route, theme: settings.theme, link })
  const inventory = createInventoryWork({ server, session, changes, route, layers, selecting, view, link })
  const coverage = createCoverageWork({ server, changes, route, selecting, session, link })
  const patrol = createPatrolWork({ server, session, route, selecting, link })
  const edit = createEditWork({ client, session, selecting, settings, past: route.page.value === 'grid' ? undefined : link.at })
  watch(edit.past, counts.refresh)
  createHistory({ settings, layers, density, selecting, route, edit, grid, inventory, coverage, patrol })
  watch(connection.online, (online) => {
    if (!online) return
    if (!session.account.value) void session.refresh()
    counts.refresh()
    changes.retry()
    if (!style.style.value) void style.load()
  })
  watch(changes.open, (open) => { if (!open) connection.poll() }) // is the server there?
  watch(changes.latest, (change) => {
    if (!change) return
    if (changes.open.value) connection.heard(change.revision)
    counts.refresh()
    if (change.all && style.style.value) void style.load() // names, layers and nets of grids are in the style
  })

  return {
    server, settings, session, connection, changes, style, layers, density, selecting, counts, view, edit, grid, inventory, coverage, patrol,
    sprite: createSprite(style.style),
    toast: createToast(),
    map: shallowRef(),
    panelOpen: ref(true),
    cameraFromLink,
    phone: mediaQuery('(max-width: 768px)'),
    link: () => location.href,
    start() {
      void session.refresh()
      void style.load()
      connection.poll()
      changes.start()
    },
    stop() {
      connection.stop()
      changes.stop()
    },
  }
}

export function provideTo(app: { provide(key: InjectionKey<App>, value: App): unknown }, state: App): void {
  app.provide(key, state)
}

export function useApp(): App {
  const app = inject(key)
  if (!app) throw new Error('useApp outside the app')
  return app
}

function mediaQuery(query: string): Ref<boolean> {
  const list = window.matchMedia(query)
  const matches = ref(list.matches)
  list.addEventListener('change', (event) => { matches.value = event.matches })
  return matches
}

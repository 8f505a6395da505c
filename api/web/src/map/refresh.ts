import type { Map as MapLibre } from 'maplibre-gl'
import type { Box } from '../api/types.ts'
import type { Change } from '../state/changes.ts'

export type Touched = Pick<Change, 'all' | 'layers'>

export const everything: Touched = { all: true, layers: {} }

export interface TileAddress {
  z: number
  x: number
  y: number
}

export interface Refresher {
  /** Asks again for the tiles that a change touches. */
  touch(change: Touched): void
  stop(): void
}

type TileManager = MapLibre['style']['tileManagers'][string]

/** How often a tile that is being loaded is looked at. */
const busyMs = 50

/**
 * Keeps the tiles of a source as fresh as the city. MapLibre shows the old tile until the new one is there, so nothing flickers.
 * Four things it does not do by itself: a tile whose request is under way may bring what was before the change, so it is asked for
 * again when it has come; of two requests for one tile the older may answer last, so there is one at a time;
 * tiles kept for when the user comes back would come back as they were, so they are dropped; and of a tile that has not changed it
 * tells nobody, so that a map that was drawn meanwhile is not idle until it is drawn once more.
 */
export function createRefresher(map: MapLibre, source: string): Refresher {
  const stale = new Set<string>()
  const asked = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const tiles = () => map.style.tileManagers[source]

  function isSettled(manager: TileManager, key: string): boolean {
    const tile = manager._inViewTiles.getTileById(key)
    return !tile || tile.state === 'errored' || (tile.state === 'loaded' && manager._inViewTiles.isIdRenderable(key))
  }

  function flush(): void {
    clearTimeout(timer)
    const manager = tiles()
    if (!manager) return
    const ready: TileAddress[] = []
    for (const key of stale) {
      if (!isSettled(manager, key)) continue
      stale.delete(key)
      const tile = manager._inViewTiles.getTileById(key)
      if (tile) ready.push(tile.tileID.canonical)
      else manager._outOfViewCache.filter((kept) => kept.tileID.key !== key)
      if (tile) asked.add(key)
    }
    if (ready.length > 0) map.refreshTiles(source, ready)
    else settle(manager)
    if (stale.size + asked.size > 0) timer = setTimeout(flush, busyMs)
  }

  /** When the last of those that were asked for again has come. */
  function settle(manager: TileManager): void {
    if (asked.size === 0) return
    for (const key of asked) if (isSettled(manager, key)) asked.delete(key)
    if (asked.size === 0) map.triggerRepaint()
  }

  return {
    touch(change) {
      const manager = tiles()
      if (!manager) return
      manager._outOfViewCache.filter((kept) => !touches(change, kept.tileID.canonical))
      for (const tile of manager._inViewTiles.getAllTiles()) {
        if (touches(change, tile.tileID.canonical)) stale.add(tile.tileID.key)
      }
      flush()
    },
    stop() { clearTimeout(timer) },
  }
}

/** Whether a tile may show what a change touched. */
export function touches({ all, layers }: Touched, tile: TileAddress): boolean {
  if (all) return true
  const [west, south, east, north] = boxOfTile(tile)
  return Object.values(layers).some((boxes) => boxes.length === 0
    || boxes.some((box) => box[0] <= east && box[2] >= west && box[1] <= north && box[3] >= south))
}

/** The first zoom at which features are always drawn one by one, unless a tile would be too large. */
const featuresFrom = 14

/**
 * The box of a tile and what reaches into it from outside, in degrees. The server draws a 64th of a tile beyond its edge, but a
 * hexagon that stands for what lies in it reaches further: at low zooms up to an eighth of a tile, elsewhere a sixteenth.
 */
export function boxOfTile({ z, x, y }: TileAddress): Box {
  const side = 2 ** -z
  const margin = side / (z < featuresFrom ? 8 : 16)
  return [longitude(x * side - margin), latitude((y + 1) * side + margin), longitude((x + 1) * side + margin), latitude(y * side - margin)]
}

const longitude = (share: number) => share * 360 - 180
const latitude = (share: number) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * share))) * 180) / Math.PI

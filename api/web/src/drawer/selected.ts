import { shallowRef, watch, type ShallowRef } from 'vue'
import { ApiError } from '../api/client.ts'
import type { Box, CollectionSchema, FeatureItem, Located, Position, Region } from '../api/types.ts'
import { geometryBox } from '../map/coordinates.ts'
import type { App } from '../state/app.ts'
import type { GridDetail } from '../grid/types.ts'
import type { Change } from '../state/changes.ts'
import type { Selection } from '../state/permalink.ts'

export type Loaded =
  | { kind: 'feature'; layer: string; item: FeatureItem; schema: CollectionSchema }
  | { kind: 'region'; region: Region; children: Region[] }
  | { kind: 'grid'; grid: GridDetail }
  | { kind: 'place'; at: Position; located: Located }
  /** A hexagon: the map knows its box, while it draws it. */
  | { kind: 'cell'; layer: string; cell: string; schema: CollectionSchema; box(): Box | undefined }

/** The box to look at; a place has none. */
export function boxOf(loaded: Loaded): Box | undefined {
  switch (loaded.kind) {
    case 'feature': return loaded.item.geometry ? geometryBox(loaded.item.geometry) : undefined
    case 'region': return loaded.region.bbox ?? undefined
    case 'grid': return loaded.grid.bbox
    case 'place': return undefined
    case 'cell': return loaded.box()
  }
}

function nameOf(loaded: Loaded): string | undefined {
  if (loaded.kind === 'grid') return loaded.grid.name ?? undefined
  const name = loaded.kind === 'feature' ? loaded.item.properties.name : undefined
  return typeof name === 'string' && name !== '' ? name : undefined
}

/** Whether what is shown of a selection may be different now: regions and places tell of all layers. */
function concerns({ all, layers }: Change, selection: Selection | undefined): boolean {
  return all || selection?.kind !== 'feature' || selection.layer in layers
}

function isGone(failure: unknown): boolean {
  return failure instanceof ApiError && failure.status === 404
}

export interface Selected {
  record: ShallowRef<Loaded | undefined>
  error: ShallowRef<unknown>
  reload(): void
}

/** The full record of what is selected. While the next one loads nothing of the last one is shown. */
export function useSelected({ server, selecting, connection, changes, session, grid, edit }: App): Selected {
  const record = shallowRef<Loaded>()
  const error = shallowRef<unknown>()
  let asked = 0
  let shown = 0

  async function load(selection: Selection | undefined, keep = false): Promise<void> {
    if (!keep) {
      record.value = undefined
      selecting.name.value = undefined
    }
    error.value = undefined
    if (!selection) return
    const turn = ++asked
    try {
      const loaded = await ask(selection)
      if (selecting.selection.value !== selection || turn < shown) return // an older answer may come last
      shown = turn
      record.value = loaded
      selecting.name.value = nameOf(loaded)
    } catch (failure) {
      if (selecting.selection.value !== selection || turn < shown || (keep && record.value && !isGone(failure))) return
      record.value = undefined
      error.value = failure
    }
  }

  async function ask(selection: Selection): Promise<Loaded> {
    switch (selection.kind) {
      case 'feature': {
        const [item, schema] = await Promise.all([server.item(selection.layer, selection.id, edit.past.value), server.schema(selection.layer)])
        return { kind: 'feature', layer: selection.layer, item, schema }
      }
      case 'region': {
        const [region, children] = await Promise.all([server.region(selection.code), server.children(selection.code)])
        return { kind: 'region', region, children }
      }
      case 'grid': return { kind: 'grid', grid: await grid.server.grid(selection.scheme, selection.code, grid.active.value ? grid.at.value : undefined) }
      case 'place': return { kind: 'place', at: selection.at, located: await server.locate(selection.at) }
      case 'cell': return { ...selection, schema: await server.schema(selection.layer), box: () => selecting.figures.value?.box }
    }
  }

  watch(selecting.selection, (selection) => void load(selection), { immediate: true })
  watch(changes.latest, (change) => {
    if (change && concerns(change, selecting.selection.value)) void load(selecting.selection.value, true)
  })
  watch([session.account, grid.at, grid.written, edit.past, edit.written], () => void load(selecting.selection.value, true)) // people are for those who are signed in
  watch(connection.online, (online) => { if (online && error.value) void load(selecting.selection.value) })
  return { record, error, reload: () => void load(selecting.selection.value) }
}

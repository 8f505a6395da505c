import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import type { Position } from '../../api/types.ts'
import type { Change, FacilityItem } from '../types.ts'

/** So many steps can be undone. */
const mostSteps = 200
/** The server takes no more at once. */
export const mostChanges = 200

/** Changes of a what-if, with every step back and forth. Lists are never edited, only replaced. */
export interface Draft {
  changes: ShallowRef<readonly Change[]>
  /** A step that can be undone. */
  set(next: readonly Change[]): void
  /** While something is dragged: shown at once, and no step yet. */
  trial: ShallowRef<readonly Change[] | undefined>
  shown: ComputedRef<readonly Change[]>
  canUndo: ComputedRef<boolean>
  canRedo: ComputedRef<boolean>
  undo(): void
  redo(): void
  /** Begins anew with these, and nothing to undo. */
  load(changes: readonly Change[]): void
}

export function createDraft(): Draft {
  const changes = shallowRef<readonly Change[]>([])
  const trial = shallowRef<readonly Change[]>()
  const before = shallowRef<readonly (readonly Change[])[]>([])
  const after = shallowRef<readonly (readonly Change[])[]>([])

  function step(from: typeof before, to: typeof after): void {
    const next = from.value.at(-1)
    if (!next) return
    to.value = [...to.value, changes.value]
    from.value = from.value.slice(0, -1)
    trial.value = undefined
    changes.value = next
  }
  return {
    changes, trial,
    shown: computed(() => trial.value ?? changes.value),
    canUndo: computed(() => before.value.length > 0),
    canRedo: computed(() => after.value.length > 0),
    set(next) {
      trial.value = undefined
      if (next.length > mostChanges) return
      before.value = [...before.value, changes.value].slice(-mostSteps)
      after.value = []
      changes.value = next
    },
    undo: () => { step(before, after) },
    redo: () => { step(after, before) },
    load(next) {
      trial.value = undefined
      before.value = after.value = []
      changes.value = next
    },
  }
}

/** What is taken in the hand: a facility of the record by its id, or one of the draft by its place in it. */
export type Held = { kind: 'record'; id: number } | { kind: 'draft'; index: number }

/** The changes with a facility put down elsewhere. One that is moved twice is moved once. */
export function moved(changes: readonly Change[], service: string, held: Held, at: Position): Change[] {
  if (held.kind === 'draft') return changes.map((change, i) => (i === held.index ? { ...change, at } : change))
  const rest = changes.filter((change) => !isOf(change, service, held.id))
  return [...rest, { op: 'move', service, id: held.id, at }]
}

export function added(changes: readonly Change[], service: string, at: Position, name?: string): Change[] {
  return [...changes, { op: 'add', service, at, ...(name !== undefined && name !== '' && { name }) }]
}

export function closed(changes: readonly Change[], service: string, id: number): Change[] {
  return [...changes.filter((change) => !isOf(change, service, id)), { op: 'close', service, id }]
}

/** As if nothing had happened to a facility of the record. */
export function restored(changes: readonly Change[], service: string, id: number): Change[] {
  return changes.filter((change) => !isOf(change, service, id))
}

export function without(changes: readonly Change[], index: number): Change[] {
  return changes.filter((_, i) => i !== index)
}

export function streetToggled(changes: readonly Change[], street: string, name?: string): Change[] {
  const rest = changes.filter((change) => change.street !== street)
  return rest.length < changes.length ? rest : [...rest, { op: 'close_street', street, ...(name !== undefined && name !== '' && { name }) }]
}

function isOf(change: Change, service: string, id: number): boolean {
  return change.id === id && (change.service ?? service) === service && change.op !== 'add'
}

export type Fate = 'stays' | 'closed' | 'moved' | 'added'

/** A facility on the map as it is with the changes. */
export interface Placed {
  held: Held
  at: Position
  /** Where it stood before it was moved. */
  from?: Position
  name: string
  fate: Fate
  usable: boolean
  onNetwork: boolean
}

/** The facilities of the record with the changes of a draft. */
export function placed(facilities: readonly FacilityItem[], changes: readonly Change[], service: string): Placed[] {
  const own = changes.filter((change) => (change.service ?? service) === service)
  const closedIds = new Set(own.filter(({ op }) => op === 'close').map(({ id }) => id))
  const moves = new Map(own.filter(({ op, at }) => op === 'move' && at).map(({ id, at }) => [id, at]))
  const standing = facilities.map(({ id, name, lon, lat, usable, on_network }): Placed => {
    const to = moves.get(id)
    const fate = closedIds.has(id) ? 'closed' : to ? 'moved' : 'stays'
    return { held: { kind: 'record', id }, at: to ?? [lon, lat], ...(to && { from: [lon, lat] as Position }), name, fate, usable, onNetwork: on_network }
  })
  const more = changes.flatMap(({ op, at, name, service: of }, index): Placed[] => (
    op === 'add' && at && (of ?? service) === service ? [{ held: { kind: 'draft', index }, at, name: name ?? '', fate: 'added', usable: true, onNetwork: true }] : []))
  return [...standing, ...more]
}

import { computed, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { Client } from '../../api/client.ts'
import type { Selecting } from '../../state/selecting.ts'
import type { Session } from '../../state/session.ts'
import type { Settings } from '../../state/settings.ts'
import { sameSelection, type Selection } from '../../state/permalink.ts'
import type { Sketch } from './overlay.ts'
import type { Drawn, Pencil } from './pencil.ts'
import { EditServer } from './server.ts'
import type { ShapeKind } from './shape.ts'
import { createSingle, type Single } from './single.ts'

/** What is being done to the inventory, in the place of the drawer. */
export type Task =
  | { kind: 'create'; layer: string }
  | { kind: 'edit'; layer: string; id: string }
  | { kind: 'history'; layer: string; id: string }
  | { kind: 'many'; layer: string; ids: string[] }

/** The pencil in hand: what it draws. A shape of that kind that is there already is changed. */
export interface Holding {
  kind: ShapeKind
}

export interface EditWork {
  server: EditServer
  task: ShallowRef<Task | undefined>
  /** The feature in hand, where the task has one. */
  single: ShallowRef<Single | undefined>
  /** The one signed in may edit somewhere, and what is shown is of now. */
  may: ComputedRef<boolean>
  /** May propose only. */
  proposes: ComputedRef<boolean>
  hand: ShallowRef<Holding | undefined>
  pencil: ShallowRef<Pencil | undefined>
  drawn: ShallowRef<Drawn | undefined>
  /** On a phone: the map is what one works on, not the form. */
  onMap: Ref<boolean>
  /** Shapes to compare, drawn over the map. */
  sketches: ShallowRef<Sketch[]>
  /** Something unsaved is in the way of what was asked for: it waits here for a decision. */
  leaving: ShallowRef<(() => void) | undefined>
  /** Set by a form of many: whether it has something unsaved. */
  manyDirty: Ref<boolean>
  /** Counts the writes made here. */
  written: Ref<number>
  /** The day shown; undefined is now. */
  past: Ref<string | undefined>
  /** Begins a task; where something unsaved would be lost it asks first. */
  start(task: Task): void
  take(holding: Holding): void
  putDown(): void
  /** Ends the task; where something unsaved would be lost it asks first. */
  leave(): void
  /** Ends the task and forgets what is unsaved. */
  end(): void
}

interface Needs {
  client: Client
  session: Session
  selecting: Selecting
  settings: Settings
  past: string | undefined
}

export function createEditWork({ client, session, selecting, settings, past: day }: Needs): EditWork {
  const server = new EditServer(client)
  const task = shallowRef<Task>()
  const single = shallowRef<Single>()
  const hand = shallowRef<Holding>()
  const drawn = shallowRef<Drawn>()
  const sketches = shallowRef<Sketch[]>([])
  const leaving = shallowRef<() => void>()
  const [onMap, manyDirty, written, past] = [ref(false), ref(false), ref(0), ref(day)]
  const dirty = computed(() => single.value?.dirty.value === true || manyDirty.value || drawn.value?.undoable === true)

  function end(): void {
    single.value?.stop()
    single.value = undefined
    task.value = undefined
    hand.value = undefined
    drawn.value = undefined
    sketches.value = []
    manyDirty.value = onMap.value = false
  }
  function begin(next: Task): void {
    end()
    task.value = next
    if (next.kind !== 'create' && next.kind !== 'edit') return
    const made = createSingle({ server, layer: next.layer, id: next.kind === 'edit' ? next.id : undefined, reader: session.account.value?.name ?? '', lang: settings.lang })
    single.value = made
    onMap.value = next.kind === 'create'
    void made.load().then(() => {
      const [only, ...others] = made.kinds.value
      if (single.value === made && next.kind === 'create' && only && others.length === 0) hand.value = { kind: only }
    })
  }
  /** Does it at once, or when what is unsaved has been given up. */
  function unless(then: () => void): void {
    if (dirty.value) leaving.value = then
    else then()
  }
  guard(selecting, task, dirty, leaving, end)
  watch(past, () => { if (past.value !== undefined) end() })
  window.addEventListener('beforeunload', (event) => { if (dirty.value) event.preventDefault() })

  return {
    server, task, single, hand, drawn, sketches, leaving, onMap, manyDirty, written, past, end,
    pencil: shallowRef(),
    may: computed(() => past.value === undefined && session.may('edit_inventory')),
    proposes: computed(() => session.may('propose') && !session.may('edit_inventory')),
    start(next) { unless(() => { begin(next) }) },
    take(holding) {
      hand.value = holding
      onMap.value = true
    },
    putDown() {
      hand.value = undefined
      drawn.value = undefined
      onMap.value = false
    },
    leave() { unless(end) },
  }
}

/** Another selection ends the task, and waits where that would lose something. */
function guard(selecting: Selecting, task: ShallowRef<Task | undefined>, dirty: ComputedRef<boolean>, leaving: ShallowRef<(() => void) | undefined>, end: () => void): void {
  let held: Selection | undefined
  watch(task, () => { held = selecting.selection.value }, { flush: 'sync' })
  watch(selecting.selection, (next) => {
    if (!task.value || sameSelection(next, held)) return
    if (!dirty.value) {
      end()
      return
    }
    selecting.selection.value = held
    leaving.value = () => {
      end()
      selecting.selection.value = next
    }
  }, { flush: 'sync' })
}

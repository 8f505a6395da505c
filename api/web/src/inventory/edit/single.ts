import type { Geometry } from 'geojson'
import { computed, effectScope, onScopeDispose, reactive, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { isAbort } from '../../api/client.ts'
import { ApiError } from '../../api/errors.ts'
import type { CollectionSchema, FeatureItem } from '../../api/types.ts'
import type { Lang } from '../../i18n/index.ts'
import { changedIn, draftOf, formOf, patchOf, propertiesOf, wrongIn, type Draft, type FormField, type Wrong } from './form.ts'
import { mergedDraft, sameShape, threeWay, threeWayShape, type MergeRow, type ShapeMerge } from './merge.ts'
import type { FeatureBody, EditServer, Read } from './server.ts'
import { kindsOf, type ShapeKind } from './shape.ts'
import { geometryFromGCJ } from './shift.ts'

/** While somebody draws or types, the server is asked at most this often what would come of a new feature. */
export const previewMs = 400

/** A place that looks shifted, and where it would be if it is. */
export interface Shift {
  given: Geometry
  moved: Geometry
  error: ApiError
}

/** Somebody else saved first. */
export interface Conflict {
  theirs: Read
  rows: MergeRow[]
  shape: ShapeMerge | undefined
}

/** One feature in hand, new or old: what is typed and drawn, until it is saved or given up. */
export interface Single {
  layer: string
  /** Undefined for a new one. */
  id: string | undefined
  schema: ShallowRef<CollectionSchema | undefined>
  fields: ComputedRef<FormField[]>
  kinds: ComputedRef<readonly ShapeKind[]>
  /** As it was read. */
  item: ShallowRef<FeatureItem | undefined>
  base: ShallowRef<Draft>
  draft: Draft
  /** Where it is, as drawn. */
  shape: ShallowRef<Geometry | null>
  changed: ComputedRef<ReadonlySet<string>>
  moved: ComputedRef<boolean>
  dirty: ComputedRef<boolean>
  wrong: ComputedRef<Record<string, Wrong>>
  /** Saving was asked for: now every field tells what it lacks. */
  tried: Ref<boolean>
  /** What a new one will be. */
  preview: ShallowRef<FeatureItem | undefined>
  error: ShallowRef<unknown>
  loadError: ShallowRef<unknown>
  busy: Ref<boolean>
  shift: ShallowRef<Shift | undefined>
  conflict: ShallowRef<Conflict | undefined>
  load(): Promise<void>
  /** The feature as saved; undefined where it was not, and why is in error, shift or conflict. */
  save(): Promise<Read | undefined>
  /** Answers the doubt about a shifted place. */
  answerShift(how: 'move' | 'keep' | 'draw'): void
  /** Goes on from their state with what was chosen of mine. */
  settle(rows: readonly MergeRow[], shape: ShapeMerge | undefined): void
  stop(): void
}

interface Needs {
  server: EditServer
  layer: string
  id: string | undefined
  reader: string
  lang: Ref<Lang>
}

export function createSingle(needs: Needs): Single {
  const scope = effectScope(true)
  const single = scope.run(() => singleIn(needs))
  if (!single) throw new Error('no scope')
  return { ...single, stop: () => { scope.stop() } }
}

/** What a new feature is unless somebody says otherwise. */
const newProperties = { status: 'intact' }

/** What is typed and drawn, beside what was read. */
function createState(lang: Ref<Lang>) {
  const schema = shallowRef<CollectionSchema>()
  const item = shallowRef<FeatureItem>()
  const base = shallowRef<Draft>({})
  const draft: Draft = reactive({})
  const [baseShape, shape] = [shallowRef<Geometry | null>(null), shallowRef<Geometry | null>(null)]
  const revision = ref(0)
  const fields = computed(() => (schema.value ? formOf(schema.value, lang.value) : []))
  const changed = computed(() => new Set(changedIn(fields.value, base.value, draft).map(({ key }) => key)))
  const moved = computed(() => !sameShape(baseShape.value, shape.value))
  return {
    schema, item, base, draft, baseShape, shape, revision, fields, changed, moved,
    kinds: computed(() => (schema.value ? kindsOf(schema.value) : [])),
    dirty: computed(() => changed.value.size > 0 || moved.value),
    wrong: computed(() => wrongIn(fields.value, draft)),
    take(read: Read | undefined): void {
      item.value = read?.item
      revision.value = read?.revision ?? 0
      baseShape.value = shape.value = read?.item.geometry ?? null
      base.value = draftOf(fields.value, read?.item.properties ?? newProperties)
      Object.assign(draft, base.value)
    },
    /** What a write says: all of a new one, what changed of another. */
    body: (isNew: boolean): FeatureBody => ({
      ...(moved.value && shape.value && { geometry: shape.value }),
      properties: isNew ? propertiesOf(fields.value, draft) : patchOf(fields.value, base.value, draft),
    }),
  }
}

function singleIn({ server, layer, id, reader, lang }: Needs): Omit<Single, 'stop'> {
  const state = createState(lang)
  const { schema, fields, draft, base, shape, wrong } = state
  const [busy, tried, asGiven] = [ref(false), ref(false), ref(false)]
  const [error, loadError] = [shallowRef<unknown>(), shallowRef<unknown>()]
  const shift = shallowRef<Shift>()
  const conflict = shallowRef<Conflict>()
  const preview = shallowRef<FeatureItem>()
  const body = () => state.body(id === undefined)

  function refused(failure: unknown): void {
    if (failure instanceof ApiError && failure.code === 'suspicious-shift' && shape.value) shift.value = { given: shape.value, moved: geometryFromGCJ(shape.value), error: failure }
    else error.value = failure
  }
  /** What they made of it meanwhile. */
  async function meet(of: string): Promise<void> {
    const theirs = await server.item(layer, of)
    conflict.value = {
      theirs, rows: threeWay(fields.value, base.value, { ...draft }, draftOf(fields.value, theirs.item.properties)),
      shape: threeWayShape(state.baseShape.value, shape.value, theirs.item.geometry),
    }
  }
  watch(shape, () => { asGiven.value = false })
  const rest = id !== undefined ? () => undefined : previewNew({ shape, draft, asGiven, preview, error, refused, ask: (signal) => server.create(layer, body(), { dryRun: true, asGiven: asGiven.value }, signal) })

  return {
    layer, id, ...state, tried, preview, error, loadError, busy, shift, conflict,
    async load() {
      loadError.value = undefined
      try {
        const [known, read] = await Promise.all([server.schema(layer, reader), id === undefined ? undefined : server.item(layer, id)])
        schema.value = known
        state.take(read)
      } catch (failure) {
        loadError.value = failure
      }
    },
    async save() {
      tried.value = true
      if (busy.value || Object.keys(wrong.value).length > 0 || (id === undefined && !shape.value)) return undefined
      rest()
      busy.value = true
      error.value = shift.value = undefined
      try {
        const choice = { asGiven: asGiven.value }
        return id === undefined ? await server.create(layer, body(), choice) : await server.change(layer, id, body(), state.revision.value, choice)
      } catch (failure) {
        if (failure instanceof ApiError && failure.status === 412 && id !== undefined) await meet(id).catch(refused)
        else refused(failure)
        return undefined
      } finally {
        busy.value = false
      }
    },
    answerShift(how) {
      if (how === 'move' && shift.value) shape.value = shift.value.moved
      shift.value = undefined
      if (how === 'keep') setTimeout(() => { asGiven.value = true }) // after the shape's own watch
    },
    settle(rows, merged) {
      const met = conflict.value
      if (!met) return
      const mine = merged?.take === 'mine' ? merged.mine : undefined
      conflict.value = undefined
      state.take(met.theirs)
      Object.assign(draft, mergedDraft(base.value, rows))
      if (mine) shape.value = mine
    },
  }
}

interface Previewing {
  shape: ShallowRef<Geometry | null>
  draft: Draft
  asGiven: Ref<boolean>
  preview: ShallowRef<FeatureItem | undefined>
  error: ShallowRef<unknown>
  refused(failure: unknown): void
  ask(signal: AbortSignal): Promise<Read>
}

/** A new feature is tried on the server while it is drawn and described. Gives the function that lets go of what is under way. */
function previewNew({ shape, draft, asGiven, preview, error, refused, ask }: Previewing): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let pending: AbortController | undefined
  async function tryIt(): Promise<void> {
    pending?.abort()
    const mine = pending = new AbortController()
    try {
      const { item } = await ask(mine.signal)
      if (pending !== mine) return
      preview.value = item
      error.value = undefined
    } catch (failure) {
      if (isAbort(failure) || pending !== mine) return
      preview.value = undefined
      refused(failure)
    }
  }
  function rest(): void {
    clearTimeout(timer)
    pending?.abort()
  }
  onScopeDispose(rest)
  watch([shape, () => ({ ...draft }), asGiven], () => {
    rest()
    if (shape.value) timer = setTimeout(() => void tryIt(), previewMs)
  })
  return rest
}

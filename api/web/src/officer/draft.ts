import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import type { OfficerStore } from './store/store.ts'
import type { CommandKind, Draft, KeptPhoto, PhotoKind, Uuid } from './store/types.ts'

export interface DraftHand {
  id: Ref<Uuid | undefined>
  photos: ComputedRef<KeptPhoto[]>
  /** Keeps what is there now, and tells where. */
  keep(): Promise<Uuid>
  add(file: File, kind: PhotoKind): Promise<void>
  drop(photo: Uuid): Promise<void>
  /** It was recorded or thrown away: what is still being saved is not to bring it back. */
  close(): Promise<void>
  /** It could not be recorded: what is typed from now on is kept again. */
  reopen(): void
}

/** Keeps a form at every keystroke. Nothing is kept of a form that nobody touched. */
export function useDraft(store: OfficerStore, draft: { kind: CommandKind; label: () => string; form: object; id?: Uuid | undefined }): DraftHand {
  const id = ref(draft.id)
  let open = true
  let touched = false
  let running: Promise<unknown> = Promise.resolve()

  function save(): Promise<Uuid> {
    const saved = running.then(async () => {
      const row: Omit<Draft, 'id' | 'updated_at'> = { kind: draft.kind, label: draft.label(), form: JSON.parse(JSON.stringify(draft.form)) as unknown }
      touched = false
      id.value = await store.saveDraft({ ...row, ...(id.value !== undefined && { id: id.value }) })
      return id.value
    })
    running = saved.catch(() => undefined)
    return saved
  }
  watch(() => draft.form, () => {
    if (!open || touched) return
    touched = true // one save at a time takes all that was typed meanwhile
    void running.then(() => (open && touched ? save() : undefined)).catch(() => undefined)
  }, { deep: true })

  return {
    id,
    photos: computed(() => store.drafts.value.find((one) => one.id === id.value)?.photos ?? []),
    keep: save,
    async add(file, kind) {
      const owner = id.value ?? await save()
      await store.addPhoto(owner, file, kind, new Date(file.lastModified).toISOString())
    },
    drop: (photo) => store.dropPhoto(photo),
    async close() {
      open = false
      await running
    },
    reopen() {
      open = true
      touched = false
    },
  }
}

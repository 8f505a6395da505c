import { liveQuery } from 'dexie'
import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import { ownerOfCommand, ownerOfDraft, type CommandRow, type OfficerDb, type PackRow } from './db.ts'
import { countsOf, dueOf, entriesOf, problemsOf, withUploads, type DueList } from './overlay.ts'
import type { Counts, DraftWithPhotos, DueEntry, Entry, KeptPhoto, MyProblem, Pack, Uuid } from './types.ts'

/** What pages show of the database; it follows whatever writes there, in this tab or another. */
export interface Live {
  device: ShallowRef<Uuid | undefined>
  pack: ComputedRef<Pack | undefined>
  entries: ShallowRef<Entry[]>
  drafts: ShallowRef<DraftWithPhotos[]>
  skewMs: ShallowRef<number>
  /** By the server's clock, as far as it is known; it moves on while the page is looked at. */
  now(): Date
  stand(list: DueList): DueEntry[]
  due: ComputedRef<DueEntry[]>
  problems: ComputedRef<MyProblem[]>
  counts: ComputedRef<Counts>
  /** All of the above has been read once: before that, what is not there may only not be there yet. */
  read: ShallowRef<boolean>
  stop(): void
}

export function follow(db: OfficerDb): Live {
  const device = shallowRef<Uuid>()
  const row = shallowRef<PackRow>()
  const entries = shallowRef<Entry[]>([])
  const drafts = shallowRef<DraftWithPhotos[]>([])
  const skewMs = shallowRef(0)
  const read = shallowRef(false)
  const subscriptions = [
    show(async () => (await db.device.get('device'))?.id, device),
    show(async () => db.packs.get('pack'), row),
    show(() => readEntries(db), entries),
    show(() => readDrafts(db), drafts),
    show(async () => await db.setting<number>('skew_ms') ?? 0, skewMs),
  ]
  const ticking = tick()
  function now(): Date {
    void ticking.last.value // whatever shows a time is shown anew when time has passed
    return new Date(Date.now() + skewMs.value)
  }
  const stand = (list: DueList) => dueOf(list, row.value?.pack.timetables ?? [], entries.value, skewMs.value, now().getTime())
  void Promise.all(subscriptions.map(({ first }) => first)).then(() => { read.value = true })
  return {
    device, entries, drafts, skewMs, read, now, stand,
    pack: computed(() => row.value?.pack),
    due: computed(() => (row.value ? stand({ items: row.value.pack.due, made_at: row.value.pack.made_at }) : [])),
    problems: computed(() => problemsOf(row.value, entries.value)),
    counts: computed(() => countsOf(entries.value, drafts.value.length)),
    stop() {
      ticking.stop()
      for (const subscription of subscriptions) subscription.unsubscribe()
    },
  }
}

const tickMs = 60_000

/** Tells that time has passed: every minute, and when somebody looks again. */
function tick(): { last: ShallowRef<number>; stop(): void } {
  const last = shallowRef(Date.now())
  const pass = () => { if (document.visibilityState === 'visible') last.value = Date.now() }
  const timer = setInterval(pass, tickMs)
  document.addEventListener('visibilitychange', pass)
  return {
    last,
    stop() {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', pass)
    },
  }
}

/** first is settled once there is something to show, or nothing can be read: the last that was read stays, and whoever writes is told. */
function show<T>(read: () => Promise<T>, into: ShallowRef<T>): { unsubscribe(): void; first: Promise<void> } {
  let settle = (): void => undefined
  const first = new Promise<void>((resolve) => { settle = resolve })
  const subscription = liveQuery(read).subscribe({ next(value) { into.value = value; settle() }, error: () => { settle() } })
  return { unsubscribe: () => { subscription.unsubscribe() }, first }
}

export function readEntries(db: OfficerDb): Promise<Entry[]> {
  return db.transaction('r', [db.commands, db.photos, db.uploads, db.originals], async () =>
    entriesOf(await db.commands.toArray(), await keptPhotos(db, 'command:')))
}

/** A command as it is kept, with its photos. */
export async function readEntry(db: OfficerDb, row: CommandRow): Promise<Entry> {
  const photos = await keptPhotos(db, ownerOfCommand(row.key))
  return { ...row, photos }
}

function readDrafts(db: OfficerDb): Promise<DraftWithPhotos[]> {
  return db.transaction('r', [db.drafts, db.photos, db.uploads, db.originals], async () => {
    const photos = await keptPhotos(db, 'draft:')
    const drafts = await db.drafts.orderBy('updated_at').reverse().toArray()
    return drafts.map((draft) => ({ ...draft, photos: photos.filter(({ owner }) => owner === ownerOfDraft(draft.id)) }))
  })
}

async function keptPhotos(db: OfficerDb, owners: string): Promise<KeptPhoto[]> {
  const photos = await db.photos.where('owner').startsWith(owners).toArray()
  if (photos.length === 0) return []
  const uploads = new Map((await db.uploads.toArray()).map((upload) => [upload.sha256, upload]))
  const here = new Set(await db.originals.toCollection().primaryKeys())
  return withUploads(photos, uploads, here)
}

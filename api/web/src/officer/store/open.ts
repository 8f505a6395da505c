import { packCache } from './caches.ts'
import { OfficerDb } from './db.ts'
import { Keeper } from './keep.ts'
import { follow, readEntries, readEntry } from './live.ts'
import { countsOf } from './overlay.ts'
import { createPacking } from './pack.ts'
import { createSending } from './sending.ts'
import { UnsentError, type OfficerStore } from './store.ts'
import { askToKeep } from './surroundings.ts'
import { forgetArrived } from './sweep.ts'
import { createWire, type Wire } from './wire.ts'
import { startWorker } from './worker.ts'

/** Where no pack says how large a picture may be. */
const mostPhotoBytes = 20 * 2 ** 20

/** The element of the app knows the store: for tests, and for whoever looks at the page from the console. */
export type OfficerElement = HTMLElement & { officer?: OfficerStore }

/** Opens what the phone keeps for an account. Nothing is sent before start(). */
export function openStore(account: string, wire: Wire = createWire()): OfficerStore {
  const db = new OfficerDb(account)
  const live = follow(db)
  const { wake, measure, stop, ...sending } = createSending(db, wire)
  const keeper = new Keeper(db, () => live.pack.value?.limits.photo_bytes ?? mostPhotoBytes)
  let isOpen = true

  async function close(): Promise<void> {
    isOpen = false
    await stop()
    live.stop()
    db.close()
  }
  const store: OfficerStore = {
    account,
    ...live,
    ...sending,
    ...createPacking(db, wire, account, () => isOpen),
    version: startWorker(),
    async record(kind, body, options) {
      const row = await keeper.record(kind, plain(body), options)
      void measure()
      wake()
      return readEntry(db, row)
    },
    saveDraft: (draft) => keeper.saveDraft({ ...draft, form: plain(draft.form) }),
    async addPhoto(draft, file, kind, takenAt) {
      const row = await keeper.addPhoto(draft, file, kind, takenAt)
      void measure()
      return { ...row, state: 'local', offset: 0, here: true }
    },
    dropPhoto: (id) => keeper.dropPhoto(id),
    dropDraft: (id) => keeper.dropDraft(id),
    original: (hash) => keeper.original(hash),
    markRead: (keys) => keeper.markRead(keys),
    async persist() {
      const kept = await askToKeep()
      await measure()
      return kept
    },
    end: () => void close(),
    async wipe({ force = false, keepUnsent = false } = {}) {
      const entries = await readEntries(db)
      const left = countsOf(entries, await db.drafts.count())
      const unsent = left.queued + left.photosLeft + left.drafts > 0
      if (unsent && !force && !keepUnsent) throw new UnsentError(left)
      isOpen = false
      await stop()
      if ('caches' in globalThis) await caches.delete(packCache(account))
      if (unsent && keepUnsent) await forgetArrived(db, entries)
      else await db.delete()
      await close()
    },
  }
  const root = document.getElementById('app') as OfficerElement | null
  if (root) root.officer = store
  return store
}

/** Without what a page's reactivity wraps around it: what is kept is JSON. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}

import { ownerOfCommand, ownerOfDraft, type OfficerDb } from './db.ts'
import type { Entry } from './types.ts'
import type { Wire } from './wire.ts'

const dayMs = 24 * 60 * 60 * 1000
/** How long an original stays on the phone after the server has it and its record. */
const graceMs = 3 * dayMs
/** The same where there is little room. */
const shortGraceMs = 60 * 60 * 1000
/** How long what was read and is done stays in the list. */
const entryMs = 14 * dayMs
const mostHashes = 500

/**
 * Makes room: originals that have arrived, and old entries. Before bytes go the server is asked once more whether it has them; those that it does not
 * have, or not whole, are sent again.
 */
export async function sweep(db: OfficerDb, wire: Pick<Wire, 'status'>, hasLittleRoom: boolean, now = Date.now()): Promise<void> {
  const ripe = await ripeOriginals(db, now - (hasLittleRoom ? shortGraceMs : graceMs))
  for (let i = 0; i < ripe.length; i += mostHashes) {
    const slice = ripe.slice(i, i + mostHashes)
    const arrived = new Set((await wire.status(slice)).filter(({ state }) => state === 'stored').map(({ sha256 }) => sha256))
    await db.transaction('rw', [db.originals, db.uploads], async () => {
      await db.originals.bulkDelete([...arrived])
      await db.uploads.where('sha256').anyOf(slice.filter((hash) => !arrived.has(hash))).modify((upload) => {
        upload.state = 'local'
        upload.offset = 0
        delete upload.stored_at
      })
    })
  }
  await forgetEntries(db, now - entryMs)
}

/** Hashes of originals that the server has since before `until`, and whose every record it has. */
function ripeOriginals(db: OfficerDb, until: number): Promise<string[]> {
  return db.transaction('r', [db.originals, db.uploads, db.photos, db.commands], async () => {
    const here = new Set(await db.originals.toCollection().primaryKeys())
    const stored = (await db.uploads.where('state').equals('stored').toArray()).filter(({ sha256, stored_at: at }) => here.has(sha256) && at !== undefined && Date.parse(at) < until)
    const acked = new Set((await db.commands.where('status').equals('acked').toArray()).map(({ key }) => ownerOfCommand(key)))
    const held = new Set((await db.photos.where('sha256').anyOf(stored.map(({ sha256 }) => sha256)).toArray()).filter(({ owner }) => !acked.has(owner)).map(({ sha256 }) => sha256))
    return stored.map(({ sha256 }) => sha256).filter((hash) => !held.has(hash))
  })
}

/** Entries that are done and read, whose photos have all gone from here. */
function forgetEntries(db: OfficerDb, until: number): Promise<void> {
  return db.transaction('rw', [db.commands, db.photos, db.uploads, db.originals], async () => {
    const here = new Set(await db.originals.toCollection().primaryKeys())
    const old = (await db.commands.where('status').equals('acked').toArray()).filter(({ read, acked_at: at }) => read && at !== undefined && Date.parse(at) < until)
    for (const { seq, key } of old) {
      const photos = await db.photos.where('owner').equals(ownerOfCommand(key)).toArray()
      if (photos.some(({ sha256 }) => here.has(sha256))) continue
      await db.photos.bulkDelete(photos.map(({ id }) => id))
      for (const { sha256 } of photos) if (await db.photos.where('sha256').equals(sha256).count() === 0) await db.uploads.delete(sha256)
      await db.commands.delete(seq)
    }
  })
}

/** Leaves what has not arrived and what was begun, and nothing else: no pack, nothing that can be read elsewhere. */
export function forgetArrived(db: OfficerDb, entries: readonly Entry[]): Promise<void> {
  return db.transaction('rw', db.tables, async () => {
    const unsent = entries.filter(({ status, outcome, photos }) => status !== 'acked' || (outcome?.status !== 'refused' && photos.some(({ state }) => state === 'local' || state === 'partial')))
    const owners = new Set([...unsent.map(({ key }) => ownerOfCommand(key)), ...(await db.drafts.toCollection().primaryKeys()).map(ownerOfDraft)])
    const hashes = new Set((await db.photos.filter(({ owner }) => owners.has(owner)).toArray()).map(({ sha256 }) => sha256))
    await db.packs.clear()
    await db.commands.filter(({ key }) => !owners.has(ownerOfCommand(key))).delete()
    await db.photos.filter(({ owner }) => !owners.has(owner)).delete()
    await db.uploads.filter(({ sha256 }) => !hashes.has(sha256)).delete()
    await db.originals.bulkDelete((await db.originals.toCollection().primaryKeys()).filter((hash) => !hashes.has(hash)))
  })
}

import { Dexie } from 'dexie'
import { ownerOfCommand, ownerOfDraft, type CommandRow, type OfficerDb, type PhotoRow } from './db.ts'
import { sha256, uuid } from './hash.ts'
import { EmptyPhotoError, FullError, TooLargeError, type PhotoInput, type RecordOptions } from './store.ts'
import type { Bodies, CheckBody, CommandKind, Draft, Instant, PhotoKind, PhotoRef, Uuid } from './types.ts'

/** A record of more than this is refused here: the server takes 64 KiB. A track of a thousand points is less. */
const mostBodyBytes = 60 * 1024

/** A picture that has been read and hashed, and is not kept yet. */
interface Read {
  row: Omit<PhotoRow, 'owner'>
  data?: ArrayBuffer
}

/** The part of the database that writes: records, drafts, pictures. */
export class Keeper {
  readonly #db: OfficerDb
  readonly #photoBytes: () => number

  /** `photoBytes` is the most that the server takes. */
  constructor(db: OfficerDb, photoBytes: () => number) {
    this.#db = db
    this.#photoBytes = photoBytes
  }

  /** One transaction has the command with its number, its pictures, and the end of the draft. Hashing comes before: nothing else may be waited for inside. */
  async record<K extends CommandKind>(kind: K, body: Bodies[K], { photos = [], problemPhotos = [], draft, label }: RecordOptions): Promise<CommandRow> {
    const madeAt = new Date().toISOString()
    const own = await this.#readAll(photos), ofProblem = await this.#readAll(problemPhotos)
    const key = uuid()
    const full = complete(kind, body, refs(own), refs(ofProblem))
    if (new TextEncoder().encode(JSON.stringify(full)).length > mostBodyBytes) throw new TooLargeError('the record is too large')
    const db = this.#db
    return this.#roomy(() => db.transaction('rw', [db.device, db.commands, db.photos, db.uploads, db.originals, db.drafts], async () => {
      const device = await db.device.get('device')
      if (!device) throw new Error('the device is not known')
      const row: CommandRow = { seq: device.next_seq, key, kind, made_at: madeAt, body: full, status: 'queued', read: false, label }
      await db.device.update('device', { next_seq: device.next_seq + 1 })
      await db.commands.add(row)
      await this.#put([...own, ...ofProblem], ownerOfCommand(key))
      if (draft !== undefined) await this.#forget(draft)
      return row
    }))
  }

  async saveDraft({ id = uuid(), kind, label, form }: Omit<Draft, 'id' | 'updated_at'> & { id?: Uuid }): Promise<Uuid> {
    await this.#roomy(() => this.#db.drafts.put({ id, kind, label, form, updated_at: new Date().toISOString() }))
    return id
  }

  async addPhoto(draft: Uuid, file: Blob, kind: PhotoKind, takenAt?: Instant): Promise<PhotoRow> {
    const read = await this.#read({ file, kind, ...(takenAt !== undefined && { taken_at: takenAt }) })
    const db = this.#db
    await this.#roomy(() => db.transaction('rw', [db.photos, db.uploads, db.originals], () => this.#put([read], ownerOfDraft(draft))))
    return { ...read.row, owner: ownerOfDraft(draft) }
  }

  /** Takes a picture out of a draft; one of a record stays. */
  dropPhoto(id: Uuid): Promise<void> {
    const db = this.#db
    return db.transaction('rw', [db.photos, db.uploads, db.originals], async () => {
      const photo = await db.photos.get(id)
      if (!photo?.owner.startsWith('draft:')) return
      await db.photos.delete(id)
      await this.#release(photo.sha256)
    })
  }

  dropDraft(id: Uuid): Promise<void> {
    const db = this.#db
    return db.transaction('rw', [db.photos, db.uploads, db.originals, db.drafts], () => this.#forget(id))
  }

  async original(hash: string): Promise<Blob | undefined> {
    const [original, upload] = await Promise.all([this.#db.originals.get(hash), this.#db.uploads.get(hash)])
    return original && new Blob([original.data], { type: upload?.type ?? '' })
  }

  async markRead(keys: readonly Uuid[]): Promise<void> {
    await this.#db.commands.where('key').anyOf([...keys]).modify({ read: true })
  }

  async #forget(draft: Uuid): Promise<void> {
    const left = await this.#db.photos.where('owner').equals(ownerOfDraft(draft)).toArray()
    await this.#db.photos.bulkDelete(left.map(({ id }) => id))
    for (const { sha256: hash } of left) await this.#release(hash)
    await this.#db.drafts.delete(draft)
  }

  /** Bytes that nothing uses any more go. */
  async #release(hash: string): Promise<void> {
    if (await this.#db.photos.where('sha256').equals(hash).count() > 0) return
    await this.#db.uploads.delete(hash)
    await this.#db.originals.delete(hash)
  }

  async #put(reads: readonly Read[], owner: string): Promise<void> {
    for (const { row, data } of reads) {
      const known = await this.#db.uploads.get(row.sha256)
      if (data === undefined && !known) throw new Error(`photo ${row.id} is not kept here any more`)
      await this.#db.photos.put({ ...row, owner })
      if (data === undefined || known?.state === 'stored') continue
      await this.#db.originals.put({ sha256: row.sha256, data })
      if (!known) await this.#db.uploads.add({ sha256: row.sha256, bytes: row.bytes, type: row.type, state: 'local', offset: 0 })
    }
  }

  /** The same picture twice in one record is one. */
  async #readAll(inputs: readonly PhotoInput[]): Promise<Read[]> {
    const byHash = new Map<string, Read>()
    for (const input of inputs) {
      const read = await this.#read(input)
      if (!byHash.has(read.row.sha256)) byHash.set(read.row.sha256, read)
    }
    return [...byHash.values()]
  }

  async #read(input: PhotoInput): Promise<Read> {
    if ('id' in input) {
      const kept = await this.#db.photos.get(input.id)
      if (!kept) throw new Error(`photo ${input.id} is not kept here`)
      const { id, sha256: hash, bytes, type, kind: kindOf, taken_at: at } = kept
      return { row: { id, sha256: hash, bytes, type, kind: kindOf, ...(at !== undefined && { taken_at: at }) } }
    }
    const { file, kind, taken_at: takenAt } = input
    if (file.size === 0) throw new EmptyPhotoError('a picture without a byte')
    if (file.size > this.#photoBytes()) throw new TooLargeError('the picture is too large')
    const data = await file.arrayBuffer()
    const row = { id: uuid(), sha256: await sha256(data), bytes: data.byteLength, type: file.type, kind, ...(takenAt !== undefined && { taken_at: takenAt }) }
    return { row, data }
  }

  /** What the browser says of a full disk, in our word. */
  async #roomy<T>(write: () => PromiseLike<T>): Promise<T> {
    try {
      return await write()
    } catch (failure) {
      if (isFull(failure)) throw new FullError('no room on the device', { cause: failure })
      throw failure
    }
  }
}

/** Whether the browser says that its disk is full. */
export function isFull(failure: unknown): boolean {
  if (!(failure instanceof Error || failure instanceof DOMException)) return false
  if (failure.name === 'QuotaExceededError') return true
  return failure instanceof Dexie.DexieError && isFull((failure as { inner?: unknown }).inner)
}

function refs(reads: readonly Read[]): PhotoRef[] {
  return reads.map(({ row: { id, sha256: hash, bytes, kind, taken_at: at } }) => ({ id, sha256: hash, bytes, kind, ...(at !== undefined && { taken_at: at }) }))
}

/** The body as it goes out: with its id and its photos. */
function complete<K extends CommandKind>(kind: K, body: Bodies[K], photos: PhotoRef[], ofProblem: PhotoRef[]): Bodies[K] {
  if (kind === 'track' || kind === 'mine') return body
  const full = { ...body, id: (body as { id?: Uuid }).id ?? uuid(), photos }
  if (kind !== 'check') return full
  const { problem } = body as CheckBody
  return problem ? { ...full, problem: { ...problem, id: problem.id ?? uuid(), photos: ofProblem } } : full
}

import type { OfficerDb, UploadRow } from './db.ts'
import type { PhotoStatus, PutAnswer, Reason, Wire } from './wire.ts'

/** Of one request: what is lost with it, and how far a weak network gets in half a minute. */
const chunkBytes = 1 << 20
const mostHashes = 500
/** Side by side: the next is read while the last one is stored. */
const lanes = 2
/** How often bytes are sent again that the server says came differently. */
const mostTries = 3

export interface UploadRun {
  waiting(): Promise<UploadRow[]>
  go(): boolean
  allowed(): boolean
  begun(): void
  progress(): void
}

/** Sends the bytes of photos by their hash, from where the server has them. */
export class Uploader {
  readonly #db: OfficerDb
  readonly #wire: Wire

  constructor(db: OfficerDb, wire: Wire) {
    this.#db = db
    this.#wire = wire
  }

  /** False where some have to wait for another network. Those that come to wait meanwhile are taken along. */
  async run(run: UploadRun): Promise<boolean> {
    for (let rows = await run.waiting(); rows.length > 0 && run.go(); rows = await run.waiting()) {
      if (!run.allowed()) return false
      run.begun()
      const slice = rows.slice(0, mostHashes)
      const known = new Map((await this.#wire.status(slice.map(({ sha256 }) => sha256))).map((status) => [status.sha256, status]))
      const queue = [...slice]
      let failed: { failure: unknown } | undefined
      const lane = async () => {
        for (let row = queue.shift(); row && !failed && run.go() && run.allowed(); row = queue.shift()) {
          try {
            await this.#send(row, known.get(row.sha256))
            run.progress()
          } catch (failure) {
            failed = { failure }
          }
        }
      }
      await Promise.all(Array.from({ length: lanes }, lane))
      if (failed) throw (failed as { failure: unknown }).failure
      if (queue.length > 0 && run.go()) return false
    }
    return true
  }

  async #send(row: UploadRow, known: PhotoStatus | undefined): Promise<void> {
    if (known?.state === 'stored') return this.#stored(row)
    if (known?.state === 'refused') return this.#refused(row, { type: known.type ?? '', title: known.title ?? '', title_en: known.title_en ?? known.title ?? '' })
    const data = (await this.#db.originals.get(row.sha256))?.data
    if (!data) return this.#refused(row, missing)
    let offset = known?.state === 'partial' ? known.offset ?? 0 : 0
    for (let tries = 0; ;) {
      const answer: PutAnswer = await this.#wire.put(row.sha256, row.bytes, offset, new Blob([data.slice(offset, offset + chunkBytes)]))
      if (answer.state === 'stored') return this.#stored(row)
      if (answer.state === 'refused') {
        // bytes that came differently are no fault of the photo: the server tells whether it means the photo
        const [now] = await this.#wire.status([row.sha256])
        if (now?.state === 'stored') return this.#stored(row)
        if (now?.state === 'refused' || ++tries === mostTries) return this.#refused(row, answer.reason)
        offset = now?.state === 'partial' ? now.offset ?? 0 : 0
        continue
      }
      // an answer that does not lead on, or leads nowhere, would go round in circles
      if (answer.offset <= offset && ++tries === mostTries) return this.#refused(row, stuck)
      offset = Math.min(answer.offset, row.bytes)
      await this.#db.uploads.update(row.sha256, { state: 'partial', offset })
    }
  }

  async #stored({ sha256, bytes }: UploadRow): Promise<void> {
    await this.#db.uploads.update(sha256, { state: 'stored', offset: bytes, stored_at: new Date().toISOString() })
  }

  /** The record of it stays to be read again: its photo did not arrive. */
  async #refused({ sha256 }: UploadRow, reason: Reason): Promise<void> {
    const db = this.#db
    await db.transaction('rw', [db.uploads, db.photos, db.commands], async () => {
      await db.uploads.update(sha256, { state: 'refused', reason })
      const owners = (await db.photos.where('sha256').equals(sha256).toArray()).map(({ owner }) => owner.replace(/^command:/, ''))
      await db.commands.where('key').anyOf(owners).modify({ read: false })
    })
  }
}

const missing: Reason = { type: 'missing', title: '照片在本机已丢失', title_en: 'The photo is not on this device any more' }
const stuck: Reason = { type: 'stuck', title: '照片上传反复中断', title_en: 'The photo could not be sent in one piece' }

import { ApiError, OfflineError } from '../../api/errors.ts'
import type { OfficerDb } from './db.ts'
import { exclusively } from './lock.ts'
import { mostCommands, Outbox } from './outbox.ts'
import type { SyncState } from './types.ts'
import { Uploader } from './upload.ts'
import { reasonOf, type Wire } from './wire.ts'

/** What the sender has to know of the phone. */
export interface Surroundings {
  /** The browser knows of a network. */
  online(): boolean
  /** Photos may go now on this network. */
  photosAllowed(): boolean
  /** How the device is called in lists. */
  title(): string
}

const firstPauseMs = 1_000
const longestPauseMs = 5 * 60_000
/** Of what the server asks for. */
const longestAskedMs = 60 * 60_000
/** Somebody else's tab is sending. */
const othersMs = 20_000
/** What the server refuses as a whole it will refuse in a minute, too. */
const refusedPauseMs = 10 * 60_000
/** Refusals that are about what is in the batch, so that a part of it may do. */
const aboutContent: readonly number[] = [400, 413, 415, 422]

/**
 * Sends what waits: records first, then photos. One run at a time, in one tab; after a failure it waits longer each time, with some chance in it, and
 * a run that got something through starts again from the shortest pause. It never asks while there is nothing to send.
 */
export class Sync {
  readonly #db: OfficerDb
  readonly #wire: Wire
  readonly #around: Surroundings
  readonly #report: (state: SyncState) => void
  readonly #outbox: Outbox
  readonly #uploader: Uploader
  #running: Promise<void> | undefined
  #again = false
  #timer: ReturnType<typeof setTimeout> | undefined
  /** The pause is for a failure, which something new would meet as well. */
  #holds = false
  #failures = 0
  #photosNow = false
  #ended = false

  constructor(db: OfficerDb, wire: Wire, around: Surroundings, report: (state: SyncState) => void) {
    this.#db = db
    this.#wire = wire
    this.#around = around
    this.#report = report
    this.#outbox = new Outbox(db)
    this.#uploader = new Uploader(db, wire)
  }

  /** Something new is there to be sent. While it waits after a failure, that goes with the rest. */
  wake(): void {
    if (this.#running) this.#again = true
    else if (this.#timer === undefined || !this.#holds) void this.now()
  }

  /** Something changed that it may have waited for: a network, or somebody who looks. */
  chance(): void {
    if (!this.#running) void this.now()
  }

  /** Tries now, whatever it waits for. With `photos` on whatever network there is. */
  now(photos = false): Promise<void> {
    if (this.#ended) return Promise.resolve()
    this.#photosNow ||= photos
    if (this.#running) {
      this.#again = true
      return this.#running
    }
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#running = this.#run().finally(() => { this.#running = undefined })
    return this.#running
  }

  /** Stops; what is under way is let go. */
  async end(): Promise<void> {
    this.#ended = true
    clearTimeout(this.#timer)
    await this.#running
  }

  async #run(): Promise<void> {
    do {
      this.#again = false
      const ours = await exclusively(this.#db, async () => {
        await this.#attempt()
        return true
      })
      if (!ours && !this.#ended) this.#pause('idle', othersMs)
    } while (this.#again && this.#timer === undefined && !this.#ended)
    this.#photosNow = false
  }

  async #attempt(): Promise<void> {
    try {
      const [records, photos] = [await this.#outbox.ready(Date.now()), await this.#outbox.photos()]
      if (records.length + photos.length === 0) return await this.#settled()
      if (!this.#around.online()) return this.#report({ phase: 'offline' })
      const name = await this.#wire.who()
      const account = (await this.#db.device.get('device'))?.account
      if (name !== account) return this.#report({ phase: 'other_account' })
      if (!(await this.#sendRecords())) return this.#waitFor('waiting')
      if (!(await this.#sendPhotos())) return this.#report({ phase: 'wifi' })
      await this.#settled()
    } catch (failure) {
      this.#failed(failure)
    }
  }

  async #settled(): Promise<void> {
    this.#failures = 0
    const doneAt = new Date().toISOString()
    const later = await this.#outbox.asideUntil()
    if (later !== undefined) return this.#pause('idle', Math.max(firstPauseMs, later - Date.now()))
    await this.#db.set('done_at', doneAt)
    this.#report({ phase: 'idle', doneAt })
  }

  /** False where something is left that the server has not decided. */
  async #sendRecords(): Promise<boolean> {
    let most = mostCommands
    while (!this.#ended) {
      const next = await this.#outbox.next(most, Date.now())
      if (!next) return true
      this.#report({ phase: 'sending' })
      try {
        const answer = await this.#wire.commands(await this.#outbox.batch(next.rows, next.floor, this.#around.title()))
        await this.#db.set('skew_ms', answer.skew_ms)
        if (await this.#outbox.take(answer) === 0) return false
        this.#failures = 0
        most = mostCommands
      } catch (failure) {
        if (failure instanceof ApiError && failure.code === 'device-taken') {
          await this.#outbox.renew()
          return false
        }
        if (!(failure instanceof ApiError) || !aboutContent.includes(failure.status)) throw failure
        const [only] = next.rows
        if (next.rows.length > 1) most = Math.ceil(next.rows.length / 2)
        else if (only) await this.#outbox.setAside(only, failure.status, reasonOf(failure))
      }
    }
    return true
  }

  /** False where photos have to wait for another network. */
  #sendPhotos(): Promise<boolean> {
    return this.#uploader.run({
      waiting: () => this.#outbox.photos(),
      go: () => !this.#ended,
      allowed: () => this.#photosNow || this.#around.photosAllowed(),
      begun: () => { this.#report({ phase: 'photos' }) },
      progress: () => { this.#failures = 0 },
    })
  }

  #failed(failure: unknown): void {
    if (failure instanceof OfflineError) {
      if (this.#around.online()) this.#waitFor('waiting')
      else this.#report({ phase: 'offline' })
      return
    }
    if (!(failure instanceof ApiError)) {
      if (this.#ended) return
      const title = failure instanceof Error ? failure.message : String(failure) // a fault of ours or of the disk: told, and tried again
      return this.#waitFor('waiting', 0, { status: 0, title, title_en: title })
    }
    const error = { status: failure.status, ...reasonOf(failure), ...(failure.requestId !== undefined && { requestId: failure.requestId }) }
    if (failure.status === 401) this.#report({ phase: 'sign_in', error })
    else if (failure.status >= 500 || failure.status === 429 || failure.status === 408) this.#waitFor('waiting', Math.min(longestAskedMs, (failure.retryAfterS ?? 0) * 1000))
    else this.#pause('refused', refusedPauseMs, error)
  }

  /** The pause doubles with every failure; half of it is chance, so that phones that lost the network together do not come back together. */
  #waitFor(phase: 'waiting', leastMs = 0, error?: SyncState['error']): void {
    const whole = Math.min(longestPauseMs, firstPauseMs * 2 ** this.#failures++)
    this.#pause(phase, Math.max(leastMs, whole * (0.5 + Math.random() / 2)), error)
  }

  #pause(phase: SyncState['phase'], ms: number, error?: SyncState['error']): void {
    if (this.#ended) return
    clearTimeout(this.#timer)
    this.#holds = phase !== 'idle'
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.now()
    }, ms)
    this.#report({ phase, nextAt: new Date(Date.now() + ms).toISOString(), ...(error && { error }) })
  }
}

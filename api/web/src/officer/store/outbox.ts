import { type CommandRow, type OfficerDb, type UploadRow } from './db.ts'
import { uuid } from './hash.ts'
import type { Command, Outcome } from './types.ts'
import type { Batch, BatchAnswer, Reason } from './wire.ts'

export const mostCommands = 200
/** The server takes a mebibyte; the envelope has the rest. */
const mostBytes = 1000 * 1024
const encoder = new TextEncoder()
/** How long a command that the server did not take alone waits before it is tried again. */
const asideMs = 60 * 60 * 1000

/** The queue as the sender sees it. */
export class Outbox {
  readonly #db: OfficerDb

  constructor(db: OfficerDb) {
    this.#db = db
  }

  /** All without an outcome, in order. */
  pending(): Promise<CommandRow[]> {
    return this.#db.commands.where('status').anyOf('queued', 'sent').sortBy('seq')
  }

  /** When the first of those that stand aside is tried again; undefined where none does. */
  async asideUntil(): Promise<number | undefined> {
    const times = (await this.pending()).flatMap(({ aside }) => (aside ? [Date.parse(aside.at) + asideMs] : []))
    return times.length > 0 ? Math.min(...times) : undefined
  }

  /** Those that may go now. */
  async ready(now: number): Promise<CommandRow[]> {
    return (await this.pending()).filter(({ aside }) => !aside || now >= Date.parse(aside.at) + asideMs)
  }

  /** The next batch, marked as sent; undefined where there is nothing to send now. */
  next(most: number, now: number): Promise<{ rows: CommandRow[]; floor: number } | undefined> {
    return this.#db.transaction('rw', this.#db.commands, async () => {
      const rows = fitting(await this.ready(now), most)
      const first = rows[0]
      if (!first) return undefined
      await this.#db.commands.where('seq').anyOf(rows.map(({ seq }) => seq)).modify({ status: 'sent' })
      return { rows, floor: first.seq }
    })
  }

  async batch(rows: readonly CommandRow[], floor: number, title: string): Promise<Batch> {
    const device = await this.#db.device.get('device')
    if (!device) throw new Error('the device is not known')
    return { device: { id: device.id, title }, sent_at: new Date().toISOString(), floor, commands: rows.map(toCommand) }
  }

  /** Keeps what became of commands, and tells how many of them were not known before. An outcome that comes again changes nothing. */
  take({ outcomes, next_seq: nextSeq, skew_ms: skewMs }: BatchAnswer): Promise<number> {
    const db = this.#db
    return db.transaction('rw', [db.commands, db.device], async () => {
      let fresh = 0
      for (const outcome of outcomes) {
        const row = await db.commands.where('key').equals(outcome.key).first()
        if (!row || row.status === 'acked') continue
        if (isNumberTaken(outcome)) {
          await this.renew()
          continue
        }
        if (outcome.status === 'waiting') {
          await db.commands.update(row.seq, { outcome })
          continue
        }
        fresh++
        delete row.aside
        await db.commands.put({ ...row, outcome, status: 'acked', acked_at: new Date().toISOString(), skew_ms: skewMs, read: isPlain(outcome) })
      }
      // the server knows more of this device than it does itself: its data came from a copy
      await db.device.where('one').equals('device').modify((device) => { device.next_seq = Math.max(device.next_seq, nextSeq) })
      return fresh
    })
  }

  /**
   * Goes on as another device: the server knows this one's numbers, or its name, from elsewhere. What waits is known by its keys, and goes out again;
   * the numbers it has are as good as any.
   */
  async renew(): Promise<void> {
    await this.#db.device.update('device', { id: uuid() })
  }

  /** One that the server does not take even alone stands aside, kept and told of; those behind it go on. */
  async setAside(row: CommandRow, status: number, { title, title_en: titleEn }: Reason): Promise<void> {
    await this.#db.commands.update(row.seq, { aside: { at: new Date().toISOString(), status, title, title_en: titleEn }, read: false })
  }

  /** Photos to be sent: of records that the server has, in the order in which they were recorded. */
  photos(): Promise<UploadRow[]> {
    const db = this.#db
    return db.transaction('r', [db.uploads, db.photos, db.commands], async () => {
      const waiting = new Map((await db.uploads.where('state').anyOf('local', 'partial').toArray()).map((row) => [row.sha256, row]))
      const photos = await db.photos.where('sha256').anyOf([...waiting.keys()]).toArray()
      const recorded = new Map((await db.commands.where('status').equals('acked').toArray()).filter(({ outcome }) => outcome?.status !== 'refused').map(({ key, seq }) => [`command:${key}`, seq]))
      const first = new Map<string, number>()
      for (const { owner, sha256 } of photos) {
        const seq = recorded.get(owner)
        if (seq !== undefined) first.set(sha256, Math.min(seq, first.get(sha256) ?? seq))
      }
      return [...first].sort(([, a], [, b]) => a - b).map(([hash]) => waiting.get(hash)).filter((row) => row !== undefined)
    })
  }
}

/** As many as one batch holds; one that is too large alone goes alone, to be refused by the server and told of. */
function fitting(rows: readonly CommandRow[], most: number): CommandRow[] {
  const taken: CommandRow[] = []
  let bytes = 0
  for (const row of rows.slice(0, Math.min(most, mostCommands))) {
    bytes += encoder.encode(JSON.stringify(toCommand(row))).length + 1
    if (taken.length > 0 && bytes > mostBytes) break
    taken.push(row)
  }
  return taken
}

function toCommand({ seq, key, kind, made_at, body }: CommandRow): Command {
  return { seq, key, kind, made_at, body }
}

/** Not about the command but about its number: the data of this phone was copied, or brought back from an old copy. */
function isNumberTaken({ status, type }: Outcome): boolean {
  return status === 'refused' && type?.endsWith('sequence-reused') === true
}

/** Done without a doubt: nobody has to read it. */
export function isPlain(outcome: Outcome): boolean {
  return outcome.status === 'done' && (outcome.flags ?? []).length === 0
}

import 'fake-indexeddb/auto'
import { OfficerDb } from '../../../src/officer/store/db.ts'
import { Keeper } from '../../../src/officer/store/keep.ts'
import { readEntries } from '../../../src/officer/store/live.ts'
import { Sync } from '../../../src/officer/store/sync.ts'
import type { CheckBody, Entry, SyncState } from '../../../src/officer/store/types.ts'
import { createWire } from '../../../src/officer/store/wire.ts'
import type { FakeServer } from './server.ts'

export const mostPhotoBytes = 4 * 2 ** 20

export interface TestPhone {
  db: OfficerDb
  keeper: Keeper
  sync: Sync
  states: SyncState[]
  around: { online: boolean; photos: boolean }
  entries(): Promise<Entry[]>
  /** The last thing that it said of itself. */
  phase(): string | undefined
}

/** A phone without a page: the database, what writes, what sends. Another of the same account is another tab, or the same after it was killed. */
export function phone(server: FakeServer, account = 'officer'): TestPhone {
  const db = new OfficerDb(account)
  const around = { online: true, photos: true }
  const states: SyncState[] = []
  const sync = new Sync(db, createWire(server.fetch), { online: () => around.online, photosAllowed: () => around.photos, title: () => 'test' }, (state) => { states.push(state) })
  return { db, keeper: new Keeper(db, () => mostPhotoBytes), sync, states, around, entries: () => readEntries(db), phase: () => states.at(-1)?.phase }
}

export function check(id: number, more: Partial<CheckBody> = {}): CheckBody {
  return { subject: { kind: 'public_toilet', id }, checklist: 'public_toilet', edition: '2026', result: 'normal', answers: {}, seen: 1, ...more }
}

/** Bytes that no other photo of the test has. */
export function picture(n: number, bytes = 64): Blob {
  const data = new Uint8Array(bytes)
  new DataView(data.buffer).setUint32(0, n)
  return new Blob([data], { type: 'image/jpeg' })
}

/** A generator of the same numbers every time. */
export function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

import { ref, watch, type Ref } from 'vue'
import type { OfficerDb } from './db.ts'
import { deviceTitle, isMetered, onChance, roomLeft } from './surroundings.ts'
import { sweep } from './sweep.ts'
import { Sync } from './sync.ts'
import type { PhotoNetwork, StorageState, SyncState } from './types.ts'
import type { Wire } from './wire.ts'

const sweepEveryMs = 60 * 60 * 1000

export interface Sending {
  sync: Ref<SyncState>
  storage: Ref<StorageState>
  photoNetwork: Ref<PhotoNetwork>
  syncNow(): Promise<void>
  sendPhotos(): Promise<void>
  /** Something new is there to be sent. */
  wake(): void
  /** Looks how much room there is. */
  measure(): Promise<void>
  start(): void
  /** Resolves when nothing of it touches the database any more. */
  stop(): Promise<void>
}

/** Sends in the background once it is started: see Sync. When all is sent it makes room, now and then. */
export function createSending(db: OfficerDb, wire: Wire): Sending {
  const state = ref<SyncState>({ phase: 'idle' })
  const storage = ref<StorageState>({ usage: 0, quota: Infinity, persisted: false, level: 'ok' })
  const photoNetwork = ref<PhotoNetwork>('auto')
  const sync = new Sync(db, wire, { online: () => navigator.onLine, photosAllowed: () => photoNetwork.value === 'always' || !isMetered(), title: deviceTitle }, report)
  let stopListening: (() => void) | undefined
  let started = false, sweptAt = 0
  let tidying: Promise<void> = Promise.resolve()

  function report(next: SyncState): void {
    const doneAt = next.doneAt ?? state.value.doneAt
    state.value = { ...next, ...(doneAt !== undefined && { doneAt }) }
    if (next.phase === 'idle' && next.doneAt !== undefined) tidying = tidying.then(tidy)
  }
  async function measure(): Promise<void> { storage.value = await roomLeft() }
  async function tidy(): Promise<void> {
    await measure()
    if (!started || Date.now() - sweptAt < sweepEveryMs) return
    sweptAt = Date.now()
    await sweep(db, wire, storage.value.level !== 'ok').catch(() => undefined) // another time, then
  }
  async function recall(): Promise<void> {
    const [network, doneAt] = [await db.setting<PhotoNetwork>('photo_network'), await db.setting<string>('done_at')]
    if (network) photoNetwork.value = network
    if (doneAt !== undefined) state.value = { doneAt, ...state.value }
    watch(photoNetwork, (value) => { void db.set('photo_network', value).then(wake) })
  }
  function wake(): void { if (started) sync.wake() }
  const recalled = recall().catch(() => undefined)

  return {
    sync: state, storage, photoNetwork, wake, measure,
    syncNow: () => sync.now(),
    sendPhotos: () => sync.now(true),
    start() {
      if (started) return
      started = true
      stopListening = onChance(() => { sync.chance() })
      void measure()
      void recalled.then(wake)
    },
    async stop() {
      started = false
      stopListening?.()
      await Promise.all([sync.end(), recalled])
      await tidying
    },
  }
}

import 'fake-indexeddb/auto'
import { Dexie } from 'dexie'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { leaveDevice } from '../../../src/officer/store/leave.ts'
import { openStore, type OfficerElement } from '../../../src/officer/store/open.ts'
import { FullError, OtherAccountError, UnsentError, type OfficerStore } from '../../../src/officer/store/store.ts'
import type { Pack } from '../../../src/officer/store/types.ts'
import { createWire, type Wire } from '../../../src/officer/store/wire.ts'
import { check, picture } from './phone.ts'
import { FakeServer } from './server.ts'

let server: FakeServer
let wire: Wire
let store: OfficerStore
const pack = { made_at: '2026-11-22T00:00:00Z', due: [], problems: [], classes: [], limits: { far_m: 100, inaccurate_m: 50, photo_bytes: 1000 } } as unknown as Pack

beforeEach(() => {
  server = new FakeServer()
  wire = { ...createWire(server.fetch), pack: (etag) => Promise.resolve(etag === '"1"' ? undefined : { pack, etag: '"1"' }) }
  document.body.innerHTML = '<div id="app"></div>'
  store = openStore('officer', wire)
})
afterEach(async () => {
  store.end()
  for (const name of await Dexie.getDatabaseNames()) await Dexie.delete(name)
})
const photo = { file: picture(1), kind: 'near' as const }

describe('the store of a page', () => {
  it('shows what is recorded, sends it in the background, and tells what became of it', async () => {
    server.skewMs = 60_000
    server.decide = ({ seq }) => (seq === 2 ? { status: 'conflict', clashes: [] } : undefined)
    store.start()
    expect((document.getElementById('app') as OfficerElement).officer).toBe(store)
    const entry = await store.record('check', check(1), { label: '公厕 1', photos: [photo] })
    expect([entry.seq, entry.photos.length, entry.label]).toEqual([1, 1, '公厕 1'])
    await store.record('check', check(2), { label: '公厕 2' })
    await vi.waitFor(() => { expect(store.counts.value).toEqual({ queued: 0, photosLeft: 0, bytesLeft: 0, unread: 1, drafts: 0 }) })
    await vi.waitFor(() => { expect([store.sync.value.phase, store.skewMs.value]).toEqual(['idle', 60_000]) })
    expect(Math.abs(store.now().getTime() - Date.now() - 60_000)).toBeLessThan(1000)
    await store.markRead(store.entries.value.map(({ key }) => key))
    await vi.waitFor(() => { expect(store.counts.value.unread).toBe(0) })
    expect((await store.original(entry.photos[0]?.sha256 ?? ''))?.size).toBe(64)
  })

  it('follows what another tab does', async () => {
    const tab = openStore('officer', wire)
    await tab.saveDraft({ kind: 'check', label: '公厕', form: { note: 'x' } })
    await vi.waitFor(() => { expect(store.drafts.value.map(({ form }) => form)).toEqual([{ note: 'x' }]) })
    tab.end()
  })

  it('takes the pack of its account only, and keeps it while it is the same', async () => {
    await store.refreshPack()
    await vi.waitFor(() => { expect(store.pack.value?.made_at).toBe(pack.made_at) })
    await store.refreshPack()
    server.account = 'other'
    await expect(store.refreshPack()).rejects.toBeInstanceOf(OtherAccountError)
    expect([store.pack.value?.made_at, store.packing.value]).toEqual([pack.made_at, undefined])
    await expect(store.record('check', check(1), { label: '', photos: [{ file: picture(1, 1001), kind: 'near' }] })).rejects.toThrow('too large')
  })

  it('tells of a phone without room for the map, and keeps the list', async () => {
    vi.stubGlobal('caches', { open: () => Promise.reject(new DOMException('full', 'QuotaExceededError')) })
    await expect(store.refreshPack({ tiles: true })).rejects.toBeInstanceOf(FullError)
    vi.unstubAllGlobals()
    await vi.waitFor(() => { expect(store.pack.value?.made_at).toBe(pack.made_at) })
  })

  it('is wiped when everything has arrived, or when the user confirms', async () => {
    await store.refreshPack()
    await store.record('check', check(1), { label: '', photos: [photo] })
    await expect(store.wipe()).rejects.toBeInstanceOf(UnsentError)
    await store.syncNow()
    const draft = await store.saveDraft({ kind: 'check', label: '', form: {} })
    await expect(store.wipe()).rejects.toMatchObject({ counts: { queued: 0, photosLeft: 0, drafts: 1 } })
    await store.dropDraft(draft)
    await store.wipe()
    expect(await Dexie.getDatabaseNames()).toEqual([])
    store = openStore('officer', wire)
    await store.record('check', check(2), { label: '' })
    await store.wipe({ force: true })
    expect(await Dexie.getDatabaseNames()).toEqual([])
  })

  it('leaves a device with the sign-out at the desk, where it is on one', async () => {
    await store.record('check', check(1), { label: '' })
    await leaveDevice('nobody')
    expect(await Dexie.getDatabaseNames()).toEqual(['wangge-officer:officer'])
    await leaveDevice('officer')
    await vi.waitFor(() => { expect(store.entries.value.length).toBe(1) })
    await store.syncNow()
    await leaveDevice('officer')
    expect(await Dexie.getDatabaseNames()).toEqual([])
  })

  it('leaves what has not arrived and what was begun for the next time, and nothing else', async () => {
    await store.refreshPack()
    await store.record('check', check(1), { label: 'sent', photos: [photo] })
    await store.syncNow()
    await store.record('check', check(2), { label: 'unsent', photos: [{ file: picture(2), kind: 'near' }] })
    const draft = await store.saveDraft({ kind: 'check', label: '', form: {} })
    await store.addPhoto(draft, picture(3), 'near')
    await store.wipe({ keepUnsent: true })
    store = openStore('officer', wire)
    await vi.waitFor(() => { expect(store.entries.value.map(({ label, photos }) => [label, photos[0]?.here])).toEqual([['unsent', true]]) })
    expect([store.pack.value, store.drafts.value.map(({ id, photos }) => [id, photos[0]?.here])]).toEqual([undefined, [[draft, true]]])
    await store.syncNow()
    expect([server.applied.length, server.stored.size]).toEqual([2, 2])
  })
})

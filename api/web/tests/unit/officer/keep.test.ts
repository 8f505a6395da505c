// @vitest-environment node
import 'fake-indexeddb/auto'
import { createHash, randomBytes } from 'node:crypto'
import { Dexie } from 'dexie'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { digest, sha256, uuid } from '../../../src/officer/store/hash.ts'
import { EmptyPhotoError, FullError, TooLargeError } from '../../../src/officer/store/store.ts'
import type { CheckBody, PhotoRef } from '../../../src/officer/store/types.ts'
import { check, mostPhotoBytes, phone, picture, type TestPhone } from './phone.ts'
import { FakeServer } from './server.ts'

let one: TestPhone
beforeEach(() => { one = phone(new FakeServer()) })
afterEach(async () => {
  vi.restoreAllMocks()
  one.db.close()
  for (const name of await Dexie.getDatabaseNames()) await Dexie.delete(name)
})
const counts = () => Promise.all([one.db.commands.count(), one.db.photos.count(), one.db.uploads.count(), one.db.originals.count(), one.db.drafts.count()])
const photosOf = async () => ((await one.entries())[0]?.body as { photos: PhotoRef[] }).photos

describe('recording', () => {
  it('keeps the record with its photos and the promise of them', async () => {
    const file = picture(1)
    const row = await one.keeper.record('check', check(1, { problem: { class: 'toilet' } }), {
      label: '公厕 1', photos: [{ file, kind: 'near', taken_at: '2026-11-22T08:00:00Z' }], problemPhotos: [{ file: picture(2), kind: 'before' }],
    })
    const body = row.body as CheckBody & { photos: PhotoRef[]; problem: { id: string; photos: PhotoRef[] } }
    const hash = createHash('sha256').update(Buffer.from(await file.arrayBuffer())).digest('hex')
    expect(body.photos).toEqual([{ id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string, sha256: hash, bytes: 64, kind: 'near', taken_at: '2026-11-22T08:00:00Z' }])
    expect(body.problem.photos.map(({ kind }) => kind)).toEqual(['before'])
    expect(body.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/)
    expect([row.seq, row.status, await counts()]).toEqual([1, 'queued', [1, 2, 2, 2, 0]])
    expect((await one.entries())[0]?.photos.map(({ state, here }) => [state, here])).toEqual([['local', true], ['local', true]])
  })

  it('keeps all of it or nothing, and takes no number for nothing', async () => {
    const full = Object.assign(new Error('full'), { name: 'QuotaExceededError' })
    one.db.originals.hook('creating', () => { throw full })
    await expect(one.keeper.record('check', check(1), { label: '', photos: [{ file: picture(1), kind: 'near' }] })).rejects.toBeInstanceOf(FullError)
    expect(await counts()).toEqual([0, 0, 0, 0, 0])
    expect((await one.keeper.record('check', check(1), { label: '' })).seq).toBe(1)
  })

  it('numbers what two tabs record at once without a gap', async () => {
    const tab = phone(new FakeServer())
    const rows = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? one : tab).keeper.record('check', check(i), { label: '' })))
    expect(rows.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
    tab.db.close()
  })

  it('refuses pictures without a byte or with too many, and records that are too large', async () => {
    await expect(one.keeper.record('check', check(1), { label: '', photos: [{ file: new Blob([]), kind: 'near' }] })).rejects.toBeInstanceOf(EmptyPhotoError)
    await expect(one.keeper.record('check', check(1), { label: '', photos: [{ file: picture(1, mostPhotoBytes + 1), kind: 'near' }] })).rejects.toBeInstanceOf(TooLargeError)
    await expect(one.keeper.record('check', check(1, { note: 'x'.repeat(600_000) }), { label: '' })).rejects.toBeInstanceOf(TooLargeError)
    expect(await counts()).toEqual([0, 0, 0, 0, 0])
  })

  it('takes the same picture once', async () => {
    await one.keeper.record('check', check(1), { label: '', photos: [{ file: picture(1), kind: 'near' }, { file: picture(1), kind: 'far' }] })
    expect((await photosOf()).map(({ kind }) => kind)).toEqual(['near'])
    await one.keeper.record('check', check(2), { label: '', photos: [{ file: picture(1), kind: 'near' }] })
    expect(await counts()).toEqual([2, 2, 1, 1, 0])
  })

  it('sends tracks and settled conflicts without an id', async () => {
    expect((await one.keeper.record('track', { points: [[120, 36, 0, 5]] }, { label: '' })).body).toEqual({ points: [[120, 36, 0, 5]] })
    expect((await one.keeper.record('mine', { of: 'k', fields: ['status'], seen: 3 }, { label: '' })).body).toEqual({ of: 'k', fields: ['status'], seen: 3 })
  })
})

describe('drafts', () => {
  it('survive the app with their pictures, and become a record', async () => {
    const draft = await one.keeper.saveDraft({ kind: 'check', label: '公厕 1', form: { note: '门坏' } })
    const photo = await one.keeper.addPhoto(draft, picture(1), 'near', '2026-11-22T08:00:00Z')
    await one.keeper.addPhoto(draft, picture(2), 'far')
    one.db.close()
    one = phone(new FakeServer())
    expect(await one.db.drafts.get(draft)).toMatchObject({ form: { note: '门坏' } })
    await one.keeper.record('check', check(1), { label: '', photos: [{ id: photo.id }], draft })
    expect((await photosOf()).map(({ id, taken_at: at }) => [id, at])).toEqual([[photo.id, '2026-11-22T08:00:00Z']])
    expect(await counts()).toEqual([1, 1, 1, 1, 0]) // the second picture was not wanted
  })

  it('go with their pictures, but for those that something else uses', async () => {
    await one.keeper.record('check', check(1), { label: '', photos: [{ file: picture(1), kind: 'near' }] })
    const draft = await one.keeper.saveDraft({ kind: 'problem', label: '', form: {} })
    for (const n of [1, 2, 3]) await one.keeper.addPhoto(draft, picture(n), 'before')
    const third = (await one.db.photos.where('owner').equals(`draft:${draft}`).toArray()).find(({ sha256: hash }) => hash !== '')
    if (third) await one.keeper.dropPhoto(third.id)
    await one.keeper.dropDraft(draft)
    expect(await counts()).toEqual([1, 1, 1, 1, 0])
    await one.keeper.dropPhoto((await photosOf())[0]?.id ?? '')
    expect(await counts()).toEqual([1, 1, 1, 1, 0]) // what was recorded stays
  })

  it('do not lend pictures that have gone', async () => {
    const draft = await one.keeper.saveDraft({ kind: 'check', label: '', form: {} })
    const { id } = await one.keeper.addPhoto(draft, picture(1), 'near')
    await one.keeper.dropDraft(draft)
    await expect(one.keeper.record('check', check(1), { label: '', photos: [{ id }] })).rejects.toThrow('not kept')
  })
})

describe('hashes', () => {
  it('are SHA-256, by the browser and by ourselves', async () => {
    for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 100_003]) {
      const data = randomBytes(length)
      const want = createHash('sha256').update(data).digest('hex')
      expect(Buffer.from(digest(data)).toString('hex')).toBe(want)
      expect(await sha256(new Uint8Array(data).buffer)).toBe(want)
    }
  })

  it('and ids are UUIDs of version 4', () => {
    expect(uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})

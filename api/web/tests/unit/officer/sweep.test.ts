// @vitest-environment node
import 'fake-indexeddb/auto'
import { Dexie } from 'dexie'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sweep } from '../../../src/officer/store/sweep.ts'
import { createWire } from '../../../src/officer/store/wire.ts'
import { check, phone, picture, type TestPhone } from './phone.ts'
import { FakeServer } from './server.ts'

let server: FakeServer
let one: TestPhone
const near = (n: number) => ({ file: picture(n), kind: 'near' as const })

beforeEach(() => {
  server = new FakeServer()
  one = phone(server)
})
afterEach(async () => {
  await one.sync.end()
  one.db.close()
  for (const name of await Dexie.getDatabaseNames()) await Dexie.delete(name)
})

describe('making room', () => {
  const days = (n: number) => Date.now() + n * 86_400_000
  const wire = () => createWire(server.fetch)

  it('lets originals go three days after record and photo have arrived, and not before', async () => {
    await one.keeper.record('check', check(1), { label: '', photos: [near(1)] })
    await sweep(one.db, wire(), false, days(30))
    expect(await one.db.originals.count()).toBe(1)
    await one.sync.now()
    await sweep(one.db, wire(), false, days(2.9))
    expect(await one.db.originals.count()).toBe(1)
    await sweep(one.db, wire(), false, days(3.1))
    expect(await one.db.originals.count()).toBe(0)
    expect((await one.entries())[0]?.photos[0]).toMatchObject({ state: 'stored', here: false })
  })

  it('sends again what the server has lost', async () => {
    await one.keeper.record('check', check(1), { label: '', photos: [near(1)] })
    await one.sync.now()
    server.stored.clear()
    server.photos.clear()
    await sweep(one.db, wire(), true, days(30))
    expect([await one.db.originals.count(), (await one.entries())[0]?.photos[0]?.state]).toEqual([1, 'local'])
    await one.sync.now()
    expect(server.stored.size).toBe(1)
  })

  it('keeps bytes that a draft still uses', async () => {
    await one.keeper.record('check', check(1), { label: '', photos: [near(1)] })
    const draft = await one.keeper.saveDraft({ kind: 'problem', label: '', form: {} })
    await one.keeper.addPhoto(draft, picture(1), 'before')
    await one.sync.now()
    await sweep(one.db, wire(), false, days(30))
    expect(await one.db.originals.count()).toBe(1)
  })

  it('forgets entries two weeks after they are done and read', async () => {
    server.decide = ({ seq }) => (seq === 2 ? { flags: ['far'] } : undefined)
    for (const i of [1, 2]) await one.keeper.record('check', check(i), { label: '', photos: [near(i)] })
    await one.sync.now()
    await sweep(one.db, wire(), false, days(13))
    expect((await one.entries()).length).toBe(2)
    await sweep(one.db, wire(), false, days(15))
    expect((await one.entries()).map(({ seq }) => seq)).toEqual([2])
    await one.keeper.markRead((await one.entries()).map(({ key }) => key))
    await sweep(one.db, wire(), false, days(15))
    expect([(await one.entries()).length, await one.db.photos.count(), await one.db.uploads.count()]).toEqual([0, 0, 0])
  })
})

// @vitest-environment node
import 'fake-indexeddb/auto'
import { createHash } from 'node:crypto'
import { Dexie } from 'dexie'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { check, dice, phone, picture, type TestPhone } from './phone.ts'
import { FakeServer, type Fault } from './server.ts'

let server: FakeServer
let one: TestPhone
const near = (n: number) => ({ file: picture(n), kind: 'near' as const })
const hashOf = async (blob: Blob) => createHash('sha256').update(Buffer.from(await blob.arrayBuffer())).digest('hex')

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true, advanceTimeDelta: 200 })
  server = new FakeServer()
  one = phone(server)
})
afterEach(async () => {
  await one.sync.end()
  one.db.close()
  for (const name of await Dexie.getDatabaseNames()) await Dexie.delete(name)
  vi.useRealTimers()
})

/** Waits until the phone has nothing to send any more; its pauses pass at once. */
async function quiet(): Promise<void> {
  await vi.waitUntil(async () => {
    await vi.advanceTimersByTimeAsync(60_000)
    const all = await one.entries()
    return all.every(({ status, photos }) => status === 'acked' && photos.every(({ state }) => state === 'stored' || state === 'refused'))
  }, { timeout: 20_000, interval: 1 })
}

describe('sending', () => {
  it('tells every record its outcome and stores every photo once, whatever the network does', async () => {
    const roll = dice(7)
    const faults: Fault[] = ['request', 'answer', 'half', 'twice', 'down']
    server.fault = () => (roll() < 0.5 ? faults[Math.floor(roll() * faults.length)] : undefined)
    server.decide = ({ seq }) => (seq % 10 === 0 ? { status: 'conflict', clashes: [] } : seq % 15 === 0 ? { flags: ['far'] } : undefined)
    const hashes: string[] = []
    for (let i = 0; i < 20; i++) {
      const files = [picture(2 * i), picture(2 * i + 1)]
      await one.keeper.record('check', check(i), { label: `${i}`, photos: files.map((file) => ({ file, kind: 'near' })) })
      hashes.push(...await Promise.all(files.map(hashOf)))
    }
    one.sync.wake()
    await quiet()
    expect(server.applied.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
    expect([...server.stored.keys()].sort()).toEqual(hashes.sort())
    expect([...server.stored.values()].every((times) => times === 1)).toBe(true)
    const entries = await one.entries()
    expect(entries.filter(({ outcome }) => outcome?.status === 'conflict').length).toBe(2)
    expect(entries.filter(({ read }) => !read).map(({ seq }) => seq).sort((a, b) => a - b)).toEqual([10, 15, 20])
    expect(await one.db.originals.count()).toBe(40)
  }, 30_000)

  it('goes on where it was killed, with the number after the last', async () => {
    server.fault = (path) => (path.endsWith('/commands') ? 'answer' : undefined)
    await one.keeper.record('check', check(1), { label: '', photos: [near(1)] })
    await one.sync.now()
    expect((await one.entries()).map(({ status }) => status)).toEqual(['sent'])
    await one.sync.end()
    one.db.close()
    one = phone(server)
    server.fault = () => undefined
    const { seq } = await one.keeper.record('check', check(2), { label: '' })
    expect(seq).toBe(2)
    await one.sync.now()
    expect((await one.entries()).map(({ status }) => status)).toEqual(['acked', 'acked'])
    expect(server.applied.map((command) => command.seq)).toEqual([1, 2])
    expect(server.stored.size).toBe(1)
  })

  it('sends at most 200 records and a mebibyte at a time, in order', async () => {
    for (let i = 0; i < 205; i++) await one.keeper.record('check', check(i), { label: '' })
    await one.sync.now()
    expect(server.batches.map(({ commands }) => commands.length)).toEqual([200, 5])
    const note = '字'.repeat(19_000)
    for (let i = 0; i < 20; i++) await one.keeper.record('check', check(i, { note }), { label: '' })
    await one.sync.now()
    expect(server.batches.slice(2).map(({ commands, floor }) => [commands.length, floor])).toEqual([[17, 206], [3, 223]])
    for (const batch of server.batches) expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThan(2 ** 20)
  })

  it('sets aside what the server does not take in any batch, and sends the rest', async () => {
    for (let i = 1; i <= 9; i++) await one.keeper.record('check', check(i), { label: '' })
    server.refuse = ({ commands }) => (commands.some(({ seq }) => seq === 4) ? 400 : undefined)
    await one.sync.now()
    await vi.waitUntil(async () => (await one.entries()).filter(({ status }) => status === 'acked').length === 8)
    const [left] = (await one.entries()).filter(({ status }) => status !== 'acked')
    expect([left?.seq, left?.aside?.status, left?.read]).toEqual([4, 400, false])
    const asked = server.asked.length
    await one.sync.now()
    expect(server.asked.length).toBe(asked) // not before its hour has come
    await one.keeper.record('check', check(10), { label: '' })
    one.sync.wake()
    await vi.waitUntil(async () => (await one.entries())[0]?.status === 'acked')
  })

  it('goes on as another device where the server knows its numbers or its name from elsewhere', async () => {
    const device = async () => (await one.db.device.get('device'))?.id
    const first = await device()
    await one.keeper.record('check', check(1), { label: '' })
    server.decide = ({ seq, key }) => ({ seq, key, status: 'refused', type: 'sequence-reused' })
    await one.sync.now()
    const second = await device()
    expect([second === first, (await one.entries())[0]?.status]).toEqual([false, 'sent'])
    server.refuse = ({ device: { id } }) => (id === second ? 409 : undefined)
    server.code = 'device-taken'
    await one.sync.now()
    expect(await device()).not.toBe(second)
    server.decide = () => undefined
    server.forget()
    await quiet()
    expect((await one.entries())[0]?.outcome?.status).toBe('done')
  })

  it('keeps everything when nobody, or somebody else, is signed in', async () => {
    await one.keeper.record('check', check(1), { label: '', photos: [near(1)] })
    server.signedIn = false
    await one.sync.now()
    expect(one.phase()).toBe('sign_in')
    Object.assign(server, { signedIn: true, account: 'other' })
    await one.sync.now()
    expect(one.phase()).toBe('other_account')
    const other = phone(server, 'other')
    expect(await other.entries()).toEqual([])
    await other.sync.now()
    await other.sync.end()
    other.db.close()
    expect([server.batches.length, server.stored.size]).toEqual([0, 0])
    server.account = 'officer'
    await one.sync.now()
    expect([server.applied.length, server.stored.size, one.phase()]).toEqual([1, 1, 'idle'])
  })

  it('does not ask while there is nothing to send or no network', async () => {
    await one.sync.now()
    one.around.online = false
    await one.keeper.record('check', check(1), { label: '' })
    await one.sync.now()
    expect([server.asked, one.phase()]).toEqual([[], 'offline'])
  })

  it('sends records on any network, photos on one that does not count bytes, or when told to', async () => {
    one.around.photos = false
    await one.keeper.record('check', check(1), { label: '', photos: [near(1)] })
    await one.sync.now()
    expect([server.applied.length, server.stored.size, one.phase()]).toEqual([1, 0, 'wifi'])
    await one.sync.now(true)
    expect([server.stored.size, one.phase()]).toEqual([1, 'idle'])
  })

  it('waits longer after each failure', async () => {
    server.fault = () => 'down'
    await one.keeper.record('check', check(1), { label: '' })
    const waits: number[] = []
    for (let i = 0; i < 12; i++) {
      await one.sync.now()
      waits.push(Date.parse(one.states.at(-1)?.nextAt ?? '') - Date.now())
    }
    expect(one.phase()).toBe('waiting')
    waits.forEach((wait, i) => {
      const whole = Math.min(5 * 60_000, 1000 * 2 ** i)
      expect(wait).toBeGreaterThan(whole / 2 - 500)
      expect(wait).toBeLessThanOrEqual(whole)
    })
  })

  it('waits as long as the server asks, within an hour', async () => {
    server.fault = () => 'down'
    await one.keeper.record('check', check(1), { label: '' })
    for (const [asked, least, most] of [['120', 119_000, 121_000], ['99999999', 3_590_000, 3_600_000], ['soon', 0, 300_000]] as const) {
      server.retryAfter = asked
      await one.sync.now()
      const wait = Date.parse(one.states.at(-1)?.nextAt ?? '') - Date.now()
      expect([asked, one.phase(), wait >= least && wait <= most]).toEqual([asked, 'waiting', true])
    }
  })

  it('takes the page of a hotspot for no answer, and never for a photo that arrived', async () => {
    await one.keeper.record('check', check(1), { label: '', photos: [near(1)] })
    server.fault = () => 'portal'
    await one.sync.now()
    expect([one.phase(), one.states.at(-1)?.nextAt !== undefined]).toEqual(['waiting', true])
    for (const fault of ['portal', 'odd'] as const) {
      server.fault = (path) => (/photos\/[0-9a-f]{64}/.test(path) ? fault : undefined)
      await one.sync.now()
      expect([fault, one.phase(), (await one.entries())[0]?.photos[0]?.state]).toEqual([fault, 'waiting', 'local'])
    }
    server.fault = () => undefined
    await quiet()
    expect(server.stored.size).toBe(1)
  })

  it('comes back after what nobody thought of', async () => {
    await one.keeper.record('check', check(1), { label: '' })
    server.fault = (path) => (path.endsWith('/commands') ? 'odd' : undefined)
    await one.sync.now()
    expect([one.phase(), one.states.at(-1)?.nextAt !== undefined]).toEqual(['waiting', true])
    vi.spyOn(one.db.commands, 'where').mockImplementationOnce(() => { throw new Error('the disk') })
    await one.sync.now()
    expect([one.phase(), one.states.at(-1)?.nextAt !== undefined]).toEqual(['waiting', true])
    expect(one.states.at(-1)?.error?.title).toBe('the disk')
    server.fault = () => undefined
    await quiet()
  })

  it('gives two tabs one sender', async () => {
    const tab = phone(server)
    for (let i = 0; i < 5; i++) await one.keeper.record('check', check(i), { label: '', photos: [near(i)] })
    await Promise.all([one.sync.now(), tab.sync.now()])
    expect(server.batches.length).toBe(1)
    expect(server.asked.filter((path) => path.startsWith('PUT')).length).toBe(5)
    await tab.sync.end()
    tab.db.close()
  })

  it('takes up a large photo where it broke off', async () => {
    const file = picture(1, 2.5 * 2 ** 20)
    await one.keeper.record('check', check(1), { label: '', photos: [{ file, kind: 'near' }] })
    let puts = 0
    server.fault = (path) => (/photos\/[0-9a-f]{64}/.test(path) && ++puts >= 2 && puts <= 3 ? 'half' : undefined)
    await one.sync.now()
    expect((await one.entries())[0]?.photos[0]).toMatchObject({ state: 'partial', offset: 2 ** 20 })
    await quiet()
    expect(server.stored.get(await hashOf(file))).toBe(1)
    expect(puts).toBe(4) // the last from the middle of where it broke off
  })

  it('tells of a photo that the server does not want, and stops sending it', async () => {
    const file = picture(1)
    server.bad.add(await hashOf(file))
    await one.keeper.record('check', check(1), { label: '', photos: [{ file, kind: 'near' }] })
    await one.sync.now()
    const [entry] = await one.entries()
    expect(entry?.photos[0]).toMatchObject({ state: 'refused', here: true })
    expect([entry?.outcome?.status, entry?.read]).toEqual(['done', false])
    const asked = server.asked.length
    await one.sync.now()
    expect(server.asked.length).toBe(asked)
  })

  it('does not send photos of what was refused, and keeps them', async () => {
    server.decide = () => ({ status: 'refused', title: '未采纳' })
    await one.keeper.record('check', check(1), { label: '', photos: [near(1)] })
    await one.sync.now()
    expect([server.stored.size, await one.db.originals.count(), one.phase()]).toEqual([0, 1, 'idle'])
  })
})

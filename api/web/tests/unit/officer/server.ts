import { createHash } from 'node:crypto'
import type { Command, Outcome } from '../../../src/officer/store/types.ts'
import type { Batch } from '../../../src/officer/store/wire.ts'

/** portal: a hotspot answers in the server's place, with a page to sign in. odd: JSON that is none of the server's. */
export type Fault = 'request' | 'answer' | 'half' | 'twice' | 'down' | 'portal' | 'odd' | undefined

/** A server in memory that keeps to the contract of commands and photos, and a network between it and the phone that does not keep to anything. */
export class FakeServer {
  account = 'officer'
  signedIn = true
  /** What the network does to the next request. */
  fault: (path: string) => Fault = () => undefined
  /** What becomes of a command; done where it says nothing. */
  decide: (command: Command) => Partial<Outcome> | undefined = () => undefined
  /** Refuses a batch as a whole. */
  refuse: (batch: Batch) => number | undefined = () => undefined
  /** Hashes that are no photos. */
  readonly bad = new Set<string>()
  readonly applied: Command[] = []
  readonly photos = new Map<string, Buffer>()
  readonly stored = new Map<string, number>()
  readonly batches: Batch[] = []
  readonly asked: string[] = []
  skewMs = 0
  /** With which it says that it is away. */
  retryAfter: string | undefined
  /** Of the problem with which it refuses. */
  code = 'invalid'
  readonly #outcomes = new Map<string, Outcome>()
  readonly #parked = new Map<number, Command>()
  #last = 0

  readonly fetch: typeof fetch = async (input, init) => {
    const path = String(input as string)
    this.asked.push(`${init?.method ?? 'GET'} ${path}`)
    const fault = this.fault(path)
    if (fault === 'request') throw new TypeError('lost')
    if (fault === 'down') return problem(503, 'away', this.retryAfter === undefined ? {} : { 'Retry-After': this.retryAfter })
    if (fault === 'portal') return new Response('<!doctype html><title>Wi-Fi</title>', { headers: { 'Content-Type': 'text/html' } })
    if (fault === 'odd') return Response.json({})
    const body = init?.body instanceof Blob ? Buffer.from(await init.body.arrayBuffer()) : Buffer.from(init?.body as string | undefined ?? '')
    if (fault === 'half' && init?.method === 'PUT') {
      this.#answer(path, new Headers(init.headers), body.subarray(0, body.length >> 1))
      throw new TypeError('lost in the middle')
    }
    const first = this.#answer(path, new Headers(init?.headers), body)
    const answer = fault === 'twice' ? this.#answer(path, new Headers(init?.headers), body) : first
    if (fault === 'answer' || fault === 'half') throw new TypeError('lost on the way back')
    return answer
  }

  /** Knows nothing of commands any more. */
  forget(): void {
    this.#outcomes.clear()
    this.#last = 0
  }

  #answer(path: string, headers: Headers, body: Buffer): Response {
    if (!this.signedIn) return problem(401, 'sign-in')
    if (path === '/api/v1/session') return Response.json({ account: { name: this.account } })
    if (path === '/api/v1/patrol/commands') return this.#commands(JSON.parse(body.toString()) as Batch)
    if (path === '/api/v1/patrol/photos/status') return this.#status((JSON.parse(body.toString()) as { hashes: string[] }).hashes)
    if (path.startsWith('/api/v1/patrol/photos/')) return this.#put(path.split('/').pop() ?? '', headers, body)
    return problem(404, 'not-found')
  }

  #commands(batch: Batch): Response {
    this.batches.push(batch)
    const status = this.refuse(batch)
    if (status !== undefined) return problem(status, this.code)
    this.#last = Math.max(this.#last, batch.floor - 1)
    const told: Outcome[] = []
    for (const command of batch.commands) {
      if (!this.#outcomes.has(command.key)) this.#parked.set(command.seq, command)
    }
    for (const [seq, command] of [...this.#parked].sort(([a], [b]) => a - b)) {
      if (seq > this.#last + 1) continue
      this.#parked.delete(seq)
      this.#last = Math.max(this.#last, seq)
      this.applied.push(command)
      this.#outcomes.set(command.key, { seq, key: command.key, status: 'done', ...this.decide(command) })
    }
    for (const { seq, key } of batch.commands) told.push(this.#outcomes.get(key) ?? { seq, key, status: 'waiting' })
    return Response.json({ received_at: new Date().toISOString(), skew_ms: this.skewMs, next_seq: this.#last + 1, outcomes: told })
  }

  #status(hashes: string[]): Response {
    return Response.json({ items: hashes.map((sha256) => {
      if (this.bad.has(sha256)) return { sha256, state: 'refused', type: 'photo', title: '不是照片', title_en: 'Not a photo' }
      if (this.stored.has(sha256)) return { sha256, state: 'stored' }
      const offset = this.photos.get(sha256)?.length ?? 0
      return { sha256, state: offset > 0 ? 'partial' : 'absent', offset }
    }) })
  }

  #put(sha256: string, headers: Headers, body: Buffer): Response {
    if (this.stored.has(sha256)) return Response.json({ sha256, state: 'stored' }, { status: 201 })
    const [offset, total] = [Number(headers.get('Upload-Offset')), Number(headers.get('Upload-Length'))]
    const held = this.photos.get(sha256) ?? Buffer.alloc(0)
    if (offset > held.length) return problem(409, 'offset', { 'Upload-Offset': String(held.length) })
    const next = Buffer.concat([held.subarray(0, offset), body])
    this.photos.set(sha256, next)
    if (next.length < total) return Response.json({ state: 'partial', offset: next.length }, { status: 202 })
    if (this.bad.has(sha256) || createHash('sha256').update(next).digest('hex') !== sha256) {
      this.photos.delete(sha256)
      return problem(422, 'photo')
    }
    this.stored.set(sha256, (this.stored.get(sha256) ?? 0) + 1)
    return Response.json({ sha256, bytes: next.length, state: 'stored' }, { status: 201 })
  }
}

function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  return Response.json({ type: `urn:wangge:problem:${code}`, title: code, title_en: code }, { status, headers })
}

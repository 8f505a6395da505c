import { toError } from '../../api/client.ts'
import { OfflineError, type ApiError } from '../../api/errors.ts'
import type { SessionAnswer } from '../../api/records.ts'
import type { Command, Instant, Outcome, Pack, Uuid } from './types.ts'

export interface Batch {
  device: { id: Uuid; title: string }
  sent_at: Instant
  /** The lowest number that this device still holds without an outcome: what is missing below will never come. */
  floor: number
  commands: Command[]
}

export interface BatchAnswer {
  received_at: Instant
  skew_ms: number
  next_seq: number
  outcomes: Outcome[]
}

export interface PhotoStatus {
  sha256: string
  state: 'absent' | 'partial' | 'stored' | 'refused'
  offset?: number
  type?: string
  title?: string
  title_en?: string
  detail?: string
}

export interface Reason {
  type: string
  title: string
  title_en: string
}

/** What became of some bytes of a photo. */
export type PutAnswer = { state: 'stored' } | { state: 'partial'; offset: number } | { state: 'refused'; reason: Reason }

/** What the server is asked by a phone. Everything here can be asked twice without harm. */
export interface Wire {
  /** The name of who is signed in. */
  who(): Promise<string>
  commands(batch: Batch): Promise<BatchAnswer>
  status(hashes: readonly string[]): Promise<PhotoStatus[]>
  put(sha256: string, bytes: number, offset: number, chunk: Blob): Promise<PutAnswer>
  /** Undefined where the pack is still the one of that ETag. */
  pack(etag: string | undefined): Promise<{ pack: Pack; etag: string | undefined } | undefined>
}

const patienceMs = 30_000
/** The slowest network that is worth waiting for. */
const leastBytesPerMs = 4
const repeatMs = 300
const patrol = '/api/v1/patrol'

/** Asks by fetch. A request that nobody answers is repeated once; then it is an OfflineError, a refusal an ApiError. */
export function createWire(fetchIt: typeof fetch = (input, init) => fetch(input, init)): Wire {
  async function once(path: string, init: RequestInit, bytes: number): Promise<Response> {
    const signal = AbortSignal.timeout(patienceMs + Math.ceil(bytes / leastBytesPerMs))
    try {
      return await fetchIt(path, { ...init, cache: 'no-store', signal })
    } catch (error) {
      throw new OfflineError('offline', { cause: error })
    }
  }
  /** The whole answer is read here, for it can be lost on its way like the request. */
  async function ask(path: string, init: RequestInit, bytes = 0): Promise<Response> {
    const whole = async () => {
      const response = await once(path, init, bytes)
      if (response.status === 304 || response.status === 204) return response
      const body = await response.blob().catch((error: unknown) => { throw new OfflineError('offline', { cause: error }) })
      return new Response(body, { status: response.status, headers: response.headers })
    }
    try {
      return await whole()
    } catch {
      await new Promise((resolve) => { setTimeout(resolve, repeatMs * (0.5 + Math.random())) })
      return whole()
    }
  }
  async function json<T>(path: string, body?: unknown): Promise<T> {
    const headers = { Accept: 'application/json', ...(body !== undefined && { 'Content-Type': 'application/json' }) }
    const text = body === undefined ? undefined : JSON.stringify(body)
    const response = await ask(path, text === undefined ? { headers } : { method: 'POST', headers, body: text }, text?.length)
    if (!response.ok) throw await toError(response)
    return bodyOf<T>(response)
  }

  return {
    who: async () => (await json<SessionAnswer>('/api/v1/session')).account.name,
    commands: (batch) => json(`${patrol}/commands`, batch),
    status: async (hashes) => (await json<{ items: PhotoStatus[] }>(`${patrol}/photos/status`, { hashes })).items,
    async put(sha256, bytes, offset, chunk) {
      const headers = { 'Content-Type': 'application/octet-stream', 'Upload-Offset': String(offset), 'Upload-Length': String(bytes) }
      return read(await ask(`${patrol}/photos/${sha256}`, { method: 'PUT', headers, body: chunk }, chunk.size))
    },
    async pack(etag) {
      const response = await ask(`${patrol}/pack`, { headers: { Accept: 'application/json', ...(etag !== undefined && { 'If-None-Match': etag }) } })
      if (response.status === 304) return undefined
      if (!response.ok) throw await toError(response)
      return { pack: await bodyOf<Pack>(response), etag: response.headers.get('ETag') ?? undefined }
    },
  }
}

/** What is no JSON comes from a hotspot or a proxy, not from the server: that counts as no answer. */
async function bodyOf<T>(response: Response): Promise<T> {
  try {
    return await response.json() as T
  } catch (cause) {
    throw new OfflineError('somebody else answered', { cause })
  }
}

async function read(response: Response): Promise<PutAnswer> {
  if (response.ok) {
    const { state, offset } = await bodyOf<{ state?: string; offset?: number }>(response)
    if (state === 'stored') return { state }
    if (state === 'partial' && offset !== undefined) return { state, offset }
    throw new OfflineError('somebody else answered') // bytes count as stored on the server's word alone
  }
  const elsewhere = response.headers.get('Upload-Offset')
  if (response.status === 409 && elsewhere !== null) return { state: 'partial', offset: Number(elsewhere) }
  const failure = await toError(response)
  if (response.status === 413 || response.status === 422) return { state: 'refused', reason: reasonOf(failure) }
  throw failure
}

export function reasonOf(failure: ApiError): Reason {
  return {
    type: failure.code,
    title: [failure.title, failure.detail].filter(Boolean).join('：') || `HTTP ${failure.status}`,
    title_en: [failure.titleEn, failure.detailEn].filter(Boolean).join(': ') || `HTTP ${failure.status}`,
  }
}

import { ApiError, OfflineError, type Problem } from './errors.ts'

export { ApiError, OfflineError } from './errors.ts'

export type Reachability = (reachable: boolean) => void
export type QueryValue = string | number | boolean | undefined
export type Query = Record<string, QueryValue>
/** Called when a question or a write is refused for want of a sign-in: true once the same person is signed in again, and it can be repeated. */
export type SignInAgain = () => Promise<boolean>

export interface WriteOptions {
  query?: Query
  /** The revision that was read: the write is refused when somebody changed the row since. '*' writes whatever the row has become. */
  match?: string | number | undefined
  /** Besides those that every request has. */
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** An answer with what its headers say about the row. */
export interface Answered<T> {
  value: T
  /** The row's revision, for the next write; undefined where the answer is no row. */
  revision: string | undefined
  /** Of the city, from which on reads show what was written. */
  cityRevision: string | undefined
}

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
interface Question extends WriteOptions {
  /** Repeated with every attempt, so that a write happens once, however often it is sent. */
  key?: string
  body?: unknown
}

const repeatMs = 400
/** On what a phone packed: its own answer in place of the server's, which was not reached. */
export const packedHeader = 'Wangge-Packed'

/** Reads and writes JSON at the server this page came from, and tells `reached` whether it answered. */
export class Client {
  readonly #fetch: typeof fetch
  readonly #reached: Reachability
  /** What happens when nobody is signed in any more; nothing by default. */
  signInAgain: SignInAgain = () => Promise.resolve(false)
  /** The city's revision after the last write. */
  #written: string | undefined

  constructor(reached: Reachability, fetchJson: typeof fetch = (input, init) => fetch(input, init)) {
    this.#reached = reached
    this.#fetch = fetchJson
  }

  async json<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    return (await this.read<T>(path, query, signal)).value
  }

  /** Like json, with the row's revision. */
  read<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Answered<T>> {
    return this.#ask('GET', path, { query, ...(signal && { signal }) })
  }

  /** Added to questions about the city, so that what has just been written is in the answer. */
  get sinceWrite(): Query {
    return { min_revision: this.#written }
  }

  post<T>(path: string, body: unknown, options: WriteOptions = {}): Promise<Answered<T>> {
    return this.#ask('POST', path, { ...options, body, key: makeKey() })
  }

  patch<T>(path: string, body: unknown, options: WriteOptions = {}): Promise<Answered<T>> {
    return this.#ask('PATCH', path, { ...options, body, key: makeKey() })
  }

  put<T>(path: string, body: unknown, options: WriteOptions = {}): Promise<Answered<T>> {
    return this.#ask('PUT', path, { ...options, body, key: makeKey() })
  }

  delete<T>(path: string, options: WriteOptions = {}): Promise<Answered<T>> {
    return this.#ask('DELETE', path, { ...options, key: makeKey() })
  }

  /** Posts without a key, for what must not be remembered (sign-in), and takes a 401 as the answer. Longer than `patienceMs` is as good as no answer. */
  async bare<T>(method: Method, path: string, body?: unknown, patienceMs?: number): Promise<T> {
    const response = await this.#send(method, path, { body, ...(patienceMs !== undefined && { signal: AbortSignal.timeout(patienceMs) }) })
    if (!response.ok) throw await toError(response)
    return (await answerOf<T>(response)).value
  }

  async #ask<T>(method: Method, path: string, question: Question): Promise<Answered<T>> {
    let response = await this.#twice(method, path, question)
    if (response.status === 401 && (await this.signInAgain())) response = await this.#twice(method, path, question)
    if (!response.ok) throw await toError(response)
    const answer = await answerOf<T>(response)
    if (method !== 'GET') this.#written = answer.cityRevision ?? this.#written
    return answer
  }

  /** A write whose answer got lost is sent once more: its key makes that safe. */
  async #twice(method: Method, path: string, question: Question): Promise<Response> {
    try {
      return await this.#send(method, path, question)
    } catch (failure) {
      if (!(failure instanceof OfflineError) || question.key === undefined) throw failure
      await new Promise((resolve) => { setTimeout(resolve, repeatMs) })
      return this.#send(method, path, question)
    }
  }

  async #send(method: Method, path: string, { query = {}, body, key, match, headers: more, signal }: Question): Promise<Response> {
    const headers: Record<string, string> = { Accept: 'application/json', ...more }
    if (body !== undefined) headers['Content-Type'] = body instanceof Blob ? body.type : 'application/json'
    if (key !== undefined) headers['Idempotency-Key'] = key
    if (match !== undefined) headers['If-Match'] = match === '*' ? match : `"${match}"`
    const init: RequestInit = { headers }
    if (method !== 'GET') init.method = method
    if (body !== undefined) init.body = body instanceof Blob ? body : JSON.stringify(body)
    if (signal) init.signal = signal
    let response: Response
    try {
      response = await this.#fetch(path + encodeQuery(query), init)
    } catch (error) {
      if (isAbort(error)) throw error
      this.#reached(false)
      throw new OfflineError('offline', { cause: error })
    }
    const gatewayDown = [502, 504].includes(response.status)
    this.#reached(!gatewayDown && !response.headers.has(packedHeader))
    return response
  }
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}

export function encodeQuery(query: Query): string {
  const pairs = Object.entries(query).filter((pair): pair is [string, string | number | boolean] => pair[1] !== undefined && pair[1] !== '')
  if (pairs.length === 0) return ''
  return `?${pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')}`
}

/** A key for one write; crypto.randomUUID belongs to secure pages, and a bureau's is often plain http. */
function makeKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

async function answerOf<T>(response: Response): Promise<Answered<T>> {
  const text = await response.text()
  return {
    value: (text === '' ? undefined : JSON.parse(text)) as T,
    revision: response.headers.get('ETag')?.replace(/^(?:W\/)?"|"$/g, ''),
    cityRevision: response.headers.get('Wangge-Revision') ?? undefined,
  }
}

/** The problem that an answer carries. */
export async function toError(response: Response): Promise<ApiError> {
  const requestId = response.headers.get('X-Request-Id') ?? undefined
  const retryAfterS = Number(response.headers.get('Retry-After') ?? NaN)
  const read = (problem: Problem) => new ApiError(response.status, problem, requestId, Number.isFinite(retryAfterS) ? retryAfterS : undefined)
  try {
    return read((await response.json()) as Problem)
  } catch {
    return read({})
  }
}

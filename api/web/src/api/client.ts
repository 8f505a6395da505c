/** A request that failed, told the way a person can act on. */
export class ApiError extends Error {
  readonly status: number
  /** Chinese and English titles of the problem, where the server gave them. */
  readonly title: string | undefined
  readonly titleEn: string | undefined
  readonly requestId: string | undefined

  constructor(status: number, problem: Problem, requestId?: string) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`)
    this.name = 'ApiError'
    this.status = status
    this.title = problem.title
    this.titleEn = problem.title_en
    this.requestId = problem.request_id ?? requestId
  }
}

/** The server could not be reached at all. */
export class OfflineError extends Error {
  override name = 'OfflineError'
}

interface Problem {
  title?: string
  title_en?: string
  detail?: string
  request_id?: string
}

export type Reachability = (reachable: boolean) => void
export type QueryValue = string | number | undefined

/** Reads JSON from the server this page came from and tells `reached` whether it answered. */
export class Client {
  readonly #fetch: typeof fetch
  readonly #reached: Reachability

  constructor(reached: Reachability, fetchJson: typeof fetch = (input, init) => fetch(input, init)) {
    this.#reached = reached
    this.#fetch = fetchJson
  }

  async json<T>(path: string, query: Record<string, QueryValue> = {}, signal?: AbortSignal): Promise<T> {
    const response = await this.#send(path + encodeQuery(query), signal)
    if (!response.ok) throw await toError(response)
    return (await response.json()) as T
  }

  async #send(url: string, signal?: AbortSignal): Promise<Response> {
    let response: Response
    try {
      response = await this.#fetch(url, { headers: { Accept: 'application/json' }, ...(signal && { signal }) })
    } catch (error) {
      if (isAbort(error)) throw error
      this.#reached(false)
      throw new OfflineError('offline', { cause: error })
    }
    const gatewayDown = [502, 504].includes(response.status)
    this.#reached(!gatewayDown)
    return response
  }
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}

function encodeQuery(query: Record<string, QueryValue>): string {
  const pairs = Object.entries(query).filter((pair): pair is [string, string | number] => pair[1] !== undefined)
  if (pairs.length === 0) return ''
  return `?${pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')}`
}

async function toError(response: Response): Promise<ApiError> {
  const requestId = response.headers.get('X-Request-Id') ?? undefined
  try {
    return new ApiError(response.status, (await response.json()) as Problem, requestId)
  } catch {
    return new ApiError(response.status, {}, requestId)
  }
}

/** One thing that is wrong with a request. */
export interface Fault {
  /** Place in the body, such as /valid_from; undefined where it is a parameter. */
  pointer?: string
  parameter?: string
  detail: string
  detail_en: string
}

export interface Problem {
  type?: string
  title?: string
  title_en?: string
  detail?: string
  detail_en?: string
  request_id?: string
  errors?: Fault[]
}

const problemType = 'urn:wangge:problem:'

/** A request that failed, told the way a person can act on. */
export class ApiError extends Error {
  readonly status: number
  /** What kind of problem it is, such as `stale`; '' where the answer was no problem document. */
  readonly code: string
  /** Chinese and English titles of the problem, where the server gave them. */
  readonly title: string | undefined
  readonly titleEn: string | undefined
  readonly detail: string | undefined
  readonly detailEn: string | undefined
  readonly requestId: string | undefined
  readonly faults: readonly Fault[]
  readonly retryAfterS: number | undefined
  /** All of the problem document, for members that only one kind of problem has. */
  readonly more: Record<string, unknown>

  constructor(status: number, problem: Problem, requestId?: string, retryAfterS?: number) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`)
    this.name = 'ApiError'
    this.status = status
    this.code = problem.type?.startsWith(problemType) ? problem.type.slice(problemType.length) : ''
    this.title = problem.title
    this.titleEn = problem.title_en
    this.detail = problem.detail
    this.detailEn = problem.detail_en
    this.requestId = problem.request_id ?? requestId
    this.faults = problem.errors ?? []
    this.retryAfterS = retryAfterS
    this.more = { ...problem }
  }

  /** What is wrong with the place of the body that a JSON pointer names, or with a place inside it. */
  faultAt(pointer: string): Fault | undefined {
    return this.faults.find((fault) => fault.pointer === pointer || fault.pointer?.startsWith(`${pointer}/`))
  }
}

/** The server could not be reached at all. */
export class OfflineError extends Error {
  override name = 'OfflineError'
}

import { ApiError, encodeQuery, type Answered, type Client, type Query } from '../api/client.ts'
import type { Problem as ProblemDocument } from '../api/errors.ts'
import type { Page } from '../api/types.ts'
import { sha256, uuid } from '../officer/store/hash.ts'
import type { ColumnId, State } from './states.ts'
import { columns, openStates, states as allStates } from './states.ts'
import type { Decision, Proposal, ProposalDetail } from './proposal.ts'
import type {
  Checklist, ChecklistItem, OverdueRow, PatrolSettings, PhotoPromise, PlaceKind, Plan, Problem, ProblemClass, ProblemDetail, Rates, StepDraft, Tracks, Visits,
} from './types.ts'

export const mineKinds = ['reported', 'assigned'] as const
export type Mine = (typeof mineKinds)[number]

/** Which problems: undefined asks for all. Days are 2026-01-31. */
export interface ProblemFilter {
  /** None chosen: those in which something is still to be done. */
  states: readonly State[]
  class?: string | undefined
  source?: string | undefined
  dept?: string | undefined
  region?: string | undefined
  since?: string | undefined
  until?: string | undefined
  /** Reported by the one who asks, or to be done by them. */
  mine?: Mine | undefined
  q?: string | undefined
}

export type Drawn = GeoJSON.FeatureCollection & { thinned?: boolean; total?: number }
export type Board = Record<ColumnId, Page<Problem>>
export type PhotoSize = 'thumb' | 'shown' | 'original'
export const rateKinds = ['street', 'region', 'county', 'class', 'major', 'source', 'dept', 'officer', 'place_kind'] as const
export type RateKind = (typeof rateKinds)[number]

export interface RateQuestion {
  by: RateKind
  since?: string | undefined
  until?: string | undefined
  within?: string | undefined
}

const root = '/api/v1/patrol'
const proposalsPath = '/api/v1/feature-proposals'
const columnLimit = 30

export function queryOf({ states, class: kind, source, dept, region, since, until, mine, q }: ProblemFilter): Query {
  return { state: (states.length > 0 ? states : openStates).join(','), class: kind, source, dept, region, from: since, to: until, mine: mine === 'reported' || undefined, assignee: mine === 'assigned' ? 'me' : undefined, q }
}

/** Every question and write of the patrol workspace, by name. */
export class PatrolServer {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  problems(filter: ProblemFilter, limit: number): Promise<Page<Problem>> {
    return this.#client.json(`${root}/problems`, { ...queryOf(filter), limit })
  }

  /** The first of every column, with how many there are. */
  async board(filter: ProblemFilter, only: readonly State[]): Promise<Board> {
    const asked = columns.map(async ({ id, states }): Promise<[ColumnId, Page<Problem>]> => {
      const wanted = states.filter((state) => only.length === 0 || only.includes(state))
      return [id, wanted.length === 0 ? { items: [], total: 0 } : await this.#client.json<Page<Problem>>(`${root}/problems`, { ...queryOf({ ...filter, states: wanted }), limit: columnLimit })]
    })
    return Object.fromEntries(await Promise.all(asked)) as Board
  }

  /** The map knows features by numbers only: their ids go among the properties. */
  async problemsOnMap(filter: ProblemFilter): Promise<Drawn> {
    const drawn = await this.#client.json<Drawn>(`${root}/problems.geojson`, queryOf(filter))
    return { ...drawn, features: drawn.features.map((one) => ({ ...one, properties: { ...one.properties, id: one.id } })) }
  }

  problem(id: string): Promise<Answered<ProblemDetail>> {
    return this.#client.read(`${root}/problems/${encodeURIComponent(id)}`)
  }

  step(problem: Problem, draft: StepDraft): Promise<Answered<ProblemDetail>> {
    return this.#client.post(`${root}/problems/${encodeURIComponent(problem.id)}/steps`, draft, { match: problem.revision })
  }

  async classes(): Promise<ProblemClass[]> {
    return (await this.#client.json<Page<ProblemClass>>(`${root}/classes`)).items
  }

  visits(by: string, days: number, within?: string): Promise<Visits> {
    return this.#client.json(`${root}/visits`, { by, days, within })
  }

  async overdue(by: 'grid' | 'holder', within?: string): Promise<OverdueRow[]> {
    return (await this.#client.json<Page<OverdueRow>>(`${root}/overdue`, { by, within })).items
  }

  tracks(holder: string, day: string): Promise<Tracks> {
    return this.#client.json(`${root}/tracks`, { holder, day })
  }

  patrolSettings(): Promise<PatrolSettings> {
    return this.#client.json(`${root}/settings`)
  }

  putSettings(settings: PatrolSettings): Promise<Answered<PatrolSettings>> {
    return this.#client.put(`${root}/settings`, settings)
  }

  rates({ by, since, until, within }: RateQuestion): Promise<Rates> {
    return this.#client.json(`${root}/rates`, { by, from: since, to: until, within })
  }

  async plans(): Promise<Plan[]> {
    return (await this.#client.json<Page<Plan>>(`${root}/plans`)).items
  }

  putPlan({ code, revision, ...plan }: Plan): Promise<Answered<Plan>> {
    return this.#client.put(`${root}/plans/${encodeURIComponent(code)}`, plan, revision > 0 ? { match: revision } : {})
  }

  dropPlan({ code, revision }: Plan): Promise<Answered<undefined>> {
    return this.#client.delete(`${root}/plans/${encodeURIComponent(code)}`, { match: revision })
  }

  async checklists(): Promise<Checklist[]> {
    return (await this.#client.json<Page<Checklist>>(`${root}/checklists`)).items
  }

  addEdition(code: string, edition: string, items: readonly ChecklistItem[]): Promise<Answered<Checklist>> {
    return this.#client.post(`${root}/checklists/${encodeURIComponent(code)}/editions`, { edition, items })
  }

  putClass({ code, revision, ...one }: ProblemClass): Promise<Answered<ProblemClass>> {
    return this.#client.put(`${root}/classes/${encodeURIComponent(code)}`, one, revision > 0 ? { match: revision } : {})
  }

  async placeKinds(): Promise<PlaceKind[]> {
    return (await this.#client.json<Page<PlaceKind>>(`${root}/place-kinds`)).items
  }

  proposals(query: { state?: string | undefined; layer?: string | undefined; region?: string | undefined }, limit: number): Promise<Page<Proposal>> {
    return this.#client.json(proposalsPath, { ...query, limit })
  }

  proposal(id: string): Promise<Answered<ProposalDetail>> {
    return this.#client.read(`${proposalsPath}/${encodeURIComponent(id)}`)
  }

  decide({ id, revision }: Proposal, decision: Decision): Promise<Answered<ProposalDetail>> {
    return this.#client.post(`${proposalsPath}/${encodeURIComponent(id)}/decide`, decision, { match: revision })
  }

  /** Stores a picture and gives what a step promises of it. */
  async keepPhoto(file: File, kind: string): Promise<PhotoPromise> {
    const bytes = await file.arrayBuffer()
    const hash = await sha256(bytes)
    await this.#client.put(`${root}/photos/${hash}`, new Blob([bytes], { type: 'application/octet-stream' }), { headers: { 'Upload-Offset': '0', 'Upload-Length': String(bytes.byteLength) } })
    return { id: uuid(), sha256: hash, bytes: bytes.byteLength, kind, taken_at: new Date(file.lastModified).toISOString() }
  }

  /** The bytes of a photo; whoever may not see it gets an ApiError. */
  async photo(id: string, size: PhotoSize, signal: AbortSignal): Promise<Blob> {
    const response = await fetch(`${root}/photos/${encodeURIComponent(id)}?size=${size}`, { signal })
    if (response.ok) return response.blob()
    const told = await response.json().catch(() => ({})) as ProblemDocument
    throw new ApiError(response.status, told, response.headers.get('X-Request-Id') ?? undefined)
  }
}

/** Those of a period that rates count: all but what was no problem, or the same as another. */
export function counted(filter: Omit<ProblemFilter, 'states'>): ProblemFilter {
  return { ...filter, states: allStates.filter((state) => state !== 'void' && state !== 'merged') }
}

/** A workbook holds so many problems with their pictures, and no more. */
export const mostPictured = 500

/** Where the table of what is filtered is downloaded; a workbook with its pictures, where it can hold them. */
export function problemsFile(filter: ProblemFilter, f: 'xlsx' | 'csv', total: number): string {
  return f === 'csv' ? `${root}/problems${encodeQuery({ ...queryOf(filter), f })}` : `${root}/problems.xlsx${encodeQuery({ ...queryOf(filter), photos: total <= mostPictured || undefined })}`
}

export function ratesFile({ by, since, until, within }: RateQuestion, f: 'xlsx' | 'csv'): string {
  return `${root}/rates${encodeQuery({ by, from: since, to: until, within, f })}`
}

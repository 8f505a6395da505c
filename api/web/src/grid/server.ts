import type { Client, Query, WriteOptions } from '../api/client.ts'
import type { Day } from '../api/records.ts'
import type { Page } from '../api/types.ts'
import type {
  Edit, EditResult, Failure, Figure, GridDetail, GridItem, Integrity, Lineage, Listed, PersonItem, Responsibility, RoleItem, Scheme, Shape, States,
} from './types.ts'

type At = Day | undefined

/** A list is shown whole up to this many lines; the server gives as many at once. */
export const listLimit = 1000
const foundLimit = 20
const logLimit = 50

/** What an edit of a grid says: the shape of it depends on the kind. */
export type Ask =
  | { kind: 'split'; line: GeoJSON.LineString }
  | { kind: 'merge'; with: string[]; name?: string }
  | { kind: 'redraw'; geometry: Shape }
  | { kind: 'redraw'; members: string[] }
  | { kind: 'retire' }

export interface EditRequest {
  grid: { scheme: string; code: string; revision: number | string }
  ask: Ask
  note?: string
  dryRun: boolean
}

export interface NewDuty {
  holder: string
  role: string
  target: { kind: 'grid'; code: string; scheme: string }
}

/** Every question of the grid workspace, by name. */
export class GridServer {
  readonly #client: Client
  /** The revision of the last write from here: what is read afterwards must show it. */
  #written: string | undefined

  constructor(client: Client) {
    this.#client = client
  }

  #read<T>(path: string, query: Query, signal?: AbortSignal): Promise<T> {
    return this.#client.json(path, { ...query, min_revision: this.#written }, signal)
  }

  async #write<T>(path: string, body: unknown, options: WriteOptions = {}): Promise<T> {
    const { value, cityRevision } = await this.#client.post<T>(path, body, options)
    this.#written = cityRevision ?? this.#written
    return value
  }

  async schemes(): Promise<Scheme[]> {
    const answer = await this.#read<Page<Scheme> | Scheme[]>('/api/v1/schemes', {})
    return Array.isArray(answer) ? answer : answer.items
  }

  async grids(scheme: string, at: At): Promise<GridItem[]> {
    return (await this.#read<Page<GridItem>>('/api/v1/grids', { scheme, at, limit: listLimit })).items
  }

  grid(scheme: string, code: string, at?: At, signal?: AbortSignal): Promise<GridDetail> {
    return this.#read(gridPath(code), { scheme, at }, signal)
  }

  states(scheme: string, at: At): Promise<States> {
    return this.#read('/api/v1/grids/states', { scheme, at })
  }

  lineage(scheme: string, code: string): Promise<Lineage> {
    return this.#read(`${gridPath(code)}/lineage`, { scheme })
  }

  vacancies(query: { at: At }): Promise<Page<Failure>> {
    return this.#read('/api/v1/vacancies', { ...query, limit: listLimit })
  }

  integrity(scheme: string): Promise<Integrity> {
    return this.#read('/api/v1/integrity', { scheme })
  }

  edits(scheme: string): Promise<Page<Edit>> {
    return this.#read('/api/v1/grid-edits', { scheme, limit: logLimit })
  }

  responsibility(by: string, scheme: string, at: At): Promise<Responsibility> {
    return this.#read('/api/v1/responsibility', { by, scheme, at })
  }

  figureList(figure: Figure, query: { region: string; scheme: string; at: At; side: 'have' | 'lack' }): Promise<Page<Listed>> {
    return this.#read(`/api/v1/responsibility/lists/${figure}`, { ...query, limit: listLimit })
  }

  async persons(q: string, signal?: AbortSignal): Promise<PersonItem[]> {
    return (await this.#read<Page<PersonItem>>('/api/v1/persons', { q: q === '' ? undefined : q, limit: foundLimit }, signal)).items
  }

  async roles(): Promise<RoleItem[]> {
    const answer = await this.#read<Page<RoleItem> | RoleItem[]>('/api/v1/roles', {})
    return Array.isArray(answer) ? answer : answer.items
  }

  edit({ grid, ask: { kind, ...body }, note, dryRun }: EditRequest, signal?: AbortSignal): Promise<EditResult> {
    const options = { query: { scheme: grid.scheme, dry_run: dryRun || undefined }, match: grid.revision, ...(signal && { signal }) }
    return this.#write(`${gridPath(grid.code)}/${kind}`, { ...body, ...(note && { note }) }, options)
  }

  repair(scheme: string, finding: string): Promise<EditResult> {
    return this.#write('/api/v1/integrity/repairs', { scheme, finding })
  }

  undo(edit: number): Promise<EditResult> {
    return this.#write(`/api/v1/grid-edits/${edit}/undo`, {})
  }

  /** All or none. */
  async assign(duties: NewDuty[]): Promise<void> {
    await this.#write('/api/v1/duties/batch', { operations: duties.map((add) => ({ add })) })
  }

  /** Ends a duty; the day is its last. */
  async endDuty(id: number, on: Day): Promise<void> {
    await this.#write('/api/v1/duties/batch', { operations: [{ end: { id, on } }] })
  }
}

function gridPath(code: string): string {
  return `/api/v1/grids/${encodeURIComponent(code)}`
}

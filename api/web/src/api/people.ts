import type { Answered, Client } from './client.ts'
import type { Day, DeptRef, Duty, Rank, RoleTitle, TargetKind } from './records.ts'
import type { Page } from './types.ts'

export type HolderPath = 'persons' | 'organisations'

export interface Department {
  code: string
  name: string
  name_en?: string | null
  kind?: string
}

export interface Role {
  code: string
  title: string
  title_en: string
}

/** A person or an organisation as a list shows it. */
export interface Person {
  code: string
  kind: 'person' | 'organisation'
  name: string
  phone: string | null
  masked: boolean
  dept: DeptRef | null
  title: string | null
  sample: boolean
  valid_from: Day | null
  valid_to: Day | null
  revision: number
  duties: number
  /** The largest share of a limit that is used, more than 1 beyond it; 0 where nothing limits. */
  load: number
  overloaded: boolean
  absent: boolean
}

export type AbsenceKind = 'leave' | 'training' | 'secondment' | 'other'
export const absenceKinds: readonly AbsenceKind[] = ['leave', 'training', 'secondment', 'other']

export interface Absence {
  id: number
  kind: AbsenceKind
  valid_from: Day
  valid_to: Day
  revision: number
}

export interface RoleLoad extends RoleTitle {
  kind: TargetKind
  have: number
  at_most: number | null
}

/** The whole of a person: what the list counts is a list here. */
export interface PersonDetail extends Omit<Person, 'duties'> {
  note: string | null
  /** Of all times. */
  duties: Duty[]
  absences: Absence[]
  loads: RoleLoad[]
}

export interface PersonDraft {
  code?: string
  name: string
  /** Empty texts stand for none. */
  phone: string
  dept: string
  title: string
  note: string
}

export interface DutyDraft {
  holder: string
  role: string
  target: { kind: TargetKind; code: string; scheme?: string }
  rank?: Rank
  hours?: string
  valid_from?: Day
  valid_to?: Day
  note?: string
}

export interface AbsenceDraft {
  kind: AbsenceKind
  valid_from: Day
  valid_to: Day
  substitutes: { duty: number; holder: string }[]
}

export interface Handover {
  to: string
  on: Day
  duties?: number[]
  note?: string
}

/** What is to be said of a row of a ledger: that it was set aside, or what was made of it. */
export interface ImportNote {
  sheet: string
  /** 0 is the whole sheet. */
  row: number
  reason: string
  reason_en: string
  rejected: boolean
}

export interface ImportReport {
  read: number
  inserted: number
  updated: number
  unchanged: number
  rejected: number
  duties: { inserted: number; updated: number; unchanged: number }
  rows: ImportNote[]
}

export interface Requirement {
  id?: number
  target_kind: TargetKind
  applies_to: string
  role: string
  at_least: number
  at_most: number | null
}

export interface LoadLimit {
  id?: number
  role: string
  target_kind: TargetKind
  applies_to: string
  at_most: number
  standard: string | null
  verified: boolean
}

export type Filters = Record<string, string | undefined>

const pageLimit = 100
const dutyLimit = 500

/** People, organisations, their duties and what the city asks of them. */
export class People {
  readonly #client: Client
  #departments: Promise<Department[]> | undefined
  #roles: Promise<Role[]> | undefined

  constructor(client: Client) {
    this.#client = client
  }

  holders(kind: HolderPath, filters: Filters, cursor?: string, signal?: AbortSignal, limit = pageLimit): Promise<Page<Person>> {
    return this.#client.json(`/api/v1/${kind}`, { ...filters, limit, cursor, ...this.#client.sinceWrite }, signal)
  }

  holder(kind: HolderPath, code: string, signal?: AbortSignal): Promise<Answered<PersonDetail>> {
    return this.#client.read(`/api/v1/${kind}/${encodeURIComponent(code)}`, this.#client.sinceWrite, signal)
  }

  async dutiesOf(holder: string, signal?: AbortSignal): Promise<Duty[]> {
    const page = await this.#client.json<Page<Duty>>('/api/v1/duties', { holder, limit: dutyLimit, ...this.#client.sinceWrite }, signal)
    return page.items
  }

  /** Code tables change rarely: each is asked for once, and a failure is forgotten. */
  departments(): Promise<Department[]> {
    return this.#departments ??= this.#table<Department>('departments', () => { this.#departments = undefined })
  }

  roles(): Promise<Role[]> {
    return this.#roles ??= this.#table<Role>('roles', () => { this.#roles = undefined })
  }

  #table<T>(name: string, forget: () => void): Promise<T[]> {
    const asked = this.#client.json<Page<T>>(`/api/v1/${name}`).then(({ items }) => items)
    asked.catch(forget)
    return asked
  }

  make(kind: HolderPath, draft: PersonDraft): Promise<Answered<Person>> {
    return this.#client.post(`/api/v1/${kind}`, draft)
  }

  change(kind: HolderPath, code: string, draft: Partial<PersonDraft>, match: string | number | undefined): Promise<Answered<Person>> {
    return this.#client.patch(`/api/v1/${kind}/${encodeURIComponent(code)}`, draft, { match })
  }

  /** The holder leaves for good, from today on. */
  end(kind: HolderPath, code: string, endDuties: boolean, match: string | number | undefined): Promise<Answered<unknown>> {
    return this.#client.delete(`/api/v1/${kind}/${encodeURIComponent(code)}`, { match, query: { end_duties: endDuties || undefined } })
  }

  handOver(kind: HolderPath, code: string, handover: Handover): Promise<Answered<unknown>> {
    return this.#client.post(`/api/v1/${kind}/${encodeURIComponent(code)}/handover`, handover)
  }

  absent(kind: HolderPath, code: string, absence: AbsenceDraft): Promise<Answered<unknown>> {
    return this.#client.post(`/api/v1/${kind}/${encodeURIComponent(code)}/absences`, absence)
  }

  back(kind: HolderPath, code: string, { id, revision }: Absence): Promise<Answered<unknown>> {
    return this.#client.delete(`/api/v1/${kind}/${encodeURIComponent(code)}/absences/${id}`, { match: revision })
  }

  assign(duty: DutyDraft): Promise<Answered<Duty>> {
    return this.#client.post('/api/v1/duties', duty)
  }

  /** `on` is the duty's last day, today where it is left out. One that has not begun is taken back. */
  endDuty({ id, revision }: Duty, on?: Day): Promise<Answered<unknown>> {
    return this.#client.delete(`/api/v1/duties/${id}`, { match: revision, query: { on } })
  }

  /** A scheme says of which net the ledger's grids are. */
  async importPeople(file: Blob, scheme: string | undefined, dryRun: boolean): Promise<ImportReport> {
    const { value } = await this.#client.post<ImportReport>('/api/v1/persons/import', file, { query: { scheme, dry_run: dryRun || undefined } })
    return value
  }

  requirements(signal?: AbortSignal): Promise<Answered<{ items: Requirement[] }>> {
    return this.#client.read('/api/v1/requirements', this.#client.sinceWrite, signal)
  }

  putRequirements(items: readonly Requirement[], match: string | undefined): Promise<Answered<{ items: Requirement[] }>> {
    return this.#client.put('/api/v1/requirements', { items: items.map(withoutId) }, { match })
  }

  loadLimits(signal?: AbortSignal): Promise<Answered<{ items: LoadLimit[] }>> {
    return this.#client.read('/api/v1/load-limits', this.#client.sinceWrite, signal)
  }

  putLoadLimits(items: readonly LoadLimit[], match: string | undefined): Promise<Answered<{ items: LoadLimit[] }>> {
    return this.#client.put('/api/v1/load-limits', { items: items.map(withoutId) }, { match })
  }
}

/** The tables are written as a whole: their rows get new ids. */
function withoutId<T extends { id?: number }>(row: T): T {
  const copy = { ...row }
  delete copy.id
  return copy
}

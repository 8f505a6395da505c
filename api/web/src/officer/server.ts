import type { Client } from '../api/client.ts'
import type { CollectionSchema, Page, Position } from '../api/types.ts'
import type { DueItem, Flag, Instant, PackProblem, StepKind, Uuid } from './store/types.ts'

export interface DueAnswer {
  made_at: Instant
  holder: { id: number; code: string; name: string } | null
  grids: { scheme: string; code: string; name: string | null }[]
  counts: { due: number; overdue: number; done: number }
  items: DueItem[]
}

export interface PhotoShown {
  id: Uuid
  kind: string
  state: 'awaited' | 'stored' | 'refused'
  width?: number
  height?: number
}

export interface CheckShown {
  id: Uuid
  plan: string | null
  subject: { kind: string; id: number; code: string | null; name: string | null }
  result: 'normal' | 'abnormal'
  note: string | null
  at: Instant
  distance_m: number | null
  flags: Flag[] | null
  photos: PhotoShown[] | null
}

export interface ProblemEvent {
  id: Uuid
  ordinal: number
  step: StepKind
  at: Instant
  by: string | { name?: string } | null
  note: string | null
  photos: PhotoShown[] | null
}

export interface ProblemShown extends PackProblem {
  note?: string
  description?: string | null
  events?: ProblemEvent[]
  can?: StepKind[]
  photos?: PhotoShown[] | null
}

/** What an officer found about the record of a thing, and what staff decided. */
export interface FindingShown {
  id: Uuid
  layer: string
  layer_title: string
  layer_title_en: string
  feature: { id: number; code: string | null; name: string | null } | null
  finding: 'exists' | 'missing' | 'differs' | 'new'
  state: 'recorded' | 'open' | 'accepted' | 'partly' | 'rejected' | 'withdrawn'
  at: Instant
  decision: { reason: string } | null
}

const shownChecks = 50
const schemaKey = 'wangge.schema.'

/** What the officer's pages ask the server themselves; whatever has to survive goes through the store. */
export class OfficerServer {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** All of the own due list, the open part in the order of a walk from `from`. */
  due(from: Position | undefined): Promise<DueAnswer> {
    return this.#client.json('/api/v1/patrol/due', { all: true, ...(from && { order: 'route', lon: from[0].toFixed(6), lat: from[1].toFixed(6) }) })
  }

  problem(id: Uuid): Promise<ProblemShown> {
    return this.#client.json(`/api/v1/patrol/problems/${encodeURIComponent(id)}`)
  }

  async myProblems(): Promise<ProblemShown[]> {
    return (await this.#client.json<Page<ProblemShown>>('/api/v1/patrol/problems', { mine: true, limit: shownChecks })).items
  }

  async myFindings(): Promise<FindingShown[]> {
    return (await this.#client.json<Page<FindingShown>>('/api/v1/feature-proposals', { mine: true, limit: shownChecks })).items
  }

  async myChecks(holder: string): Promise<CheckShown[]> {
    return (await this.#client.json<Page<CheckShown>>('/api/v1/patrol/checks', { holder, limit: shownChecks })).items
  }

  /** The fields of a layer: kept for where there is no network. */
  async schema(layer: string): Promise<CollectionSchema> {
    const key = schemaKey + layer
    try {
      const schema = await this.#client.json<CollectionSchema>(`/ogc/collections/${layer}/schema`)
      keepText(key, JSON.stringify(schema))
      return schema
    } catch (failure) {
      const kept = localStorage.getItem(key)
      if (kept !== null) return JSON.parse(kept) as CollectionSchema
      throw failure
    }
  }

  /** Fetches the fields of layers, so that the record can be held against what is there without a network. What cannot be had is asked for again when it is needed. */
  async keepSchemas(layers: readonly string[]): Promise<void> {
    await Promise.allSettled(layers.map((layer) => this.schema(layer)))
  }
}

/** Where there is no room it is not kept. */
function keepText(key: string, text: string): void {
  try {
    localStorage.setItem(key, text)
  } catch {
    localStorage.removeItem(key)
  }
}

export function photoHref(id: Uuid, size: 'thumb' | 'shown'): string {
  return `/api/v1/patrol/photos/${encodeURIComponent(id)}?size=${size}`
}

import type { Feature, Geometry } from 'geojson'
import type { Answered, Client, Query } from '../../api/client.ts'
import type { Department } from '../../api/people.ts'
import type { CollectionSchema, FeatureItem, Page } from '../../api/types.ts'

/** What a write says of one feature. */
export interface FeatureBody {
  geometry?: Geometry
  properties?: Record<string, unknown>
}

export interface WriteChoice {
  /** Tells what would come of it, and keeps nothing. */
  dryRun?: boolean
  /** Takes coordinates that look like those of GCJ-02 as they are. */
  asGiven?: boolean
}

export interface Change {
  field: string
  before: unknown
  after: unknown
}

/** One version of a feature and what came with it. */
export interface Version {
  version: number
  op: 'insert' | 'update' | 'delete'
  at: string
  /** Null for who may not know. */
  actor: string | null
  changes: Change[]
  moved_m: number | null
}

export interface Diff {
  from: number
  to: number
  changes: Change[]
  geometry: { before: Geometry | null; after: Geometry | null; moved_m: number | null } | null
}

export interface Operation {
  op: 'create' | 'replace' | 'update' | 'delete'
  layer: string
  id?: number
  match?: string
  feature?: FeatureBody
}

export interface OperationResult {
  id?: number
  revision?: number
  status: 'ok' | 'fault' | 'stale' | 'forbidden' | 'not_found'
  errors?: { pointer?: string; detail?: string; detail_en?: string }[]
}

/** Features asked for by their numbers, and operations of a batch, in one request. */
export const mostIds = 200
export const mostOperations = 1000
const mergePatchType = 'application/merge-patch+json'

/** Every question and write of the inventory's editor, by name. */
export class EditServer {
  readonly #client: Client
  readonly #schemas = new Map<string, Promise<CollectionSchema>>()
  #departments: Promise<Department[]> | undefined

  constructor(client: Client) {
    this.#client = client
  }

  /** What a reader may know of a layer's fields: staff know more, so it is kept by who asks. */
  schema(layer: string, reader: string): Promise<CollectionSchema> {
    const key = `${reader}/${layer}`
    const known = this.#schemas.get(key)
    if (known) return known
    const asked = this.#client.json<CollectionSchema>(`/ogc/collections/${layer}/schema`)
    this.#schemas.set(key, asked)
    asked.catch(() => this.#schemas.delete(key))
    return asked
  }

  departments(): Promise<Department[]> {
    this.#departments ??= this.#client.json<Page<Department>>('/api/v1/departments').then(({ items }) => items)
    this.#departments.catch(() => { this.#departments = undefined })
    return this.#departments
  }

  item(layer: string, id: string, signal?: AbortSignal): Promise<Read> {
    return this.#client.read<FeatureItem>(itemPath(layer, id), {}, signal).then(readOf)
  }

  /** Many features of a layer, without what they lie in. */
  async items(layer: string, ids: readonly string[], signal?: AbortSignal): Promise<FeatureItem[]> {
    const page = await this.#client.json<{ features: FeatureItem[] }>(`/ogc/collections/${layer}/items`, { ids: ids.join(','), limit: ids.length }, signal)
    return page.features
  }

  create(layer: string, body: FeatureBody, choice: WriteChoice = {}, signal?: AbortSignal): Promise<Read> {
    const feature: Feature = { type: 'Feature', geometry: body.geometry as Geometry, properties: body.properties ?? {} }
    return this.#client.post<FeatureItem>(`/ogc/collections/${layer}/items`, feature, { query: queryOf(choice), ...(signal && { signal }) }).then(readOf)
  }

  /** A merge patch: what is null becomes empty, what is left out stays. */
  change(layer: string, id: string, body: FeatureBody, match: number | '*', choice: WriteChoice = {}): Promise<Read> {
    return this.#client.patch<FeatureItem>(itemPath(layer, id), new Blob([JSON.stringify(body)], { type: mergePatchType }), { query: queryOf(choice), match }).then(readOf)
  }

  async remove(layer: string, id: string, match: number | '*'): Promise<void> {
    await this.#client.delete(itemPath(layer, id), { match })
  }

  history(layer: string, id: string, cursor?: string): Promise<Page<Version>> {
    return this.#client.json(`${itemPath(layer, id)}/history`, { limit: 100, cursor })
  }

  version(layer: string, id: string, version: number): Promise<FeatureItem> {
    return this.#client.json(`${itemPath(layer, id)}/history/${version}`)
  }

  diff(layer: string, id: string, from: number, to: number): Promise<Diff> {
    return this.#client.json(`${itemPath(layer, id)}/diff`, { from, to })
  }

  /** Makes the feature what it was; '*' brings back one that was deleted. */
  restore(layer: string, id: string, version: number, match: number | '*'): Promise<Read> {
    return this.#client.post<FeatureItem>(`${itemPath(layer, id)}/restore`, { version }, { match }).then(readOf)
  }

  async batch(operations: readonly Operation[], choice: Pick<WriteChoice, 'dryRun'> = {}): Promise<OperationResult[]> {
    const { value } = await this.#client.post<{ results: OperationResult[] }>('/api/v1/features/batch', { operations }, { query: queryOf(choice) })
    return value.results
  }
}

/** A feature and the version it has. */
export interface Read {
  item: FeatureItem
  revision: number
}

/** The version stands in the body, and before the dot of the ETag. */
function readOf({ value, revision }: Answered<FeatureItem>): Read {
  return { item: value, revision: value.revision ?? (Number(revision?.split('.')[0]) || 0) }
}

function queryOf({ dryRun, asGiven }: WriteChoice): Query {
  return { dry_run: dryRun === true || undefined, accept: asGiven === true ? 'shift' : undefined }
}

function itemPath(layer: string, id: string): string {
  return `/ogc/collections/${layer}/items/${encodeURIComponent(id)}`
}

import type { Client } from '../api/client.ts'
import type { Box, CollectionSchema, FeatureItem } from '../api/types.ts'

/** Which features of a layer, in which order. */
export interface Question {
  layer: string
  /** CQL2 text; '' for all. */
  filter: string
  /** As in the address: name,-capacity. */
  sort: string
  region?: string | undefined
  /** scheme:code */
  grid?: string | undefined
  box?: Box | undefined
}

export interface Order {
  total: number
  revision: string
  ids: number[]
}

export interface InventoryFeature extends FeatureItem {
  id: number
  revision?: number
}

/** What the table asks of the server. */
export class InventoryServer {
  readonly #client: Client
  readonly #documents = new Map<string, Promise<CollectionSchema>>()

  constructor(client: Client) {
    this.#client = client
  }

  /** The numbers of all features that are asked for, in order. */
  order(question: Question, signal?: AbortSignal): Promise<Order> {
    return this.#client.json(`/api/v1/features/${question.layer}/order`, queryOf(question), signal)
  }

  /** Some features by number; those that are no more are left out. */
  async items(layer: string, ids: readonly number[], signal?: AbortSignal): Promise<InventoryFeature[]> {
    const { features } = await this.#client.json<{ features: InventoryFeature[] }>(`/ogc/collections/${layer}/items`, { ids: ids.join(','), limit: ids.length, ...this.#client.sinceWrite }, signal)
    return features
  }

  /** What can be filtered by, and what sorted by. Like schemas they are asked for once, for one person. */
  queryables(layer: string, account: string): Promise<CollectionSchema> {
    return this.#document(`/ogc/collections/${layer}/queryables`, account)
  }

  sortables(layer: string, account: string): Promise<CollectionSchema> {
    return this.#document(`/ogc/collections/${layer}/sortables`, account)
  }

  schema(layer: string, account: string): Promise<CollectionSchema> {
    return this.#document(`/ogc/collections/${layer}/schema`, account)
  }

  /** Whether tiles can be filtered so: throws the refusal. */
  async tryTiles(layer: string, filter: string, signal?: AbortSignal): Promise<void> {
    await this.#client.json(tileJsonPath(layer), { filter }, signal)
  }

  #document(path: string, account: string): Promise<CollectionSchema> {
    const key = `${path} ${account}`
    const known = this.#documents.get(key)
    if (known) return known
    const asked = this.#client.json<CollectionSchema>(path)
    this.#documents.set(key, asked)
    asked.catch(() => this.#documents.delete(key))
    return asked
  }
}

export function tileJsonPath(layer: string): string {
  return `/tiles/${layer}.json`
}

/** A question as parameters, alike for the order, for items and for exports. */
export function queryOf({ filter, sort, region, grid, box }: Question): Record<string, string | undefined> {
  return {
    filter: filter || undefined, sortby: sort || undefined, region, grid,
    bbox: box?.map((degrees) => degrees.toFixed(6)).join(','),
  }
}

import type { StyleSpecification } from 'maplibre-gl'
import { Accounts } from './accounts.ts'
import type { Client } from './client.ts'
import { People } from './people.ts'
import type {
  Box, CollectionSchema, Counts, FeatureItem, Located, Page, Position, Region, SearchItem, Status,
} from './types.ts'

/** Children of a region shown at once; a city has a few hundred communities at most. */
const childrenLimit = 500

/** Every question the app asks, by name. */
export class Server {
  /** For questions and writes that have no name here. */
  readonly client: Client
  readonly accounts: Accounts
  readonly people: People
  readonly #schemas = new Map<string, Promise<CollectionSchema>>()

  constructor(client: Client) {
    this.client = client
    this.accounts = new Accounts(client)
    this.people = new People(client)
  }

  style(theme: string, lang: string, signal?: AbortSignal): Promise<StyleSpecification> {
    return this.client.json('/style.json', { theme, lang }, signal)
  }

  status(): Promise<Status> {
    return this.client.json('/api/v1/status')
  }

  counts(bbox: Box, signal?: AbortSignal): Promise<Counts> {
    return this.client.json('/api/v1/counts', { bbox: bbox.map((degrees) => degrees.toFixed(6)).join(',') }, signal)
  }

  region(code: string): Promise<Region> {
    return this.client.json(`/api/v1/regions/${encodeURIComponent(code)}`)
  }

  /** The regions right below `parent`, or the top of the tree. */
  async children(parent?: string): Promise<Region[]> {
    const page = await this.client.json<Page<Region>>('/api/v1/regions', { parent, limit: childrenLimit })
    return page.items
  }

  locate([lon, lat]: Position): Promise<Located> {
    return this.client.json('/api/v1/locate', { lon: lon.toFixed(7), lat: lat.toFixed(7) })
  }

  async search(q: string, limit: number, signal?: AbortSignal): Promise<SearchItem[]> {
    const page = await this.client.json<Page<SearchItem>>('/api/v1/search', { q, limit }, signal)
    return page.items
  }

  /** A feature as it is, or as it was at the end of a day. */
  item(collection: string, id: string, day?: string): Promise<FeatureItem> {
    return this.client.json(`/ogc/collections/${collection}/items/${encodeURIComponent(id)}`, { datetime: day })
  }

  /** Schemas change only with the server, so each is asked for once; a failure is forgotten. */
  schema(collection: string): Promise<CollectionSchema> {
    const known = this.#schemas.get(collection)
    if (known) return known
    const asked = this.client.json<CollectionSchema>(`/ogc/collections/${collection}/schema`)
    this.#schemas.set(collection, asked)
    asked.catch(() => this.#schemas.delete(collection))
    return asked
  }
}

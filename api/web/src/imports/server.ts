import { ApiError, OfflineError, type Client } from '../api/client.ts'
import type { Duplicate, Import, ImportRow, Options, Outcome, Page, Unplaced } from './types.ts'

/** What the wizard asks and sends. */
export class Imports {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  list(cursor?: string, signal?: AbortSignal): Promise<Page<Import>> {
    return this.#client.json('/api/v1/imports', { limit: 50, cursor }, signal)
  }

  one(id: number, signal?: AbortSignal): Promise<Import> {
    return this.#client.json(`/api/v1/imports/${id}`, {}, signal)
  }

  rows(id: number, outcome: Outcome, cursor?: string, signal?: AbortSignal): Promise<Page<ImportRow>> {
    return this.#client.json(`/api/v1/imports/${id}/rows`, { outcome, limit: 200, cursor }, signal)
  }

  async change({ id, revision }: Import, options: Options): Promise<Import> {
    return (await this.#client.patch<Import>(`/api/v1/imports/${id}`, options, { match: revision })).value
  }

  async check({ id }: Import): Promise<Import> {
    return (await this.#client.post<Import>(`/api/v1/imports/${id}/check`, {})).value
  }

  async commit({ id, revision }: Import): Promise<Import> {
    return (await this.#client.post<Import>(`/api/v1/imports/${id}/commit`, {}, { match: revision })).value
  }

  async cancel({ id }: Import): Promise<Import> {
    return (await this.#client.post<Import>(`/api/v1/imports/${id}/cancel`, {})).value
  }

  async remove({ id }: Import): Promise<void> {
    await this.#client.delete(`/api/v1/imports/${id}`)
  }

  unplaced(layer: string, cursor?: string, signal?: AbortSignal): Promise<Page<Unplaced>> {
    return this.#client.json('/api/v1/unplaced', { layer, state: 'open', limit: 100, cursor }, signal)
  }

  async place({ id, revision }: Unplaced, [lon, lat]: [number, number]): Promise<void> {
    await this.#client.post(`/api/v1/unplaced/${id}/place`, { geometry: { type: 'Point', coordinates: [lon, lat] } }, { match: revision })
  }

  async dismissUnplaced({ id, revision }: Unplaced): Promise<void> {
    await this.#client.post(`/api/v1/unplaced/${id}/dismiss`, {}, { match: revision })
  }

  duplicates(layer: string, cursor?: string, signal?: AbortSignal): Promise<Page<Duplicate>> {
    return this.#client.json('/api/v1/duplicates', { layer, state: 'open', limit: 100, cursor }, signal)
  }

  async merge({ id, revision }: Duplicate, keep: number): Promise<void> {
    await this.#client.post(`/api/v1/duplicates/${id}/merge`, { keep }, { match: revision })
  }

  async dismissDuplicate({ id, revision }: Duplicate): Promise<void> {
    await this.#client.post(`/api/v1/duplicates/${id}/dismiss`, {}, { match: revision })
  }
}

/** Where the report of a trial can be fetched: all rows that were not taken, with their reasons. */
export const reportHref = (id: number, format: 'csv' | 'xlsx') => `/api/v1/imports/${id}/report.${format}`

/** Sends a file; `told` hears which share of it has gone. fetch cannot tell that, so it goes another way than other questions. */
export function upload(file: File, layer: string | undefined, told: (share: number) => void, signal: AbortSignal): Promise<Import> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const query = new URLSearchParams({ name: file.name, ...(layer && { layer }) })
    request.open('POST', `/api/v1/imports?${query}`)
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.setRequestHeader('Accept', 'application/json')
    request.responseType = 'json'
    request.upload.onprogress = ({ loaded, total }) => { told(total > 0 ? loaded / total : 0) }
    request.onload = () => {
      if (request.status < 300) resolve(request.response as Import)
      else reject(new ApiError(request.status, (request.response ?? {}) as object, request.getResponseHeader('X-Request-Id') ?? undefined))
    }
    request.onerror = () => { reject(new OfflineError('offline')) }
    request.onabort = () => { reject(new DOMException('gone', 'AbortError')) }
    signal.addEventListener('abort', () => { request.abort() })
    request.send(file)
  })
}

import type { Answered, Client } from './client.ts'
import type { AccountRole, Day, DeptRef, HolderRef } from './records.ts'
import type { Page, RegionRef } from './types.ts'

export interface ApiToken {
  id: number
  name: string
  created_at: string
  expires_at: string | null
  used_on: Day | null
}

export interface User {
  name: string
  title: string
  role: AccountRole
  region: RegionRef | null
  dept: DeptRef | null
  holder: HolderRef | null
  must_change: boolean
  disabled: boolean
  locked_until: string | null
  sample: boolean
  revision: number
}

/** What an administrator writes of an account: codes, null for none. */
export interface UserDraft {
  title: string
  role: AccountRole
  region: string | null
  dept: string | null
  holder: string | null
}

export type Op = 'insert' | 'update' | 'delete' | 'truncate'

export interface ChangeRow {
  id: number
  at: string
  actor: string
  op: Op
  entity: string
  entity_id: number | null
  request_id: string | null
  /** The row as it was; null where it is new or where that is not kept. */
  before: Record<string, unknown> | null
}

export interface AccessRow {
  id: number
  at: string
  actor: string
  action: string
  entity: string | null
  entity_id: number | null
  detail: Record<string, unknown>
  remote: string | null
  request_id: string | null
}

type Filters = Record<string, string | undefined>
const limit = 100

/** Accounts, tokens and logs. */
export class Accounts {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  tokens(signal?: AbortSignal): Promise<Page<ApiToken>> {
    return this.#client.json('/api/v1/tokens', {}, signal)
  }

  async makeToken(name: string, expiresAt: string | undefined): Promise<ApiToken & { token: string }> {
    return (await this.#client.post<ApiToken & { token: string }>('/api/v1/tokens', { name, ...(expiresAt && { expires_at: expiresAt }) })).value
  }

  async revokeToken(id: number): Promise<void> {
    await this.#client.delete(`/api/v1/tokens/${id}`)
  }

  users(filters: Filters, cursor: string | undefined, signal?: AbortSignal): Promise<Page<User>> {
    return this.#client.json('/api/v1/users', { ...filters, limit, cursor }, signal)
  }

  user(name: string): Promise<User> {
    return this.#client.json(`/api/v1/users/${encodeURIComponent(name)}`)
  }

  async makeUser(name: string, draft: UserDraft): Promise<User & { password?: string }> {
    return (await this.#client.post<User & { password?: string }>('/api/v1/users', { name, ...draft })).value
  }

  changeUser(user: User, change: UserDraft): Promise<Answered<User>> {
    return this.#client.patch(userPath(user), change, { match: user.revision })
  }

  /** Takes an account out of use or back, whatever else of it has changed meanwhile. */
  async setDisabled(user: User, disabled: boolean): Promise<void> {
    await this.#client.patch(userPath(user), { disabled }, { match: '*' })
  }

  async unlock(user: User): Promise<void> {
    await this.#client.post(`${userPath(user)}/unlock`, {})
  }

  /** Makes a password that must be changed, and tells it this once. */
  async resetPassword(user: User): Promise<string> {
    const { value } = await this.#client.post<{ password: string }>(`${userPath(user)}/password`, { must_change: true })
    return value.password
  }

  changes(filters: Filters, cursor: string | undefined, signal?: AbortSignal): Promise<Page<ChangeRow>> {
    return this.#client.json('/api/v1/audit', { ...filters, limit, cursor, ...this.#client.sinceWrite }, signal)
  }

  accesses(filters: Filters, cursor: string | undefined, signal?: AbortSignal): Promise<Page<AccessRow>> {
    return this.#client.json('/api/v1/access-log', { ...filters, limit, cursor, ...this.#client.sinceWrite }, signal)
  }
}

function userPath({ name }: User): string {
  return `/api/v1/users/${encodeURIComponent(name)}`
}

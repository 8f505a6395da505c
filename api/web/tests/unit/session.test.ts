import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Client } from '../../src/api/client.ts'
import { createSession } from '../../src/state/session.ts'

const answer = (name: string, more: object = {}) => ({
  account: { name, title: '', role: 'street', region: null, dept: null, holder: null, must_change: false, sample: true, ...more }, may: ['edit_people'], own_grids: [], expires_at: null,
})
const problem = (status: number, code: string) => Response.json({ type: `urn:wangge:problem:${code}`, title: code }, { status })

/** A server of one account whose sessions the test ends. */
function serverOf() {
  const state = { signedIn: false, name: 'street', asked: [] as string[], keys: [] as (string | null)[] }
  let isAway = false
  const fetched = vi.fn<typeof fetch>((input, init) => {
    if (isAway) return Promise.reject(new TypeError('away'))
    const path = String(input as string)
    const method = init?.method ?? 'GET'
    state.asked.push(`${method} ${path}`)
    state.keys.push(new Headers(init?.headers).get('Idempotency-Key'))
    if (path === '/api/v1/session' && method === 'POST') {
      const { name, password } = JSON.parse(init?.body as string) as { name: string; password: string }
      if (password !== 'right') return Promise.resolve(problem(401, 'wrong-credentials'))
      Object.assign(state, { signedIn: true, name })
    }
    if (path === '/api/v1/session' && method === 'DELETE') state.signedIn = false
    if (!state.signedIn && method !== 'DELETE') return Promise.resolve(problem(401, 'sign-in'))
    return Promise.resolve(Response.json(path === '/api/v1/session' && method !== 'DELETE' ? answer(state.name) : { done: true }))
  })
  const client = new Client(() => undefined, fetched)
  return { state, client, session: createSession(client), away: (now: boolean) => { isAway = now } }
}
const cookie = (value: string) => { document.cookie = `wangge_signed_in=${value}; path=/` }

describe('session', () => {
  beforeEach(() => { document.cookie = 'wangge_signed_in=; path=/; max-age=0' })
  afterEach(() => { document.cookie = 'wangge_signed_in=; path=/; max-age=0' })

  it('asks nothing of a visitor', async () => {
    const { session, state } = serverOf()
    await session.refresh()
    expect(state.asked).toEqual([])
    expect(session.known.value).toBe(true)
    expect(session.account.value).toBeNull()
  })

  it('knows who is signed in, and that a session of yesterday is over', async () => {
    const { session, state } = serverOf()
    cookie('1')
    await session.refresh()
    expect(session.account.value).toBeNull()
    state.signedIn = true
    await Promise.all([session.refresh(), session.refresh()])
    expect(state.asked).toEqual(['GET /api/v1/session', 'GET /api/v1/session'])
    expect(session.account.value?.name).toBe('street')
    expect([session.may('edit_people'), session.may('edit_grid')]).toEqual([true, false])
  })

  it('ends where nobody could be told: the server hears of it before anything else is asked', async () => {
    const { session, state, away } = serverOf()
    cookie('1')
    await session.signIn('street', 'right')
    away(true)
    await session.signOut({ later: true })
    expect(session.account.value).toBeNull()
    await session.refresh()
    expect([session.account.value, session.known.value]).toEqual([null, true])
    away(false)
    await session.refresh()
    expect([state.signedIn, session.account.value, state.asked.at(-1)]).toEqual([false, null, 'DELETE /api/v1/session'])
    state.signedIn = true
    await session.refresh()
    expect(session.account.value?.name).toBe('street') // that was the last of it
    away(true)
    await session.signOut({ later: true })
    away(false)
    await session.signIn('street', 'right') // who signs in stays
    await session.refresh()
    expect(session.account.value?.name).toBe('street')
  })

  it('passes on why a sign-in was refused', async () => {
    const { session } = serverOf()
    await expect(session.signIn('street', 'wrong')).rejects.toMatchObject({ status: 401, code: 'wrong-credentials' })
    expect(session.account.value).toBeNull()
  })

  it('finishes what was under way once the same person is signed in again, under the same key', async () => {
    const { session, client, state } = serverOf()
    await session.signIn('street', 'right')
    state.signedIn = false
    state.keys = []
    const saved = client.post<{ done: boolean }>('/api/v1/duties', { role: 'grid_head' })
    await vi.waitFor(() => { expect(session.lost.value).toBe('street') })
    await session.signIn('street', 'right')
    expect((await saved).value).toEqual({ done: true })
    expect(session.lost.value).toBeUndefined()
    const [first, , second] = state.keys
    expect(first).toMatch(/^[0-9a-f]{32}$/)
    expect(second).toBe(first)
  })

  it('does not finish it for somebody else, nor when one gives up', async () => {
    const { session, client, state } = serverOf()
    await session.signIn('street', 'right')
    state.signedIn = false
    const saved = client.post('/api/v1/duties', {}).catch((failure: unknown) => failure)
    await vi.waitFor(() => { expect(session.lost.value).toBe('street') })
    await session.signIn('bureau', 'right')
    expect(await saved).toMatchObject({ status: 401 })
    state.signedIn = false
    const again = client.post('/api/v1/duties', {}).catch((failure: unknown) => failure)
    await vi.waitFor(() => { expect(session.lost.value).toBe('bureau') })
    session.giveUp()
    expect(await again).toMatchObject({ status: 401 })
  })

  it('forgets who it was after signing out', async () => {
    const { session, client } = serverOf()
    await session.signIn('street', 'right')
    await session.signOut()
    expect(session.account.value).toBeNull()
    await expect(client.json('/api/v1/persons')).rejects.toMatchObject({ status: 401 })
    expect(session.lost.value).toBeUndefined()
  })
})

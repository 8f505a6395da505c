import { describe, expect, it, vi } from 'vitest'
import type { ApiError} from '../../src/api/client.ts';
import { Client } from '../../src/api/client.ts'
import { People } from '../../src/api/people.ts'

function clientOf(...answers: (() => Promise<Response>)[]) {
  const fetched = vi.fn<typeof fetch>(() => (answers.length > 1 ? answers.shift() : answers[0])?.() ?? Promise.reject(new Error('no more answers')))
  const header = (call: number, name: string) => new Headers(fetched.mock.calls[call]?.[1]?.headers).get(name)
  return { client: new Client(() => undefined, fetched), fetched, header }
}
const ok = (body: unknown, headers: Record<string, string> = {}) => () => Promise.resolve(Response.json(body, { headers }))

describe('writing', () => {
  it('sends JSON with a key and the revision that was read, and tells what the answer says of the row', async () => {
    const { client, fetched, header } = clientOf(ok({ code: 'P1' }, { ETag: '"8"', 'Wangge-Revision': '751' }))
    expect(await client.patch('/api/v1/persons/P1', { name: '试一' }, { match: 7 })).toEqual({ value: { code: 'P1' }, revision: '8', cityRevision: '751' })
    expect(fetched.mock.calls[0]?.[1]).toMatchObject({ method: 'PATCH', body: '{"name":"试一"}' })
    expect([header(0, 'If-Match'), header(0, 'Content-Type')]).toEqual(['"7"', 'application/json'])
    expect(header(0, 'Idempotency-Key')).toMatch(/^[0-9a-f]{32}$/)
  })

  it('can write whatever a row has become', async () => {
    const { client, header } = clientOf(ok({}))
    await client.patch('/api/v1/users/a', { disabled: true }, { match: '*' })
    expect(header(0, 'If-Match')).toBe('*')
  })

  it('sends once more, under the same key, what nobody answered', async () => {
    const { client, fetched, header } = clientOf(() => Promise.reject(new TypeError('reset')), ok({ done: true }))
    expect((await client.post('/api/v1/duties', {})).value).toEqual({ done: true })
    expect(fetched).toHaveBeenCalledTimes(2)
    expect(header(1, 'Idempotency-Key')).toBe(header(0, 'Idempotency-Key'))
  })

  it('gives every write a key of its own', async () => {
    const { client, header } = clientOf(ok({}))
    await client.post('/api/v1/duties', {})
    await client.post('/api/v1/duties', {})
    expect(header(0, 'Idempotency-Key')).not.toBe(header(1, 'Idempotency-Key'))
  })

  it('reads an answer without a body', async () => {
    const { client } = clientOf(() => Promise.resolve(new Response(null, { status: 204 })))
    expect((await client.delete('/api/v1/tokens/1')).value).toBeUndefined()
  })

  it('finds what is wrong with a place of the body', async () => {
    const errors = [{ in: 'body', pointer: '/valid_to', detail: '早于第一天', detail_en: 'before the first day' }, { in: 'body', pointer: '/substitutes/1/holder', detail: '没有这个人', detail_en: 'nobody' }]
    const { client } = clientOf(() => Promise.resolve(Response.json({ type: 'urn:wangge:problem:invalid-request', title: '请求参数有误', errors }, { status: 400 })))
    const error = await client.post('/api/v1/duties', {}).catch((failure: unknown) => failure) as ApiError
    expect(error.code).toBe('invalid-request')
    expect(error.faultAt('/valid_to')?.detail).toBe('早于第一天')
    expect(error.faultAt('/substitutes')?.detail).toBe('没有这个人')
    expect([error.faultAt('/valid'), error.faultAt('/role')]).toEqual([undefined, undefined])
  })

  it('asks for what it has written: a read waits for its revision', async () => {
    const { client, fetched } = clientOf(ok({ items: [] }, { 'Wangge-Revision': '751' }))
    const people = new People(client)
    await people.dutiesOf('P1')
    await people.assign({ holder: 'P1', role: 'grid_head', target: { kind: 'grid', code: 'D001', scheme: 'duty' } })
    await people.dutiesOf('P1')
    expect(String(fetched.mock.calls[0]?.[0] as string)).not.toContain('min_revision')
    expect(String(fetched.mock.calls[2]?.[0] as string)).toContain('min_revision=751')
  })

  it('writes tables without the ids of their rows', async () => {
    const { client, fetched } = clientOf(ok({ items: [] }))
    await new People(client).putRequirements([{ id: 4, target_kind: 'grid', applies_to: '', role: 'grid_head', at_least: 1, at_most: null }], '9')
    expect(fetched.mock.calls[0]?.[1]?.body).toBe('{"items":[{"target_kind":"grid","applies_to":"","role":"grid_head","at_least":1,"at_most":null}]}')
  })
})

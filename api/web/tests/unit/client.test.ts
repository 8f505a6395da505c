import { describe, expect, it, vi } from 'vitest'
import { ApiError, Client, OfflineError } from '../../src/api/client.ts'

function clientOf(answer: () => Promise<Response>) {
  const reached = vi.fn()
  const fetched = vi.fn<typeof fetch>(answer)
  return { client: new Client(reached, fetched), reached, fetched }
}

describe('client', () => {
  it('encodes what it asks and leaves out what is undefined', async () => {
    const { client, reached, fetched } = clientOf(() => Promise.resolve(Response.json({ ok: true })))
    expect(await client.json('/api/v1/search', { q: '人民路 1&2', limit: 5, parent: undefined })).toEqual({ ok: true })
    expect(fetched.mock.calls[0]?.[0]).toBe('/api/v1/search?q=%E4%BA%BA%E6%B0%91%E8%B7%AF%201%262&limit=5')
    expect(reached).toHaveBeenCalledWith(true)
  })

  it('tells a problem with its titles and the request id', async () => {
    const problem = { type: 'x', title: '参数有误', title_en: 'Bad parameter', detail: 'bbox', request_id: 'r-1' }
    const { client, reached } = clientOf(() => Promise.resolve(Response.json(problem, { status: 400 })))
    const error = await client.json('/x').catch((failure: unknown) => failure)
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: 400, title: '参数有误', titleEn: 'Bad parameter', requestId: 'r-1', message: 'bbox' })
    expect(reached).toHaveBeenCalledWith(true)
  })

  it('takes the request id from the header when the answer is no problem document', async () => {
    const { client } = clientOf(() => Promise.resolve(new Response('<html>', { status: 500, headers: { 'X-Request-Id': 'r-2' } })))
    await expect(client.json('/x')).rejects.toMatchObject({ status: 500, requestId: 'r-2' })
  })

  it('knows that nobody answered', async () => {
    const { client, reached } = clientOf(() => Promise.reject(new TypeError('fetch failed')))
    await expect(client.json('/x')).rejects.toBeInstanceOf(OfflineError)
    expect(reached).toHaveBeenCalledWith(false)
  })

  it.each([502, 504])('takes a %d of a proxy for a server away', async (status) => {
    const { client, reached } = clientOf(() => Promise.resolve(new Response('', { status })))
    await expect(client.json('/x')).rejects.toBeInstanceOf(ApiError)
    expect(reached).toHaveBeenCalledWith(false)
  })

  it('says nothing about the connection when a question was withdrawn', async () => {
    const { client, reached } = clientOf(() => Promise.reject(new DOMException('gone', 'AbortError')))
    await expect(client.json('/x')).rejects.toMatchObject({ name: 'AbortError' })
    expect(reached).not.toHaveBeenCalled()
  })
})

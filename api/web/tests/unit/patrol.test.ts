import { describe, expect, it } from 'vitest'
import { translate, type Translate } from '../../src/i18n/index.ts'
import { Client } from '../../src/api/client.ts'
import { parsePatrol, patrolPairs } from '../../src/patrol/link.ts'
import { parseWindows } from '../../src/patrol/plans.ts'
import { PatrolServer, counted, problemsFile } from '../../src/patrol/server.ts'
import { timeLeft } from '../../src/patrol/text.ts'
import { findTwins } from '../../src/patrol/twins.ts'
import type { ProblemDetail } from '../../src/patrol/types.ts'

const t: Translate = (key, values) => translate('zh', key, values)
const hourMs = 3_600_000

/** A server that remembers what it was asked, and answers with a list. */
function listening(items: unknown[] = []): { server: PatrolServer; asked: { url: string; body: unknown }[] } {
  const asked: { url: string; body: unknown }[] = []
  const client = new Client(() => undefined, (input, init) => {
    asked.push({ url: input as string, body: typeof init?.body === 'string' ? JSON.parse(init.body) : undefined })
    return Promise.resolve(new Response(JSON.stringify({ items, total: items.length })))
  })
  return { server: new PatrolServer(client), asked }
}

describe('what the patrol desk asks', () => {
  it('asks nothing of tables that the server does not know', async () => {
    const { server, asked } = listening()
    await Promise.all([server.plans(), server.checklists(), server.classes(), server.placeKinds()])
    expect(asked.map(({ url }) => url)).toEqual(['/api/v1/patrol/plans', '/api/v1/patrol/checklists', '/api/v1/patrol/classes', '/api/v1/patrol/place-kinds'])
  })

  it('downloads pictures only as long as a workbook holds them', () => {
    const filter = { states: ['closed'] as const }
    expect(problemsFile(filter, 'xlsx', 500)).toBe('/api/v1/patrol/problems.xlsx?state=closed&photos=true')
    expect(problemsFile(filter, 'xlsx', 501)).toBe('/api/v1/patrol/problems.xlsx?state=closed')
    expect(problemsFile(filter, 'csv', 501)).toBe('/api/v1/patrol/problems?state=closed&f=csv')
  })

  it('lists what rates count: not what was void or merged', () => {
    expect(counted({}).states).toEqual(['found', 'returned', 'dispatched', 'handling', 'rectified', 'suspended', 'closed'])
  })

  it('finds what a problem is merged into by number or text, and never itself', async () => {
    const one = { id: 'a', number: '1', title: '暴露垃圾', class_title: '暴露垃圾', class_title_en: 'Litter', class: 'litter', state: 'found', region_name: null, at: '2026-01-02T00:00:00Z', duplicates: [] }
    const { server, asked } = listening([one, { ...one, id: 'b', number: '2' }])
    const found = await findTwins(server, one as unknown as ProblemDetail, () => 'zh', t)('0002')
    expect(found.map(({ key, title }) => [key, title])).toEqual([['b', '2']])
    expect(asked[0]?.url).toContain('q=0002')
    expect(asked[0]?.url).toContain('merged')
  })
})

describe('the clock of a problem', () => {
  const deadline = new Date(10 * hourMs).toISOString()
  it.each(['returned', 'dispatched', 'handling'] as const)('runs while somebody has it: %s', (state) => {
    expect(timeLeft({ state, deadline }, t, 7 * hourMs)).toEqual({ text: '剩 3 小时', over: false })
    expect(timeLeft({ state, deadline }, t, 15 * hourMs)).toEqual({ text: '超 5 小时', over: true })
  })
  it.each(['found', 'rectified', 'suspended', 'closed', 'void', 'merged'] as const)('stands: %s', (state) => {
    expect(timeLeft({ state, deadline }, t, 15 * hourMs)).toBeUndefined()
  })
})

describe('the address of the patrol desk', () => {
  it('keeps what is looked for and looked at', () => {
    const link = { part: 'rates', q: '路灯 20260102', group: 'class', from: '2026-01-01', to: '2026-01-31', verdict: 'any', rules: 'classes' }
    const pairs = patrolPairs(link).filter((pair): pair is [string, string] => pair[1] !== undefined)
    expect(parsePatrol(new URLSearchParams(pairs))).toEqual(link)
  })
  it('drops what is no such thing', () => {
    expect(parsePatrol(new URLSearchParams({ part: '<b>', q: 'a\u0000b' }))).toBeUndefined()
  })
})

describe('hours as they are typed', () => {
  it('take spaces and the signs of both languages', () => {
    expect(parseWindows('06:00 - 12:00， 14：00至20:00')).toEqual(['06:00-12:00', '14:00-20:00'])
    expect(parseWindows('')).toEqual([])
  })
  it.each(['25:00-26:00', '24:30-25:00', '06:00-24:30', '24:00-06:00', '6-12'])('refuse %s', (text) => { expect(parseWindows(text)).toBeUndefined() })
})

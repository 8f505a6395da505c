import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { MockAccounts, type Asked, type Told } from './accounts.ts'
import * as answers from './answers.ts'
import { makeCity } from './city.ts'
import { MockCoverage } from './coverage.ts'
import { MockEditing } from './editing.ts'
import { pages } from '../../src/state/route.ts'
import { MockGrids } from './grids.ts'
import { MockImports } from './imports.ts'
import { MockOfficer } from './officer.ts'
import { MockPatrol } from './patrol.ts'
import { MockPeople } from './people.ts'
import { MockTable } from './table.ts'
import { spriteIndex, spriteSheet } from './sprite.ts'
import { makeStyle } from './style.ts'
import { makeTiles } from './tiles.ts'

/** A stand-in for the wangge server, with a small fixture city: for developing the app and for its browser tests. */
export interface Mock {
  url: string
  /** Answers to come instead of the usual ones, by path. */
  failures: Map<string, { status: number; body: unknown }>
  accounts: MockAccounts
  people: MockPeople
  editing: MockEditing
  table: MockTable
  coverage: MockCoverage
  officer: MockOfficer
  patrol: MockPatrol
  /** Tells those who listen that something changed. */
  tell(change: unknown): void
  stop(): Promise<void>
}

const dist = process.env.WANGGE_DIST ?? path.resolve(import.meta.dirname, '../../dist')
const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
const tiles = makeTiles(makeCity())

export async function startMock(port = 0): Promise<Mock> {
  const failures: Mock['failures'] = new Map()
  const accounts = new MockAccounts()
  const grids = new MockGrids()
  const people = new MockPeople()
  const editing = new MockEditing()
  const table = new MockTable()
  const imports = new MockImports()
  const coverage = new MockCoverage()
  const officer = new MockOfficer()
  const patrol = new MockPatrol()
  const listeners = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    if (officer.away && request.url?.startsWith('/api/')) request.socket.destroy()
    else if (request.url?.startsWith('/api/v1/changes') && !failures.has('/api/v1/changes')) listen(response, listeners)
    else void answer(request, response, failures, { accounts, officer, patrol, people, editing, grids, imports, table, coverage })
  })
  await new Promise<void>((resolve) => { server.listen(port, '127.0.0.1', resolve) })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    failures,
    accounts,
    people,
    editing,
    table,
    coverage,
    officer,
    patrol,
    tell(change) { for (const response of listeners) response.write(`id: 2\nevent: change\ndata: ${JSON.stringify(change)}\n\n`) },
    stop: () => stop(server),
  }
}

function listen(response: ServerResponse, listeners: Set<ServerResponse>): void {
  listeners.add(response)
  response.on('close', () => { listeners.delete(response) })
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  response.write('retry: 2000\nid: 1\nevent: hello\ndata: {"revision":"7"}\n\n')
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => { server.close(() => { resolve() }) })
}

async function answer(request: IncomingMessage, response: ServerResponse, failures: Mock['failures'], { accounts, officer, patrol, people, editing, grids, imports, table, coverage }: { accounts: MockAccounts; officer: MockOfficer; patrol: MockPatrol; people: MockPeople; editing: MockEditing; grids: MockGrids; imports: MockImports; table: MockTable; coverage: MockCoverage }): Promise<void> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
  const failure = failures.get(url.pathname)
  if (failure) {
    json(response, failure.status, failure.body)
    return
  }
  const asked = await askedOf(request, url)
  const told = accounts.answer(asked) ?? officer.answer(asked, accounts) ?? patrol.answer(asked, accounts) ?? await coverage.answer(asked, accounts) ?? people.answer(asked, accounts) ?? editing.answer(asked, accounts) ?? grids.answer(asked, accounts) ?? (asked.method === 'GET' ? await table.answer(url) : undefined) ?? imports.answer(asked, accounts)
  if (told) {
    tell(response, told)
    return
  }
  const hexagons = coverage.tile(url)
  const one = hexagons === undefined ? table.tile(url) : hexagons
  if (one !== undefined) {
    response.writeHead(one ? 200 : 204, { 'Content-Type': 'application/vnd.mapbox-vector-tile' }).end(one ?? undefined)
    return
  }
  const tile = /^\/tiles\/city\/(\d+)\/(\d+)\/(\d+)\.mvt$/.exec(url.pathname)
  if (tile) {
    const body = tiles(Number(tile[1]), Number(tile[2]), Number(tile[3]))
    response.writeHead(body ? 200 : 204, { 'Content-Type': 'application/vnd.mapbox-vector-tile' }).end(body)
  } else if (/^\/sprite\/\w+(@2x)?\.png$/.test(url.pathname)) {
    response.writeHead(200, { 'Content-Type': 'image/png' }).end(spriteSheet())
  } else if (/^\/(api|ogc|tiles|sprite|style\.json)/.test(url.pathname)) {
    const body = apiAnswer(url)
    json(response, body === undefined ? 404 : 200, body ?? { title: '没有找到', title_en: 'Not found', type: 'about:blank' })
  } else {
    await file(response, url.pathname)
  }
}

async function askedOf(request: IncomingMessage, url: URL): Promise<Asked> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const raw = Buffer.concat(parts)
  const text = raw.toString()
  const isJson = /json$/.test(request.headers['content-type'] ?? '') && text !== ''
  return {
    method: request.method ?? 'GET', path: url.pathname, query: url.searchParams, body: isJson ? JSON.parse(text) as Asked['body'] : {},
    cookie: request.headers.cookie ?? '', match: request.headers['if-match'], bytes: text.length, raw, headers: request.headers,
  }
}

function tell(response: ServerResponse, { status = 200, body, bytes, type: kind = 'application/octet-stream', headers = {} }: Told): void {
  if (bytes) {
    response.writeHead(status, { 'Content-Type': kind, ...headers }).end(bytes)
    return
  }
  const type = status < 400 ? 'application/json' : 'application/problem+json'
  response.writeHead(status, { ...(body !== undefined && { 'Content-Type': type }), 'X-Request-Id': 'fixture-request-1', ...headers }).end(body === undefined ? undefined : JSON.stringify(body))
}

function apiAnswer(url: URL): unknown {
  const query = url.searchParams
  const [, first = '', second = '', third = '', fourth = '', fifth = ''] = url.pathname.split('/').map(decodeURIComponent)
  switch (true) {
    case first === 'style.json': return makeStyle(url.origin, query.get('theme') ?? 'light')
    case first === 'tiles': return answers.tileJson(url.origin)
    case first === 'sprite': return spriteIndex(second.includes('@2x') ? 2 : 1)
    case first === 'ogc' && fourth === 'schema': return answers.schema(third)
    case first === 'ogc': return answers.item(third, fifth)
    case third === 'status': return answers.status()
    case third === 'counts': return answers.counts((query.get('bbox') ?? '-180,-90,180,90').split(',').map(Number) as [number, number, number, number])
    case third === 'regions' && fourth !== '': return answers.region(fourth)
    case third === 'regions': return answers.regions(query.get('parent'))
    case third === 'locate': return answers.locate(Number(query.get('lon')), Number(query.get('lat')))
    case third === 'search': return answers.search(query.get('q') ?? '', Number(query.get('limit') ?? 20))
    default: return undefined
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json'
  response.writeHead(status, { 'Content-Type': type, 'X-Request-Id': 'fixture-request-1' }).end(JSON.stringify(body))
}

async function file(response: ServerResponse, name: string): Promise<void> {
  const asked = name in pages ? '/index.html' : path.normalize(name)
  try {
    const body = await readFile(path.join(dist, asked))
    const type = types[path.extname(asked)] ?? 'text/html'
    response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` }).end(body)
  } catch {
    json(response, 404, { title: '没有找到' })
  }
}

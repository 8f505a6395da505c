import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** What happens to the next request of the API: nothing, both of its twins are answered, or it or its answer is lost. */
export type Weather = 'fine' | 'twice' | 'request lost' | 'answer lost' | 'cut'

export interface Flaky {
  url: string
  /** No connection gets through while it is false, and those that are open end. */
  up: boolean
  weather(path: string): Weather
  /** How often each kind of weather was. */
  seen: Record<Weather, number>
  close(): Promise<void>
}

/** A network between a browser and a server, as bad as a test wants it. */
export async function flakyNetwork(target: string): Promise<Flaky> {
  const sockets = new Set<Socket>()
  let isUp = true
  const flaky: Flaky = {
    url: '',
    get up() { return isUp },
    set up(value) {
      isUp = value
      if (!value) for (const socket of sockets) socket.destroy()
    },
    weather: () => 'fine',
    seen: { fine: 0, twice: 0, 'request lost': 0, 'answer lost': 0, cut: 0 },
    close: () => new Promise((resolve) => {
      for (const socket of sockets) socket.destroy()
      server.close(() => { resolve() })
    }),
  }
  const server: Server = createServer((asked, answer) => { void pass(flaky, target, asked, answer).catch(() => { answer.destroy() }) })
  server.on('connection', (socket) => {
    if (!isUp) return socket.destroy()
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  flaky.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return flaky
}

async function pass(flaky: Flaky, target: string, asked: IncomingMessage, answer: ServerResponse): Promise<void> {
  const body = await read(asked)
  const weather = flaky.weather(asked.url ?? '')
  flaky.seen[weather]++
  if (weather === 'request lost') return void answer.destroy()
  if (weather === 'cut') {
    await ask(target, asked, body.subarray(0, body.length >> 1), body.length).catch(() => undefined)
    return void answer.destroy()
  }
  const answers = await Promise.all(Array.from({ length: weather === 'twice' ? 2 : 1 }, () => ask(target, asked, body)))
  const last = answers.at(-1)
  if (!last || weather === 'answer lost') return void answer.destroy()
  answer.writeHead(last.status, last.headers)
  answer.end(last.body)
}

interface Told {
  status: number
  headers: IncomingMessage['headers']
  body: Buffer
}

/** Asks the server as the browser did. Of a body that was cut the length is told and the rest never comes. */
function ask(target: string, { method, url, headers }: IncomingMessage, body: Buffer, length = body.length): Promise<Told> {
  return new Promise((resolve, reject) => {
    const passed = { ...headers, ...(length > 0 && { 'content-length': length }) }
    delete passed['transfer-encoding']
    const sent = request(target + (url ?? ''), { ...(method !== undefined && { method }), headers: passed }, (told) => {
      read(told).then((whole) => { resolve({ status: told.statusCode ?? 502, headers: told.headers, body: whole }) }, reject)
    })
    sent.on('error', reject)
    if (length === body.length) sent.end(body)
    else sent.write(body, () => { sent.destroy() })
  })
}

async function read(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

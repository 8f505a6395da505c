import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { Box } from '../api/types.ts'

/** What became different in the city since the last one. */
export interface Change {
  revision: string
  /** Anything may be different. */
  all: boolean
  /** By tile layer, boxes around what was touched; none stands for all of the layer. */
  layers: Record<string, Box[]>
}

export interface Changes {
  latest: ShallowRef<Change | undefined>
  /** The server tells by itself: asking is needless. */
  open: Ref<boolean>
  start(): void
  /** What a poll found: it counts where the server does not tell by itself. */
  polled(revision: string): void
  /** Tries again at once where the stream is down. */
  retry(): void
  stop(): void
}

/** The part of an EventSource that is used. */
export interface Source {
  readonly readyState: number
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void
  close(): void
}

/** Changes that come faster are told together. */
export const gatherMs = 150
const firstRetryMs = 2_000
const lastRetryMs = 30_000
const closed = 2

/**
 * Listens to what the server tells of edits. A browser comes back to a broken stream by itself; to one that was refused it does
 * not, and while nobody looks at the page it should not: browsers allow six connections to a server, all tabs together.
 */
export function createChanges(open = (url: string): Source => new EventSource(url)): Changes {
  const state = { latest: shallowRef<Change>(), open: ref(false) }
  const { tell, flush } = gather((change) => { state.latest.value = change })
  let source: Source | undefined
  let lastId = ''
  let seen: string | undefined
  let doubted: string | undefined
  let retryMs = firstRetryMs
  let timer: ReturnType<typeof setTimeout> | undefined

  function connect(): void {
    disconnect()
    const mine = source = open(`/api/v1/changes${lastId === '' ? '' : `?last_event_id=${encodeURIComponent(lastId)}`}`)
    mine.addEventListener('hello', ({ data, lastEventId }) => {
      retryMs = firstRetryMs
      state.open.value = true
      const { revision } = JSON.parse(data) as { revision: string }
      if (lastId === '') tell({ revision, all: true, layers: {} }) // what was shown before may be older
      hear(revision, lastEventId)
    })
    mine.addEventListener('change', ({ data, lastEventId }) => {
      const change = JSON.parse(data) as Change
      hear(change.revision, lastEventId)
      tell(change)
    })
    mine.addEventListener('error', () => {
      state.open.value = false
      if (mine.readyState !== closed) return
      clearTimeout(timer)
      timer = setTimeout(connect, retryMs)
      retryMs = Math.min(2 * retryMs, lastRetryMs)
    })
  }

  function hear(revision: string, id: string): void {
    seen = revision
    doubted = undefined
    if (id !== '') lastId = id
  }

  function disconnect(): void {
    clearTimeout(timer)
    source?.close()
    source = undefined
    state.open.value = false
  }

  function look(): void {
    if (document.hidden) disconnect()
    else if (!source) connect()
  }

  return {
    ...state,
    start() {
      document.addEventListener('visibilitychange', look)
      look()
    },
    polled(revision) {
      if (document.hidden || revision === seen) return
      if (!state.open.value) {
        if (seen !== undefined) tell({ revision, all: true, layers: {} })
        seen = revision
      } else if (doubted === revision) {
        connect() // two polls knew what the stream has not told: it is dead, and nobody noticed
      } else {
        doubted = revision
      }
    },
    retry() { if (!document.hidden && !state.open.value) connect() },
    stop() {
      document.removeEventListener('visibilitychange', look)
      disconnect()
      flush()
    },
  }
}

/** Passes on the first change at once, and those that follow within a short time together. */
function gather(pass: (change: Change) => void): { tell(change: Change): void; flush(): void } {
  let waiting: Change | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (!waiting) return
    timer = setTimeout(flush, gatherMs)
    pass(waiting)
    waiting = undefined
  }
  return {
    flush,
    tell(change) {
      waiting = waiting ? both(waiting, change) : change
      if (timer === undefined) flush()
    },
  }
}

/** One change that stands for two, the later one second. */
export function both(a: Change, b: Change): Change {
  const layers = { ...a.layers }
  for (const [layer, boxes] of Object.entries(b.layers)) {
    const known = layers[layer]
    layers[layer] = known?.length === 0 || boxes.length === 0 ? [] : [...(known ?? []), ...boxes]
  }
  return { revision: b.revision, all: a.all || b.all, layers }
}

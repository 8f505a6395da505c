import { computed, ref, type ComputedRef, type Ref } from 'vue'
import type { Status } from '../api/types.ts'

export const pollMs = 5_000
/** While the server tells of changes by itself, asking only shows whether the record is within its reach. */
export const calmPollMs = 15_000
export const retryMs = 3_000
/** The record is read every second or so: older than this, the map is no longer live. */
const liveWithinMs = 60_000

export type Freshness = 'loading' | 'live' | 'behind' | 'offline'

export interface Connection {
  online: Ref<boolean>
  status: Ref<Status | undefined>
  freshness: ComputedRef<Freshness>
  /** Called by the client with every answer, or lack of one. */
  reached(reachable: boolean): void
  /** Called when the server has told of a revision by itself. */
  heard(revision: string): void
  /** Asks now, and goes on asking. */
  poll(): void
  stop(): void
}

/** Watches the server: one status request every 5 s, every 15 s while it is `streaming` changes, every 3 s while it is away. */
export function createConnection(ask: () => Promise<Status>, streaming: () => boolean = () => false): Connection {
  const online = ref(true)
  const status = ref<Status>()
  let timer: ReturnType<typeof setTimeout> | undefined

  function pauseMs(): number {
    if (!online.value) return retryMs
    return streaming() ? calmPollMs : pollMs
  }

  async function poll(): Promise<void> {
    clearTimeout(timer)
    try {
      status.value = await ask()
    } catch {
      // the client has told reached() when nobody answered; a refusal is no lack of connection
    }
    clearTimeout(timer)
    timer = setTimeout(() => void poll(), pauseMs())
  }

  return {
    online,
    status,
    freshness: computed(() => {
      if (!online.value) return 'offline'
      if (!status.value) return 'loading'
      return status.value.connected !== false && status.value.age_ms <= liveWithinMs ? 'live' : 'behind'
    }),
    reached(reachable) {
      const lost = online.value && !reachable
      online.value = reachable
      if (lost) {
        clearTimeout(timer)
        timer = setTimeout(() => void poll(), retryMs)
      }
    },
    heard(revision) {
      online.value = true
      if (status.value) status.value = { ...status.value, revision, age_ms: 0, connected: true }
    },
    poll: () => void poll(),
    stop: () => { clearTimeout(timer) },
  }
}

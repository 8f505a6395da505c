import { computed, ref, type ComputedRef, type Ref } from 'vue'
import type { Status } from '../api/types.ts'

export const pollMs = 5_000
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
  /** Asks now, and goes on asking. */
  poll(): void
  stop(): void
}

/** Watches the server: one status request every 5 s, every 3 s while it is away. */
export function createConnection(ask: () => Promise<Status>): Connection {
  const online = ref(true)
  const status = ref<Status>()
  let timer: ReturnType<typeof setTimeout> | undefined

  async function poll(): Promise<void> {
    clearTimeout(timer)
    try {
      status.value = await ask()
    } catch {
      // the client has told reached() when nobody answered; a refusal is no lack of connection
    }
    clearTimeout(timer)
    timer = setTimeout(() => void poll(), online.value ? pollMs : retryMs)
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
    poll: () => void poll(),
    stop: () => { clearTimeout(timer) },
  }
}

import { computed, ref, shallowRef, type ComputedRef, type Ref } from 'vue'
import { ApiError, type Client } from '../api/client.ts'
import type { Account, Action, OwnGrid, SessionAnswer } from '../api/records.ts'
import { useApp } from './app.ts'

/** Tells scripts that there is a session; the session's own cookie is hidden from them. */
const signedInCookie = 'wangge_signed_in'
/** Somebody signed out where the server could not be told. */
const leavingKey = 'wangge.leaving'
/** A network that says nothing for so long is none: a phone goes on with what it has. */
const patienceMs = 10_000

export interface Session {
  /** Who is signed in; null for nobody. */
  account: ComputedRef<Account | null>
  /** It is known whether somebody is signed in. */
  known: Ref<boolean>
  ownGrids: ComputedRef<OwnGrid[]>
  /** The name of the person whose session ended while the app was in use; the sheet to sign in again is open while it is there. */
  lost: Ref<string | undefined>
  /** Whether there is any place at which the one who is signed in may do this. */
  may(action: Action): boolean
  /** Throws the refusal: an ApiError. */
  signIn(name: string, password: string): Promise<Account>
  /** `later`: where the server cannot be reached, nobody is signed in here from now on, and it hears of that before anything else is asked. */
  signOut(options?: { later?: boolean }): Promise<void>
  /** All other sessions end; this browser gets a new one. Throws the refusal. */
  changePassword(old: string, next: string): Promise<void>
  /** Asks again who is signed in. Without the cookie that says so nobody is, and nothing is asked. */
  refresh(): Promise<void>
  /** Gives up signing in again: what was asked for is refused, what was typed stays. */
  giveUp(): void
}

export function createSession(client: Client): Session {
  const answer = shallowRef<SessionAnswer | null>(null)
  const known = ref(false)
  const lost = ref<string>()
  const may = computed(() => new Set(answer.value?.may ?? []))
  let asking: Promise<void> | undefined
  let waiting: ((again: boolean) => void)[] = []

  function take(next: SessionAnswer | null): void {
    answer.value = next
    known.value = true
  }
  function settle(again: boolean): void {
    lost.value = undefined
    for (const resolve of waiting) resolve(again)
    waiting = []
  }
  client.signInAgain = () => {
    const name = answer.value?.account.name
    if (name === undefined) return Promise.resolve(false)
    lost.value = name
    return new Promise((resolve) => { waiting.push(resolve) })
  }

  async function leave(): Promise<void> {
    try {
      await client.bare('DELETE', '/api/v1/session')
    } catch (failure) {
      if (!(failure instanceof ApiError && failure.status === 401)) throw failure
    }
    localStorage.removeItem(leavingKey)
  }
  async function ask(): Promise<void> {
    const isLeaving = localStorage.getItem(leavingKey) !== null
    if (!hasCookie() || isLeaving) {
      take(null)
      if (isLeaving) await leave().catch(() => undefined) // the next time, then
      return
    }
    try {
      take(await client.bare<SessionAnswer>('GET', '/api/v1/session', undefined, patienceMs))
    } catch (failure) {
      if (failure instanceof ApiError && failure.status === 401) take(null)
      else known.value = true // the server is away: who was signed in still is
    }
  }

  return {
    account: computed(() => answer.value?.account ?? null),
    known,
    ownGrids: computed(() => answer.value?.own_grids ?? []),
    lost,
    may: (action) => may.value.has(action),
    async signIn(name, password) {
      const next = await client.bare<SessionAnswer>('POST', '/api/v1/session', { name, password })
      localStorage.removeItem(leavingKey)
      const same = lost.value === undefined || lost.value === next.account.name
      take(next)
      settle(same) // another person's sign-in does not finish what the first had begun
      return next.account
    },
    async signOut({ later = false } = {}) {
      if (later) localStorage.setItem(leavingKey, '1') // whatever becomes of this page
      try {
        await leave()
      } catch (failure) {
        if (!later) throw failure
      }
      take(null)
    },
    async changePassword(old, next) {
      take(await client.bare<SessionAnswer>('POST', '/api/v1/session/password', { old, new: next }))
    },
    refresh() {
      asking ??= ask().finally(() => { asking = undefined })
      return asking
    },
    giveUp() { settle(false) },
  }
}

/** Who is signed in, and what they may do. */
export function useSession(): Session {
  return useApp().session
}

function hasCookie(): boolean {
  return document.cookie.split('; ').some((pair) => pair === `${signedInCookie}=1`)
}

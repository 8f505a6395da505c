import { computed, ref, watch, type ComputedRef } from 'vue'
import type { Account } from '../api/records.ts'
import { useApp } from '../state/app.ts'
import { useSession } from '../state/session.ts'
import { forgetClasses } from './recents.ts'

/** Who was signed in on this phone last: without a network nobody can say who is. */
const key = 'wangge.officer'

export interface OfficerAccount {
  account: ComputedRef<Account | undefined>
  state: ComputedRef<'loading' | 'nobody' | 'closed' | 'open'>
}

export function useOfficerAccount(): OfficerAccount {
  const app = useApp()
  const session = useSession()
  const away = computed(() => !app.connection.online.value)
  // only who signs out is forgotten: a session that is over, or a cookie that was lost, must not keep an officer without a network from the own records
  watch(session.account, (now) => { if (now) localStorage.setItem(key, JSON.stringify(now)) }, { immediate: true })
  /** The server was away, and has not said since who is signed in: what was open stays open until it does. */
  const doubt = ref(away.value)
  watch(away, async (gone) => {
    if (!gone && !session.account.value) await session.refresh()
    doubt.value = away.value
  }, { flush: 'sync' })

  const account = computed(() => session.account.value ?? (session.known.value && (away.value || doubt.value) ? remembered() : undefined))
  return {
    account,
    state: computed(() => {
      if (!session.known.value) return 'loading'
      if (!account.value) return 'nobody'
      return account.value.holder || session.may('patrol') ? 'open' : 'closed'
    }),
  }
}

/** After signing out: the next one to open the app is not to be taken for the last. */
export function forgetOfficer(): void {
  localStorage.removeItem(key)
  forgetClasses()
}

function remembered(): Account | undefined {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') as Account | null ?? undefined
  } catch {
    return undefined
  }
}

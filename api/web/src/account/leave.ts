import { forgetOfficer } from '../officer/account.ts'
import { useApp } from '../state/app.ts'
import { useRoute } from '../state/route.ts'
import { useSession } from '../state/session.ts'
import { reasonOf } from '../ui/reason.ts'

/** Signs out and goes where a visitor may be. */
export function useSignOut(): () => Promise<void> {
  const { toast, settings } = useApp()
  const route = useRoute()
  const session = useSession()
  return async () => {
    const name = session.account.value?.name
    try {
      await session.signOut()
      forgetOfficer()
      if (name !== undefined && 'indexedDB' in window) void import('../officer/store/leave.ts').then(({ leaveDevice }) => leaveDevice(name))
    } catch (failure) {
      toast.show(reasonOf(failure, settings))
      return
    }
    if (!route.onMap.value) route.go('/')
    toast.show(settings.t('account.signedOut'))
  }
}

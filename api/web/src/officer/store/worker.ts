import { ref, type Ref } from 'vue'
import { Workbox } from 'workbox-window'

/** The app as it is installed. */
export interface AppVersion {
  /** A newer one is here, and begins with apply() or when the app is opened the next time. */
  newer: Ref<boolean>
  /** Begins the newer one: the page is loaded again. */
  apply(): void
}

const newer = ref(false)
let workbox: Workbox | undefined

/** Installs the service worker and what a phone needs to put the app on its home screen. Once per page; where the page is not secure, nothing is installed. */
export function startWorker(): AppVersion {
  if (!workbox && import.meta.env.PROD && 'serviceWorker' in navigator) {
    link('manifest', '/today.webmanifest')
    link('apple-touch-icon', '/icon-192.png')
    workbox = new Workbox('/sw.js')
    workbox.addEventListener('waiting', ({ wasWaitingBeforeRegister }) => {
      newer.value = true
      if (wasWaitingBeforeRegister) apply() // nothing has been begun in this page yet
    })
    void workbox.register({ immediate: true }).catch(() => undefined) // without it everything works, with a network
  }
  return { newer, apply }
}

function apply(): void {
  workbox?.addEventListener('controlling', () => { location.reload() })
  workbox?.messageSkipWaiting()
}

function link(rel: string, href: string): void {
  if (document.head.querySelector(`link[rel="${rel}"]`)) return
  document.head.append(Object.assign(document.createElement('link'), { rel, href }))
}

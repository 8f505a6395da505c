import type { StorageState } from './types.ts'

/** What Chromium tells of the network; other browsers tell nothing. */
interface NetworkInformation extends EventTarget {
  saveData?: boolean
  type?: string
  effectiveType?: string
}

const lowBytes = 200 * 2 ** 20
const fullBytes = 40 * 2 ** 20
const mostTitle = 100

export function network(): NetworkInformation | undefined {
  return (navigator as Navigator & { connection?: NetworkInformation }).connection
}

/** Bytes are counted or scarce here, as far as the browser can tell. */
export function isMetered(): boolean {
  const connection = network()
  return connection !== undefined
    && (connection.saveData === true || connection.type === 'cellular' || ['slow-2g', '2g'].includes(connection.effectiveType ?? ''))
}

/** What a list of devices calls this one. */
export function deviceTitle(): string {
  const { userAgent } = navigator
  const system = /Android [\d.]+(?:; [^;)]+)?|iPhone OS [\d_]+|iPad|HarmonyOS|Windows NT [\d.]+|Mac OS X|Linux/.exec(userAgent)?.[0] ?? ''
  const browser = /MicroMessenger|Edg|Firefox|Chrome|Safari/.exec(userAgent)?.[0] ?? ''
  return [system, browser].filter(Boolean).join(' · ').slice(0, mostTitle)
}

/** How much room there is. Where the browser does not tell, there is enough. */
export async function roomLeft(): Promise<StorageState> {
  const storage = (navigator as Partial<Navigator>).storage as Partial<StorageManager> | undefined
  const { usage = 0, quota = Infinity } = await storage?.estimate?.() ?? {}
  const left = quota - usage
  return { usage, quota, persisted: await storage?.persisted?.() ?? false, level: left < fullBytes ? 'full' : left < lowBytes ? 'low' : 'ok' }
}

/** Asks the browser not to throw the data away. */
export async function askToKeep(): Promise<boolean> {
  const storage = (navigator as Partial<Navigator>).storage as Partial<StorageManager> | undefined
  return await storage?.persist?.() ?? false
}

/** Calls when it may be worth to try again: a network, another network, the page is looked at. */
export function onChance(tell: () => void): () => void {
  const looked = () => { if (document.visibilityState === 'visible') tell() }
  const connection = network()
  window.addEventListener('online', tell)
  document.addEventListener('visibilitychange', looked)
  connection?.addEventListener('change', tell)
  return () => {
    window.removeEventListener('online', tell)
    document.removeEventListener('visibilitychange', looked)
    connection?.removeEventListener('change', tell)
  }
}

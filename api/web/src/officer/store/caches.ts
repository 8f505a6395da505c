/** Names of what the service worker and the pages keep in the browser's caches. */
export const shellCache = 'wangge-shell'
const packPrefix = 'wangge-pack:'

export function packCache(account: string): string {
  return packPrefix + account
}

export function isPackCache(name: string): boolean {
  return name.startsWith(packPrefix)
}

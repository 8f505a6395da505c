const key = 'wangge.recent.classes'
const most = 6

/** The classes of problems reported from this phone lately, the last first. */
export function recentClasses(): string[] {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? '[]') as unknown
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string').slice(0, most) : []
  } catch {
    return []
  }
}

export function noteClass(code: string): void {
  try {
    localStorage.setItem(key, JSON.stringify([code, ...recentClasses().filter((one) => one !== code)].slice(0, most)))
  } catch {
    // no room: the report itself is kept elsewhere
  }
}

export function forgetClasses(): void {
  localStorage.removeItem(key)
}

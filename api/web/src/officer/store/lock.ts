import { uuid } from './hash.ts'
import type { OfficerDb } from './db.ts'

/** How long a tab without locks is taken to be alive after its last sign. */
const leaseMs = 30_000
const renewMs = 10_000

interface Lease {
  by: string
  until: number
}

/**
 * Does it in one tab at a time; undefined where another tab is at it. By the browser's locks where the page is secure; elsewhere by a lease in the
 * database that is renewed while the work goes on. Two tabs that slip through a lease do no harm: everything sent is known by its key or hash.
 */
export async function exclusively<T>(db: OfficerDb, work: () => Promise<T>): Promise<T | undefined> {
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks
  if (locks) return locks.request(`${db.name}:sync`, { ifAvailable: true }, (lock) => (lock ? work() : undefined))
  const by = uuid()
  if (!(await lease(db, by))) return undefined
  const timer = setInterval(() => void lease(db, by), renewMs)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    if (db.isOpen()) await db.set('lease', { by, until: 0 } satisfies Lease)
  }
}

function lease(db: OfficerDb, by: string): Promise<boolean> {
  return db.transaction('rw', db.settings, async () => {
    const held = await db.setting<Lease>('lease')
    if (held && held.by !== by && held.until > Date.now()) return false
    await db.set('lease', { by, until: Date.now() + leaseMs } satisfies Lease)
    return true
  })
}

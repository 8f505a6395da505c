import { ref, type Ref } from 'vue'
import type { OfficerDb } from './db.ts'
import { isFull } from './keep.ts'
import { FullError, OtherAccountError } from './store.ts'
import { keepTiles } from './tiles.ts'
import type { PackProgress } from './types.ts'
import type { Wire } from './wire.ts'

export interface Packing {
  packing: Ref<PackProgress | undefined>
  refreshPack(options?: { tiles?: boolean }): Promise<void>
}

/** Fetches the pack of whoever the store is of. */
export function createPacking(db: OfficerDb, wire: Wire, account: string, isOpen: () => boolean): Packing {
  const packing = ref<PackProgress>()

  async function fetchPack(): Promise<void> {
    const askedAt = new Date().toISOString()
    if (await wire.who() !== account) throw new OtherAccountError('somebody else is signed in')
    const known = await db.packs.get('pack')
    const answer = await wire.pack(known?.etag)
    if (answer) await db.packs.put({ one: 'pack', pack: answer.pack, asked_at: askedAt, ...(answer.etag !== undefined && { etag: answer.etag }) })
    else await db.packs.update('pack', { asked_at: askedAt })
  }

  return {
    packing,
    async refreshPack({ tiles = false } = {}) {
      packing.value = { step: 'records', done: 0, total: 1 }
      try {
        await fetchPack()
        const row = await db.packs.get('pack')
        if (tiles && row) await keepTiles(account, row.pack, (done, total) => { packing.value = { step: 'tiles', done, total } }, isOpen)
      } catch (failure) {
        if (isFull(failure)) throw new FullError('no room on the device', { cause: failure })
        throw failure
      } finally {
        packing.value = undefined
      }
    },
  }
}

import { Dexie } from 'dexie'
import { databaseName } from './db.ts'
import { openStore } from './open.ts'

/** After signing out at the desk: what the officer's pages keep of the account goes from this device, but for what has not arrived. */
export async function leaveDevice(account: string): Promise<void> {
  if (await Dexie.exists(databaseName(account))) await openStore(account).wipe({ keepUnsent: true })
}

import type { Client } from '../api/client.ts'
import type { Duty } from '../api/records.ts'
import type { Page } from '../api/types.ts'
import type { GridItem, Scheme } from '../grid/types.ts'
import { everyPage } from '../state/asked.ts'

/** A grid with who answers for it, as far as the reader may know. */
export interface WallRow extends GridItem {
  head: string
  phone: string
  masked: boolean
}

const headRole = 'grid_head'
/** More than these no sheet can show. */
export const mostGrids = 500
const pageLimit = 1000

export async function schemes(client: Client): Promise<Scheme[]> {
  return (await client.json<Page<Scheme>>('/api/v1/schemes')).items
}

/** The grids of a net in a region and their heads. Who is not signed in gets the grids alone. */
export async function wallRows(client: Client, scheme: string, region: string | undefined, withPeople: boolean, signal: AbortSignal): Promise<{ rows: WallRow[]; total: number }> {
  const first = await client.json<Page<GridItem>>('/api/v1/grids', { scheme, region, limit: mostGrids }, signal)
  const heads = withPeople ? await headsOf(client, scheme, region, signal) : new Map<string, Duty>()
  const rows = first.items.map((grid) => {
    const holder = heads.get(grid.code)?.holder
    return { ...grid, head: holder?.name ?? '', phone: holder?.phone ?? '', masked: holder?.masked ?? false }
  })
  return { rows: rows.sort((a, b) => a.code.localeCompare(b.code)), total: first.total ?? rows.length }
}

async function headsOf(client: Client, scheme: string, region: string | undefined, signal: AbortSignal): Promise<Map<string, Duty>> {
  const duties = await everyPage((cursor) => client.json<Page<Duty>>('/api/v1/duties', { target_kind: 'grid', scheme, region, role: headRole, limit: pageLimit, cursor }, signal))
  const heads = new Map<string, Duty>()
  for (const duty of duties) {
    const known = heads.get(duty.target.code)
    if (!known || (known.rank === 'deputy' && duty.rank === 'primary')) heads.set(duty.target.code, duty)
  }
  return heads
}

import { shallowRef, type ShallowRef } from 'vue'
import type { Server } from '../api/server.ts'
import type { Session } from '../state/session.ts'
import type { Names } from './cells.ts'
import type { InventoryFeature } from './server.ts'

const mostRegions = 400
const departmentFields = new Set(['competent_dept', 'owner_dept', 'maintainer_dept'])
const regionField = 'region_code'

export interface KnownNames {
  version: ShallowRef<number>
  nameOf: Names
  /** Asks for the names that features bring codes of, each once. */
  learn(features: Iterable<InventoryFeature>): void
}

/** Names of regions for everybody, and of departments for those who are signed in. */
export function createNames(server: Server, session: Session): KnownNames {
  const version = shallowRef(0)
  const regions = new Map<string, string | undefined>()
  const departments = new Map<string, string>()
  let asked = false

  async function askRegion(code: string): Promise<void> {
    regions.set(code, undefined)
    const region = await server.region(code).catch(() => undefined)
    if (!region) return
    regions.set(code, region.name)
    version.value++
  }
  async function askDepartments(): Promise<void> {
    asked = true
    const found = await server.people.departments().catch(() => undefined)
    if (!found) return
    for (const { code, name } of found) departments.set(code, name)
    version.value++
  }
  return {
    version,
    nameOf: (field, code) => (field === regionField ? regions.get(code) : departmentFields.has(field) ? departments.get(code) : undefined),
    learn(features) {
      if (!asked && session.account.value) void askDepartments()
      for (const { properties: { region_code: code } } of features) {
        if (typeof code === 'string' && !regions.has(code) && regions.size < mostRegions) void askRegion(code)
      }
    },
  }
}

import { computed, ref, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import type { Region, RegionRef } from '../api/types.ts'
import { pickTitle } from '../i18n/index.ts'
import type { App } from '../state/app.ts'

export interface DrillDown {
  /** From below the city down to the region drilled to. */
  path: ComputedRef<(RegionRef & { children?: number })[]>
  cityName: ComputedRef<string>
  current: ShallowRef<Region | undefined>
}

/** The way from the city down to the region drilled to. */
export function useDrillDown({ server, selecting, style, settings, connection }: App): DrillDown {
  const current = shallowRef<Region>()
  const root = ref<string>()
  const failed = ref(false)
  const cityName = computed(() => pickTitle(settings.lang.value, style.city.value?.name, style.city.value?.name_en))

  async function load(code: string | undefined): Promise<void> {
    failed.value = false
    if (code === undefined) {
      current.value = undefined
      return
    }
    try {
      const [region, top] = await Promise.all([server.region(code), root.value ?? cityRoot(server).then((found) => found?.code)])
      root.value = top
      if (selecting.region.value === code) current.value = region
    } catch {
      failed.value = true // the drawer says what happened; here the last known way stays
    }
  }
  watch(selecting.region, load, { immediate: true })
  watch(connection.online, (online) => { if (online && failed.value) void load(selecting.region.value) })

  const path = computed(() => {
    const region = current.value
    if (!region) return []
    const way = region.path ?? [region]
    const below = way.slice(way.findIndex((one) => one.code === root.value) + 1)
    return below.map((one) => (one.code === region.code && region.children !== undefined ? { ...one, children: region.children } : one))
  })
  return { path, cityName, current }
}

/**
 * The region the first crumb stands for: the last one on the way down from the top of the tree that has no division beside
 * it, so that province and prefecture of a county's server are passed through. Undefined where the top has several.
 */
async function cityRoot(server: App['server']): Promise<Region | undefined> {
  let root: Region | undefined
  for (let regions = await server.children(); ; regions = await server.children(root.code)) {
    const divisions = regions.filter(({ kind }) => kind !== 'zone')
    const [only] = divisions
    if (divisions.length !== 1 || !only) return root
    root = only
    if (only.children === 0) return root
  }
}

/** The regions right below `parent`, or below the whole city, with the zones at the top beside them. */
export async function regionsBelow({ server }: App, parent: string | undefined): Promise<Region[]> {
  if (parent !== undefined) return server.children(parent)
  const [top, root] = await Promise.all([server.children(), cityRoot(server)])
  if (!root) return top
  return [...top.filter(({ kind }) => kind === 'zone'), ...await server.children(root.code)]
}

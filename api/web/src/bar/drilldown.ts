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
  const failed = ref(false)
  const cityName = computed(() => pickTitle(settings.lang.value, style.city.value?.name, style.city.value?.name_en))

  async function load(code: string | undefined): Promise<void> {
    failed.value = false
    if (code === undefined) {
      current.value = undefined
      return
    }
    try {
      const region = await server.region(code)
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
    const below = way.slice(way.findIndex((one) => one.name === style.city.value?.name) + 1)
    return below.map((one) => (one.code === region.code && region.children !== undefined ? { ...one, children: region.children } : one))
  })
  return { path, cityName, current }
}

/**
 * The regions right below `parent`, or below the city: the first crumb is the city already, so where the top of the tree
 * is that one region, what lies below it is meant, with the zones beside it.
 */
export async function regionsBelow({ server, style }: App, parent: string | undefined): Promise<Region[]> {
  const regions = await server.children(parent)
  if (parent !== undefined) return regions
  const root = regions.find((region) => region.name === style.city.value?.name)
  if (!root) return regions
  const below = await server.children(root.code)
  const others = regions.filter((region) => region !== root && !below.some((one) => one.code === region.code))
  return [...others, ...below]
}

import type { StyleSpecification } from 'maplibre-gl'
import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import { isAbort } from '../api/client.ts'
import type { Server } from '../api/server.ts'
import type { City, LegendLayer } from '../api/types.ts'
import type { Settings } from './settings.ts'

export interface CityStyle {
  style: ShallowRef<StyleSpecification | undefined>
  error: ShallowRef<unknown>
  city: ComputedRef<City | undefined>
  legend: ComputedRef<LegendLayer[]>
  load(): Promise<void>
}

/** The server's map style in the theme and language shown: it carries the legend and the city's name too. */
export function createCityStyle(server: Server, settings: Settings): CityStyle {
  const style = shallowRef<StyleSpecification>()
  const error = shallowRef<unknown>()
  let pending: AbortController | undefined

  async function load(): Promise<void> {
    pending?.abort()
    const mine = pending = new AbortController()
    try {
      style.value = await server.style(settings.theme.value, settings.lang.value, mine.signal)
      error.value = undefined
    } catch (failure) {
      if (!isAbort(failure)) error.value = failure
    }
  }
  watch([settings.theme, settings.lang], () => void load())

  return {
    style, error, load,
    city: computed(() => metadata<City>(style.value, 'wangge:city')),
    legend: computed(() => metadata<LegendLayer[]>(style.value, 'wangge:legend') ?? []),
  }
}

function metadata<T>(style: StyleSpecification | undefined, key: string): T | undefined {
  return (style?.metadata as Record<string, unknown> | undefined)?.[key] as T | undefined
}

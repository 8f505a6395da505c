import { computed, type ComputedRef } from 'vue'
import { useApp } from '../state/app.ts'
import { useAsked } from '../state/asked.ts'

export interface LayerChoice {
  id: string
  title: string
}

interface Collections {
  collections: { id: string; title: string; title_en: string }[]
}

/** Nets are edited in the workspace of grids, not filled from ledgers. */
const isNet = (id: string) => id === 'unit_grid' || id.startsWith('grid_')

/** The layers that ledgers are imported into. */
export function useLayers(): ComputedRef<LayerChoice[]> {
  const { server, settings: { lang } } = useApp()
  const asked = useAsked(() => (signal) => server.client.json<Collections>('/ogc/collections', {}, signal))
  return computed(() => (asked.value.value?.collections ?? []).filter(({ id }) => !isNet(id)).map(({ id, title, title_en }) => ({ id, title: lang.value === 'en' ? title_en : title })))
}

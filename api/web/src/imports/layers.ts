import { computed, type ComputedRef } from 'vue'
import { pickTitle } from '../i18n/index.ts'
import { useApp } from '../state/app.ts'

export interface LayerChoice {
  id: string
  title: string
}

/** The layers that ledgers are imported into: nets are edited in the workspace of grids. */
export function useLayers(): ComputedRef<LayerChoice[]> {
  const { style, settings: { lang } } = useApp()
  return computed(() => style.legend.value.filter(({ collection, group }) => collection && group === 'inventory')
    .map(({ layer, title, title_en }) => ({ id: layer, title: pickTitle(lang.value, title, title_en) })))
}

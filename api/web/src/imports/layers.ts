import { computed, type ComputedRef } from 'vue'
import { pickTitle } from '../i18n/index.ts'
import { useApp } from '../state/app.ts'

export interface LayerChoice {
  id: string
  title: string
}

/** References that offices bring as files. */
const filed: ReadonlySet<string> = new Set(['population', 'land_use'])

/** The layers that ledgers are imported into: nets are edited in the workspace of grids. Those of references come with `references`. */
export function useLayers(references = false): ComputedRef<LayerChoice[]> {
  const { style, settings: { lang } } = useApp()
  return computed(() => style.legend.value.filter(({ layer, collection, group }) => collection && group === 'inventory' || references && filed.has(layer))
    .map(({ layer, title, title_en }) => ({ id: layer, title: pickTitle(lang.value, title, title_en) })))
}

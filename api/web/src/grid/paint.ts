import type { Map as MapLibre } from 'maplibre-gl'
import { watch } from 'vue'
import { citySource } from '../map/highlight.ts'
import type { GridWork } from './work.ts'

/** Joins the classes of grids to the tiles by feature state: nothing about people is in a tile, and a change of colouring loads none. */
export function paintGrids(map: MapLibre, { classes, layer }: GridWork): void {
  let painted: { layer: string; classOf: Map<number, number> } | undefined

  function paint(): void {
    const next = layer.value !== undefined && classes.value ? { layer: layer.value, classOf: classes.value.classOf } : undefined
    if (!map.getSource(citySource)) return
    if (painted) {
      const kept = next?.layer === painted.layer ? next.classOf : undefined
      for (const id of painted.classOf.keys()) if (!kept?.has(id)) map.removeFeatureState({ source: citySource, sourceLayer: painted.layer, id })
    }
    for (const [id, index] of next?.classOf ?? []) map.setFeatureState({ source: citySource, sourceLayer: next?.layer ?? '', id }, { class: index })
    painted = next
  }
  const stop = watch([classes, layer], paint, { immediate: true })
  map.on('style.load', paint)
  map.on('remove', stop)
}

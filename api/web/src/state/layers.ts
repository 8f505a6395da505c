import { computed, reactive, type ComputedRef } from 'vue'
import type { LegendGroup, LegendLayer } from '../api/types.ts'

export const groups: readonly LegendGroup[] = ['inventory', 'net', 'reference']

/** What the user made of the layers: the map is drawn from this and the style. */
export interface LayerChoices {
  visible: Record<string, boolean>
  /** Per cent, 100 where missing. */
  opacity: Record<string, number>
}

export interface Layers extends LayerChoices {
  legend: ComputedRef<LegendLayer[]>
  byGroup: ComputedRef<{ group: LegendGroup; layers: LegendLayer[] }[]>
  changed: ComputedRef<boolean>
  title(layer: string): LegendLayer | undefined
  isVisible(layer: string): boolean
  /** Whether its things can be selected: regions, and what the server keeps as a collection. */
  isSelectable(layer: string): boolean
  setVisible(layer: string, visible: boolean): void
  opacityOf(layer: string): number
  setOpacity(layer: string, percent: number): void
  reset(): void
  /** Layers that differ from their default, for the address. */
  differences: ComputedRef<{ on: string[]; off: string[] }>
}

export function createLayers(legend: ComputedRef<LegendLayer[]>, from: { on: string[]; off: string[]; opacity: Record<string, number> }): Layers {
  const visible = reactive<Record<string, boolean>>({
    ...Object.fromEntries(from.on.map((layer) => [layer, true])),
    ...Object.fromEntries(from.off.map((layer) => [layer, false])),
  })
  const opacity = reactive<Record<string, number>>({ ...from.opacity })
  const find = (layer: string) => legend.value.find((entry) => entry.layer === layer)
  const isVisible = (layer: string) => visible[layer] ?? find(layer)?.visible ?? true
  const differences = computed(() => {
    const different = legend.value.filter((entry) => isVisible(entry.layer) !== entry.visible)
    return {
      on: different.filter((entry) => !entry.visible).map((entry) => entry.layer),
      off: different.filter((entry) => entry.visible).map((entry) => entry.layer),
    }
  })

  return {
    visible, opacity, legend, differences, isVisible,
    title: find,
    isSelectable: (layer) => layer === 'region' || find(layer)?.collection === true,
    byGroup: computed(() => groups
      .map((group) => ({ group, layers: legend.value.filter((entry) => entry.group === group) }))
      .filter((entry) => entry.layers.length > 0)),
    changed: computed(() => differences.value.on.length + differences.value.off.length > 0
      || Object.values(opacity).some((percent) => percent !== 100)),
    setVisible(layer, shown) { visible[layer] = shown },
    opacityOf: (layer) => opacity[layer] ?? 100,
    setOpacity(layer, percent) { opacity[layer] = Math.min(100, Math.max(0, Math.round(percent))) },
    reset() {
      for (const layer of Object.keys(visible)) Reflect.deleteProperty(visible, layer)
      for (const layer of Object.keys(opacity)) Reflect.deleteProperty(opacity, layer)
    },
  }
}

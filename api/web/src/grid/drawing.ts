import { computed, type ComputedRef } from 'vue'
import type { App } from '../state/app.ts'
import { netLayer, schemeOfLayer } from '../state/permalink.ts'
import { formatArea, formatNumber } from '../ui/format.ts'
import { previewOf } from './editing.ts'
import { overlayOf, type Label, type Overlay } from './overlay.ts'

const thingsFrom = 16

/** What the grid workspace adds to the map, and which layers it lets be seen. */
export function useOverlay(app: App): { overlay: ComputedRef<Overlay | undefined>; isVisible(layer: string): boolean; firstZoomOf(layer: string): number } {
  const { grid, settings: { theme, lang } } = app
  const labels = useLabels(app)
  const overlay = computed(() => {
    const layer = grid.layer.value
    if (layer === undefined) return undefined
    const finding = grid.finding.value
    return overlayOf({
      layer, firstZoom: grid.scheme.value?.first_zoom ?? 0, classes: grid.classes.value, labels: labels.value, past: grid.past.value, theme: theme.value, ground: grid.ground.value,
      findings: grid.list.value === 'integrity' ? (grid.integrity.value.value?.findings ?? []) : finding ? [finding] : [],
      marked: [...grid.marked.value, ...grid.editing.picked.value],
      own: app.session.ownGrids.value.filter(({ scheme }) => scheme === grid.scheme.value?.code).map(({ code }) => code),
      members: membersOf(grid),
      preview: previewOf(grid.editing, (m2) => formatArea(m2, lang.value)),
    })
  })
  /** One net at a time: the one worked on is drawn by the overlay, the others would only confuse. */
  const isVisible = (layer: string) => (overlay.value && schemeOfLayer(layer) !== undefined ? false : app.layers.isVisible(layer))
  /** From afar the colours of the grids are what counts: single things appear where there is room for them. */
  const firstZoomOf = (layer: string) => {
    const entry = overlay.value && app.layers.title(layer)
    return entry?.group === 'inventory' && entry.geometry !== 'line' ? thingsFrom : 0
  }
  return { overlay, isVisible, firstZoomOf }
}

function membersOf({ editing, scheme }: App['grid']): { layer: string; codes: string[] } | undefined {
  const codes = editing.members.value
  const base = scheme.value?.made_of
  return codes && base ? { layer: netLayer(base), codes } : undefined
}

function useLabels({ grid, settings: { lang } }: App): ComputedRef<Label[]> {
  return computed(() => {
    const heads = new Map(grid.states.value.value?.items.map(({ id, head }) => [id, head]))
    const classes = grid.classes.value
    return (grid.items.value.value ?? []).map((item): Label => {
      const value = classes?.valueOf.get(item.id)
      const { mark, color = '' } = classes?.classes[classes.classOf.get(item.id) ?? -1] ?? {}
      const counted = value === undefined ? undefined : grid.colouring.value === 'load' ? `${formatNumber(value * 100, lang.value, 0)} %` : formatNumber(value, lang.value)
      return { id: item.id, at: item.center, text: item.name || item.short_code, note: counted ?? heads.get(item.id) ?? '', mark: mark ? `${mark} ` : '', color }
    })
  })
}

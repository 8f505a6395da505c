import { watch } from 'vue'
import type { CoverageWork } from '../coverage/work.ts'
import type { GridWork } from '../grid/work.ts'
import type { EditWork } from '../inventory/edit/work.ts'
import type { InventoryWork } from '../inventory/work.ts'
import type { PatrolWork } from '../patrol/work.ts'
import type { Densities } from './density.ts'
import type { Layers } from './layers.ts'
import { formatPermalink, parsePermalink, type Permalink } from './permalink.ts'
import type { Route } from './route.ts'
import type { Selecting } from './selecting.ts'
import type { Settings } from './settings.ts'

/**
 * Keeps the address and the state alike. Selecting and drilling down are steps that Back undoes; switches and settings
 * only rewrite the address. The hash belongs to MapLibre and is left as it is. Pages without a map have addresses of their own.
 */
export function createHistory({ settings, layers, density, selecting, route, edit, grid, inventory, coverage, patrol }: { settings: Settings; layers: Layers; density: Densities; selecting: Selecting; route: Route; grid: GridWork; inventory: InventoryWork; coverage: CoverageWork; patrol: PatrolWork; edit: EditWork }): void {
  const link = (): Permalink => ({
    ...(selecting.region.value !== undefined && { region: selecting.region.value }),
    ...(selecting.selection.value && { selection: selecting.selection.value }),
    ...layers.differences.value,
    opacity: layers.opacity,
    ...(density.chosen.value !== undefined && { density: density.chosen.value }),
    ...(!grid.active.value && edit.past.value !== undefined && { at: edit.past.value }),
    ...grid.link.value,
    ...(inventory.link.value && { table: inventory.link.value }),
    ...(coverage.link.value && { coverage: coverage.link.value }),
    ...(patrol.link.value && { patrol: patrol.link.value }),
    ...(settings.chosenTheme.value && { theme: settings.chosenTheme.value }),
    ...(settings.chosenLang.value && { lang: settings.chosenLang.value }),
  })
  const address = () => location.pathname + formatPermalink(link()) + location.hash
  const write = (how: 'pushState' | 'replaceState') => {
    if (route.onMap.value && address() !== location.pathname + location.search + location.hash) history[how](null, '', address())
  }

  watch([selecting.selection, selecting.region, patrol.open], () => { write('pushState') }, { flush: 'post' })
  watch([layers.differences, layers.opacity, density.chosen, grid.link, edit.past, inventory.link, coverage.link, patrol.link, settings.chosenTheme, settings.chosenLang],
    () => { if (layers.legend.value.length > 0) write('replaceState') }, { deep: true, flush: 'post' })
  watch(route.moves, () => {
    if (!route.onMap.value) return
    const earlier = parsePermalink(location.search)
    selecting.offer.value = undefined
    selecting.region.value = earlier.region
    selecting.selection.value = earlier.selection
    grid.restore(earlier)
    if (!grid.active.value) edit.past.value = earlier.at
    inventory.restore(earlier)
    coverage.restore(earlier)
    patrol.restore(earlier)
  }, { flush: 'sync' })
}

import type { GridRef } from '../api/types.ts'
import type { App } from '../state/app.ts'

/** Opens a grid that is known by scheme and code: search gives its id and its place. */
export async function openGrid(app: App, grid: GridRef): Promise<void> {
  try {
    const found = await app.server.search(grid.code, 20)
    const layers = grid.scheme === 'unit' ? ['unit_grid'] : [`grid_${grid.scheme}`, 'unit_grid']
    const hit = found.find((item) => item.code === grid.code && item.kind === 'grid' && layers.includes(item.layer))
      ?? found.find((item) => item.code === grid.code && item.kind !== 'region')
    if (!hit) {
      app.toast.show(app.settings.t('search.none', { q: grid.code }))
      return
    }
    app.selecting.select({ kind: 'feature', layer: layers[0] ?? hit.layer, id: String(hit.id) })
    if (hit.bbox) app.map.value?.fit(hit.bbox)
    else if (hit.center) app.map.value?.fly(hit.center)
  } catch {
    app.toast.show(app.settings.t('error.network'))
  }
}

import type { App } from '../state/app.ts'
import { geometryBox } from '../map/coordinates.ts'
import type { Row } from './types.ts'

/** Chooses an area, or none, and looks at it: its outline comes from the tiles, its box from the record. */
export async function lookAtArea({ coverage, server, grid, map, toast, settings }: App, row: Row | undefined): Promise<void> {
  coverage.area.value = row
  const by = coverage.question.value?.by ?? ''
  if (!row) return
  try {
    const box = by.startsWith('grid:') ? geometryBox((await grid.server.grid(by.slice(5), row.code)).geometry) : (await server.region(row.code)).bbox
    if (box && coverage.area.value === row) map.value?.fit(box)
  } catch {
    toast.show(settings.t('coverage.area.noShape'))
  }
}

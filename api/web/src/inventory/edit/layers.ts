import type { LegendLayer } from '../../api/types.ts'
import type { Layers } from '../../state/layers.ts'

/** The layers of the inventory that people write; grids have a workspace of their own. */
export function editableLayers({ legend }: Pick<Layers, 'legend'>): LegendLayer[] {
  return legend.value.filter(isEditable)
}

export function isEditable({ group, collection }: Pick<LegendLayer, 'group' | 'collection'>): boolean {
  return group === 'inventory' && collection
}

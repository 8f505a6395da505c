/** The collection that holds the records of a tile layer: the grids of all nets are kept in one. */
export function collectionOf(layer: string): string {
  return layer.startsWith('grid_') ? 'unit_grid' : layer
}

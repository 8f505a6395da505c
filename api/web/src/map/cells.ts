import type { Map as MapLibre } from 'maplibre-gl'
import { watch } from 'vue'
import type { Box } from '../api/types.ts'
import { densitySuffix } from '../state/permalink.ts'
import type { CellFigures, Selecting } from '../state/selecting.ts'
import { boxAround, geometryBox } from './coordinates.ts'
import { citySource } from './highlight.ts'

/**
 * Keeps the figures of the selected hexagon: they are read from the tiles that draw it, so they change with the map. Where the
 * map looks closer the hexagon is gone from the tiles, and what was known of it stays.
 */
export function followCell(map: MapLibre, selecting: Selecting): void {
  function read(): void {
    const selection = selecting.selection.value
    if (selection?.kind !== 'cell') return
    const { layer, cell } = selection
    const parts = map.getSource(citySource) ? map.querySourceFeatures(citySource, { sourceLayer: layer + densitySuffix, filter: ['==', ['get', 'h3'], cell] }) : []
    const [first] = parts
    if (first) selecting.figures.value = figuresOf(cell, first.properties, parts.map(({ geometry }) => geometryBox(geometry)))
    else if (selecting.figures.value?.cell !== cell) selecting.figures.value = undefined
  }
  map.on('idle', read)
  const stop = watch(selecting.selection, read, { immediate: true, flush: 'sync' })
  map.on('remove', stop)
}

/** A hexagon on the edge of a tile comes in parts. */
function figuresOf(cell: string, properties: Record<string, unknown>, boxes: (Box | undefined)[]): CellFigures {
  const corners = boxes.flatMap((box) => (box ? [[box[0], box[1]], [box[2], box[3]]] as [number, number][] : []))
  const numbers = Object.entries(properties).filter((entry): entry is [string, number] => typeof entry[1] === 'number')
  return { cell, numbers: Object.fromEntries(numbers), box: boxAround(corners) }
}

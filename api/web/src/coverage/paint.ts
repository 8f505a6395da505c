import type { Map as MapLibre } from 'maplibre-gl'
import type { HexChange } from './types.ts'

/** What one hexagon is painted with: metres, or -1 for farther than anybody looked. */
interface Painted {
  d: number
  n: number
}

export interface Painter {
  show(sourceLayer: string, change: HexChange | undefined): void
  /** The map has another source than the one that was painted, with nothing on it. */
  isBare(): boolean
}

type Canvas = Pick<MapLibre, 'getSource' | 'setFeatureState' | 'removeFeatureState'>

/** Paints hexagons by feature state: only those that differ from what is painted already are touched. */
export function paintHexagons(map: Canvas, source: string): Painter {
  let painted = new Map<number, Painted>()
  let layer = ''
  let of: unknown

  return {
    show(sourceLayer, change) {
      const now = map.getSource(source)
      if (!now) {
        painted = new Map()
        return
      }
      if (sourceLayer !== layer || now !== of) painted = new Map() // another source begins unpainted
      layer = sourceLayer
      of = now
      const next = paintOf(change)
      for (const id of painted.keys()) if (!next.has(id)) map.removeFeatureState({ source, sourceLayer, id })
      for (const [id, state] of next) {
        const before = painted.get(id)
        if (before?.d !== state.d || before.n !== state.n) map.setFeatureState({ source, sourceLayer, id }, state)
      }
      painted = next
    },
    isBare: () => map.getSource(source) !== of,
  }
}

function paintOf(change: HexChange | undefined): Map<number, Painted> {
  return new Map(change?.ids.map((id, i) => [id, { d: change.d[i] ?? -1, n: Number(change.n?.[i] ?? 0) }]) ?? [])
}

import { boxAround, geometryBox } from '../map/coordinates.ts'
import type { App } from '../state/app.ts'

const together = 200
const sampled = 1_000

/** Looks at what is picked. Of very many an even sample says where they are. */
export async function zoomToPicked({ inventory, map }: App): Promise<void> {
  const layer = inventory.layer.value
  const picked = inventory.picks.value.all ? inventory.ids.value : [...inventory.picks.value.ids]
  if (layer === undefined || picked.length === 0) return
  const step = Math.max(1, picked.length / sampled)
  const ids = Array.from({ length: Math.min(picked.length, sampled) }, (_, i) => picked[Math.floor(i * step)]).filter((id) => id !== undefined)
  const parts = Array.from({ length: Math.ceil(ids.length / together) }, (_, i) => ids.slice(i * together, (i + 1) * together))
  const features = (await Promise.all(parts.map((part) => inventory.server.items(layer, part)))).flat()
  const boxes = features.flatMap(({ geometry }) => (geometry && geometryBox(geometry)) ?? [])
  const points = Array.from({ length: boxes.length / 2 }, (_, i) => [boxes[2 * i] ?? 0, boxes[2 * i + 1] ?? 0] as [number, number])
  if (points.length > 0) map.value?.fit(boxAround(points))
}

import { geometryBox } from '../map/coordinates.ts'
import type { App } from '../state/app.ts'
import type { Selection } from '../state/permalink.ts'
import type { Finding, Listed } from './types.ts'

const placeZoom = 16

/** What a target of a duty is on the map. */
export function selectionOf(target: Listed): Selection | undefined {
  switch (target.kind) {
    case 'grid': return target.scheme === undefined || !target.code ? undefined : { kind: 'grid', scheme: target.scheme, code: target.code }
    case 'road':
    case 'back_alley': return { kind: 'feature', layer: target.kind, id: String(target.id) }
    case 'region':
    case 'zone': return target.code ? { kind: 'region', code: target.code } : undefined
    case 'place': return target.at ? { kind: 'place', at: target.at } : undefined
  }
}

/** Shows on the map what a list names: selects it, and looks at it. Ground that is in no grid has nothing to select but its shape. */
export function jumpTo({ grid, selecting, map }: App, target: Listed): void {
  const box = target.bbox ?? (target.geometry ? geometryBox(target.geometry) : undefined)
  grid.ground.value = target.geometry
  const selection = target.geometry ? undefined : selectionOf(target)
  if (selection?.kind === 'grid' && selection.scheme !== grid.scheme.value?.code) grid.chosenScheme.value = selection.scheme
  if (selection) selecting.select(selection)
  if (box) map.value?.fit(box)
  else if (target.at) map.value?.fly(target.at, placeZoom)
}

export function jumpToFinding({ grid, map }: App, finding: Finding): void {
  grid.finding.value = finding
  const box = finding.geometry ? geometryBox(finding.geometry) : undefined
  if (box) map.value?.fit(box)
}


import type { LegendLayer } from '../api/types.ts'
import { pickTitle, type Lang } from '../i18n/index.ts'
import { formatNumber } from '../ui/format.ts'
import type { Candidate } from '../state/selecting.ts'
import type { Picked } from './pick.ts'

/** What a candidate is called before its full record has been asked for: the tile knows name and code at most. */
export function candidateOf({ selection, hit }: Picked, legend: LegendLayer | undefined, lang: Lang, unnamed: string): Candidate {
  const text = (key: string) => {
    const value = hit.properties[key]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const layerTitle = legend ? pickTitle(lang, legend.title, legend.title_en) : hit.layer
  if (selection.kind === 'cell') return { selection, layer: selection.layer, title: layerTitle, subtitle: formatNumber(Number(hit.properties.count ?? 0), lang) }
  const name = text('name')
  const code = text('code') ?? (selection.kind === 'feature' ? `#${selection.id}` : '')
  return {
    selection,
    layer: hit.layer,
    title: name ?? (code || unnamed),
    subtitle: [layerTitle, name ? code : undefined].filter(Boolean).join(' · '),
  }
}

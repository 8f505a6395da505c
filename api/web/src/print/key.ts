import type { LegendItem, LegendLayer } from '../api/types.ts'
import { pickTitle, type Lang } from '../i18n/index.ts'
import type { SpriteImages } from '../state/sprite.ts'

/** One line of the legend on paper, drawn from the same items as the legend on the screen. */
export interface WallKey {
  label: string
  item: LegendItem
  icon?: string
  pattern?: string
}

/** The legend of the layers that are drawn. A layer of one item is called by its own title; of several symbols each says whose it is. */
export function keysOf(legend: readonly LegendLayer[], chosen: ReadonlySet<string>, lang: Lang, sprite: SpriteImages): WallKey[] {
  return legend.filter(({ layer }) => chosen.has(layer)).flatMap((layer) => layer.items.map((item) => {
    const title = pickTitle(lang, layer.title, layer.title_en)
    const label = pickTitle(lang, item.label, item.label_en)
    const [icon, pattern] = [item.icon && sprite(item.icon)?.url, item.pattern && sprite(item.pattern)?.url]
    return { label: layer.items.length === 1 ? title : item.kind === 'line' || label.includes(title) ? label : `${title} · ${label}`, item, ...(icon && { icon }), ...(pattern && { pattern }) }
  }))
}

import { pickTitle, type Translate, type Lang } from '../i18n/index.ts'
import type { CollectionSchema, LegendLayer, SchemaProperty } from '../api/types.ts'
import { netLayer } from '../state/permalink.ts'
import { formatValue } from './fields.ts'
import type { GridDetail } from '../grid/types.ts'
import type { Loaded } from './selected.ts'

export interface Heading {
  title: string
  subtitle: string
  layer: string
  /** The feature's state, where it has one, in words and in kind. */
  status?: { text: string; good: boolean }
}

export function headingOf(loaded: Loaded, legend: (layer: string) => LegendLayer | undefined, lang: Lang, t: Translate): Heading {
  switch (loaded.kind) {
    case 'feature': return featureHeading(loaded, legend, lang, t)
    case 'region': return {
      title: loaded.region.name,
      subtitle: [pickTitle(lang, loaded.region.kind_title, loaded.region.kind_title_en) || loaded.region.kind, loaded.region.code].join(' · '),
      layer: 'region',
    }
    case 'grid': return gridHeading(loaded.grid, legend, lang, t)
    case 'place': return { title: t('drawer.place'), subtitle: 'CGCS2000', layer: 'place' }
    case 'cell': return { title: t('cell.title', { title: titleOf(loaded.layer, loaded.schema, legend, lang) }), subtitle: t('cell.subtitle'), layer: loaded.layer }
  }
}

function gridHeading(grid: GridDetail, legend: (layer: string) => LegendLayer | undefined, lang: Lang, t: Translate): Heading {
  const layer = netLayer(grid.scheme)
  const entry = legend(layer)
  const heading: Heading = {
    title: grid.name || grid.short_code,
    subtitle: [entry ? pickTitle(lang, entry.title, entry.title_en) : grid.scheme, grid.code].join(' · '),
    layer,
  }
  if (grid.state) heading.status = { text: t(`grid.state.${grid.state}`), good: grid.state === 'manned' }
  return heading
}

function titleOf(layer: string, schema: CollectionSchema, legend: (layer: string) => LegendLayer | undefined, lang: Lang): string {
  const entry = legend(layer)
  return entry ? pickTitle(lang, entry.title, entry.title_en) : pickTitle(lang, schema.title, schema['x-title-en'])
}

function featureHeading(loaded: Extract<Loaded, { kind: 'feature' }>, legend: (layer: string) => LegendLayer | undefined, lang: Lang, t: Translate): Heading {
  const { item, schema, layer } = loaded
  const layerTitle = titleOf(layer, schema, legend, lang)
  const text = (key: string) => {
    const value = item.properties[key]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const [name, code] = [text('name'), text('code')]
  const heading: Heading = {
    title: name ?? code ?? t('drawer.unnamed'),
    subtitle: [layerTitle, name ? (code ?? `#${item.id}`) : `#${item.id}`].filter(Boolean).join(' · '),
    layer,
  }
  const status = text('status')
  const property: SchemaProperty | undefined = schema.properties.status
  if (status && property) heading.status = { text: formatValue(status, property, lang), good: status === 'intact' }
  return heading
}

import type { Lang, MessageKey, Translate } from '../i18n/index.ts'
import { formatNumber } from '../ui/format.ts'
import type { Figure, FigureItem, Share } from './types.ts'

export interface FigureRow {
  figure: Figure
  title: string
  /** The figure that this one is the first part of. */
  group?: string
  part: boolean
  percent: string
  width: string
  full: boolean
  of: string
}

/** The figures of one region in the order of the slogan; the last is told in three parts. */
export function rowsOf({ gridded, manned, dutiful, covered }: FigureItem, lang: Lang, t: Translate): FigureRow[] {
  const row = (figure: Figure, share: Share, part = false, group?: MessageKey): FigureRow => ({
    figure, part, title: t(`grid.figure.${figure}`), ...(group && { group: t(group) }),
    percent: percentOf(share, lang, t), width: `${100 * (share.share ?? 0)}%`, full: share.of > 0 && share.have >= share.of, of: quantity(share, lang, t),
  })
  return [
    row('gridded', gridded), row('manned', manned), row('dutiful', dutiful),
    row('covered_area', covered.area, true, 'grid.figure.covered'), row('covered_road', covered.road, true), row('covered_alley', covered.alley, true),
  ]
}

/** To two digits behind the point, and never 100 where something is lacking: 99.996 % is not all. */
function percentOf({ have, of, share }: Share, lang: Lang, t: Translate): string {
  if (share === null) return t('grid.figure.noData')
  const percent = have < of ? Math.min(99.99, 100 * share) : 100 * share
  return `${formatNumber(Math.floor(percent * 100) / 100, lang, 2)} %`
}

const km2M2 = 1e6
const kmM = 1000
const lengths = ['m', 'km']

function quantity({ have, of, unit }: Share, lang: Lang, t: Translate): string {
  const both = (scale: number, label: string, digits: number) => `${t('grid.figure.of', { have: formatNumber(have / scale, lang, digits), of: formatNumber(of / scale, lang, digits) })} ${label}`
  if (unit === 'm2') return both(km2M2, t('unit.km2'), 2)
  if (unit === 'km2') return both(1, t('unit.km2'), 2)
  if (lengths.includes(unit)) return both(unit === 'm' ? kmM : 1, t('unit.km'), 2)
  if (unit === 'duty' || unit === 'duties') return both(1, t('grid.unit.duty'), 0)
  return both(1, unit === 'grid' || unit === 'grids' ? t('grid.unit.grid') : unit, 0)
}

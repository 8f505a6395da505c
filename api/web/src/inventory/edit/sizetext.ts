import type { Geometry } from 'geojson'
import type { Settings } from '../../state/settings.ts'
import { formatArea, formatNumber } from '../../ui/format.ts'
import { sizeOf } from './measure.ts'

/** How large a shape is, in words: a point has its coordinates. */
export function sizeText(shape: Geometry, { t, lang }: Pick<Settings, 't' | 'lang'>): string {
  if (shape.type === 'Point') return shape.coordinates.slice(0, 2).map((degrees) => degrees.toFixed(6)).join(', ')
  const { lengthM, areaM2 } = sizeOf(shape)
  const length = lengthM === undefined ? '' : metres(lengthM, lang.value, t('unit.m'), t('unit.km'))
  if (areaM2 !== undefined) return t('edit.sizeArea', { area: formatArea(areaM2, lang.value), length })
  return lengthM === undefined ? t('edit.hasShape') : t('edit.sizeLength', { length })
}

export function metres(lengthM: number, lang: Settings['lang']['value'], m: string, km: string): string {
  return lengthM < 10_000 ? `${formatNumber(lengthM, lang, lengthM < 100 ? 1 : 0)} ${m}` : `${formatNumber(lengthM / 1000, lang, 2)} ${km}`
}

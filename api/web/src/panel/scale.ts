import { computed, type ComputedRef } from 'vue'
import type { LegendLayer } from '../api/types.ts'
import { pickTitle, translate, type Lang } from '../i18n/index.ts'
import type { App } from '../state/app.ts'
import { inKilometres, limitIn, rangesOf, type ClassRange } from '../state/density.ts'
import { formatNumber } from '../ui/format.ts'

/** One class of hexagons as the legend shows it: the mark stands between it and the next one. */
export interface ScaleClass {
  color: string
  mark: string
  text: string
}

export interface Scale {
  unit: string
  /** How large a hexagon is, in words. */
  cell: string
  classes: ScaleClass[]
  /** What is counted, where that is a part of the layer. */
  part: string
}

/** The classes of the hexagons of a layer at the zoom shown, in words. */
export function useScale({ density, settings: { lang, t } }: App, layer: () => LegendLayer | undefined): ComputedRef<Scale | undefined> {
  return computed(() => {
    const entry = layer()
    const of = entry?.density
    const band = entry && density.band(entry.layer)
    if (!of || !band) return undefined
    const kilometres = inKilometres(of.measure, band)
    const number = (limit: number) => formatNumber(limitIn(limit, kilometres), lang.value)
    return {
      unit: kilometres ? t('density.kmPerCell') : pickTitle(lang.value, of.unit, of.unit_en),
      cell: t('density.cell', { area: roughArea(band.cell_m2, lang.value) }),
      part: pickTitle(lang.value, band.of, band.of_en),
      classes: rangesOf(band).map((range) => ({ color: range.color, mark: range.below === undefined ? '' : number(range.below), text: rangeText(range, number, lang.value) })),
    }
  })
}

function rangeText({ from, below }: ClassRange, number: (limit: number) => string, lang: Lang): string {
  if (from === undefined) return below === undefined ? translate(lang, 'density.any') : translate(lang, 'density.below', { n: number(below) })
  return below === undefined ? translate(lang, 'density.above', { n: number(from) }) : translate(lang, 'density.between', { from: number(from), below: number(below) })
}

const hectareM2 = 10_000
const km2M2 = 1_000_000

/** An area to two digits, in the unit in which people say it. */
export function roughArea(m2: number, lang: Lang): string {
  const say = (value: number, unit: 'unit.m2' | 'unit.ha' | 'unit.km2') => `${formatNumber(Number(value.toPrecision(2)), lang)} ${translate(lang, unit)}`
  if (Number(m2.toPrecision(2)) < hectareM2) return say(m2, 'unit.m2')
  return m2 < km2M2 / 2 ? say(m2 / hectareM2, 'unit.ha') : say(m2 / km2M2, 'unit.km2')
}

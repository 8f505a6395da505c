import { computed, ref, type ComputedRef, type Ref } from 'vue'
import type { LegendBand, LegendLayer } from '../api/types.ts'

/** What the address says where nobody wants hexagons; no layer is called so. */
export const noDensity = 'none'

/**
 * Which layer shows its density in hexagons: one at most, for seven maps over one another cannot be read. Until somebody
 * chooses, it is the one that the server proposes, at the low zooms for which it does.
 */
export interface Densities {
  /** A layer, `none`, or undefined where nobody has chosen. */
  chosen: Ref<string | undefined>
  shown: ComputedRef<string | undefined>
  /** Whether hexagons stand for features of the layer at this zoom. */
  isOffered(layer: string): boolean
  isPressed(layer: string): boolean
  toggle(layer: string): void
  /** The first zoom at which hexagons of the layer are drawn: where the map falls back to them they are never left out. */
  firstZoom(layer: string): number
  /** The zoom from which on every feature is drawn by itself, unless a tile would be too large. */
  until(layer: string): number
  /** The classes at this zoom. */
  band(layer: string): LegendBand | undefined
}

interface LayerSwitches {
  isVisible(layer: string): boolean
  setVisible(layer: string, visible: boolean): void
}

export function createDensities(legend: ComputedRef<LegendLayer[]>, layers: LayerSwitches, zoom: Ref<number>, from: string | undefined): Densities {
  const chosen = ref(from)
  const densityOf = (layer: string) => legend.value.find((entry) => entry.layer === layer)?.density
  const proposed = () => legend.value.find(({ density }) => zoom.value > 0 && zoom.value < (density?.shown_below ?? 0))?.layer
  const shown = computed(() => {
    const layer = chosen.value ?? proposed()
    return layer !== undefined && densityOf(layer) && layers.isVisible(layer) ? layer : undefined
  })
  const isOffered = (layer: string) => zoom.value > 0 && zoom.value < (densityOf(layer)?.until ?? 0)
  const isPressed = (layer: string) => shown.value === layer && isOffered(layer)

  return {
    chosen, shown, isOffered, isPressed,
    toggle(layer) {
      const off = isPressed(layer)
      chosen.value = off ? noDensity : layer
      if (!off) layers.setVisible(layer, true)
    },
    until: (layer) => densityOf(layer)?.until ?? 0,
    firstZoom: (layer) => (shown.value === layer ? 0 : (densityOf(layer)?.until ?? 0)),
    band: (layer) => densityOf(layer)?.bands.findLast((band) => band.from <= zoom.value),
  }
}

/** What the class of a place in the legend holds: from … to, both ends open where there is no limit. */
export interface ClassRange {
  color: string
  from: number | undefined
  below: number | undefined
}

export function rangesOf({ limits, colors }: LegendBand): ClassRange[] {
  return colors.map((color, i) => ({ color, from: limits[i - 1], below: limits[i] }))
}

const metresPerKm = 1000

/** Lengths that are kilometres throughout are told in kilometres. */
export function inKilometres(measure: string, { limits }: LegendBand): boolean {
  return measure === 'length_m' && limits.length > 0 && limits.every((limit) => limit >= metresPerKm)
}

/** A limit as the legend writes it. */
export function limitIn(limit: number, kilometres: boolean): number {
  return kilometres ? limit / metresPerKm : limit
}

import type { ExpressionSpecification } from 'maplibre-gl'
import type { Theme } from '../state/permalink.ts'

/** A class of distance in the legend and on the map: more than `from` metres, up to `to`; `to` is undefined for all that is farther. */
export interface DistanceClass {
  from: number
  to: number | undefined
  covered: boolean
  color: string
}

interface Flavor {
  /** At the facility, and at the radius itself. */
  near: string
  brink: string
  /** Just beyond the radius, and far from everything. */
  beyond: string
  far: string
  none: string
}

/**
 * Within reach is a green that leans to blue, out of reach an orange that deepens to red: apart for those who do not tell red from
 * green, and apart by lightness at both ends. The radius itself lies between the two palest, so it reads as a line. On a dark ground
 * the ends shine and the brink is dim.
 */
const flavors: Record<Theme, Flavor> = {
  light: { near: '#075a66', brink: '#bfe6dc', beyond: '#fbdca6', far: '#c2482c', none: '#b9bec7' },
  dark: { near: '#6fe3d0', brink: '#1d4f50', beyond: '#5c3c1a', far: '#d0683f', none: '#3a424f' },
}

const coveredSteps = 4
/** Classes beyond the radius, as multiples of it; the last is open. */
const beyondSteps = [1.5, 2]

export function noneColor(theme: Theme): string {
  return flavors[theme].none
}

/** The classes of a radius, nearest first. Steps of the colours are even to the eye: they are laid in OKLab. */
export function classesOf(radius: number, theme: Theme): DistanceClass[] {
  const { near, brink, beyond, far } = flavors[theme]
  const ends = Array.from({ length: coveredSteps }, (_, i) => (radius * (i + 1)) / coveredSteps)
  const covered = ends.map((to, i) => ({ from: ends[i - 1] ?? 0, to, covered: true, color: mix(near, brink, i / (coveredSteps - 1)) }))
  const limits = beyondSteps.map((times) => Math.round(radius * times))
  const uncovered = [...limits, undefined].map((to, i) => ({ from: i === 0 ? radius : limits[i - 1] ?? radius, to, covered: false, color: mix(beyond, far, i / limits.length) }))
  return [...covered, ...uncovered]
}

/**
 * The colour of a hexagon by its distance. What a scenario changes comes as feature state and wins over the tile: `d` metres, or -1
 * for farther than anybody looked; `n` 1 where no street is near.
 */
export function colorExpression(radius: number, theme: Theme): ExpressionSpecification {
  const classes = classesOf(radius, theme)
  const farthest = classes.at(-1)?.color ?? ''
  const stops = classes.slice(1).flatMap(({ from, color }) => [from + 0.05, color]) // a hexagon at the radius itself is covered
  const metres = ['coalesce', ['feature-state', 'd'], ['get', 'd'], -1]
  const none = ['==', ['coalesce', ['feature-state', 'n'], ['get', 'n'], 0], 1]
  return ['case', none, noneColor(theme), ['<', metres, 0], farthest, ['step', metres, classes[0]?.color ?? '', ...stops]] as unknown as ExpressionSpecification
}

/** The colour of a share between none and all, for areas: the same two hues, whatever the radius. */
export function shareColor(share: number | null | undefined, theme: Theme): string {
  const { near, brink, beyond, far, none } = flavors[theme]
  if (share === null || share === undefined) return none
  const step = Math.min(4, Math.floor(Math.max(0, share) * 5)) // five classes of a fifth each
  return [mix(far, beyond, 0), mix(far, beyond, 0.55), mix(beyond, brink, 0.35), mix(brink, near, 0.35), mix(brink, near, 0.9)][step] ?? none
}

export const shareLimits: readonly number[] = [0, 0.2, 0.4, 0.6, 0.8, 1]

type Triple = [number, number, number]

/** A colour between two, `share` of the way, in OKLab. */
export function mix(a: string, b: string, share: number): string {
  const [from, to] = [toOklab(a), toOklab(b)]
  return fromOklab([0, 1, 2].map((i) => (from[i] ?? 0) + ((to[i] ?? 0) - (from[i] ?? 0)) * share) as Triple)
}

export function toOklab(hex: string): Triple {
  const [r, g, b] = [1, 3, 5].map((at) => linear(parseInt(hex.slice(at, at + 2), 16) / 255)) as Triple
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

function fromOklab([lightness, a, b]: Triple): string {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const channels = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
  return `#${channels.map((value) => Math.round(255 * Math.min(1, Math.max(0, gamma(value)))).toString(16).padStart(2, '0')).join('')}`
}

/** The transfer function of sRGB, and its inverse. */
export function linear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}

export function gamma(value: number): number {
  return value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055
}

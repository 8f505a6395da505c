import type { LayerSpecification } from 'maplibre-gl'

type Json = unknown

const opacityProperties: Partial<Record<LayerSpecification['type'], readonly string[]>> = {
  fill: ['fill-opacity'],
  line: ['line-opacity'],
  circle: ['circle-opacity', 'circle-stroke-opacity'],
  symbol: ['icon-opacity', 'text-opacity'],
  'fill-extrusion': ['fill-extrusion-opacity'],
  raster: ['raster-opacity'],
  heatmap: ['heatmap-opacity'],
}

/** The layer drawn at `factor` (0–1) of the opacity its style gives it. */
export function fade(layer: LayerSpecification, factor: number): LayerSpecification {
  const properties = opacityProperties[layer.type]
  if (factor === 1 || !properties) return layer
  const paint: Record<string, Json> = { ...layer.paint }
  for (const property of properties) paint[property] = scale(paint[property] ?? 1, factor)
  return { ...layer, paint } as LayerSpecification
}

/**
 * A style value times a factor. An expression of the zoom may stand at the top only, so the factor goes into the outputs
 * of a top-level `interpolate` or `step` instead of around it.
 */
export function scale(value: Json, factor: number): Json {
  if (typeof value === 'number') return value * factor
  if (!Array.isArray(value)) return value
  const [operator] = value as [Json]
  if (operator === 'interpolate') return value.map((part: Json, i) => (i >= 4 && i % 2 === 0 ? scale(part, factor) : part))
  if (operator === 'step') return value.map((part: Json, i) => (i >= 2 && i % 2 === 0 ? scale(part, factor) : part))
  return ['*', factor, value]
}

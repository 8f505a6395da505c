import type { Geometry } from 'geojson'

/** What the server answers, field by field. Longitude comes first everywhere; boxes are west, south, east, north. */
export type Position = [lon: number, lat: number]
export type Box = [west: number, south: number, east: number, north: number]

export interface City {
  name: string
  name_en: string
  sample: boolean
  center: Position
  zoom: number
}

export type LegendKind = 'line' | 'fill' | 'symbol'
export type LegendGroup = 'inventory' | 'net' | 'reference'

export interface LegendItem {
  label: string
  label_en?: string
  kind: LegendKind
  color?: string
  casing?: string
  /** Width of a line in CSS pixels, casing left out. */
  width?: number
  dash?: number[]
  outline?: string
  /** Names of sprite images. */
  pattern?: string
  icon?: string
}

export interface LegendLayer {
  layer: string
  title: string
  title_en?: string
  geometry: string
  min_zoom: number
  visible: boolean
  group: LegendGroup
  /** Its features can be asked for one by one. */
  collection: boolean
  /** 口径: whose ledger, as of when, how complete. */
  provenance?: string
  provenance_en?: string
  items: LegendItem[]
  /** Missing where hexagons never stand in for its features. */
  density?: LegendDensity
}

/** The hexagons that stand in for the features of a layer where these are not drawn one by one. */
export interface LegendDensity {
  source_layer: string
  /** The attribute by which hexagons are classed. */
  measure: string
  unit: string
  unit_en: string
  /** From this zoom on every feature is drawn by itself. */
  until: number
  /** Shown at lower zooms before anybody asks. */
  shown_below?: number
  bands: LegendBand[]
}

/** The classes from a zoom on, until the next band. */
export interface LegendBand {
  from: number
  /** About the area of a hexagon. */
  cell_m2: number
  /** The least value of every class but the first. */
  limits: number[]
  /** One more than limits. */
  colors: string[]
  /** What is counted, where that is a part of the layer. */
  of?: string
  of_en?: string
}

export interface Counts {
  revision: string
  counts: Record<string, number>
}

export interface Status {
  revision: string
  applied_at: string
  age_ms: number
  /** False while the server answers from memory because its database is away. */
  connected?: boolean
  features: Record<string, number>
  sample: boolean
  /** The ways to sign in; missing where there is nothing to sign in to. */
  sign_in?: { password: boolean; oidc: { title: string } | null }
}

export interface RegionRef {
  code: string
  name: string
  kind: string
}

export interface Region extends RegionRef {
  name_en?: string
  kind_title?: string
  kind_title_en?: string
  parent?: string | null
  bbox: Box | null
  area_m2?: number
  children?: number
  path?: RegionRef[]
  figures?: Record<string, number>
}

export interface Page<T> {
  items: T[]
  next?: string | null
  total?: number
}

export interface GridRef {
  scheme: string
  scheme_title?: string
  scheme_title_en?: string
  code: string
  name?: string | null
  inside_m?: number
  inside_m2?: number
}

export interface Located {
  regions: RegionRef[]
  unit_grid: GridRef | null
  grids: GridRef[]
}

export interface SearchItem {
  kind: 'feature' | 'region' | 'grid'
  layer: string
  id: number | string
  code?: string | null
  name?: string | null
  layer_title?: string
  layer_title_en?: string
  region_name?: string | null
  /** Missing where there is no shape. */
  center?: Position | null
  bbox?: Box | null
}

export interface FeatureItem {
  type: 'Feature'
  id: number | string
  /** The version of the row: what a write is held against. */
  revision?: number
  geometry: Geometry | null
  properties: Record<string, unknown>
  /** Names of what a property's value is a code of, by property. */
  labels?: Record<string, { title: string; title_en: string }>
  regions?: RegionRef[]
  grids?: GridRef[]
}

export interface SchemaEnum {
  const: unknown
  title?: string
  'x-title-en'?: string
}

export interface SchemaProperty {
  type?: string | string[]
  title?: string
  'x-title-en'?: string
  'x-unit'?: string
  format?: string
  oneOf?: SchemaEnum[]
  properties?: Record<string, SchemaProperty>
  minimum?: number
  exclusiveMinimum?: number
  maximum?: number
  exclusiveMaximum?: number
  maxLength?: number
  readOnly?: boolean
  'x-required'?: boolean
  'x-access'?: string
  'x-standard'?: string
  'x-ogc-role'?: string
  /** Of the geometry: the kinds that the layer holds, where the format does not say. */
  'x-geometry-types'?: string[]
}

export interface CollectionSchema {
  title?: string
  'x-title-en'?: string
  required?: string[]
  properties: Record<string, SchemaProperty>
}

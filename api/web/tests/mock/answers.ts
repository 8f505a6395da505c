import { center, densities, makeCity, type CityFeature } from './city.ts'

type Box = [number, number, number, number]
type Answer = unknown

const city = makeCity()
const titles: Record<string, [string, string]> = {
  road: ['道路', 'Roads'], back_alley: ['背街小巷', 'Back alleys'], public_toilet: ['公厕', 'Public toilets'], barrier_free_ramp: ['无障碍坡道', 'Ramps'],
  parking_space: ['停车泊位', 'Parking'], construction_site: ['建筑工地', 'Construction sites'], unit_grid: ['单元网格', 'Unit grids'], grid_duty: ['责任网格', 'Duty grids'], region: ['区划', 'Regions'],
}
const kinds: Record<string, [string, string]> = { county: ['区县', 'County'], street: ['街道', 'Street'], community: ['社区', 'Community'], zone: ['片区', 'Zone'] }

const featuresOf = (layer: string) => (city[layer]?.features ?? []) as CityFeature[]

function boxOf(feature: CityFeature): Box {
  const points = JSON.stringify('coordinates' in feature.geometry ? feature.geometry.coordinates : []).match(/-?\d+(\.\d+)?/g)?.map(Number) ?? []
  const [lons, lats] = [points.filter((_, i) => i % 2 === 0), points.filter((_, i) => i % 2 === 1)]
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]
}
const touch = (a: Box, b: Box) => a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
const middle = ([west, south, east, north]: Box) => [(west + east) / 2, (south + north) / 2]
const text = (value: unknown) => (typeof value === 'string' ? value : '')

export function counts(bbox: Box): Answer {
  return { revision: '7', counts: Object.fromEntries(Object.keys(titles).map((layer) => [layer, featuresOf(layer).filter((feature) => touch(boxOf(feature), bbox)).length])) }
}

export function status(): Answer {
  return { revision: '7', applied_at: '2026-01-01T00:00:00Z', age_ms: 400, sample: true, features: Object.fromEntries(Object.keys(titles).map((layer) => [layer, featuresOf(layer).length])) }
}

function regionAnswer(feature: CityFeature) {
  const kind = text(feature.properties.kind)
  return {
    ...feature.properties, kind_title: kinds[kind]?.[0], kind_title_en: kinds[kind]?.[1], bbox: boxOf(feature), area_m2: 1_234_567,
    children: featuresOf('region').filter((other) => other.properties.parent === feature.properties.code).length,
  }
}

export function regions(parent: string | null): Answer {
  const items = featuresOf('region').filter((feature) => feature.properties.parent === parent).map(regionAnswer)
  return { items, next: null, total: items.length }
}

export function region(code: string): Answer | undefined {
  const path: CityFeature[] = []
  for (let next = findRegion(code); next; next = findRegion(next.properties.parent)) path.unshift(next)
  const [last] = path.slice(-1)
  if (!last) return undefined
  const inside = boxOf(last)
  const figures = Object.fromEntries(Object.keys(titles).filter((layer) => layer !== 'region').map((layer) => [layer, featuresOf(layer).filter((feature) => touch(boxOf(feature), inside)).length]))
  return { ...regionAnswer(last), path: path.map(({ properties: { code, name, kind } }) => ({ code, name, kind })), figures }
}
const findRegion = (code: unknown) => featuresOf('region').find((feature) => feature.properties.code === code)

export function locate(lon: number, lat: number): Answer {
  const here: Box = [lon, lat, lon, lat]
  const containing = (layer: string) => featuresOf(layer).filter((feature) => touch(boxOf(feature), here))
  const [unit] = containing('unit_grid')
  return {
    regions: containing('region').map(({ properties: { code, name, kind } }) => ({ code, name, kind })),
    unit_grid: unit ? { code: unit.properties.code, name: null, scheme: 'unit' } : null,
    grids: gridsAt(here),
  }
}

function gridsAt(box: Box) {
  return ['unit_grid', 'grid_duty'].flatMap((layer) => featuresOf(layer).filter((feature) => touch(boxOf(feature), box)).slice(0, 2)
    .map(({ properties }) => ({ scheme: properties.scheme, scheme_title: titles[layer]?.[0], code: properties.code, name: null, inside_m: 120.5 })))
}

export function search(q: string, limit: number): Answer {
  const items = Object.keys(titles).flatMap((layer) => featuresOf(layer)
    .filter(({ properties }) => text(properties.name).includes(q) || text(properties.code).startsWith(q))
    .map((feature) => {
      const bbox = boxOf(feature)
      const kind = layer === 'region' ? 'region' : layer.includes('grid') ? 'grid' : 'feature'
      return { kind, layer, id: feature.id, code: feature.properties.code, name: feature.properties.name ?? null, layer_title: titles[layer]?.[0], region_name: '东一社区', center: middle(bbox), bbox }
    }))
  return { items: items.slice(0, limit) }
}

export function item(collection: string, id: string): Answer | undefined {
  const feature = featuresOf(collection).find((one) => String(one.id) === id)
  if (!feature) return undefined
  const extra = collection === 'construction_site' ? { measures: { hoarding: true, wet_work: false } } : {}
  return {
    ...feature,
    properties: { ...feature.properties, ...extra, width_m: 12.5, lit: true, surveyed_on: '2025-06-01', updated_at: '2025-06-02T03:04:05Z', maintainer_dept: 'D9', note_public: null },
    labels: { maintainer_dept: { title: '夹具养护处', title_en: 'Fixture works' } },
    regions: featuresOf('region').filter((one) => touch(boxOf(one), boxOf(feature))).slice(0, 3).map(({ properties: { code, name, kind } }) => ({ code, name, kind })),
    grids: gridsAt(boxOf(feature)), links: [],
  }
}

export function schema(collection: string): Answer | undefined {
  const title = titles[collection]
  if (!title) return undefined
  const option = (value: string, zh: string, en: string) => ({ const: value, title: zh, 'x-title-en': en })
  const property = (zh: string, en: string, more: object) => ({ title: zh, 'x-title-en': en, ...more })
  return {
    title: title[0], 'x-title-en': title[1], type: 'object',
    properties: {
      geom: { format: collection === 'public_toilet' ? 'geometry-point' : 'geometry-any', 'x-ogc-role': 'primary-geometry' },
      code: property('编码', 'Code', { type: 'string' }),
      name: property('名称', 'Name', { type: 'string' }),
      status: property('状态', 'Status', { oneOf: [option('intact', '完好', 'Intact'), option('closed', '停用', 'Closed')] }),
      grade: property('等级', 'Grade', { oneOf: [option('class_1', '一类', 'Class 1'), option('class_2', '二类', 'Class 2')] }),
      class: property('等级', 'Class', { oneOf: [option('expressway', '快速路', 'Expressway'), option('arterial', '主干路', 'Arterial'), option('secondary', '次干路', 'Secondary'), option('branch', '支路', 'Branch')] }),
      width_m: property('宽度', 'Width', { type: 'number', 'x-unit': 'm' }),
      lit: property('照明', 'Lit', { type: 'boolean' }),
      measures: property('六个百分之百', 'Six measures', { type: 'object', properties: { hoarding: property('围挡', 'Hoarding', {}), wet_work: property('湿法作业', 'Wet work', {}) } }),
      maintainer_dept: property('养护单位', 'Maintained by', { type: 'string' }),
      surveyed_on: property('普查日期', 'Surveyed on', { type: 'string', format: 'date' }),
      updated_at: property('更新时间', 'Updated at', { type: 'string', format: 'date-time' }),
      note_public: property('备注', 'Remark', { type: 'string' }),
    },
  }
}

export const tileJson = (origin: string) => ({ tilejson: '3.0.0', tiles: [`${origin}/tiles/city/{z}/{x}/{y}.mvt`], minzoom: 0, maxzoom: 16, center: [...center, 14], attribution: '夹具数据', vector_layers: Object.keys({ ...city, ...densities }).map((id) => ({ id, fields: {} })) })

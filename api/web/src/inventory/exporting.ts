import { encodeQuery } from '../api/client.ts'
import { queryOf, type Question } from './server.ts'

export const formats = ['xlsx', 'csv', 'geojson', 'gpkg', 'shp.zip'] as const
export type Format = (typeof formats)[number]
/** Older programs of bureaus read GBK only. */
export const charsets = ['utf-8', 'gbk'] as const
export type Charset = (typeof charsets)[number]
export type What = 'picked' | 'filter' | 'all'

/** An address holds so many numbers. */
export const pickedUpTo = 1_000

/** Coordinate systems that bureaus ask for. The first is that of the record. */
export const systems: readonly { code: string; title: string; titleEn: string }[] = [
  { code: 'EPSG:4490', title: 'CGCS2000 经纬度', titleEn: 'CGCS2000 longitude and latitude' },
  { code: 'CRS84', title: 'WGS 84 经纬度', titleEn: 'WGS 84 longitude and latitude' },
  { code: 'EPSG:4549', title: 'CGCS2000 高斯-克吕格，中央经线 120°', titleEn: 'CGCS2000 Gauss-Krüger, central meridian 120°' },
  { code: 'EPSG:4528', title: 'CGCS2000 高斯-克吕格，3 度带第 40 带（带号）', titleEn: 'CGCS2000 Gauss-Krüger, zone 40 with its number' },
  { code: 'EPSG:3857', title: 'Web 墨卡托', titleEn: 'Web Mercator' },
  { code: 'gcj02', title: 'GCJ-02（高德、腾讯地图）', titleEn: 'GCJ-02 (Amap, Tencent)' },
  { code: 'bd09', title: 'BD-09（百度地图）', titleEn: 'BD-09 (Baidu)' },
]
/** These have one coordinate system by their standard. */
export const fixedSystem: Partial<Record<Format, string>> = { geojson: 'CRS84' }

export interface Export {
  question: Question
  format: Format
  what: What
  ids: readonly number[]
  crs: string
  /** Undefined for all that one may see. */
  fields: readonly string[] | undefined
  /** Of the texts in a Shapefile. */
  charset?: Charset
}

/** The link that downloads it. */
export function exportHref({ question, format, what, ids, crs, fields, charset }: Export): string {
  const { filter, sortby, region, grid, bbox } = queryOf(question)
  const narrowed = what === 'filter' ? { filter, region, grid, bbox } : what === 'picked' ? { ids: ids.join(',') } : {}
  return `/api/v1/exports/${question.layer}.${format}${encodeQuery({ ...narrowed, sortby, properties: fields?.join(','), crs: fixedSystem[format] === undefined ? crs : undefined, charset: format === 'shp.zip' ? charset : undefined })}`
}

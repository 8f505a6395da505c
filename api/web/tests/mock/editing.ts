import type { Geometry } from 'geojson'
import type { FeatureItem } from '../../src/api/types.ts'
import type { Change, OperationResult, Version } from '../../src/inventory/edit/server.ts'
import type { Asked, MockAccounts, Told } from './accounts.ts'
import { refused } from './accounts.ts'
import * as answers from './answers.ts'

interface State {
  geometry: Geometry
  properties: Record<string, unknown>
}
interface Row {
  id: number
  versions: (Version & { state: State })[]
}
interface Body { geometry?: Geometry; properties?: Record<string, unknown> }

const day = '2026-01-02T03:04:05Z'
const fault = (pointer: string, detail: string) => ({ pointer, detail, detail_en: detail })
const invalid = (errors: ReturnType<typeof fault>[]): Told => problem('invalid-feature', '要素有误', { errors })
const problem = (code: string, title: string, more: object = {}): Told => ({ status: 422, body: { type: `urn:wangge:problem:${code}`, title, title_en: title, ...more } })

/** Writes to the inventory of the mock and their history. The tiles stay what they were. West of this longitude a place looks like one of GCJ-02. */
const shiftedWest = 119.981

export class MockEditing {
  readonly #rows = new Map<string, Row>()
  #next = 9001
  /** The writes that came, as method, path and body. */
  readonly written: { method: string; path: string; query: string; body: unknown }[] = []

  answer(asked: Asked, accounts: MockAccounts): Told | undefined {
    const [, first, second, third = '', fourth = '', fifth = '', sixth = '', seventh = ''] = asked.path.split('/').map(decodeURIComponent)
    if (asked.path === '/api/v1/features/batch') return this.#batch(asked, accounts)
    if (asked.path === '/api/v1/departments') return { body: { items: [{ code: 'D9', name: '夹具养护处', name_en: 'Fixture works' }, { code: 'D8', name: '夹具城管局', name_en: 'Fixture bureau' }], next: null, total: 2 } }
    if (first !== 'ogc' || second !== 'collections' || fourth !== 'items') return undefined
    if (asked.method === 'GET') return this.#read(third, fifth, sixth, seventh, asked.query)
    if (!accounts.who(asked.cookie)) return refused.signIn()
    if (!accounts.can(asked.cookie, 'edit_inventory')) return refused.right()
    const actor = accounts.who(asked.cookie)?.name ?? ''
    this.written.push({ method: asked.method, path: asked.path, query: asked.query.toString(), body: asked.body })
    if (fifth === '') return this.#create(third, asked, actor)
    return sixth === 'restore' ? this.#restore(third, fifth, asked, actor) : this.#write(third, fifth, asked, actor)
  }

  /** Somebody else changes a feature. */
  meddle(layer: string, id: string, body: Body): void {
    const row = this.#row(layer, id)
    if (row) this.#put(row, merged(row, body), 'update', '另一位')
  }

  revision(layer: string, id: string): number {
    return this.#row(layer, id)?.versions.at(-1)?.version ?? 0
  }

  #row(layer: string, id: string): Row | undefined {
    const key = `${layer}/${id}`
    const known = this.#rows.get(key)
    if (known) return known
    const item = answers.item(layer, id) as FeatureItem | undefined
    if (!item?.geometry) return undefined
    const row: Row = { id: Number(id), versions: [{ version: 1, op: 'insert', at: '2025-06-02T03:04:05Z', actor: '普查', changes: [], moved_m: null, state: { geometry: item.geometry, properties: item.properties } }] }
    this.#rows.set(key, row)
    return row
  }

  #read(layer: string, id: string, what: string, more: string, query: URLSearchParams): Told | undefined {
    if (id === '') return undefined
    const row = this.#row(layer, id)
    if (!row) return undefined
    const last = row.versions.at(-1)
    if (what === 'history' && more !== '') return told(layer, row, row.versions.find(({ version }) => version === Number(more)))
    if (what === 'history') return { body: { items: row.versions.map((version) => ({ ...version, state: undefined })).reverse(), next: null, total: row.versions.length } }
    if (what === 'diff') return this.#diff(row, Number(query.get('from')), Number(query.get('to')))
    return last?.op === 'delete' ? refused.gone() : told(layer, row, query.has('datetime') ? row.versions[0] : last)
  }

  #diff(row: Row, from: number, to: number): Told {
    const [a, b] = [from, to].map((version) => row.versions.find((one) => one.version === version)?.state)
    if (!a || !b) return refused.gone()
    const moved = JSON.stringify(a.geometry) !== JSON.stringify(b.geometry)
    return { body: { from, to, changes: changesOf(a, b), geometry: moved ? { before: a.geometry, after: b.geometry, moved_m: 12.3 } : null } }
  }

  #create(layer: string, asked: Asked, actor: string): Told {
    const body = asked.body as Body
    const wrong = wrongIn(body, asked, true)
    if (wrong) return wrong
    const state: State = { geometry: body.geometry as Geometry, properties: { code: 'NEW-0001', region_code: '990001001001', ...body.properties } }
    const dry = asked.query.get('dry_run') === 'true'
    const row: Row = { id: dry ? 0 : this.#next++, versions: [] }
    if (!dry) this.#rows.set(`${layer}/${row.id}`, row)
    this.#put(row, state, 'insert', actor)
    return { ...told(layer, row, row.versions[0]), status: dry ? 200 : 201 }
  }

  #write(layer: string, id: string, asked: Asked, actor: string): Told {
    const row = this.#row(layer, id)
    const last = row?.versions.at(-1)
    if (!row || !last || last.op === 'delete') return refused.gone()
    if (asked.match !== '*' && asked.match !== `"${last.version}"`) return refused.stale()
    if (asked.method === 'DELETE') {
      this.#put(row, last.state, 'delete', actor)
      return { status: 204 }
    }
    const wrong = wrongIn(asked.body, asked, false)
    if (wrong) return wrong
    this.#put(row, merged(row, asked.body), 'update', actor)
    return told(layer, row, row.versions.at(-1))
  }

  #restore(layer: string, id: string, asked: Asked, actor: string): Told {
    const row = this.#row(layer, id)
    const back = row?.versions.find(({ version }) => version === asked.body.version)
    if (!row || !back) return refused.gone()
    this.#put(row, back.state, 'update', actor)
    return told(layer, row, row.versions.at(-1))
  }

  #batch(asked: Asked, accounts: MockAccounts): Told {
    if (!accounts.can(asked.cookie, 'edit_inventory')) return refused.right()
    const operations = asked.body.operations as { layer: string; id: number; match: string; feature: Body }[]
    this.written.push({ method: 'POST', path: asked.path, query: '', body: asked.body })
    const results = operations.map(({ layer, id, match }): OperationResult => {
      const version = this.#row(layer, String(id))?.versions.at(-1)?.version
      if (version === undefined) return { id, status: 'not_found' }
      return { id, status: match === '*' || match === String(version) ? 'ok' : 'stale' }
    })
    if (results.some(({ status }) => status !== 'ok')) return problem('batch', '没有写入', { results })
    const actor = accounts.who(asked.cookie)?.name ?? ''
    return { body: { results: operations.map(({ layer, id, feature }) => {
      const row = this.#row(layer, String(id))
      if (row) this.#put(row, merged(row, feature), 'update', actor)
      return { op: 'update', layer, id, revision: row?.versions.at(-1)?.version, status: 'ok' }
    }) } }
  }

  #put(row: Row, state: State, op: Version['op'], actor: string): void {
    const last = row.versions.at(-1)
    const moved = last && JSON.stringify(last.state.geometry) !== JSON.stringify(state.geometry)
    row.versions.push({ version: (last?.version ?? 0) + 1, op, at: day, actor, changes: last ? changesOf(last.state, state) : [], moved_m: moved ? 12.3 : null, state })
  }
}

function merged(row: Row, { geometry, properties }: Body): State {
  const last = row.versions.at(-1)?.state
  return { geometry: geometry ?? last?.geometry ?? { type: 'Point', coordinates: [0, 0] }, properties: { ...last?.properties, ...properties } }
}

function changesOf(a: State, b: State): Change[] {
  const keys = [...new Set([...Object.keys(a.properties), ...Object.keys(b.properties)])]
  return keys.filter((key) => JSON.stringify(a.properties[key]) !== JSON.stringify(b.properties[key])).map((field) => ({ field, before: a.properties[field] ?? null, after: b.properties[field] ?? null }))
}

function wrongIn({ geometry, properties = {} }: Body, asked: Asked, whole: boolean): Told | undefined {
  const errors = [
    ...(whole && !properties.grade ? [fault('/properties/grade', '必填')] : []),
    ...(Number(properties.width_m ?? 0) > 100 ? [fault('/properties/width_m', '宽度不能超过 100 米')] : []),
    ...(whole && !geometry ? [fault('/geometry', '缺少位置')] : []),
  ]
  if (geometry?.type === 'Point' && (geometry.coordinates[0] ?? 0) < shiftedWest && asked.query.get('accept') !== 'shift') {
    return problem('suspicious-shift', '位置疑似偏移', { detail: '按原样距最近的道路 480 米，纠偏后 3 米', detail_en: '480 m from the nearest street as given, 3 m with the shift taken off' })
  }
  return errors.length > 0 ? invalid(errors) : undefined
}

function told(layer: string, row: Row, version: Row['versions'][number] | undefined): Told {
  if (!version) return refused.gone()
  const known = answers.item(layer, String(row.id)) as FeatureItem | undefined
  const at = version.state.geometry.type === 'Point' ? version.state.geometry.coordinates : [120.012, 36.266]
  const located = answers.locate(at[0] ?? 0, at[1] ?? 0) as { regions: FeatureItem['regions']; grids: FeatureItem['grids'] }
  return {
    body: { type: 'Feature', id: row.id, revision: version.version, geometry: version.state.geometry, properties: { ...version.state.properties, revision: version.version, updated_by: version.actor }, labels: known?.labels ?? {}, regions: located.regions, grids: located.grids },
    headers: { ETag: `"${version.version}.abc"` },
  }
}

import type { Polygon, Position } from 'geojson'
import type { Edit, EditResult, Failure, Finding, GridDetail, GridState, Scheme, Shaped, State } from '../../src/grid/types.ts'
import type { Asked, MockAccounts, Told } from './accounts.ts'
import { faulty, refused } from './accounts.ts'
import { makeCity } from './city.ts'

/** Grids, people and findings of the mock, as they are after what was done to them. The tiles stay what they were. */
const day = '2026-01-02'
const community = { code: '990001001001', name: '东一社区', kind: 'community' }
const zone = { code: 'zone-core', name: '核心片区', kind: 'zone' }
const roles = [{ code: 'grid_head', title: '网格长', title_en: 'Head' }, { code: 'grid_member', title: '网格员', title_en: 'Member' }]
const states: Record<string, State> = { D001: 'manned', D002: 'vacant', D003: 'overloaded', D004: 'manned' }
const page = <T>(items: T[]): Told => ({ body: { items, next: null, total: items.length } })

export class MockGrids {
  readonly #schemes: Scheme[] = [scheme('unit', '单元网格', 'Unit grids', 400, 14), scheme('duty', '责任网格', 'Duty grids', 4, 10)]
  readonly #grids = new Map<string, Shaped>()
  readonly #former = new Map<string, Shaped>()
  readonly #people = new Map<string, { duty: number; role: string; holder: string }[]>()
  #findings: Finding[] = [finding('g1', 'gap', [[120.005, 36.265], [120.011, 36.265], [120.011, 36.268], [120.005, 36.268], [120.005, 36.265]]), finding('o1', 'overlap', [[119.99, 36.255], [119.995, 36.255], [119.995, 36.258], [119.99, 36.258], [119.99, 36.255]])]
  readonly #edits: Edit[] = []
  #next = 5

  constructor() {
    for (const one of makeCity().grid_duty?.features ?? []) {
      const shape = one.geometry as Polygon
      this.#grids.set(String(one.properties.code), shaped(Number(one.id), String(one.properties.code), shape))
      this.#people.set(String(one.properties.code), one.properties.code === 'D002' ? [] : [{ duty: Number(one.id), role: 'grid_head', holder: 'P001' }])
    }
  }

  answer(asked: Asked, accounts: MockAccounts): Told | undefined {
    const [, api, , first = '', second = '', third = ''] = asked.path.split('/').map(decodeURIComponent)
    if (api !== 'api') return undefined
    const signedIn = accounts.who(asked.cookie) !== undefined
    switch (first) {
      case 'schemes': return page(this.#schemes)
      case 'roles': return page(roles)
      case 'integrity': return second === '' ? this.#integrity(asked.query.get('scheme') ?? '') : this.#repair(asked, accounts)
      case 'grid-edits': return second === '' ? page([...this.#edits].reverse()) : this.#undo(Number(second))
      case 'vacancies': return signedIn ? page(this.#failures()) : refused.signIn()
      case 'responsibility': return signedIn ? responsibility(second) : refused.signIn()
      case 'persons': return second === '' && signedIn && asked.method === 'GET' ? page(['P001', 'P002'].map((code) => ({ ...holder(code), duties: 3, load: 0.6, overloaded: false, absent: false, revision: 1 }))) : undefined
      case 'duties': return second === 'batch' ? this.#batch(asked, accounts) : undefined
      case 'grids': return this.#gridsAnswer(asked, accounts, second, third, signedIn)
      default: return undefined
    }
  }

  #gridsAnswer(asked: Asked, accounts: MockAccounts, code: string, what: string, signedIn: boolean): Told {
    if (code === '') return page(asked.query.get('scheme') === 'duty' ? [...this.#grids.values()] : [])
    if (code === 'states') return signedIn ? { body: { scheme: asked.query.get('scheme'), at: day, items: asked.query.get('scheme') === 'duty' ? this.#states() : [] } } : refused.signIn()
    const one = this.#grids.get(code)
    if (!one) return unitGrid(code) ?? refused.gone()
    if (what === 'lineage') return { body: { grid: code, ancestors: [], descendants: [], edits: this.#edits.filter(({ made, changed }) => [...made ?? [], ...changed ?? []].includes(code)) } }
    if (what !== '') return accounts.can(asked.cookie, 'edit_grid') ? this.#edit(asked, one, what) : refused.right()
    return { body: this.#detail(one, signedIn), headers: { ETag: `"${one.revision}"` } }
  }

  #stateOf(code: string): State {
    return this.#people.get(code)?.length === 0 ? 'vacant' : states[code] === 'vacant' ? 'manned' : states[code] ?? 'manned'
  }

  #states(): GridState[] {
    return [...this.#grids.values()].map(({ id, code }, i) => ({ id, code, state: this.#stateOf(code), people: this.#people.get(code)?.length ?? 0, load: 0.3 + i * 0.3, counts: { public_toilet: i * 2, road: 5 + i }, head: this.#people.get(code)?.length ? '试**' : null }))
  }

  #failures(): Failure[] {
    return [...this.#grids.values()].filter(({ code }) => this.#stateOf(code) === 'vacant').map(({ id, code, name, bbox, center }) => ({
      kind: 'missing', target: { kind: 'grid', id, code, name, scheme: 'duty', region: community, at: center, bbox }, role: 'grid_head', title: '网格长', title_en: 'Head', have: 0, at_least: 1, at_most: 1, since: '2026-01-01', holder: null, message: `${name ?? code} 缺网格长：有 0 名，至少 1 名`, message_en: `${name ?? code} lacks a head`,
    }))
  }

  #detail(one: Shaped, signedIn: boolean): GridDetail {
    const people = this.#people.get(one.code) ?? []
    return {
      ...one, path: [community], counts: { public_toilet: 3, road: 5 }, lengths_m: { road: 5200, back_alley: 800 }, parents: [], children: [],
      requirements: signedIn ? [{ role: 'grid_head', title: '网格长', title_en: 'Head', at_least: 1, at_most: 1, have: people.length }] : null,
      people: signedIn ? people.map(({ duty, role, holder: code }) => ({ duty, role, title: roles.find((one) => one.code === role)?.title ?? '', title_en: 'Head', rank: 'primary', hours: '08:00-18:00', valid_from: day, valid_to: null, stands_for: null, absent: false, holder: holder(code) })) : null,
      failures: signedIn ? this.#failures().filter(({ target }) => target?.code === one.code) : null, state: signedIn ? this.#stateOf(one.code) : null, load: signedIn ? 0.6 : null,
    }
  }

  #integrity(net: string): Told {
    const findings = net === 'duty' ? this.#findings : []
    return { body: { scheme: net, revision: '7', checked: day, took_ms: 12.5, findings, totals: {} } }
  }

  #repair(asked: Asked, accounts: MockAccounts): Told {
    if (!accounts.can(asked.cookie, 'edit_grid')) return refused.right()
    const found = this.#findings.find(({ id }) => id === asked.body.finding)
    if (!found) return { status: 409, body: { type: 'urn:wangge:problem:conflict', title: '这处问题已不存在', title_en: 'No longer there' } }
    this.#findings = this.#findings.filter((one) => one !== found)
    return this.#done('repair', [], [], [])
  }

  #edit(asked: Asked, one: Shaped, kind: string): Told {
    if (asked.match !== `"${one.revision}"`) return refused.stale()
    const dry = asked.query.get('dry_run') === 'true'
    if (kind === 'split') {
      const line = (asked.body.line as { coordinates: Position[] }).coordinates
      const cut = line.reduce((sum, [lon = 0]) => sum + lon, 0) / line.length
      const [west, south, east, north] = one.bbox
      if (cut <= west || cut >= east) return faulty('/line', '这条线没有穿过网格')
      const made = [rectangle(west, south, cut, north), rectangle(cut, south, east, north)].map((shape, i) => shaped(3000 + this.#next + i, `D00${this.#next + i}`, shape))
      return this.#change('split', dry, [one], made)
    }
    if (kind === 'merge') {
      const others = (asked.body.with as string[]).flatMap((code) => this.#grids.get(code) ?? [])
      const boxes = [one, ...others].map(({ bbox }) => bbox)
      const made = shaped(3000 + this.#next, `D00${this.#next}`, rectangle(Math.min(...boxes.map((b) => b[0])), Math.min(...boxes.map((b) => b[1])), Math.max(...boxes.map((b) => b[2])), Math.max(...boxes.map((b) => b[3]))))
      return this.#change('merge', dry, [one, ...others], [made])
    }
    if (kind === 'redraw') {
      const next = { ...one, geometry: asked.body.geometry as Shaped['geometry'] }
      if (!dry) this.#grids.set(one.code, next)
      return this.#done('redraw', [], [], [next], dry)
    }
    return this.#change('retire', dry, [one], [])
  }

  #change(kind: Edit['kind'], dry: boolean, old: Shaped[], made: Shaped[]): Told {
    if (!dry) {
      for (const one of old) {
        this.#grids.delete(one.code)
        this.#former.set(one.code, one)
      }
      for (const one of made) {
        this.#grids.set(one.code, one)
        this.#people.set(one.code, [{ duty: one.id, role: 'grid_head', holder: 'P001' }])
      }
      this.#next += made.length
    }
    return this.#done(kind, made, old, [], dry)
  }

  #done(kind: Edit['kind'], made: Shaped[], retired: Shaped[], changed: Shaped[], dry = false, undoes: number | null = null): Told {
    const codes = (list: Shaped[]) => list.map(({ code }) => code)
    const edit: Edit = { id: this.#edits.length + 1, kind, scheme: 'duty', note: null, undoes, at: '2026-01-02T03:04:05Z', actor: 'bureau', made: codes(made), retired: codes(retired), changed: codes(changed) }
    if (!dry) this.#edits.push(edit)
    const body: EditResult = { edit: dry ? null : edit.id, kind, scheme: 'duty', made, retired: codes(retired), changed, touched: [], findings: [], features_moved: 12, duties_moved: 1 }
    return { body }
  }

  #undo(id: number): Told {
    const edit = this.#edits.find((one) => one.id === id)
    if (!edit) return refused.gone()
    for (const code of edit.made ?? []) this.#grids.delete(code)
    const back = (edit.retired ?? []).flatMap((code) => this.#former.get(code) ?? [])
    for (const one of back) this.#grids.set(one.code, one)
    return this.#done(edit.kind, back, [], [], false, id)
  }

  #batch({ body, cookie }: Asked, accounts: MockAccounts): Told {
    if (!accounts.can(cookie, 'edit_people')) return refused.right()
    for (const { add, end } of body.operations as { add?: { holder: string; role: string; target: { code: string } }; end?: { id: number } }[]) {
      if (add) this.#people.get(add.target.code)?.push({ duty: 9000 + this.#next++, role: add.role, holder: add.holder })
      if (end) for (const [code, list] of this.#people) this.#people.set(code, list.filter(({ duty }) => duty !== end.id))
    }
    return { body: { results: [] } }
  }
}

function scheme(code: string, title: string, titleEn: string, grids: number, firstZoom: number): Scheme {
  return { code, title, title_en: titleEn, extent: zone, exclusive: true, complete: true, made_of: null, first_zoom: firstZoom, shown: true, grids, area_m2: 1e6, revision: 1 }
}

function shaped(id: number, code: string, geometry: Polygon): Shaped {
  const ring = geometry.coordinates[0] ?? []
  const [lons, lats] = [ring.map(([lon = 0]) => lon), ring.map(([, lat = 0]) => lat)]
  const bbox: Shaped['bbox'] = [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]
  return { id, scheme: 'duty', code, short_code: code.slice(1), name: `试验${code.slice(-1)}格`, region: community, area_m2: 120_000, valid_from: day, valid_to: null, center: [(bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2], bbox, revision: 1, geometry }
}

function rectangle(west: number, south: number, east: number, north: number): Polygon {
  return { type: 'Polygon', coordinates: [[[west, south], [east, south], [east, north], [west, north], [west, south]]] }
}

function finding(id: string, kind: 'gap' | 'overlap', ring: Position[]): Finding {
  const geometry: Polygon = { type: 'Polygon', coordinates: [ring] }
  return { id, kind, severity: kind === 'gap' ? 'error' : 'warning', area_m2: kind === 'gap' ? 810 : 420, grids: ['D001', 'D002'], message: kind === 'gap' ? '两格之间有空白' : '两格重叠', message_en: kind, geometry, repair: { shapes: [{ code: 'D001', geometry }], note: '并入试验1格', note_en: 'Give it to D001' } }
}

function holder(code: string) {
  return { code, kind: 'person' as const, name: code === 'P001' ? '试**' : '夹**', phone: code === 'P001' ? '138****0001' : '13800000002', masked: code === 'P001', dept: { code: 'D9', name: '夹具养护处' }, title: null, sample: true }
}

function responsibility(list: string): Told {
  if (list !== '') return page([{ kind: 'grid', id: 2001, code: 'D002', name: '试验2格', scheme: 'duty', region: community, at: [120.025, 36.26], bbox: [120.01, 36.25, 120.04, 36.27], area_m2: 120_000 }])
  const share = (have: number, of: number, unit: string) => ({ have, of, unit, share: of === 0 ? null : have / of })
  return { body: { at: day, by: 'zone', scheme: 'duty', items: [{ code: 'zone-core', name: '核心片区', kind: 'zone', gridded: share(70.1e6, 70.1e6, 'm2'), manned: share(3, 4, 'grid'), dutiful: share(11, 12, 'duty'), covered: { area: share(70.1e6, 70.1e6, 'm2'), road: share(90_000, 100_000, 'm'), alley: share(0, 0, 'm') } }] } }
}

/** Any other grid: what a visitor sees of it. */
function unitGrid(code: string): Told | undefined {
  const found = makeCity().unit_grid?.features.find(({ properties }) => properties.code === code)
  if (!found) return undefined
  return { body: { ...shaped(Number(found.id), code, found.geometry as Polygon), scheme: 'unit', name: '', path: [community], counts: {}, parents: [], children: [], requirements: null, people: null, failures: null, state: null, load: null } }
}

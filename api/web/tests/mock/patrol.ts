import type { Proposal, ProposalDetail } from '../../src/patrol/proposal.ts'
import type { Checklist, ChecklistItem, Photo, Plan, Problem, ProblemClass, ProblemDetail, RateRow, Share, VisitRow } from '../../src/patrol/types.ts'
import type { State } from '../../src/patrol/states.ts'
import { faulty, refused, type Asked, type MockAccounts, type Told } from './accounts.ts'

/** What the desk sees of patrols: problems in every state, visits, proposals, rates and plans, as they are after what was done to them. */
const hourMs = 3_600_000
const page = (items: unknown[], total = items.length): Told => ({ body: { items, next: null, total } })
const share = (numerator: number, denominator: number): Share => ({ numerator, denominator, share: denominator === 0 ? null : numerator / denominator })
const ago = (hours: number) => new Date(Date.now() - hours * hourMs).toISOString()
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
/** A white square: the smallest PNG there is. */
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='

const can: Record<State, string[]> = {
  found: ['dispatch', 'suspend', 'void', 'merge', 'comment'], returned: ['dispatch', 'void', 'comment'], dispatched: ['dispatch', 'take', 'return', 'comment'], handling: ['rectify', 'return', 'suspend', 'comment'],
  rectified: ['pass', 'fail', 'comment'], suspended: ['resume', 'comment'], closed: ['look_back', 'comment'], void: ['comment'], merged: ['comment'],
}
const leads: Record<string, State> = { dispatch: 'dispatched', take: 'handling', rectify: 'rectified', pass: 'closed', fail: 'handling', return: 'returned', suspend: 'suspended', resume: 'dispatched', void: 'void', merge: 'merged' }
const titles: Record<State, string> = { found: '待交办', returned: '已退回', dispatched: '待接办', handling: '整改中', rectified: '待核查', suspended: '挂账', closed: '已销号', void: '不予受理', merged: '已并案' }
const cycle: State[] = ['found', 'dispatched', 'handling', 'rectified', 'closed', 'suspended', 'closed', 'returned', 'found', 'void']
const firstClasses: ProblemClass[] = [
  { code: '01', parent: null, title: '市容环境', title_en: 'Environment' }, { code: '0102', parent: '01', title: '暴露垃圾', title_en: 'Litter' }, { code: '0104', parent: '01', title: '道路不洁', title_en: 'Dirty road' },
].map((one, i) => ({ ...one, subject_kinds: [], handle_hours: 24, responsible_dept: 'D9', photo_before: true, photo_after: true, duplicate_m: 50, duplicate_hours: 24, standard: '夹具', verified: false, enabled: true, ordinal: 10 * i, revision: 2 }))

/** What may be asked: anything else is refused, as the server does. */
const parameters: Record<string, readonly string[]> = {
  plans: [], checklists: [], classes: [], 'place-kinds': [], settings: [], visits: ['by', 'days', 'within'], overdue: ['by', 'within'], rates: ['by', 'from', 'to', 'within', 'f'], tracks: ['holder', 'day'],
}

export class MockPatrol {
  readonly problems: ProblemDetail[] = Array.from({ length: 24 }, (_, i) => problem(i))
  readonly proposals: ProposalDetail[] = [differs(), made()]
  /** What was sent to be decided. */
  readonly decisions: Record<string, unknown>[] = []
  readonly classes = firstClasses.map((one) => ({ ...one }))
  readonly checklists: Checklist[] = [{ ...checklist, editions: [...checklist.editions] }]
  readonly #plans: Plan[] = [plan('toilet_day', '公厕每日检查', 'day', 2), plan('alley_week', '小巷每周检查', 'week', 1)]
  tracksKept = false

  answer(asked: Asked, accounts: MockAccounts): Told | undefined {
    const [, , , room = '', what = '', id = '', more = ''] = asked.path.split('/').map(decodeURIComponent)
    if (room !== 'patrol' && room !== 'feature-proposals') return undefined
    if (!accounts.who(asked.cookie)) return refused.signIn()
    if (!accounts.can(asked.cookie, 'read_patrol') && !accounts.can(asked.cookie, 'edit_patrol')) return refused.right()
    if (room === 'feature-proposals') return this.#proposal(asked, what, id)
    const strange = [...asked.query.keys()].find((name) => parameters[what]?.includes(name) === false)
    if (strange !== undefined) return faulty(strange, '没有这个参数')
    switch (what) {
      case 'problems': return id === '' ? this.#list(asked.query) : more === 'steps' ? this.#step(asked, id) : this.#one(id)
      case 'problems.geojson': return this.#onMap(asked.query)
      case 'classes': return this.#class(asked, id)
      case 'place-kinds': return page([])
      case 'photos': return photo(id)
      case 'visits': return { body: visits(asked.query.get('by') ?? '', Number(asked.query.get('days'))) }
      case 'overdue': return page([{ code: 'D002', name: '试验2格', due: 3, overdue: 5, done: 2, share: share(2, 10) }, { code: 'D001', name: '试验1格', due: 0, overdue: 0, done: 0, share: share(0, 0) }])
      case 'tracks': return { body: { enabled: this.tracksKept, keep_days: 30, items: this.tracksKept ? [{ id: 't', from: ago(3), to: ago(1), points: [[119.99, 36.255, 0, 5], [120, 36.262, 0, 5], [120.01, 36.265, 0, 5]] }] : [], bbox: null } }
      case 'rates': return { body: { basis: '夹具口径', basis_en: 'of the fixture', items: [rate('990001001', '东试街道', 20, 17), rate('990001002', '西试街道', 0, 0)], total: rate('', null, 20, 17) } }
      case 'plans': return this.#plan(asked, id)
      case 'checklists': return this.#edition(asked, id)
      case 'settings': return this.#set(asked)
      default: return undefined
    }
  }

  #filtered(query: URLSearchParams): Problem[] {
    const states = (query.get('state') ?? '').split(',').filter(Boolean)
    return this.problems.filter((one) => (states.length === 0 || states.includes(one.state)) && (query.get('class') ?? one.class) === one.class && (query.get('source') ?? one.source) === one.source
      && [one.number, one.title].some((text) => text.includes(query.get('q') ?? '')))
  }

  #list(query: URLSearchParams): Told {
    const found = this.#filtered(query)
    return page(found.slice(0, Number(query.get('limit') ?? 100)), found.length)
  }

  #onMap(query: URLSearchParams): Told {
    const features = this.#filtered(query).map(({ id, lon, lat, state, title, overdue }) => ({ type: 'Feature', id, geometry: { type: 'Point', coordinates: [lon, lat] }, properties: { state, title, overdue } }))
    return { body: { type: 'FeatureCollection', features, total: features.length, thinned: false } }
  }

  #one(id: string): Told {
    const found = this.problems.find((one) => one.id === id)
    return found ? { body: found, headers: { ETag: `"${found.revision}"` } } : refused.gone()
  }

  #step({ body, match }: Asked, id: string): Told {
    const found = this.problems.find((one) => one.id === id)
    if (!found) return refused.gone()
    const kind = String(body.kind)
    if (match !== `"${found.revision}"`) return refused.stale()
    if (!found.can.includes(kind)) return { status: 409, body: { type: 'urn:wangge:problem:impossible-step', title: '问题的当前状态不允许这一步', title_en: 'Not possible in this state', request_id: 'fixture-request-1' } }
    if (kind === 'dispatch' && body.dept === 'D0') return faulty('/dept', '没有这个部门')
    this.move(found, kind, body)
    return { body: found, headers: { ETag: `"${found.revision}"` } }
  }

  /** Does a step, as another desk would. */
  move(found: ProblemDetail, kind: string, { note, dept, deadline }: Record<string, unknown> = {}): void {
    const state = leads[kind] ?? found.state
    Object.assign(found, { state, state_title: titles[state], can: can[state], revision: found.revision + 1 })
    if (dept !== undefined) Object.assign(found, { dept, dept_name: '夹具养护处', deadline: (deadline as string | undefined) ?? null })
    found.events.push({ id: uuid(900 + found.events.length), ordinal: found.events.length + 1, step: kind, at: ago(0), by: { holder: null, account: 'b*****', name: 'b*****' }, dept: (dept as string | undefined) ?? null, dept_name: dept === undefined ? null : '夹具养护处', note: (note as string | undefined) ?? '', photos: [], data: null })
  }

  #proposal({ method, body, match, query }: Asked, id: string, what: string): Told {
    if (id === '') return page(this.proposals.filter(({ state }) => (query.get('state') ?? state) === state))
    const found = this.proposals.find((one) => one.id === id)
    if (!found) return refused.gone()
    if (method === 'GET') return { body: found, headers: { ETag: `"${found.revision}"` } }
    if (what !== 'decide' || match !== `"${found.revision}"`) return refused.stale()
    this.decisions.push(body)
    const fields = Object.values(body.fields as Record<string, boolean>)
    const state: Proposal['state'] = fields.every(Boolean) && body.geometry ? 'accepted' : fields.some(Boolean) || body.geometry ? 'partly' : 'rejected'
    Object.assign(found, { state, can: [], revision: found.revision + 1, decision: { by: 'bureau', at: ago(0), reason: (body.reason as string | undefined) ?? '', fields: body.fields, geometry: body.geometry, feature: 400 } })
    return { body: found }
  }

  #set({ method, body }: Asked): Told {
    if (method === 'PUT') this.tracksKept = (body.tracks as { enabled: boolean }).enabled
    return { body: { tracks: { enabled: this.tracksKept, keep_days: 30, hours: '08:00-18:00' }, position: { far_m: 100, inaccurate_m: 50 } } }
  }

  #class({ method, body, match }: Asked, code: string): Told {
    if (method === 'GET') return page(this.classes)
    const known = this.classes.find((one) => one.code === code)
    if (match !== (known ? `"${known.revision}"` : undefined)) return refused.stale()
    const next = { ...(body as unknown as ProblemClass), code, revision: (known?.revision ?? 0) + 1 }
    if (known) Object.assign(known, next)
    else this.classes.push(next)
    return { status: known ? 200 : 201, body: next }
  }

  #edition({ method, body }: Asked, code: string): Told {
    if (method === 'GET') return page(this.checklists)
    const list = this.checklists.find((one) => one.code === code)
    if (!list) return refused.gone()
    const { edition, items } = body as { edition: string; items: ChecklistItem[] }
    const wordless = items.findIndex((item) => item.title.includes('拒'))
    if (wordless >= 0) return faulty(`/items/${wordless}/title`, '夹具不收这个名称')
    if (list.editions.some((one) => edition <= one)) return faulty('/edition', `须大于已有的版本 ${list.edition}`)
    Object.assign(list, { edition, items, editions: [...list.editions, edition] })
    return { status: 201, body: list }
  }

  #plan({ method, body, match }: Asked, code: string): Told {
    if (method === 'GET') return page(this.#plans)
    const known = this.#plans.find((one) => one.code === code)
    if (method === 'DELETE') {
      if (!known || match !== `"${known.revision}"`) return refused.stale()
      this.#plans.splice(this.#plans.indexOf(known), 1)
      return { status: 204, body: undefined }
    }
    if (!body.title_en) return faulty('/title_en', '须为 1 到 100 个字，在一行之内')
    if (known && match !== `"${known.revision}"`) return refused.stale()
    const next = { ...(body as unknown as Plan), code, revision: (known?.revision ?? 0) + 1 }
    if (known) Object.assign(known, next)
    else this.#plans.push(next)
    return { body: next }
  }
}

function problem(i: number): ProblemDetail {
  const state = cycle[i % cycle.length] ?? 'found'
  const late = state === 'handling'
  const photos: Photo[] = [{ id: uuid(500 + i), kind: 'near', state: 'stored', width: 4, height: 3 }, ...(state === 'rectified' || state === 'closed' ? [{ id: uuid(600 + i), kind: 'after', state: i % 2 === 0 ? 'stored' as const : 'awaited' as const, width: 4, height: 3 }] : [])]
  const dispatched = state !== 'found'
  return {
    id: uuid(i + 1), number: `20260102-${String(i + 1).padStart(4, '0')}`, class: i % 2 === 0 ? '0102' : '0104', class_title: i % 2 === 0 ? '暴露垃圾' : '道路不洁', class_title_en: i % 2 === 0 ? 'Litter' : 'Dirty road', source: i % 5 === 0 ? 'citizen' : 'officer',
    title: `试验${i + 1}路边${i % 2 === 0 ? '暴露垃圾' : '路面油污'}`, description: '夹具：垃圾桶旁有积存', lon: 119.985 + 0.0021 * i, lat: 36.255 + 0.0013 * ((i * 7) % 24), region: '990001001', region_name: '东一社区',
    grid: { scheme: 'unit', code: '990001001001001' }, duty_grid: { scheme: 'duty', code: 'D001' }, subject: null, state, state_title: titles[state], dept: dispatched ? 'D9' : null, dept_name: dispatched ? '夹具养护处' : null, assignee: null,
    deadline: dispatched && state !== 'closed' ? ago(late ? 30 : -12) : null, overdue: late, at: ago(40 + i), received_at: ago(40 + i), closed_at: state === 'closed' ? ago(2) : null, on_the_spot: false, reopens: null, reopened_by: null, duplicate_of: null,
    reporter: { name: '试**' }, flags: i === 0 ? ['inaccurate'] : [], photos, revision: 3,
    events: [{ id: uuid(700 + i), ordinal: 1, step: 'report', at: ago(40 + i), by: { name: '试**' }, dept: null, dept_name: null, note: '', photos, data: null }],
    can: can[state], duplicates: i === 0 ? [{ id: uuid(9), number: '20260102-0009', distance_m: 23.4, at: ago(41), state: 'found' }] : [],
  }
}

function rate(code: string, name: string | null, found: number, done: number): RateRow {
  return { code, name, found, rectified: done, closed: done, on_the_spot: 0, returned: 1, reworked: 1, suspended: 1, handled: done, shares: { rectified: share(done, found), closed: share(done, found), on_the_spot: share(0, found), rework: share(found > 0 ? 1 : 0, done) } }
}

function visits(by: string, days: number): object {
  const part = (visited: number, all: number) => ({ visited, all, share: all === 0 ? null : visited / all })
  const row = (code: string, name: string, visited: number, last: string | null): VisitRow => ({ code, name, grids: part(visited, 2), area_m2: part(visited * 1e6, 2e6), alley_m: part(visited * 900, 3000), road_m: part(visited * 2000, 9000), last_at: last })
  const items = by.startsWith('grid:') ? [row('D001', '试验1格', 1, ago(2)), row('D002', '试验2格', 1, ago(100)), row('D003', '试验3格', 0, ago(2000)), row('D004', '试验4格', 0, null)] : [row('990001001', '东试街道', 2, ago(2)), row('990001002', '西试街道', 0, null)]
  return { days, items, total: { ...row('', '', 2, ago(2)), grids: part(2, 4) } }
}

const compared = (field: string, title: string, type: string, now: unknown, proposed: unknown, more: object = {}) => ({ field, title, title_en: field, type, unit: '', options: [], base: now, now, proposed, changed_since: false, same: false, ...more })
const proposal = (n: number, more: Partial<Proposal>): Proposal => ({
  id: uuid(n), layer: 'public_toilet', layer_title: '公共厕所', layer_title_en: 'Public toilets', feature: { id: 400, code: 'T400', name: '试验1号公厕', gone: false }, finding: 'differs', state: 'open', fields: [], moves: true, note: '现场与台账不符', at: ago(5),
  by: { holder: 'P001', name: '试**', account: '' }, lon: 119.9905, lat: 36.2605, accuracy_m: 6, region: { code: '990001001', name: '东试街道' }, grid: { scheme: 'duty', code: 'D001', name: '试验1格' }, flags: [], decision: null, photos: [], revision: 2, ...more,
})

function differs(): ProposalDetail {
  return {
    ...proposal(801, {}), now_revision: 3, near: [], others: [], can: ['decide'],
    comparison: [
      compared('name', '名称', 'string', '试验1号公厕', '试验一号公厕'), compared('stalls', '蹲位数', 'integer', 6, 8, { base: 5, changed_since: true }),
      compared('status', '状态', 'enum', 'in_use', 'closed', { options: [{ code: 'in_use', label: '在用', label_en: 'In use' }, { code: 'closed', label: '停用', label_en: 'Closed' }] }),
    ],
    geometry: { base: { type: 'Point', coordinates: [119.99, 36.26] }, now: { type: 'Point', coordinates: [119.99, 36.26] }, proposed: { type: 'Point', coordinates: [119.9905, 36.2605] }, moved_m: 71.4, changed_since: false },
  }
}

function made(): ProposalDetail {
  return {
    ...proposal(802, { finding: 'new', feature: null, note: '' }), now_revision: null, others: [], can: ['decide'], comparison: [compared('name', '名称', 'string', null, '试验新公厕')], near: [{ id: 401, code: 'T401', name: '试验2号公厕', distance_m: 12.3, likeness: 0.8 }],
    geometry: { base: null, now: null, proposed: { type: 'Point', coordinates: [120.01, 36.27] }, moved_m: null, changed_since: false },
  }
}

const checklist = {
  code: 'public_toilet', title: '公厕检查', title_en: 'Public toilet', subject_kind: 'public_toilet', edition: '2026', editions: ['2026'],
  items: [{ code: 'open', title: '正常开放', title_en: 'Open', standard: '夹具标准 4.2', verified: true, photo_on_fail: true, problem_class: null, effects: { fail: [{ field: 'status', value: 'closed' }] } }, { code: 'clean', title: '整洁', title_en: 'Clean', standard: '夹具标准 4.3', verified: false, photo_on_fail: false, problem_class: null, effects: {} }],
}
function plan(code: string, title: string, period: Plan['period'], times: number): Plan {
  return { code, title, title_en: code, subject_kind: 'public_toilet', applies_to: '', checklist: 'public_toilet', role: 'grid_head', period, times, windows: ['06:00-22:00'], weekdays: '1234567', enabled: true, valid_from: '2026-01-01', valid_to: null, revision: 1 }
}

function photo(id: string): Told {
  if (id.endsWith('517')) return refused.right()
  return { bytes: Buffer.from(pixel, 'base64'), type: 'image/png' }
}

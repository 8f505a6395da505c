import { createHash } from 'node:crypto'
import { refused, type Asked, type MockAccounts, type Told } from './accounts.ts'
import { makeCity, type CityFeature } from './city.ts'

const city = makeCity()
const features = (layer: string) => (city[layer]?.features ?? []) as CityFeature[]
const hour = 3_600_000
const grid: [number, number][] = [[119.98, 36.25], [120.01, 36.25], [120.01, 36.27], [119.98, 36.27], [119.98, 36.25]]

interface Item { code: string; title: string; title_en: string; standard: string; verified: boolean; photo_on_fail: boolean; problem_class: string | null; effects: object }
const item = (code: string, title: string, title_en: string, more: Partial<Item> = {}): Item => ({ code, title, title_en, standard: '夹具标准', verified: false, photo_on_fail: false, problem_class: null, effects: {}, ...more })
const checklists = [
  { code: 'public_toilet', title: '公厕检查', title_en: 'Public toilet', subject_kind: 'public_toilet', edition: '2026', items: [
    item('open', '正常开放', 'Open as posted', { photo_on_fail: true, problem_class: 'toilet_closed', effects: { fail: [{ field: 'status', value: 'closed' }] } }),
    item('clean', '地面、便器、洗手台整洁', 'Floor, bowls and basins clean', { problem_class: 'toilet_dirty' }), item('smell', '基本无异味', 'No bad smell'),
    item('light', '照明完好', 'Lights work'), item('barrier_free', '无障碍厕位可用', 'Accessible stall usable'),
  ] },
  { code: 'back_alley', title: '背街小巷检查', title_en: 'Back alley', subject_kind: 'back_alley', edition: '2026', items: [item('lamps', '路灯完好', 'Lamps work'), item('clean', '路面整洁', 'Surface clean')] },
  { code: 'grid', title: '巡格', title_en: 'Round of the grid', subject_kind: 'grid', edition: '2026', items: [] },
]
const classes = [
  { code: '01', parent: null, title: '市容环境', title_en: 'Environment', subject_kinds: [], photo_before: false, photo_after: false },
  { code: '0102', parent: '01', title: '暴露垃圾', title_en: 'Litter', subject_kinds: [], photo_before: true, photo_after: true },
  { code: '0104', parent: '01', title: '道路不洁', title_en: 'Dirty road', subject_kinds: ['road'], photo_before: true, photo_after: true },
  { code: '0111', parent: '01', title: '道路积水', title_en: 'Water on the road', subject_kinds: ['road'], photo_before: true, photo_after: false },
  { code: '05', parent: null, title: '街面秩序', title_en: 'Street order', subject_kinds: [], photo_before: false, photo_after: false },
  { code: '0505', parent: '05', title: '机动车乱停放', title_en: 'Cars parked anyhow', subject_kinds: [], photo_before: true, photo_after: false },
  { code: '0506', parent: '05', title: '非机动车乱停放', title_en: 'Bicycles parked anyhow', subject_kinds: [], photo_before: true, photo_after: false },
  { code: '0504', parent: '05', title: '店外经营', title_en: 'Trading outside the shop', subject_kinds: [], photo_before: true, photo_after: false },
  { code: '20', parent: null, title: '公共设施', title_en: 'Public facilities', subject_kinds: [], photo_before: false, photo_after: false },
  { code: 'toilet_closed', parent: '20', title: '公厕未开放', title_en: 'Toilet closed', subject_kinds: ['public_toilet'], photo_before: true, photo_after: false },
  { code: 'toilet_dirty', parent: '20', title: '公厕不洁', title_en: 'Toilet dirty', subject_kinds: ['public_toilet'], photo_before: false, photo_after: true },
].map((one, ordinal) => ({ handle_hours: 24, responsible_dept: 'D9', duplicate_m: 50, duplicate_hours: 24, standard: '夹具', verified: false, enabled: true, ordinal, ...one }))

interface Due { id: string; state: string; to: string; from: string; subject: { kind: string; id: number; code: string | null; name: string | null; lon: number; lat: number; status: string | null }; [more: string]: unknown }
interface Command { seq: number; key: string; kind: string; body: Record<string, unknown> & { id?: string } }
interface Problem { id: string; number: string; class: string; title: string; state: string; state_title: string; lon: number | null; lat: number | null; subject: unknown; at: string; deadline: string | null; overdue: boolean; revision: number; class_title: string; can: string[]; events: unknown[]; photos: unknown[] }

function at(feature: CityFeature): [number, number] {
  const [lon = 0, lat = 0] = (JSON.stringify('coordinates' in feature.geometry ? feature.geometry.coordinates : []).match(/-?\d+(\.\d+)?/g) ?? []).map(Number)
  return [lon, lat]
}

/** The day of the officer of the mock: what is due, commands and photos as they came, problems. */
export class MockOfficer {
  readonly commands: Command[] = []
  /** Bytes by hash, as they arrived. */
  readonly photos = new Map<string, Buffer>()
  /** What a command gets instead of being done, by its kind. */
  readonly instead = new Map<string, object>()
  /** Nobody answers at all. */
  away = false
  tracks = false
  nothing = false
  readonly problems: Problem[] = []
  readonly #outcomes = new Map<string, object>()
  #next = 1

  constructor() {
    const now = Date.now()
    this.problems.push({
      id: '00000000-0000-4000-8000-000000000001', number: 'W202601020001', class: '0102', class_title: '暴露垃圾', title: '试验3路边暴露垃圾', state: 'rectified', state_title: '待核查', lon: 119.9935, lat: 36.2615, subject: null,
      at: new Date(now - 26 * hour).toISOString(), deadline: new Date(now + 6 * hour).toISOString(), overdue: false, revision: 4, can: ['pass', 'fail', 'comment'], photos: [],
      events: [
        { id: 'e1', ordinal: 1, step: 'report', at: new Date(now - 26 * hour).toISOString(), by: '试*', note: '垃圾桶旁有积存', photos: [], data: {} },
        { id: 'e2', ordinal: 2, step: 'dispatch', at: new Date(now - 25 * hour).toISOString(), by: null, note: null, photos: [], data: {} },
        { id: 'e3', ordinal: 3, step: 'rectify', at: new Date(now - 2 * hour).toISOString(), by: null, note: '已清运', photos: [], data: {} },
      ],
    })
  }

  answer(asked: Asked, accounts: MockAccounts): Told | undefined {
    const [, , , room = '', what = '', id = '', more = ''] = asked.path.split('/').map(decodeURIComponent)
    const findings = room === 'feature-proposals' && asked.query.get('mine') === 'true'
    if (!findings && (room !== 'patrol' || !['due', 'pack', 'commands', 'photos', 'problems', 'checks'].includes(what))) return undefined
    const me = accounts.who(asked.cookie)
    if (!me) return refused.signIn()
    if (me.role !== 'officer') return undefined // the desk's mock
    if (findings) return { body: { items: [], next: null, total: 0 } }
    switch (what) {
      case 'due': return { body: this.#due(asked.query) }
      case 'pack': return { body: this.#pack(), headers: { ETag: `"${this.commands.length}-${this.nothing}-${this.tracks}"` } }
      case 'commands': return this.#take(asked.body as unknown as { commands: Command[] })
      case 'photos': return this.#photo(asked, id)
      case 'checks': return { body: { items: [], next: null, total: 0 } }
      default: return this.#problem(id, more)
    }
  }

  #items(): Due[] {
    const now = Date.now()
    const make = (feature: CityFeature, kind: string, plan: [string, string, string], state: string, n: number): Due => {
      const [lon, lat] = at(feature)
      const done = this.commands.some(({ kind: of, body }) => of === 'check' && (body.subject as { id: number } | undefined)?.id === feature.id)
      return {
        id: `${plan[0]}/${kind}/${feature.id}`, plan: plan[0], title: plan[1], title_en: plan[2], checklist: kind, edition: '2026', grid: { scheme: 'duty', code: 'D001' }, state: done ? 'done' : state,
        subject: { kind, id: feature.id, code: (feature.properties.code as string | undefined) ?? null, name: (feature.properties.name as string | undefined) ?? null, lon, lat, status: 'intact' },
        from: new Date(state === 'later' ? now + 15 * hour : now - 5 * hour).toISOString(), to: new Date(Math.min(now + 4 * hour, new Date(now).setHours(23, 59, 59))).toISOString(), missed: state === 'overdue' ? n : 0,
        last: n % 3 === 0 ? null : { id: 'l', at: new Date(state === 'done' ? new Date(now).setHours(0, 1, n) : now - (20 + n) * hour).toISOString(), result: n % 4 === 1 ? 'abnormal' : 'normal' }, since: '2025-01-01T00:00:00Z', distance_m: null,
      }
    }
    const toilet: [string, string, string] = ['toilet-day', '公厕每日检查', 'Toilets daily']
    const alley: [string, string, string] = ['alley-week', '小巷每周检查', 'Alleys weekly']
    const toilets = features('public_toilet').slice(0, 4).map((one, i) => make(one, 'public_toilet', toilet, ['overdue', 'due', 'due', 'done'][i] ?? 'due', i + 1))
    const alleys = features('back_alley').slice(0, 5).map((one, i) => make(one, 'back_alley', alley, ['due', 'due', 'overdue', 'due', 'later'][i] ?? 'due', i + 2))
    const all = [...toilets, ...alleys]
    return this.nothing ? all.filter(({ state }) => state === 'later') : all
  }

  #due(query: URLSearchParams): object {
    const items = this.#items()
    const [lon, lat] = [Number(query.get('lon')), Number(query.get('lat'))]
    if (query.get('order') === 'route') items.sort((a, b) => Math.hypot(a.subject.lon - lon, a.subject.lat - lat) - Math.hypot(b.subject.lon - lon, b.subject.lat - lat))
    const count = (state: string) => items.filter((one) => one.state === state).length
    return { made_at: new Date().toISOString(), holder: { id: 1, code: 'P001', name: '试一' }, grids: [{ scheme: 'duty', code: 'D001', name: '试验一格' }], counts: { due: count('due'), overdue: count('overdue'), done: count('done') }, items }
  }

  #pack(): object {
    const layers = Object.fromEntries(['public_toilet', 'back_alley'].map((layer) => [layer, features(layer).map((one) => ({ ...one, revision: 3 }))]))
    return {
      made_at: new Date().toISOString(), revision: 7, holder: { id: 1, code: 'P001', name: '试一' }, grids: [{ id: 2000, scheme: 'duty', code: 'D001', name: '试验一格', geometry: { type: 'Polygon', coordinates: [grid] } }],
      bounds: [119.98, 36.25, 120.01, 36.27], buffer_m: 200, layers, places: [], plans: [], checklists, classes, due: this.#items(), timetables: [], problems: this.problems,
      tiles: { template: '/tiles/city/{z}/{x}/{y}.mvt', minzoom: 0, maxzoom: 16, addresses: [[14, 13653, 6400], [14, 13654, 6400]] }, limits: { far_m: 100, inaccurate_m: 50, photo_bytes: 20_000_000 }, tracks: { enabled: this.tracks },
    }
  }

  #take({ commands }: { commands: Command[] }): Told {
    const outcomes = commands.map((command) => {
      const known = this.#outcomes.get(command.key)
      if (known) return known
      const outcome = { seq: command.seq, key: command.key, status: 'done', ...(command.body.id !== undefined && { id: command.body.id }), ...this.#apply(command) }
      this.commands.push(command)
      this.#outcomes.set(command.key, outcome)
      return outcome
    })
    return { body: { received_at: new Date().toISOString(), skew_ms: 0, next_seq: Math.max(0, ...this.commands.map(({ seq }) => seq)) + 1, outcomes } }
  }

  #apply({ kind, body }: Command): object {
    const instead = this.instead.get(kind)
    if (instead) return instead
    if (kind !== 'problem') return {}
    const number = `W20260103${String(this.#next++).padStart(4, '0')}`
    const fix = body.fix as { lon: number; lat: number } | undefined
    this.problems.push({
      id: String(body.id), number, class: String(body.class), class_title: classes.find(({ code }) => code === body.class)?.title ?? '', title: '夹具上报', state: 'found', state_title: '待交办', lon: fix?.lon ?? null, lat: fix?.lat ?? null, subject: null,
      at: new Date().toISOString(), deadline: null, overdue: false, revision: 1, can: ['comment'], photos: [], events: [],
    })
    return { number, state: 'found' }
  }

  #photo({ method, body, raw, headers }: Asked, id: string): Told {
    if (id === 'status') return { body: { items: (body.hashes as string[]).map((sha256) => (this.photos.has(sha256) ? { sha256, state: 'stored', offset: this.photos.get(sha256)?.length } : { sha256, state: 'absent', offset: 0 })) } }
    if (method !== 'PUT') return refused.gone()
    const offset = Number(headers['upload-offset'] ?? 0)
    const whole = Buffer.concat([(this.photos.get(id) ?? Buffer.alloc(0)).subarray(0, offset), raw])
    this.photos.set(id, whole)
    if (whole.length < Number(headers['upload-length'])) return { status: 202, body: { state: 'partial', offset: whole.length } }
    if (createHash('sha256').update(whole).digest('hex') !== id) return { status: 422, body: { title: '照片与摘要不符' } }
    return { status: 201, body: { sha256: id, bytes: whole.length, state: 'stored' } }
  }

  #problem(id: string, more: string): Told {
    if (id === '') return { body: { items: this.problems, next: null, total: this.problems.length } }
    const found = this.problems.find((one) => one.id === id)
    return found && more === '' ? { body: found } : refused.gone()
  }
}

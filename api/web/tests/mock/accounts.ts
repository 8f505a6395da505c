import type { AccountRole, Action } from '../../src/api/records.ts'

/** An answer with what it says besides its body. */
export interface Told {
  status?: number
  body?: unknown
  /** A picture or the like, instead of a body. */
  bytes?: Buffer
  type?: string
  headers?: Record<string, string | string[]>
}

/** What a request brings that the mock looks at. */
export interface Asked {
  method: string
  path: string
  query: URLSearchParams
  body: Record<string, unknown>
  cookie: string
  match: string | undefined
  /** Of the body. */
  bytes: number
  raw: Buffer
  headers: Record<string, string | string[] | undefined>
}

interface Row {
  name: string
  title: string
  role: AccountRole
  region: string | null
  dept: string | null
  holder: string | null
  password: string
  must_change: boolean
  disabled: boolean
  locked_until: string | null
  revision: number
}

/** Who may do what, as far as the app shows or hides things by it. */
const everybody: Action[] = ['own_account', 'read_people', 'read_figures', 'report']
const staff: Action[] = ['patrol', 'read_patrol', 'rectify']
const may: Record<AccountRole, Action[]> = {
  admin: [...everybody, 'edit_scheme', 'read_audit', 'read_accounts', 'manage_accounts', 'edit_patrol'],
  auditor: [...everybody, 'read_audit', 'read_accounts', 'read_patrol', 'read_tracks'],
  bureau: [...everybody, 'read_personal', 'edit_grid', 'edit_scheme', 'edit_people', 'certify', 'edit_inventory', 'propose', 'plan', ...staff, 'dispatch', 'verify', 'read_tracks', 'edit_patrol'],
  street: [...everybody, 'read_personal', 'edit_grid', 'edit_people', 'certify', 'edit_inventory', 'propose', ...staff, 'dispatch', 'verify'],
  department: [...everybody, 'read_personal', 'edit_people', 'edit_inventory', 'propose', ...staff],
  planner: [...everybody, 'plan'],
  officer: [...everybody, 'read_personal', 'propose', 'patrol'],
  viewer: everybody,
}
export const mockPassword = 'fixture-pass-1'
const titles: Record<AccountRole, string> = { admin: '夹具管理员', auditor: '夹具审计', bureau: '夹具局', street: '东试街道办', department: '夹具养护处', planner: '夹具规划', officer: '夹具网格员', viewer: '夹具访客' }

const refusal = (status: number, code: string, title: string, title_en: string, more: object = {}): Told => ({ status, body: { type: `urn:wangge:problem:${code}`, title, title_en, request_id: 'fixture-request-1', ...more } })
export const refused = { signIn: () => refusal(401, 'sign-in', '请先登录', 'Sign in first'), right: () => refusal(403, 'not-allowed', '没有这项权限', 'Not allowed'), gone: () => refusal(404, 'not-found', '没有这个对象', 'Not found'), stale: () => refusal(412, 'stale', '数据已被他人修改', 'Changed since it was read') }
export const faulty = (pointer: string, detail: string): Told => refusal(400, 'invalid-request', '请求参数有误', 'Invalid request', { errors: [{ in: 'body', pointer, detail, detail_en: detail }] })

/** Accounts, sessions and logs of the mock, as they are after what was done to them. */
export class MockAccounts {
  readonly #rows = new Map<string, Row>()
  readonly #sessions = new Map<string, string>()
  readonly #tokens: { id: number; name: string; created_at: string; expires_at: string | null; used_on: string | null }[] = []
  #next = 1

  constructor() {
    for (const role of Object.keys(may) as AccountRole[]) this.#add({ name: role, title: titles[role], role, region: role === 'street' ? '990001001' : null, dept: role === 'department' ? 'D9' : null, holder: role === 'officer' ? 'P001' : null })
    this.#add({ name: 'newcomer', title: '夹具新人', role: 'viewer' }).must_change = true
    const locked = this.#add({ name: 'locked', title: '夹具锁定', role: 'viewer' })
    locked.locked_until = '2126-01-01T00:00:00Z'
  }

  #add(row: Partial<Row> & Pick<Row, 'name' | 'role'>): Row {
    const made: Row = { title: '', region: null, dept: null, holder: null, password: mockPassword, must_change: false, disabled: false, locked_until: null, revision: 1, ...row }
    this.#rows.set(made.name, made)
    return made
  }

  /** Who is calling. */
  who(cookie: string): Row | undefined {
    const id = /wangge_session=(\w+)/.exec(cookie)?.[1]
    return this.#rows.get(this.#sessions.get(id ?? '') ?? '')
  }

  can(cookie: string, action: Action): boolean {
    const row = this.who(cookie)
    return row !== undefined && may[row.role].includes(action)
  }

  /** Ends all sessions, as a server does after a restart or a change of passwords. */
  endSessions(): void {
    this.#sessions.clear()
  }

  answer(asked: Asked): Told | undefined {
    const [, , , first = '', second = '', third = ''] = asked.path.split('/').map(decodeURIComponent)
    if (first === 'session') return this.#session(asked, second)
    if (!['tokens', 'users', 'audit', 'access-log'].includes(first)) return undefined
    const me = this.who(asked.cookie)
    if (!me) return refused.signIn()
    if (first === 'tokens') return this.#tokenAnswer(asked, second)
    if (first === 'users') return may[me.role].includes(asked.method === 'GET' ? 'read_accounts' : 'manage_accounts') ? this.#users(asked, second, third) : refused.right()
    if (!may[me.role].includes('read_audit')) return refused.right()
    return { body: first === 'audit' ? changes(asked.query) : reads(asked.query) }
  }

  #session({ method, cookie, body }: Asked, second: string): Told {
    if (method === 'POST' && second === '') return this.#signIn(String(body.name), String(body.password))
    const me = this.who(cookie)
    if (!me) return refused.signIn()
    if (method === 'GET') return { body: this.#sessionOf(me) }
    if (method === 'DELETE') {
      this.#sessions.delete(/wangge_session=(\w+)/.exec(cookie)?.[1] ?? '')
      return { status: 204, headers: { 'Set-Cookie': ['wangge_session=; Path=/; Max-Age=0', 'wangge_signed_in=; Path=/; Max-Age=0'] } }
    }
    if (body.old !== me.password) return refusal(401, 'wrong-credentials', '账号或口令不正确', 'Wrong name or password')
    if (String(body.new).length < 10) return faulty('/new', '口令太短')
    Object.assign(me, { password: body.new, must_change: false })
    for (const [id, name] of this.#sessions) if (name === me.name) this.#sessions.delete(id)
    return this.#begin(me)
  }

  #signIn(name: string, password: string): Told {
    const row = this.#rows.get(name)
    if (name === 'hasty') return { ...refusal(429, 'too-many-attempts', '尝试过于频繁', 'Too many attempts'), headers: { 'Retry-After': '3' } }
    if (row?.locked_until) return refusal(429, 'locked', '登录失败次数过多，请 15 分钟后再试', 'Too many failures: try again in 15 minutes')
    if (!row || row.disabled || row.password !== password) return refusal(401, 'wrong-credentials', '账号或口令不正确', 'Wrong name or password')
    return this.#begin(row)
  }

  #begin(row: Row): Told {
    const id = `s${this.#next++}`
    this.#sessions.set(id, row.name)
    return { body: this.#sessionOf(row), headers: { 'Set-Cookie': [`wangge_session=${id}; Path=/; HttpOnly; SameSite=Lax`, 'wangge_signed_in=1; Path=/; SameSite=Lax'] } }
  }

  #sessionOf(row: Row) {
    return {
      account: { ...shown(row), sample: true, holder: row.holder ? { code: row.holder, kind: 'person', name: '试一', phone: '13800000001', masked: false, dept: null, title: '网格员', sample: true } : null },
      may: may[row.role], own_grids: row.role === 'officer' ? [{ scheme: 'duty', code: 'D001', name: '试验一格', center: [119.995, 36.26], bbox: [119.98, 36.25, 120.01, 36.27] }] : [],
      expires_at: '2126-01-01T00:00:00Z',
    }
  }

  #tokenAnswer({ method, body }: Asked, id: string): Told {
    if (method === 'GET') return { body: { items: this.#tokens, next: null, total: this.#tokens.length } }
    if (method === 'DELETE') {
      const at = this.#tokens.findIndex((token) => token.id === Number(id))
      if (at < 0) return refused.gone()
      this.#tokens.splice(at, 1)
      return { status: 204 }
    }
    const token = { id: this.#next++, name: String(body.name), created_at: '2026-01-02T03:04:05Z', expires_at: (body.expires_at as string | undefined) ?? null, used_on: null }
    this.#tokens.push(token)
    return { status: 201, body: { ...token, token: 'wg_fixture-token-shown-once' } }
  }

  #users({ method, query, body, match }: Asked, name: string, what: string): Told {
    if (name === '' && method === 'GET') {
      const items = [...this.#rows.values()].filter((row) => (row.name + row.title).includes(query.get('q') ?? '')).map(shown)
      return { body: { items, next: null, total: items.length } }
    }
    if (name === '') {
      if (this.#rows.has(String(body.name))) return faulty('/name', '这个登录名已有人用')
      const row = this.#add({ ...(body as Partial<Row>), name: String(body.name), role: body.role as AccountRole, must_change: true, password: 'Fixture-once-77' })
      return { status: 201, body: { ...shown(row), password: 'Fixture-once-77' } }
    }
    const row = this.#rows.get(name)
    if (!row) return refused.gone()
    if (method === 'GET') return { body: shown(row), headers: { ETag: `"${row.revision}"` } }
    if (match !== undefined && match !== '*' && match !== `"${row.revision}"`) return refused.stale()
    row.revision++
    if (what === 'password') {
      Object.assign(row, { password: 'Fixture-once-88', must_change: true })
      return { body: { password: 'Fixture-once-88' } }
    }
    if (what === 'unlock') row.locked_until = null
    else Object.assign(row, body)
    return { body: shown(row), headers: { ETag: `"${row.revision}"` } }
  }
}

function shown(row: Row) {
  return {
    name: row.name, title: row.title, role: row.role, must_change: row.must_change, disabled: row.disabled, locked_until: row.locked_until, sample: false, revision: row.revision,
    region: row.region ? { code: row.region, name: '东试街道', kind: 'street' } : null, dept: row.dept ? { code: row.dept, name: '夹具养护处' } : null,
    holder: row.holder ? { code: row.holder, kind: 'person', name: '试一', phone: null, masked: true, dept: null, title: null, sample: true } : null,
  }
}

function changes(query: URLSearchParams) {
  const items = [
    { id: 12, at: '2026-01-02T08:00:00Z', actor: 'bureau', op: 'update', entity: 'public_toilet', entity_id: 400, request_id: 'fixture-1', before: { name: '旧名公厕', grade: 'class_3', capacity: null } },
    { id: 11, at: '2026-01-02T07:00:00Z', actor: 'street', op: 'insert', entity: 'duty', entity_id: 7, request_id: 'fixture-2', before: null },
  ].filter((one) => (query.get('entity') ?? one.entity) === one.entity && (query.get('op') ?? one.op) === one.op && (query.get('actor') ?? one.actor) === one.actor)
  return { items, next: null, total: items.length }
}

function reads(query: URLSearchParams) {
  const items = [{ id: 3, at: '2026-01-02T08:30:00Z', actor: 'street', action: 'read_person', entity: 'holder', entity_id: 1, detail: { ids: [1, 2] }, remote: '127.0.0.1', request_id: 'fixture-3' }]
    .filter((one) => (query.get('action') ?? one.action) === one.action)
  return { items, next: null, total: items.length }
}

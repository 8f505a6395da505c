import type { Duty, Target } from '../../src/api/records.ts'
import { faulty, refused, type Asked, type MockAccounts, type Told } from './accounts.ts'

interface Row {
  code: string
  name: string
  phone: string
  title: string
  dept: string
  valid_to: string | null
  revision: number
}

const grid = (id: number): Target => ({ kind: 'grid', id, code: `D00${id}`, name: `试验${id}格`, scheme: 'duty', region: { code: '990001001', name: '东试街道', kind: 'street' }, at: [119.995, 36.26], bbox: [119.98, 36.25, 120.01, 36.27], area_m2: 1e6 })
const roles = [{ code: 'grid_head', title: '网格长', title_en: 'Grid head' }, { code: 'grid_officer', title: '网格员', title_en: 'Grid officer' }]
interface Rule { target_kind: string; applies_to: string; role: string; at_least: number; at_most: number | null; id?: number }
const page = (items: unknown[]): Told => ({ body: { items, next: null, total: items.length } })
const most = 3

/** People and duties of the mock, as they are after what was done to them. */
export class MockPeople {
  readonly #rows = new Map<string, Row>()
  #duties: (Omit<Duty, 'holder'> & { holder: string })[] = []
  readonly #absences = new Map<string, { id: number; kind: string; valid_from: string; valid_to: string; revision: number }[]>()
  #requirements: Rule[] = [{ id: 1, target_kind: 'grid', applies_to: 'duty', role: 'grid_head', at_least: 1, at_most: 1 }]
  #next = 100
  /** What was sent to the import, in bytes, and whether it was a dry run. */
  readonly imports: { bytes: number; dry: boolean }[] = []

  constructor() {
    for (const [i, name] of ['试一', '试二', '试三'].entries()) this.#rows.set(`P00${i + 1}`, { code: `P00${i + 1}`, name, phone: `1380000000${i + 1}`, title: '网格员', dept: 'D9', valid_to: null, revision: 1 })
    for (const id of [1, 2, 3]) this.#give('P001', id)
    this.#give('P002', 4)
  }

  #give(holder: string, id: number): Duty {
    const duty = { id: this.#next++, role: 'grid_head', title: '网格长', title_en: 'Grid head', rank: 'primary' as const, hours: null, valid_from: '2026-01-01', valid_to: null, stands_for: null, note: null, revision: 1, holder, target: grid(id) }
    this.#duties.push(duty)
    return this.#told(duty)
  }

  answer(asked: Asked, accounts: MockAccounts): Told | undefined {
    const [, , , first = '', second = '', third = '', fourth = ''] = asked.path.split('/').map(decodeURIComponent)
    if (!['persons', 'organisations', 'departments', 'roles', 'requirements', 'load-limits', 'duties'].includes(first) || second === 'batch') return undefined
    if (!accounts.who(asked.cookie)) return refused.signIn()
    const full = accounts.can(asked.cookie, 'read_personal')
    const writes = asked.method !== 'GET'
    if (writes && !accounts.can(asked.cookie, first === 'requirements' ? 'edit_scheme' : 'edit_people')) return refused.right()
    switch (first) {
      case 'departments': return page([{ code: 'D9', name: '夹具养护处', name_en: 'Fixture works' }])
      case 'roles': return page(roles)
      case 'load-limits': return { body: { items: [{ id: 1, role: 'grid_head', target_kind: 'grid', applies_to: '', at_most: most, standard: '夹具', verified: false }] }, headers: { ETag: '"5"' } }
      case 'requirements': return this.#rules(asked)
      case 'duties': return this.#dutyAnswer(asked, second)
      case 'organisations': return page([])
      default: return second === 'import' ? this.#imported(asked) : this.#person(asked, second, third, fourth, full)
    }
  }

  #rules({ method, body }: Asked): Told {
    if (method === 'PUT') this.#requirements = (body.items as Rule[]).map((item, i) => ({ ...item, id: i + 1 }))
    return { body: { items: this.#requirements }, headers: { ETag: `"${this.#requirements.length}"` } }
  }

  #dutyAnswer({ method, query, body }: Asked, id: string): Told {
    if (method === 'GET') return page(this.#duties.filter((duty) => (query.get('holder') ?? duty.holder) === duty.holder && (query.get('role') ?? duty.role) === duty.role).map((duty) => this.#told(duty)))
    if (method === 'POST') {
      if (String(body.valid_to ?? '9') < String(body.valid_from)) return faulty('/valid_to', '早于第一天')
      return { status: 201, body: this.#give(String(body.holder), 1) }
    }
    this.#duties = this.#duties.filter((duty) => duty.id !== Number(id))
    return { body: {} }
  }

  #imported({ query, bytes }: Asked): Told {
    const dry = query.get('dry_run') === 'true'
    this.imports.push({ bytes, dry })
    return { body: { read: 5, inserted: dry ? 3 : 3, updated: 1, unchanged: 0, rejected: 1, duties: { inserted: 2, updated: 0, unchanged: 1 }, rows: [{ sheet: '花名册', row: 4, rejected: true, reason: '电话不是 11 位', reason_en: 'The phone has not 11 digits' }] } }
  }

  #person({ method, query, body, match }: Asked, code: string, what: string, id: string, full: boolean): Told {
    if (code === '' && method === 'GET') return page([...this.#rows.values()].filter((row) => (row.name + row.code).includes(query.get('q') ?? '')).map((row) => this.#item(row, full)))
    if (code === '') {
      if (String(body.name).length < 2) return faulty('/name', '姓名太短')
      const row = { code: `P${this.#next++}`, name: String(body.name), phone: String(body.phone), title: String(body.title), dept: String(body.dept), valid_to: null, revision: 1 }
      this.#rows.set(row.code, row)
      return { status: 201, body: this.#item(row, full) }
    }
    const row = this.#rows.get(code)
    if (!row) return refused.gone()
    if (method === 'GET') return { body: this.#detail(row, full), headers: { ETag: `"${row.revision}"` } }
    if (what === 'handover') return this.#handOver(code, body)
    if (what === 'absences') return this.#absence(method, code, id, body)
    if (match !== `"${row.revision}"`) return refused.stale()
    Object.assign(row, method === 'DELETE' ? { valid_to: '2026-01-01' } : body, { revision: row.revision + 1 })
    return { body: this.#item(row, full) }
  }

  #handOver(code: string, body: Record<string, unknown>): Told {
    const chosen = body.duties as number[] | undefined
    const moved = this.#duties.filter((duty) => duty.holder === code && (chosen?.includes(duty.id) ?? true))
    for (const duty of moved) duty.holder = String(body.to)
    return { body: { ended: moved.length, removed: 0, kept: 0, made: moved.map((duty) => this.#told(duty)) } }
  }

  #absence(method: string, code: string, id: string, body: Record<string, unknown>): Told {
    const known = this.#absences.get(code) ?? []
    if (method === 'DELETE') this.#absences.set(code, known.filter((one) => one.id !== Number(id)))
    else this.#absences.set(code, [...known, { id: this.#next++, kind: String(body.kind), valid_from: String(body.valid_from), valid_to: String(body.valid_to), revision: 1 }])
    return { status: method === 'DELETE' ? 200 : 201, body: {} }
  }

  #ref(row: Row, full: boolean) {
    return { code: row.code, kind: 'person' as const, name: full ? row.name : `${row.name.slice(0, 1)}**`, phone: full ? row.phone : `${row.phone.slice(0, 3)}****${row.phone.slice(-4)}`, masked: !full, dept: { code: 'D9', name: '夹具养护处' }, title: row.title, sample: true }
  }

  #item(row: Row, full: boolean) {
    const duties = this.#duties.filter(({ holder }) => holder === row.code).length
    return { ...this.#ref(row, full), valid_from: null, valid_to: row.valid_to, revision: row.revision, duties, load: duties / most, overloaded: duties > most, absent: (this.#absences.get(row.code)?.length ?? 0) > 0 }
  }

  #detail(row: Row, full: boolean) {
    const duties = this.#duties.filter(({ holder }) => holder === row.code).map((duty) => this.#told(duty))
    return { ...this.#item(row, full), note: null, duties, absences: this.#absences.get(row.code) ?? [], loads: [{ role: 'grid_head', title: '网格长', title_en: 'Grid head', kind: 'grid', have: duties.length, at_most: most }] }
  }

  #told(duty: Omit<Duty, 'holder'> & { holder: string }): Duty {
    const row = this.#rows.get(duty.holder)
    return { ...duty, holder: row ? this.#ref(row, true) : { code: duty.holder, kind: 'person', name: duty.holder, phone: '', masked: false, dept: null, title: null, sample: true } }
  }
}

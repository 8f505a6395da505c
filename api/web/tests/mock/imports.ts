import type { Column, Import, ImportRow, Options, Outcome } from '../../src/imports/types.ts'
import { refused, type Asked, type MockAccounts, type Told } from './accounts.ts'

const page = (items: unknown[]): Told => ({ body: { items, next: null, total: items.length } })
const column = (heading: string, samples: string[], field: string | null, by: Column['by']): Column => ({ heading, samples, filled: samples.length, field, by, unit: null, units: [] })

/** Imports of the mock: every file is a ledger of three toilets, of which one lies in the sea and one has an address only. */
export class MockImports {
  #imports: Import[] = []
  #next = 1
  #looks = 0
  #placed = false

  answer(asked: Asked, accounts: MockAccounts): Told | undefined {
    const [, api, , kind = '', id = '', act = ''] = asked.path.split('/')
    if (api !== 'api' || !['imports', 'unplaced', 'duplicates'].includes(kind)) return undefined
    if (!accounts.can(asked.cookie, 'edit_inventory')) return refused.right()
    if (kind === 'duplicates') return page([])
    if (kind === 'unplaced') return this.#unplaced(asked, act)
    if (id === '') return asked.method === 'POST' ? this.#take(asked) : page(this.#imports)
    const one = this.#imports.find((made) => String(made.id) === id)
    if (!one) return refused.gone()
    if (act === 'rows') return page(rows.filter(({ outcome }) => outcome === asked.query.get('outcome')))
    if (asked.method === 'DELETE') {
      this.#imports = this.#imports.filter((made) => made !== one)
      return { status: 204 }
    }
    if (asked.method !== 'GET' && (act === '' || act === 'commit') && asked.match !== `"${one.revision}"`) return refused.stale()
    if (asked.method !== 'GET') this.#act(one, act, asked.body as Options)
    else this.#work(one)
    return { body: one }
  }

  #take({ query, bytes }: Asked): Told {
    const one: Import = {
      id: this.#next++, name: query.get('name') ?? '', size_bytes: bytes, layer: query.get('layer'), state: 'uploaded', revision: 1, created_at: '2026-01-31T08:00:00Z', created_by: 'bureau', options: {}, progress: null, result: null, problem: null,
      inspection: {
        format: 'csv', charset: 'GBK', charsets: ['GBK', 'UTF-8'], sheets: [], sheet: null, header_row: 2, rows: 3,
        preview: [['公厕台账'], ['编号', '公厕名称', '经度', '纬度', '地址'], ['1', '夹具公厕', '120.01', '36.26', null]],
        columns: [column('编号', ['1', '2'], 'code', 'alias'), column('公厕名称', ['夹具公厕'], null, 'none'), column('地址', ['试一路 1 号'], null, 'none')],
        geometry: { kind: 'columns', lon: '经度', lat: '纬度', candidates: [{ lon: '经度', lat: '纬度' }] },
        datum: { stated: null, needed: true, bbox: null, candidates: [{ code: 'CRS84', title: 'CGCS2000 经纬度', title_en: 'CGCS2000', fits: 1, why: '经度在前', why_en: 'longitude first' }, { code: 'GCJ-02', title: 'GCJ-02', title_en: 'GCJ-02', fits: 1, why: '经度在前', why_en: 'longitude first' }] },
        missing_required: [],
      },
    }
    this.#imports.unshift(one)
    return { status: 201, body: one }
  }

  #act(one: Import, act: string, options: Options): void {
    one.revision++
    switch (act) {
      case 'check': case 'commit':
        one.state = act === 'check' ? 'checking' : 'committing'
        one.progress = { stage: '读取', done: 1, total: 3 }
        this.#looks = 0
        return
      case 'cancel': one.state = 'cancelled'
        return
      default:
        Object.assign(one.options, options)
        one.layer = options.layer ?? one.layer
        for (const known of one.inspection?.columns ?? []) {
          const field = options.maps?.[known.heading]
          if (field !== undefined) Object.assign(known, { field: field === '' ? null : field, by: 'user' })
        }
    }
  }

  /** A file is worked on for two looks at it. */
  #work(one: Import): void {
    if (!['checking', 'committing'].includes(one.state) || ++this.#looks < 2) return
    one.revision++
    one.state = one.state === 'checking' ? 'checked' : 'done'
    one.progress = null
    one.result = { read: 3, inserted: 1, updated: 0, unchanged: 0, rejected: 1, aside: 1, duplicates: 0, by_code: [{ code: 'outside_regions', zh: '位于所有已知区域之外', en: 'outside every known region', count: 1 }] }
  }

  #unplaced({ method, body }: Asked, act: string): Told {
    if (method === 'POST') {
      this.#placed = act === 'dismiss' || (body.geometry as { type?: string } | undefined)?.type === 'Point'
      return { status: 201, body: {} }
    }
    return page(this.#placed ? [] : [{ id: 5, layer: 'public_toilet', name: '无坐标公厕', address: '试一路 1 号', source: 'x', properties: {}, state: 'open', feature_id: null, revision: 1, created_at: '2026-01-31T08:00:00Z' }])
  }
}

const row = (ordinal: number, outcome: Outcome, name: string, at: [number, number] | null, zh: string, code: string | null): ImportRow => ({
  ordinal, row: ordinal + 2, outcome, code, zh, en: zh, detail: null, key: String(ordinal), properties: { code: String(ordinal), name }, geometry: at && { type: 'Point', coordinates: at },
})
const rows = [row(1, 'insert', '夹具公厕', [119.995, 36.26], '', null), row(2, 'rejected', '海上公厕', [121.5, 36.26], '位于所有已知区域之外', 'outside_regions'), row(3, 'aside', '无坐标公厕', null, '缺少坐标', 'no_position')]

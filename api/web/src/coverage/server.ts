import { encodeQuery, type Client } from '../api/client.ts'
import type { Position } from '../api/types.ts'
import { surfaceQuery, type Question } from './question.ts'
import type {
  Answer, Capacity, Change, CompareAnswer, Equity, Explanation, FacilityItem, ListedItem, Methods, Preview, QuestionItem, Scenario, ScopeItem, SitingAnswer, SitingAsk, TablePage,
} from './types.ts'

const base = '/api/v1/coverage'
export const pageRows = 200
const listRows = 200
const mostScopes = 500
/** Rows of a preview: those that change most. */
const previewRows = 12

export interface TableAsk {
  sort: string
  cursor?: string | undefined
  scenario?: number | undefined
  ambiguous?: boolean
}

/** Every question of the coverage workspace, by name. */
export class CoverageServer {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  async methods(): Promise<Methods> {
    const methods = await this.#client.json<Methods>(`${base}/methods`, this.#client.sinceWrite)
    const hasZones = methods.areas.some(({ id, count }) => id === 'zone' && count > 0)
    return hasZones ? { ...methods, zones: await this.scopes('zone') } : methods
  }

  /** The regions of a kind that figures can be confined to. */
  async scopes(kind: string): Promise<ScopeItem[]> {
    const { items } = await this.#client.json<{ items: ScopeItem[] }>('/api/v1/regions', { kind, limit: mostScopes })
    return items
  }

  table(question: Question, { sort, cursor, scenario, ambiguous = false }: TableAsk, signal?: AbortSignal): Promise<TablePage> {
    return this.#client.json(`${base}/${question.service}`, { ...tableQuery(question, scenario), sort, limit: pageRows, cursor, ambiguous: ambiguous ? 'true' : undefined, ...this.#client.sinceWrite }, signal)
  }

  explain(question: Question, [lon, lat]: Position, scenario?: number, signal?: AbortSignal): Promise<Explanation> {
    return this.#client.json(`${base}/${question.service}/explain`, { lon: lon.toFixed(7), lat: lat.toFixed(7), radius: question.radius, ...surfaceQuery(question, scenario), ...this.#client.sinceWrite }, signal)
  }

  async facilities(question: Question, scenario?: number, signal?: AbortSignal): Promise<FacilityItem[]> {
    const { items } = await this.#client.json<{ items: FacilityItem[] }>(`${base}/${question.service}/facilities`, { ...surfaceQuery(question, scenario), ...this.#client.sinceWrite }, signal)
    return items
  }

  /** Outlines of what is out of reach. */
  gaps(question: Question, by: string, within: string | undefined, scenario?: number, signal?: AbortSignal): Promise<GeoJSON.FeatureCollection> {
    return this.#client.json(`${base}/${question.service}/gaps.geojson`, { radius: question.radius, by, within, ...surfaceQuery(question, scenario), ...this.#client.sinceWrite }, signal)
  }

  findings(within?: string, signal?: AbortSignal): Promise<GeoJSON.FeatureCollection> {
    return this.#client.json(`${base}/network/findings`, { within, ...this.#client.sinceWrite }, signal)
  }

  /** What would be, were these things done. Nothing is written, so nothing is repeated. */
  preview(question: Question, changes: Change[], res: number, scenario?: number): Promise<Preview> {
    const { service, kind, mode, profile, radii, by, within } = question
    const body = { question: { kind, mode, profile, radii_m: radii, by, within }, changes, res, hexagons: true, rows: previewRows, ...(scenario !== undefined && { scenario }) }
    return this.#client.bare('POST', `${base}/${service}/preview`, body)
  }

  siting(ask: SitingAsk): Promise<SitingAnswer> {
    return this.#client.bare('POST', `${base}/siting`, ask)
  }

  async scenarios(): Promise<Scenario[]> {
    const { items } = await this.#client.json<{ items: Scenario[] }>(`${base}/scenarios`, this.#client.sinceWrite)
    return items
  }

  async scenario(id: number): Promise<Scenario> {
    const { value, revision } = await this.#client.read<Scenario>(`${base}/scenarios/${id}`, this.#client.sinceWrite)
    return withRevision(value, revision)
  }

  async keep(draft: Pick<Scenario, 'name' | 'note' | 'service' | 'question' | 'changes' | 'shared'>): Promise<Scenario> {
    const { value, revision } = await this.#client.post<Scenario>(`${base}/scenarios`, draft)
    return withRevision(value, revision)
  }

  async change(of: Pick<Scenario, 'id' | 'revision'>, draft: Pick<Scenario, 'name' | 'note' | 'service' | 'question' | 'changes' | 'shared'>): Promise<Scenario> {
    const { value, revision } = await this.#client.put<Scenario>(`${base}/scenarios/${of.id}`, draft, { match: of.revision })
    return withRevision(value, revision)
  }

  async remove({ id, revision }: Pick<Scenario, 'id' | 'revision'>): Promise<void> {
    await this.#client.delete(`${base}/scenarios/${id}`, { match: revision })
  }

  /** Two scenarios side by side; `now` is the city as it is. What is asked of them is what they were kept with. */
  compare(question: Question, a: number | 'now', b: number | 'now', signal?: AbortSignal): Promise<CompareAnswer> {
    return this.#client.json(`${base}/scenarios/compare`, { a, b, by: question.by, within: question.within, ...this.#client.sinceWrite }, signal)
  }

  async questions(): Promise<QuestionItem[]> {
    const { items } = await this.#client.json<{ items: QuestionItem[] }>(`${base}/questions`, this.#client.sinceWrite)
    return items
  }

  answer(item: QuestionItem, question: Question, sort: string, cursor: string | undefined, signal?: AbortSignal): Promise<Answer> {
    return this.#client.json(pathOf(item), { ...answerQuery(item, question), sort, cursor, limit: pageRows, ...this.#client.sinceWrite }, signal)
  }

  list(item: QuestionItem, question: Question, { column, which }: { column: string; which: 'met' | 'unmet' | 'all' }): Promise<{ items: ListedItem[]; total: number; next?: string | null }> {
    return this.#client.json(`${pathOf(item)}/list`, { ...answerQuery(item, question), column, which, limit: listRows, ...this.#client.sinceWrite })
  }

  capacity(question: Question, signal?: AbortSignal): Promise<Capacity> {
    return this.#client.json(`${base}/capacity/${question.service}`, spreadQuery(question), signal)
  }

  equity(question: Question, signal?: AbortSignal): Promise<Equity> {
    return this.#client.json(`${base}/equity/${question.service}`, spreadQuery(question), signal)
  }
}

function tableQuery(question: Question, scenario?: number): Record<string, string | number | undefined> {
  return { ...surfaceQuery(question, scenario), radius: question.radii.join(','), by: question.by, within: question.within }
}

/** Where the table is a file: the browser fetches it by itself. */
export function tableFile(question: Question, format: 'csv' | 'xlsx', sort: string, scenario?: number): string {
  return `${base}/${question.service}${encodeQuery({ ...tableQuery(question, scenario), sort, f: format })}`
}

/** The workbook that goes upwards: figures, method, thresholds, data dates. */
export function reportFile(question: Question, scenario?: number): string {
  return `${base}/${question.service}/report.xlsx${encodeQuery(tableQuery(question, scenario))}`
}

/** Tiles of hexagons with the distance to the next facility. A new revision is a new address, so nothing stale is drawn. */
export function tilesUrl(origin: string, question: Question, scenario?: number, revision?: string): string {
  return `${origin}/tiles/coverage_${question.service}/{z}/{x}/{y}.mvt${encodeQuery({ ...surfaceQuery(question, scenario), min_revision: revision })}`
}

/** Where the figures of a question are. */
function pathOf({ id, of = 'question' }: QuestionItem): string {
  return of === 'measures' ? `${base}/measures/${id}` : `${base}/questions/${id}`
}

function answerQuery({ of }: QuestionItem, question: Question): Record<string, string | number | undefined> {
  const { mode, profile, by, within, radius } = question
  return of === 'measures' ? spreadQuery({ ...question, radius }) : { mode, profile: mode === 'straight' ? undefined : profile, by, within }
}

function spreadQuery(question: Question): Record<string, string | number | undefined> {
  return { ...surfaceQuery(question), radius: question.radius, by: question.by, within: question.within }
}

function withRevision(scenario: Scenario, revision: string | undefined): Scenario {
  const number = Number(revision)
  return revision === undefined || !Number.isInteger(number) ? scenario : { ...scenario, revision: number }
}

import { encodeQuery, type Client } from '../api/client.ts'
import type { Position } from '../api/types.ts'
import { surfaceQuery, type Question } from './question.ts'
import type {
  Answer, Change, CompareAnswer, Explanation, FacilityItem, ListedItem, Methods, Preview, QuestionItem, Scenario, SitingAnswer, SitingAsk, TablePage,
} from './types.ts'

const base = '/api/v1/coverage'
export const pageRows = 200
const listRows = 200
/** Rows of a preview: those that change most. */
const previewRows = 12

export interface TableAsk {
  sort: string
  cursor?: string | undefined
  scenario?: number | undefined
}

/** Every question of the coverage workspace, by name. */
export class CoverageServer {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  methods(): Promise<Methods> {
    return this.#client.json(`${base}/methods`, this.#client.sinceWrite)
  }

  table(question: Question, { sort, cursor, scenario }: TableAsk, signal?: AbortSignal): Promise<TablePage> {
    return this.#client.json(`${base}/${question.service}`, { ...tableQuery(question, scenario), sort, limit: pageRows, cursor, ...this.#client.sinceWrite }, signal)
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

  answer(id: string, by: string, within: string | undefined, sort: string, cursor: string | undefined, signal?: AbortSignal): Promise<Answer> {
    return this.#client.json(`${base}/questions/${id}`, { by, within, sort, cursor, limit: pageRows, ...this.#client.sinceWrite }, signal)
  }

  list(id: string, ask: { column: string; which: 'met' | 'unmet' | 'all'; code?: string | undefined; by: string; cursor?: string | undefined }): Promise<{ items: ListedItem[]; total: number; next?: string | null }> {
    return this.#client.json(`${base}/questions/${id}/list`, { ...ask, limit: listRows, ...this.#client.sinceWrite })
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

function withRevision(scenario: Scenario, revision: string | undefined): Scenario {
  const number = Number(revision)
  return revision === undefined || !Number.isInteger(number) ? scenario : { ...scenario, revision: number }
}

import { ApiError } from '../../api/errors.ts'
import type { FeatureItem } from '../../api/types.ts'
import { draftOf, sameInput, valueOf, type Draft, type FormField } from './form.ts'
import { mostIds, mostOperations, type EditServer, type Operation, type OperationResult } from './server.ts'

/** More than this nobody changes by hand: an import is the way. */
export const mostFeatures = 20_000
const atOnce = 3

/** What the inputs of many begin with: what all have, and which fields differ. */
export function common(fields: readonly FormField[], items: readonly FeatureItem[]): { draft: Draft; mixed: Set<string> } {
  const drafts = items.map(({ properties }) => draftOf(fields, properties))
  const [first = {}, ...others] = drafts
  const mixed = new Set(fields.filter((field) => others.some((other) => !sameInput(field, first[field.key], other[field.key]))).map(({ key }) => key))
  const draft = Object.fromEntries(fields.map((field) => [field.key, mixed.has(field.key) ? empty(field) : first[field.key] ?? empty(field)]))
  return { draft, mixed }
}

function empty({ kind }: FormField): Draft[string] {
  if (kind === 'boolean') return null
  return kind === 'checklist' ? {} : ''
}

/** What was touched, as the properties of a merge patch. */
export function touchedPatch(fields: readonly FormField[], draft: Draft, touched: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(fields.filter(({ key, readOnly }) => touched.has(key) && !readOnly).map((field) => [field.key, valueOf(field, draft[field.key])]))
}

/** All features asked for, a few requests at once. */
export async function loadMany(server: EditServer, layer: string, ids: readonly string[], told: (done: number) => void, signal: AbortSignal): Promise<FeatureItem[]> {
  const parts = chunks(ids, mostIds)
  const found: FeatureItem[] = []
  let next = 0
  const worker = async () => {
    for (let part = parts[next++]; part; part = parts[next++]) {
      found.push(...await server.items(layer, part, signal))
      told(found.length)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return found
}

/** What became of one of many. */
export interface Outcome {
  id: string
  status: OperationResult['status']
  /** Of the version made. */
  revision: number | undefined
  reason: { zh: string; en: string } | undefined
}

/**
 * Writes many in requests of a thousand. A request is all or nothing: where the server refuses some, the others are sent once more without them, and those refused are told.
 */
export async function writeMany(server: Pick<EditServer, 'batch'>, operations: readonly Operation[], told: (done: Outcome[]) => void): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const part of chunks(operations, mostOperations)) {
    let left: readonly Operation[] = part
    while (left.length > 0) {
      const tried = await tryBatch(server, left)
      const bad = new Set(tried.flatMap(({ status }, i) => (status === 'ok' ? [] : [i])))
      if (bad.size === 0) {
        outcomes.push(...left.map((operation, i) => outcomeOf(operation, tried[i])))
        break
      }
      outcomes.push(...left.flatMap((operation, i) => (bad.has(i) ? [outcomeOf(operation, tried[i])] : [])))
      left = left.filter((_, i) => !bad.has(i))
    }
    told(outcomes)
  }
  return outcomes
}

async function tryBatch(server: Pick<EditServer, 'batch'>, operations: readonly Operation[]): Promise<OperationResult[]> {
  try {
    return await server.batch(operations)
  } catch (failure) {
    const results = failure instanceof ApiError ? failure.more.results : undefined
    if (!Array.isArray(results) || results.length !== operations.length) throw failure
    return results as OperationResult[]
  }
}

function outcomeOf({ id = 0 }: Operation, result: OperationResult | undefined): Outcome {
  const [first] = result?.errors ?? []
  return { id: String(id), status: result?.status ?? 'ok', revision: result?.revision, reason: first && { zh: first.detail ?? '', en: first.detail_en ?? first.detail ?? '' } }
}

/** One update of each, held against the version that was read. */
export function updatesOf(layer: string, items: readonly FeatureItem[], properties: Record<string, unknown>): Operation[] {
  return items.map(({ id, revision }) => ({ op: 'update', layer, id: Number(id), match: revision === undefined ? '*' : String(revision), feature: { properties } }))
}

/** The updates that undo others: each field written gets the value it had. */
export function undoOf(layer: string, items: readonly FeatureItem[], outcomes: readonly Outcome[], keys: readonly string[]): Operation[] {
  const made = new Map(outcomes.filter(({ status }) => status === 'ok').map(({ id, revision }) => [id, revision]))
  return items.filter(({ id }) => made.has(String(id))).map(({ id, properties }) => ({
    op: 'update', layer, id: Number(id), match: String(made.get(String(id)) ?? '*'), feature: { properties: Object.fromEntries(keys.map((key) => [key, properties[key] ?? null])) },
  }))
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size))
}

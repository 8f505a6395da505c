import type { CollectionSchema, SchemaProperty } from '../../api/types.ts'
import { pickTitle, type Lang, type MessageKey, type Params } from '../../i18n/index.ts'

export type Kind = 'text' | 'long' | 'integer' | 'number' | 'boolean' | 'enum' | 'date' | 'dept' | 'checklist' | 'other'
export const groups = ['own', 'shared', 'internal'] as const
export type Group = (typeof groups)[number]

/** One property of a layer as a form asks for it. */
export interface FormField {
  key: string
  label: string
  kind: Kind
  group: Group
  unit: string
  min: number | undefined
  max: number | undefined
  /** The bound itself is outside. */
  minOpen: boolean
  maxOpen: boolean
  maxLength: number | undefined
  required: boolean
  /** Kept by the record itself: shown, and never sent. */
  readOnly: boolean
  options: { value: string; label: string }[]
  /** Items of a checklist. */
  checks: { key: string; label: string }[]
  property: SchemaProperty
}

/** What stands in an input: numbers and days as they are typed, null for a yes or no that is not known. */
export type Input = string | boolean | null | Record<string, boolean>
export type Draft = Record<string, Input>

export interface Wrong {
  key: MessageKey
  params?: Params
}

/** What every layer has, besides what is its own; the name and the state come first all the same. */
const shared = new Set(['code', 'code_scheme', 'region_code', 'competent_dept', 'owner_dept', 'maintainer_dept', 'surveyed_on', 'accuracy', 'revision', 'created_at', 'updated_at'])
const internal = new Set(['source', 'source_key', 'note', 'extra', 'updated_by'])
const first = ['name', 'status']
const longTexts = new Set(['note'])
const unitSigns: Record<string, string> = { m: 'm', m2: 'm²', km2: 'km²', '1': '' }

/** The fields of a layer in the order of a form: its own, those of administration, those for staff; what cannot be written last in its group. */
export function formOf(schema: CollectionSchema, lang: Lang): FormField[] {
  const fields = Object.entries(schema.properties)
    .filter(([, property]) => !property['x-ogc-role'] && !property.format?.startsWith('geometry'))
    .map(([key, property]) => fieldOf(key, property, schema.required ?? [], lang))
  const rank = ({ key, group, readOnly }: FormField) => groups.indexOf(group) * 100 + (readOnly ? 50 : 0) + (first.includes(key) ? first.indexOf(key) : 10)
  return fields.sort((a, b) => rank(a) - rank(b))
}

function fieldOf(key: string, property: SchemaProperty, required: readonly string[], lang: Lang): FormField {
  const unit = property['x-unit'] ?? ''
  return {
    key, property, kind: kindOf(key, property), group: groupOf(key, property),
    label: pickTitle(lang, property.title, property['x-title-en']) || key,
    unit: unitSigns[unit] ?? unit,
    min: property.minimum ?? property.exclusiveMinimum, max: property.maximum ?? property.exclusiveMaximum,
    minOpen: property.exclusiveMinimum !== undefined, maxOpen: property.exclusiveMaximum !== undefined, maxLength: property.maxLength,
    required: property['x-required'] ?? required.includes(key),
    readOnly: property.readOnly === true || kindOf(key, property) === 'other',
    options: (property.oneOf ?? []).map((one) => ({ value: String(one.const), label: pickTitle(lang, one.title, one['x-title-en']) || String(one.const) })),
    checks: Object.entries(property.properties ?? {}).map(([item, named]) => ({ key: item, label: pickTitle(lang, named.title, named['x-title-en']) || item })),
  }
}

function kindOf(key: string, property: SchemaProperty): Kind {
  const type = Array.isArray(property.type) ? property.type.find((one) => one !== 'null') : property.type
  if (property.oneOf) return 'enum'
  if (type === 'object') return property.properties ? 'checklist' : 'other'
  if (type === 'boolean' || type === 'integer' || type === 'number') return type
  if (property.format === 'date') return 'date'
  if (property.format === 'date-time') return 'other'
  if (key.endsWith('_dept')) return 'dept'
  return longTexts.has(key) ? 'long' : 'text'
}

function groupOf(key: string, property: SchemaProperty): Group {
  if (property['x-access'] === 'internal' || internal.has(key)) return 'internal'
  return shared.has(key) ? 'shared' : 'own'
}

/** The value of a property as its input shows it. */
export function inputOf(field: FormField, value: unknown): Input {
  if (field.kind === 'boolean') return typeof value === 'boolean' ? value : null
  if (field.kind === 'checklist') {
    const ticked = Object.entries((value ?? {}) as Record<string, unknown>).map(([item, met]) => [item, met === true])
    return Object.fromEntries(ticked) as Record<string, boolean>
  }
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

export function draftOf(fields: readonly FormField[], properties: Record<string, unknown>): Draft {
  return Object.fromEntries(fields.map((field) => [field.key, inputOf(field, properties[field.key])]))
}

/** What an input says, as the record keeps it: null for nothing, undefined where it says nothing that can be read. */
export function valueOf(field: FormField, input: Input | undefined): unknown {
  if (field.kind === 'boolean') return input ?? null
  if (field.kind === 'checklist') return Object.keys(input ?? {}).length === 0 ? null : input
  const text = typeof input === 'string' ? input.trim() : ''
  if (text === '') return null
  if (field.kind === 'integer' || field.kind === 'number') return numberIn(text)
  return text
}

/** Reads a number as people type it: full-width figures and a comma between thousands are no mistake. */
function numberIn(text: string): number | undefined {
  const plain = text.normalize('NFKC').replace(/(?<=\d),(?=\d{3})/g, '')
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : undefined
}

/** What is wrong with what was typed; undefined where nothing is. The server has the last word. */
export function wrongOf(field: FormField, input: Input | undefined): Wrong | undefined {
  const value = valueOf(field, input)
  if (value === null) return field.required ? { key: 'edit.wrong.required' } : undefined
  switch (field.kind) {
    case 'integer':
    case 'number': return wrongNumber(field, value as number | undefined)
    case 'date': return isDay(value as string) ? undefined : { key: 'edit.wrong.date' }
    case 'text':
    case 'long': return field.maxLength !== undefined && [...value as string].length > field.maxLength ? { key: 'edit.wrong.long', params: { n: field.maxLength } } : undefined
    default: return undefined
  }
}

function wrongNumber({ kind, min, max, minOpen, maxOpen }: FormField, value: number | undefined): Wrong | undefined {
  if (value === undefined) return { key: 'edit.wrong.number' }
  if (kind === 'integer' && !Number.isSafeInteger(value)) return { key: 'edit.wrong.integer' }
  if (min !== undefined && (value < min || (minOpen && value === min))) return { key: minOpen ? 'edit.wrong.above' : 'edit.wrong.least', params: { min } }
  if (max !== undefined && (value > max || (maxOpen && value === max))) return { key: maxOpen ? 'edit.wrong.below' : 'edit.wrong.most', params: { max } }
  return undefined
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`)
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

export function wrongIn(fields: readonly FormField[], draft: Draft): Record<string, Wrong> {
  const found = fields.filter(({ readOnly }) => !readOnly).flatMap((field) => {
    const wrong = wrongOf(field, draft[field.key])
    return wrong ? [[field.key, wrong] as const] : []
  })
  return Object.fromEntries(found)
}

export function sameInput(field: FormField, a: Input | undefined, b: Input | undefined): boolean {
  const [x, y] = [valueOf(field, a), valueOf(field, b)]
  if (x === undefined || y === undefined) return a === b
  return canonical(x) === canonical(y)
}

/** The order of a checklist's items says nothing. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

export function changedIn(fields: readonly FormField[], before: Draft, now: Draft): FormField[] {
  return fields.filter((field) => !field.readOnly && !sameInput(field, before[field.key], now[field.key]))
}

/** The merge patch that makes of what was what is: what became empty is null. */
export function patchOf(fields: readonly FormField[], before: Draft, now: Draft): Record<string, unknown> {
  return Object.fromEntries(changedIn(fields, before, now).map((field) => [field.key, valueOf(field, now[field.key])]))
}

/** What a new feature says: nothing of what was left empty. */
export function propertiesOf(fields: readonly FormField[], draft: Draft): Record<string, unknown> {
  return Object.fromEntries(fields.filter(({ readOnly }) => !readOnly).map((field) => [field.key, valueOf(field, draft[field.key])]).filter(([, value]) => value !== null && value !== undefined))
}

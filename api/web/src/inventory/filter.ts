import type { Box } from '../api/types.ts'
import { daysAfter } from '../ui/days.ts'
import { geometryField, type FieldKind } from './queryables.ts'

/** What a condition asks of a field. */
export type Operator = 'contains' | 'starts' | 'is' | 'not' | 'in' | 'notIn' | 'least' | 'most' | 'between' | 'within' | 'empty' | 'filled'

/** One condition. Its values are as they are typed; it counts once it is complete. */
export interface Test {
  field: string
  op: Operator
  values: string[]
}

export type Join = 'and' | 'or'

export interface Group {
  join: Join
  tests: Test[]
}

/** What the builder makes: conditions and groups of conditions, one level deep. */
export interface Conditions {
  join: Join
  parts: (Test | Group)[]
}

export type KindOf = (field: string) => FieldKind | undefined

const always: Operator[] = ['empty', 'filled']
/** The first is what a new condition begins with. */
export const operators: Record<FieldKind, Operator[]> = {
  text: ['contains', 'is', 'not', 'starts', ...always],
  enum: ['in', 'notIn', ...always],
  number: ['between', 'is', 'not', 'least', 'most', ...always],
  boolean: ['is', ...always],
  date: ['between', 'least', 'most', 'is', ...always],
  time: ['least', 'most', ...always],
  object: always,
  box: ['within'],
}

export function isGroup(part: Test | Group): part is Group {
  return 'tests' in part
}

export function noConditions(): Conditions {
  return { join: 'and', parts: [] }
}

/** All conditions, those in groups too. */
export function testsOf({ parts }: Conditions): Test[] {
  return parts.flatMap((part) => (isGroup(part) ? part.tests : [part]))
}

/** The filter as CQL2 text; '' where nothing is asked. Conditions that are not complete are left out. */
export function printConditions({ join, parts }: Conditions, kindOf: KindOf): string {
  const printed = parts.map((part) => (isGroup(part) ? printGroup(part, kindOf) : printTest(part, kindOf))).filter((text) => text !== undefined)
  return printed.join(` ${join.toUpperCase()} `)
}

function printGroup({ join, tests }: Group, kindOf: KindOf): string | undefined {
  const printed = tests.map((test) => printTest(test, kindOf)).filter((text) => text !== undefined)
  return printed.length === 0 ? undefined : `(${printed.join(` ${join.toUpperCase()} `)})`
}

/** One condition as CQL2 text; undefined while it is not complete. */
export function printTest({ field, op, values }: Test, kindOf: KindOf): string | undefined {
  const kind = field === geometryField ? 'box' : kindOf(field)
  if (kind === undefined || !operators[kind].includes(op)) return undefined
  const name = printName(field)
  const literals = values.map((value) => printValue(value, kind))
  const [first, second] = literals
  switch (op) {
    case 'empty': return `${name} IS NULL`
    case 'filled': return `${name} IS NOT NULL`
    case 'within': return boxOf(values) && `S_INTERSECTS(${name}, BBOX(${values.map(Number).join(', ')}))`
    case 'contains': return values[0] ? `CASEI(${name}) LIKE CASEI(${quote(`%${escapePattern(values[0])}%`)})` : undefined
    case 'starts': return values[0] ? `CASEI(${name}) LIKE CASEI(${quote(`${escapePattern(values[0])}%`)})` : undefined
    case 'in': case 'notIn': return values.length > 0 && literals.every((one) => one !== undefined) ? `${name} ${op === 'in' ? 'IN' : 'NOT IN'} (${literals.join(', ')})` : undefined
    case 'between': return printRange(name, first, second)
    case 'least': return first && `${name} >= ${first}`
    case 'most': return printMost(name, kind, values[0] ?? '', first)
    case 'is': return first && `${name} = ${first}`
    case 'not': return first && `${name} <> ${first}`
  }
}

/** A range with one end open is a bound: it is read back as one. */
function printRange(name: string, from: string | undefined, to: string | undefined): string | undefined {
  if (from && to) return `${name} BETWEEN ${from} AND ${to}`
  if (from) return `${name} >= ${from}`
  return to && `${name} <= ${to}`
}

/** The last day of a moment counts whole. */
function printMost(name: string, kind: FieldKind, day: string, literal: string | undefined): string | undefined {
  if (kind === 'time') return literal && `${name} < ${printMoment(daysAfter(day, 1))}`
  return literal && `${name} <= ${literal}`
}

function printValue(value: string, kind: FieldKind): string | undefined {
  const text = value.trim()
  switch (kind) {
    case 'number': return text !== '' && Number.isFinite(Number(text)) ? String(Number(text)) : undefined
    case 'boolean': return text === 'true' ? 'TRUE' : text === 'false' ? 'FALSE' : undefined
    case 'date': return isDay(text) ? `DATE('${text}')` : undefined
    case 'time': return isDay(text) ? printMoment(text) : undefined
    default: return value === '' ? undefined : quote(value)
  }
}

const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text)

/** The beginning of a day here, as the moment it is. */
function printMoment(day: string): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return `TIMESTAMP('${new Date(year, month - 1, date).toISOString().replace('.000Z', 'Z')}')`
}

const reserved = new Set(['and', 'or', 'not', 'is', 'null', 'like', 'between', 'in', 'div', 'true', 'false'])

function printName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !reserved.has(name.toLowerCase()) ? name : `"${name}"`
}

function quote(text: string): string {
  return `'${text.replace(/\\/g, '\\\\').replace(/'/g, "''")}'`
}

function escapePattern(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}

/** The box that four values are; undefined where they are none. */
export function boxOf(values: string[]): Box | undefined {
  const numbers = values.map(Number)
  const [west = NaN, south = NaN, east = NaN, north = NaN] = numbers
  return values.length === 4 && numbers.every(Number.isFinite) && west < east && south < north ? [west, south, east, north] : undefined
}

/** Six decimals: a decimetre. */
export function boxValues(box: Box): string[] {
  return box.map((degrees) => String(Number(degrees.toFixed(6))))
}

/**
 * The part of a filter that tiles can answer: they know nothing of shapes. Undefined where a filter cannot be taken apart so that more, and
 * never less, is shown.
 */
export function withoutShapes(conditions: Conditions): Conditions | undefined {
  const shaped = (test: Test) => test.field === geometryField
  if (!testsOf(conditions).some(shaped)) return conditions
  const loose = (part: Test | Group) => (isGroup(part) ? part.join === 'or' && part.tests.some(shaped) : shaped(part))
  if (conditions.join === 'or') return undefined
  const parts = conditions.parts.filter((part) => !loose(part))
  return { join: 'and', parts: parts.map((part) => (isGroup(part) ? { ...part, tests: part.tests.filter((test) => !shaped(test)) } : part)) }
}

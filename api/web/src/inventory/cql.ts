import { dayOf, daysAfter } from '../ui/days.ts'
import type { Conditions, Group, KindOf, Operator, Test } from './filter.ts'
import { geometryField } from './queryables.ts'

type Token =
  | { kind: 'name' | 'word' | 'text' | 'number' | 'sign'; text: string }

const pattern = /\s*(?:'((?:[^'\\]|''|\\[\s\S])*)'|"([^"]+)"|([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff]*)|(<>|<=|>=|[=<>(),]))/y

/** What the builder can show of a CQL2 text; undefined for everything that it would not write itself. */
export function parseConditions(text: string, kindOf: KindOf): Conditions | undefined {
  if (text.trim() === '') return { join: 'and', parts: [] }
  const tokens = scan(text)
  if (!tokens) return undefined
  const reader = new Reader(tokens, kindOf)
  const read = reader.either()
  return read && reader.done ? asConditions(read) : undefined
}

function scan(text: string): Token[] | undefined {
  const tokens: Token[] = []
  const trimmed = text.trimEnd()
  pattern.lastIndex = 0
  while (pattern.lastIndex < trimmed.length) {
    const match = pattern.exec(trimmed)
    if (!match) return undefined
    const [, string, quoted, number, word, sign] = match
    if (string !== undefined) tokens.push({ kind: 'text', text: string.replace(/''|\\[\s\S]/g, unescape) })
    else if (quoted !== undefined) tokens.push({ kind: 'name', text: quoted })
    else if (number !== undefined) tokens.push({ kind: 'number', text: String(Number(number)) })
    else if (word !== undefined) tokens.push({ kind: 'word', text: word })
    else tokens.push({ kind: 'sign', text: sign ?? '' })
  }
  return tokens
}

/** A backslash takes quotes and itself as they are; before other characters it stays. */
function unescape(pair: string): string {
  return pair === "''" ? "'" : pair === "\\'" || pair === '\\\\' ? pair.slice(1) : pair
}

/** `closed` was in parentheses of its own. */
type Tree = Test | { join: 'and' | 'or'; parts: Tree[]; closed?: boolean }
const isTest = (tree: Tree): tree is Test => 'field' in tree

function asConditions(tree: Tree): Conditions | undefined {
  if (isTest(tree)) return { join: 'and', parts: [tree] }
  if (tree.closed) return asConditions({ join: 'and', parts: [{ join: tree.join, parts: tree.parts }] })
  const parts = tree.parts.map((part): Test | Group | undefined => {
    if (isTest(part)) return part
    const tests = part.parts.filter(isTest)
    return tests.length === part.parts.length ? { join: part.join, tests } : undefined
  })
  return parts.every((part) => part !== undefined) ? { join: tree.join, parts } : undefined
}

const comparisons: Record<string, Operator> = { '=': 'is', '<>': 'not', '>=': 'least', '<=': 'most', '<': 'most' }

/** Reads the small part of CQL2 that the builder writes; undefined is for whatever else there is. */
class Reader {
  readonly #tokens: Token[]
  readonly #kindOf: KindOf
  #at = 0

  constructor(tokens: Token[], kindOf: KindOf) {
    this.#tokens = tokens
    this.#kindOf = kindOf
  }

  get done(): boolean {
    return this.#at === this.#tokens.length
  }

  either(): Tree | undefined {
    return this.#list('or', () => this.#list('and', () => this.#part()))
  }

  #list(join: 'and' | 'or', read: () => Tree | undefined): Tree | undefined {
    const parts: Tree[] = []
    do {
      const part = read()
      if (!part) return undefined
      parts.push(part)
    } while (this.#word(join))
    const [only] = parts
    return parts.length === 1 && only ? only : { join, parts }
  }

  #part(): Tree | undefined {
    if (!this.#sign('(')) return this.#test()
    const inner = this.either()
    if (!inner || !this.#sign(')')) return undefined
    return isTest(inner) ? { join: 'and', parts: [inner], closed: true } : { ...inner, closed: true }
  }

  #test(): Test | undefined {
    if (this.#word('s_intersects')) return this.#within()
    if (this.#word('casei')) return this.#like()
    const field = this.#name()
    if (field === undefined || this.#kindOf(field) === undefined) return undefined
    if (this.#word('is')) {
      const op = this.#word('not') ? 'filled' : 'empty'
      return this.#word('null') ? { field, op, values: [] } : undefined
    }
    if (this.#word('between')) return this.#between(field)
    const negated = this.#word('not')
    if (this.#word('in')) return this.#in(field, negated)
    return negated ? undefined : this.#compare(field)
  }

  #within(): Test | undefined {
    if (!this.#sign('(') || this.#name() !== geometryField || !this.#sign(',') || !this.#word('bbox') || !this.#sign('(')) return undefined
    const values: string[] = []
    do {
      const token = this.#next('number')
      if (!token) return undefined
      values.push(token)
    } while (this.#sign(','))
    return values.length === 4 && this.#sign(')') && this.#sign(')') ? { field: geometryField, op: 'within', values } : undefined
  }

  #like(): Test | undefined {
    const field = this.#sign('(') ? this.#name() : undefined
    if (field === undefined || this.#kindOf(field) !== 'text' || !this.#sign(')') || !this.#word('like') || !this.#word('casei') || !this.#sign('(')) return undefined
    const text = this.#next('text')
    if (text === undefined || !this.#sign(')')) return undefined
    const [, open = '', inner = '', close = ''] = /^(%?)((?:[^\\%_]|\\[\s\S])*)(%?)$/.exec(text) ?? []
    if (close === '' || inner === '') return undefined
    return { field, op: open ? 'contains' : 'starts', values: [inner.replace(/\\([\s\S])/g, '$1')] }
  }

  #between(field: string): Test | undefined {
    const from = this.#value(field)
    const to = this.#word('and') ? this.#value(field) : undefined
    return from !== undefined && to !== undefined && this.#kindOf(field) !== 'time' ? { field, op: 'between', values: [from, to] } : undefined
  }

  #in(field: string, negated: boolean): Test | undefined {
    if (this.#kindOf(field) !== 'enum' || !this.#sign('(')) return undefined
    const values: string[] = []
    do {
      const value = this.#value(field)
      if (value === undefined) return undefined
      values.push(value)
    } while (this.#sign(','))
    return this.#sign(')') ? { field, op: negated ? 'notIn' : 'in', values } : undefined
  }

  #compare(field: string): Test | undefined {
    const sign = this.#next('sign') ?? ''
    const op = comparisons[sign]
    const value = this.#value(field)
    const kind = this.#kindOf(field)
    if (op === undefined || value === undefined || (sign === '<') !== (kind === 'time' && op === 'most')) return undefined
    if (kind === 'enum') return op === 'is' ? { field, op: 'in', values: [value] } : op === 'not' ? { field, op: 'notIn', values: [value] } : undefined
    if (kind === 'time' ? op !== 'least' && op !== 'most' : (kind === 'text' || kind === 'boolean') && (op === 'least' || op === 'most')) return undefined
    if ((kind === 'boolean' || kind === 'date') && op === 'not') return undefined
    return { field, op, values: [sign === '<' ? daysAfter(value, -1) : value] }
  }

  /** A literal of the field's kind, as the builder holds it. */
  #value(field: string): string | undefined {
    switch (this.#kindOf(field)) {
      case 'number': return this.#next('number')
      case 'boolean': return this.#word('true') ? 'true' : this.#word('false') ? 'false' : undefined
      case 'date': return this.#dated('date', (text) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? text : undefined))
      case 'time': return this.#dated('timestamp', dayBeginning)
      default: return this.#next('text')
    }
  }

  #dated(call: string, read: (text: string) => string | undefined): string | undefined {
    if (!this.#word(call) || !this.#sign('(')) return undefined
    const text = this.#next('text')
    return this.#sign(')') && text !== undefined ? read(text) : undefined
  }

  #name(): string | undefined {
    return this.#next('name') ?? this.#next('word')
  }

  #next(kind: Token['kind']): string | undefined {
    const token = this.#tokens[this.#at]
    if (token?.kind !== kind) return undefined
    this.#at++
    return token.text
  }

  #sign(text: string): boolean {
    return this.#is('sign', text)
  }

  #word(text: string): boolean {
    return this.#is('word', text)
  }

  #is(kind: Token['kind'], text: string): boolean {
    const token = this.#tokens[this.#at]
    const found = token?.kind === kind && token.text.toLowerCase() === text
    if (found) this.#at++
    return found
  }
}

/** The day that begins at a moment; undefined where none does. */
function dayBeginning(text: string): string | undefined {
  const time = new Date(text)
  return !Number.isNaN(time.getTime()) && time.getHours() + time.getMinutes() + time.getSeconds() === 0 ? dayOf(time) : undefined
}

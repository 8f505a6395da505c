/** The part of the address that is the table's: texts as they stand there. */
export interface TableLink {
  layer?: string
  /** CQL2 text. */
  filter?: string
  sort?: string
  cols?: string
  picked?: string
  /** scheme:code */
  within?: string
  /** 1: only what the map shows. */
  inview?: string
  /** 0: the map shows what the filter leaves out. */
  onmap?: string
}

const names = ['layer', 'filter', 'sort', 'cols', 'picked', 'within', 'inview', 'onmap'] as const

/** The table of an address; undefined where it says nothing of one. */
export function parseTable(query: URLSearchParams): TableLink | undefined {
  const link: TableLink = {}
  for (const name of names) {
    const value = query.get(name)
    if (value) link[name] = value
  }
  if (link.layer !== undefined && !/^[a-z0-9_]+$/.test(link.layer)) delete link.layer
  return Object.keys(link).length > 0 ? link : undefined
}

export function tablePairs(link: TableLink = {}): [string, string | undefined][] {
  return names.map((name) => [name, link[name]])
}

/** One thing to sort by. */
export interface SortKey {
  name: string
  down: boolean
}

/** As the API has it: name,-capacity. */
export function formatSort(keys: readonly SortKey[]): string {
  return keys.map(({ name, down }) => (down ? '-' : '') + name).join(',')
}

export function parseSort(text: string | undefined): SortKey[] {
  const keys = (text ?? '').split(',').map((one) => /^([+-]?)([A-Za-z_][\w]*)$/.exec(one.trim())).filter((match) => match !== null)
  return keys.map(([, sign, name = '']) => ({ name, down: sign === '-' })).filter(({ name }, i, all) => all.findIndex((one) => one.name === name) === i)
}

/** What a click on a heading does: up, then down, then not at all. With `add` the other keys stay. */
export function turned(keys: readonly SortKey[], name: string, add: boolean): SortKey[] {
  const at = keys.findIndex((key) => key.name === name)
  const key = keys[at]
  const next = !key ? { name, down: false } : key.down ? undefined : { name, down: true }
  if (!add) return next ? [next] : []
  if (!key) return [...keys, { name, down: false }]
  return keys.flatMap((one, i) => (i === at ? next ?? [] : one))
}

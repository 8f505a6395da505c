import type { Failure } from './types.ts'

/** Failures of the segments of one street, told together. */
export interface Failures extends Failure {
  times: number
}

/** A street is many segments: what they all lack is one line, with the first of them to jump to. */
export function gathered(failures: Failure[]): Failures[] {
  const byStreet = new Map<string, Failures>()
  for (const [i, failure] of failures.entries()) {
    const { target, kind, role, holder } = failure
    const key = target?.kind === 'road' && target.name ? [kind, role, holder?.code, target.name].join('/') : String(i)
    const known = byStreet.get(key)
    if (known) known.times++
    else byStreet.set(key, { ...failure, times: 1 })
  }
  return [...byStreet.values()]
}

import type { Compared, Decision, ProposalDetail } from './proposal.ts'

/** What is to become of one field: taken or left, as proposed or corrected. */
export interface Choice {
  take: boolean
  /** Text of the correction; undefined takes what is proposed. */
  corrected?: string | undefined
}

/** What others changed since is not overwritten unless somebody says so; what stands already need not be taken. */
export function freshChoices({ comparison }: ProposalDetail): Record<string, Choice> {
  return Object.fromEntries(comparison.map(({ field, changed_since: changed, same }) => [field, { take: !changed && !same }]))
}

/** A correction in the type of its field; what is no number stays a text, and the server says what is wrong with it. */
export function typedValue(text: string, { type }: Pick<Compared, 'type'>): unknown {
  const trimmed = text.trim()
  if (trimmed === '') return null
  if (type === 'boolean') return trimmed === 'true'
  const number = Number(trimmed)
  const numeric = type === 'integer' || type === 'number'
  return numeric && Number.isFinite(number) ? number : trimmed
}

/** What is sent: what is not taken is not named. */
export function decisionOf(detail: ProposalDetail, { accept, choices, geometry, reason }: { accept: boolean; choices: Record<string, Choice>; geometry: boolean; reason: string }): Decision {
  const taken = accept ? detail.comparison.filter(({ field }) => choices[field]?.take) : []
  const corrected = taken.flatMap((part): [string, unknown][] => {
    const text = choices[part.field]?.corrected
    return text === undefined ? [] : [[part.field, typedValue(text, part)]]
  })
  return {
    fields: Object.fromEntries(detail.comparison.map(({ field }) => [field, taken.some((one) => one.field === field)])),
    geometry: accept && geometry,
    ...(corrected.length > 0 && { values: Object.fromEntries(corrected) }),
    ...(reason !== '' && { reason }),
    ...(detail.now_revision !== null && { seen: detail.now_revision }),
  }
}

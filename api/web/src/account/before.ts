export interface BeforeLine {
  field: string
  before: string
  now: string
  changed: boolean
}

const longest = 160
/** Fields that every write changes, and those that nobody reads as text. */
const silent = new Set(['revision', 'updated_at', 'updated_by', 'created_at', 'geom'])

/** The fields a row had, what changed since first. Without what it is now nothing counts as changed. */
export function readBefore(before: Record<string, unknown>, now: Record<string, unknown> | undefined): BeforeLine[] {
  return Object.entries(before)
    .filter(([field, value]) => !silent.has(field) && (value !== null || now?.[field] !== undefined))
    .map(([field, value]) => {
      const [then, since] = [text(value), text(now?.[field])]
      return { field, before: then, now: since, changed: now !== undefined && field in now && then !== since }
    })
    .filter(({ before: then, changed }) => then !== '–' || changed)
    .sort((a, b) => Number(b.changed) - Number(a.changed))
}

function text(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–'
  const whole = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return whole.length > longest ? `${whole.slice(0, longest)}…` : whole
}

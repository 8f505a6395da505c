import type { CheckBody, DueEntry, DueItem, Entry, Slot, Timetable, Uuid } from './types.ts'

/** How things stand by their plans at a time that the server has not seen: grid/patrol of the server is the definition, its testdata/timetable.json the proof. */

/** A check that was recorded here, by the server's clock. */
export interface Checked {
  at: number
  entry: Entry
  body: CheckBody
}

/** How a plan stands: what the server calls a Beat. */
interface Beat {
  slot: Slot | undefined
  open: boolean
  /** The beginnings of the slots that have ended, the latest first. */
  missed: number[]
}

/** How far missed slots are counted. */
const mostMissed = 99

function beatAt({ slots, missed }: Timetable, now: number): Beat {
  const ended = slots.filter(({ to }) => Date.parse(to) <= now)
  const slot = slots[ended.length]
  return {
    slot, open: slot !== undefined && Date.parse(slot.from) <= now,
    missed: [...ended.reverse().map(({ from }) => from), ...missed].slice(0, mostMissed).map((from) => Date.parse(from)),
  }
}

/** Whether a check counts in the slot that is open. */
function counts({ at }: Checked, from: number, hours: Timetable['hours']): boolean {
  return at >= from && (hours.length === 0 || hours.some((slot) => at >= Date.parse(slot.from) && at < Date.parse(slot.to)))
}

function standOf(item: DueItem, { slot, open, missed }: Beat, hours: Timetable['hours'], checks: readonly Checked[]): Pick<DueItem, 'state' | 'missed' | 'from' | 'to'> {
  const last = Math.max(item.last ? Date.parse(item.last.at) : -Infinity, ...checks.map(({ at }) => at))
  const since = Date.parse(item.since)
  const [from, to] = [slot?.from ?? null, slot?.to ?? null]
  const begun = slot ? Date.parse(slot.from) : 0
  const isKnown = item.state === 'done' && item.from !== null && Date.parse(item.from) === begun // the server has one that counts in this slot
  const without = missed.findIndex((start) => start <= last || start < since)
  const count = without < 0 ? missed.length : without
  if (open && (isKnown || checks.some((check) => counts(check, begun, hours)))) return { state: 'done', missed: count, from, to }
  if (count > 0) return { state: 'overdue', missed: count, from, to }
  return { state: open ? 'due' : 'later', missed: 0, from, to }
}

/**
 * The list as it stands now: what the server said when it made the list, the slots that have come since, and what was checked here. After the end of a
 * timetable it stays as it was then, and by a clock that is slow as it was when it was made.
 */
export function standAt(items: readonly DueItem[], madeAt: string, timetables: readonly Timetable[], checks: readonly Checked[], now: number): DueEntry[] {
  const beats = new Map(timetables.map((table) => {
    const at = Math.min(Math.max(now, Date.parse(madeAt)), Date.parse(table.until))
    return [table.plan, { beat: beatAt(table, at), hours: table.hours }]
  }))
  const bySubject = new Map<string, Checked[]>()
  for (const check of checks) {
    const key = keyOf(check.body)
    bySubject.set(key, [...bySubject.get(key) ?? [], check])
  }
  return items.map((item) => {
    const mine = bySubject.get(keyOf(item)) ?? []
    const known = beats.get(item.plan)
    return withLast({ ...item, ...(known ? standOf(item, known.beat, known.hours, mine) : standAlone(item, mine)) }, mine)
  })
}

/** Of a plan that is newer than the pack, only its own slot is known. */
function standAlone({ state, from }: DueItem, checks: readonly Checked[]): Pick<DueItem, 'state'> {
  return { state: from !== null && checks.some(({ at }) => at >= Date.parse(from)) ? 'done' : state }
}

/** Any check with its list counts for a plan, whichever plan it was made for. */
function keyOf({ subject, checklist }: Pick<CheckBody, 'subject' | 'checklist'>): string {
  return `${subject.kind}/${subject.id}/${checklist}`
}

/** With the last check where it was made here. */
function withLast(item: DueEntry, checks: readonly Checked[]): DueEntry {
  const [mine] = [...checks].sort((a, b) => b.at - a.at)
  if (!mine || (item.last && Date.parse(item.last.at) > mine.at)) return item
  const { at, entry: { key, status }, body } = mine
  const last: { id: Uuid; at: string; result: CheckBody['result'] } = { id: body.id ?? key, at: new Date(at).toISOString(), result: body.result }
  return { ...item, last, here: { ...last, key, status } }
}

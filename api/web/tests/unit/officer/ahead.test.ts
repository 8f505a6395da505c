// @vitest-environment node
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { standAt, type Checked } from '../../../src/officer/store/ahead.ts'
import type { DueItem, Entry, Timetable } from '../../../src/officer/store/types.ts'
import { check } from './phone.ts'

/** What the server's plans say; its own test writes it (go test ./grid/patrol -run Timetable -update). */
interface Foretold {
  name: string
  made_at: string
  at: string
  here: string[]
  item: DueItem
  timetable: Timetable
  want: Pick<DueItem, 'state' | 'missed' | 'from' | 'to'>
}
const table = JSON.parse(readFileSync(fileURLToPath(new URL('../../../../../grid/patrol/testdata/timetable.json', import.meta.url)), 'utf8')) as Foretold[]

describe('a phone without a network says what the server would', () => {
  it.each(table)('$name', ({ made_at: madeAt, at, here, item, timetable, want }) => {
    const { subject, checklist } = item
    const checks: Checked[] = here.map((one) => ({ at: Date.parse(one), entry: { key: one, status: 'queued' } as Entry, body: check(subject.id, { subject, checklist }) }))
    const [now] = standAt([item], madeAt, [timetable], checks, Date.parse(at))
    expect({ state: now?.state, missed: now?.missed, from: now?.from, to: now?.to }).toEqual(want)
  })
})

import type { Day } from '../api/records.ts'

/** The day of the calendar here, as the server writes days. */
export function dayOf(moment: Date): Day {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`
}

/** A moment to the minute, in the reader's own time zone. */
export function minuteOf(text: string): string {
  const moment = new Date(text)
  if (Number.isNaN(moment.getTime())) return text
  const two = (n: number) => String(n).padStart(2, '0')
  return `${dayOf(moment)} ${two(moment.getHours())}:${two(moment.getMinutes())}`
}

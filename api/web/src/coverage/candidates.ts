/** A place that a site may be at, as a line of a list has it. */
export interface CandidatePoint {
  lon: number
  lat: number
  name?: string
  cost?: number
}

/** The server's bound of places in a list. */
const mostPoints = 200_000
const mostCost = 1e12

/** Reads lines of lon,lat[,name[,cost]]; the first line that is none tells its number. */
export function parsePoints(text: string): { items: CandidatePoint[] } | { wrongLine: number } {
  const items: CandidatePoint[] = []
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue
    const point = pointOf(line)
    if (!point || items.length === mostPoints) return { wrongLine: i + 1 }
    items.push(point)
  }
  return { items }
}

function pointOf(line: string): CandidatePoint | undefined {
  const [lon = '', lat = '', name = '', cost = '', ...more] = line.split(/[,，\t]/).map((part) => part.trim())
  const at = { lon: Number(lon), lat: Number(lat) }
  if (lon === '' || lat === '' || more.length > 0 || !(Math.abs(at.lon) <= 180 && Math.abs(at.lat) <= 90)) return undefined
  const price = cost === '' ? undefined : Number(cost)
  if (price !== undefined && !(Number.isInteger(price) && price > 0 && price <= mostCost)) return undefined
  return { ...at, ...(name !== '' && { name: name.slice(0, 100) }), ...(price !== undefined && { cost: price }) }
}

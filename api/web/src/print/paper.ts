/** Sheets of paper, in millimetres. */
export const papers = ['a3', 'a2', 'a1'] as const
export type Paper = (typeof papers)[number]
export const turns = ['landscape', 'portrait'] as const
export type Turn = (typeof turns)[number]

/** The long and the short side. */
const sides: Record<Paper, [number, number]> = { a3: [420, 297], a2: [594, 420], a1: [841, 594] }

/** Larger sheets are read from further away: everything on them is drawn larger, though less than the sheet is. */
const scales: Record<Paper, number> = { a3: 1, a2: 1.25, a1: 1.6 }

export interface Rect {
  x: number
  y: number
  width: number
  height: number
}

export interface Sheet {
  paper: Paper
  turn: Turn
  width: number
  height: number
  /** How much larger letters and lines are than on an A3. */
  scale: number
  title: Rect
  map: Rect
  /** Where the list of grids stands: beside the map, or below it on an upright sheet. */
  list: Rect
  legend: Rect
  foot: Rect
}

const marginMm = 10
const titleMm = 18
const footMm = 8
const gapMm = 4
const besideMm = 96
const belowShare = 0.24
const legendShare = 0.28

/** Divides a sheet among what stands on it; nothing overlaps, and nothing comes nearer to the edge than printers reach. */
export function layOut(paper: Paper, turn: Turn): Sheet {
  const [long, short] = sides[paper]
  const scale = scales[paper]
  const [width, height] = turn === 'landscape' ? [long, short] : [short, long]
  const margin = marginMm * scale
  const gap = gapMm * scale
  const inner = { x: margin, y: margin, width: width - 2 * margin, height: height - 2 * margin }
  const title = { ...inner, height: titleMm * scale }
  const foot = { ...inner, y: inner.y + inner.height - footMm * scale, height: footMm * scale }
  const body = { ...inner, y: title.y + title.height, height: foot.y - title.y - title.height - gap / 2 }
  const parts = turn === 'landscape' ? beside(body, scale, gap) : below(body, scale, gap)
  return { paper, turn, width, height, scale, title, foot, ...parts }
}

function beside(body: Rect, scale: number, gap: number): Pick<Sheet, 'map' | 'list' | 'legend'> {
  const column = { x: body.x + body.width - besideMm * scale, width: besideMm * scale }
  const legendHeight = body.height * legendShare
  return {
    map: { ...body, width: body.width - column.width - gap },
    list: { ...column, y: body.y, height: body.height - legendHeight - gap },
    legend: { ...column, y: body.y + body.height - legendHeight, height: legendHeight },
  }
}

function below(body: Rect, scale: number, gap: number): Pick<Sheet, 'map' | 'list' | 'legend'> {
  const strip = body.height * belowShare
  const legendWidth = besideMm * 0.72 * scale
  const y = body.y + body.height - strip
  return {
    map: { ...body, height: body.height - strip - gap },
    list: { x: body.x, y, width: body.width - legendWidth - gap, height: strip },
    legend: { x: body.x + body.width - legendWidth, y, width: legendWidth, height: strip },
  }
}

const cssPxPerMm = 96 / 25.4
const wantedDpi = 300
/** More than this no graphics memory is sure to hold, and at the distance from which an A1 is read nobody sees the difference. */
const mostPixels = 40e6

export interface MapSize {
  /** What the map is told its size is: letters and lines are as large as this makes them. */
  widthPx: number
  heightPx: number
  pixelRatio: number
  dpi: number
}

/** How large the map is drawn for a frame on paper: at 300 dots per inch where the graphics can. */
export function mapSize(frame: Rect, scale: number, mostSidePx: number): MapSize {
  const widthPx = Math.round((frame.width * cssPxPerMm) / scale)
  const heightPx = Math.round((frame.height * cssPxPerMm) / scale)
  const wanted = (wantedDpi / 96) * scale
  const pixelRatio = Math.min(wanted, mostSidePx / Math.max(widthPx, heightPx), Math.sqrt(mostPixels / (widthPx * heightPx)))
  return { widthPx, heightPx, pixelRatio, dpi: Math.round((wantedDpi * pixelRatio) / wanted) }
}

export interface ScaleBar {
  /** On the ground and on the paper. */
  groundM: number
  paperMm: number
  /** The second part of 1:12,500, rounded to two figures. */
  denominator: number
}

/** A bar of a round length near a fifth of the map. */
export function scaleBar(metresPerMm: number, mapMm: number): ScaleBar {
  const wantM = (metresPerMm * mapMm) / 5
  const power = 10 ** Math.floor(Math.log10(wantM))
  const step = [5, 2, 1].find((one) => one * power <= wantM) ?? 1
  const groundM = step * power
  const exact = metresPerMm * 1000
  const digits = 10 ** (Math.floor(Math.log10(exact)) - 1)
  return { groundM, paperMm: groundM / metresPerMm, denominator: Math.round(exact / digits) * digits }
}

/** Taller than this no browser lays out a box: Firefox ends near 17.9 million pixels. */
export const tallestPx = 16_500_000

/** What of a long list is on the screen. Where the list is taller than a box may be, one pixel of the scroll bar stands for several. */
export interface Span {
  first: number
  /** One behind the last. */
  end: number
  /** Of the first row from the top of what is scrolled, in pixels. */
  topPx: number
}

export interface Measures {
  rows: number
  rowPx: number
  viewPx: number
  scrollPx: number
}

/** The height of what is scrolled. */
export function heightOf(rows: number, rowPx: number): number {
  return Math.min(rows * rowPx, tallestPx)
}

/** The rows on the screen, with a few more on either side so that they are there when they come into sight. */
export function spanOf({ rows, rowPx, viewPx, scrollPx }: Measures, spare = 4): Span {
  const offsetPx = offsetOf({ rows, rowPx, viewPx, scrollPx })
  const first = Math.max(0, Math.floor(offsetPx / rowPx) - spare)
  const end = Math.min(rows, Math.ceil((offsetPx + viewPx) / rowPx) + spare)
  return { first: Math.min(first, end), end, topPx: scrollPx - (offsetPx - first * rowPx) }
}

/** How far into the full list the screen begins, in pixels of the list. */
function offsetOf({ rows, rowPx, viewPx, scrollPx }: Measures): number {
  const full = rows * rowPx
  const laid = heightOf(rows, rowPx)
  if (full === laid) return Math.max(0, scrollPx)
  const share = Math.min(1, Math.max(0, scrollPx / Math.max(1, laid - viewPx)))
  return share * (full - viewPx)
}

/** Where to scroll so that a row is seen whole; where it is now, if it is. */
export function scrollTo(row: number, measures: Measures): number {
  const { rows, rowPx, viewPx, scrollPx } = measures
  const offset = offsetOf(measures)
  const top = row * rowPx
  const wanted = top < offset ? top : top + rowPx > offset + viewPx ? top + rowPx - viewPx : undefined
  if (wanted === undefined) return scrollPx
  const full = rows * rowPx
  const laid = heightOf(rows, rowPx)
  return full === laid ? wanted : (Math.max(0, wanted) / Math.max(1, full - viewPx)) * (laid - viewPx)
}

/** The numbers of the pieces of a list that a span of rows touches. */
export function chunksOf(first: number, end: number, size: number): number[] {
  if (end <= first) return []
  const from = Math.floor(first / size)
  return Array.from({ length: Math.floor((end - 1) / size) - from + 1 }, (_, i) => from + i)
}

/** Keeps the things used last; the others are forgotten. */
export class Lru<K, V> {
  readonly #most: number
  readonly #kept = new Map<K, V>()

  constructor(most: number) {
    this.#most = most
  }

  get size(): number {
    return this.#kept.size
  }

  get(key: K): V | undefined {
    const value = this.#kept.get(key)
    if (value !== undefined) {
      this.#kept.delete(key)
      this.#kept.set(key, value)
    }
    return value
  }

  set(key: K, value: V): void {
    this.#kept.delete(key)
    this.#kept.set(key, value)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#most) break
      this.#kept.delete(oldest)
    }
  }

  has(key: K): boolean {
    return this.#kept.has(key)
  }

  clear(): void {
    this.#kept.clear()
  }
}

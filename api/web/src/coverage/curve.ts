/** A curve of shares by number of sites, laid out on paper. */
export interface Curve {
  left: number
  points: { k: number; share: number; x: number; y: number }[]
  line: string
  area: string
  ticks: { share: number; y: number }[]
}

const margins = { left: 40, right: 8, top: 18, bottom: 18 }
const steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5]
const mostTicks = 5

/** Begins where things stand now, and shows no more of the scale than is needed: what is gained would be a flat line otherwise. */
export function curveOf(curve: readonly { k: number; share: number }[], already: number, { width, height }: { width: number; height: number }): Curve {
  const all = [...(curve[0]?.k === 0 ? [] : [{ k: 0, share: already }]), ...curve]
  const most = Math.max(1, ...all.map(({ k }) => k))
  const [lowest, highest] = [Math.min(...all.map(({ share }) => share)), Math.max(...all.map(({ share }) => share))]
  const step = steps.find((one) => (highest - lowest) / one <= mostTicks - 1) ?? 0.5
  const [floor, ceiling] = [Math.floor(lowest / step) * step, Math.min(1, Math.max(Math.ceil(highest / step) * step, Math.floor(lowest / step) * step + step))]
  const x = (k: number) => margins.left + ((width - margins.left - margins.right) * k) / most
  const y = (share: number) => height - margins.bottom - ((height - margins.top - margins.bottom) * (share - floor)) / Math.max(ceiling - floor, 1e-9)
  const points = all.map(({ k, share }) => ({ k, share, x: x(k), y: y(share) }))
  const line = points.map((one, i) => `${i === 0 ? 'M' : 'L'}${one.x.toFixed(1)} ${one.y.toFixed(1)}`).join('')
  const ticks = Array.from({ length: Math.round((ceiling - floor) / step) + 1 }, (_, i) => floor + i * step).map((share) => ({ share, y: y(share) }))
  return { left: margins.left, points, line, area: points.length === 0 ? '' : `${line}L${x(most).toFixed(1)} ${y(floor).toFixed(1)}L${x(0).toFixed(1)} ${y(floor).toFixed(1)}Z`, ticks }
}

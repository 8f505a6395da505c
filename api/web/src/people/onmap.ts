import type { Target } from '../api/records.ts'

const pointZoom = 17

/** The address that shows a duty's target on the map, selected. */
export function mapHref(target: Target): string {
  switch (target.kind) {
    case 'grid': return `/grid?select=grid/${target.scheme ?? 'duty'}/${encodeURIComponent(target.code)}&scheme=${target.scheme ?? 'duty'}${camera(target)}`
    case 'road':
    case 'back_alley': return `/?select=${target.kind}/${target.id}${camera(target)}`
    case 'region':
    case 'zone': return `/?region=${encodeURIComponent(target.code)}&select=region/${encodeURIComponent(target.code)}`
    case 'place': return target.at ? `/?select=@${target.at.map((degrees) => degrees.toFixed(6)).join(',')}${camera(target)}` : '/'
  }
}

/** Looks at the middle of the target, near enough to see it whole. */
function camera({ at, bbox }: Target): string {
  if (!at) return ''
  const width = bbox ? Math.max(bbox[2] - bbox[0], (bbox[3] - bbox[1]) * 1.4) : 0
  const zoom = width > 0 ? Math.min(pointZoom, Math.log2((360 * 700) / (512 * width))) : pointZoom
  return `#map=${zoom.toFixed(2)}/${at[1].toFixed(6)}/${at[0].toFixed(6)}`
}

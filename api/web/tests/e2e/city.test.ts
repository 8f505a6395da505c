import { it } from 'vitest'
import { journey } from '../browser/journey.ts'

/** Servers to test, started by .ci/browser: the demo city, and one with real data where there is some. */
const servers = { demo: process.env.WANGGE_URL, real: process.env.WANGGE_REAL_URL }

for (const [label, url] of Object.entries(servers)) {
  if (url) journey(label, () => url.replace(/\/$/, ''))
  else it.skip(`the app on ${label}: ${label === 'demo' ? 'WANGGE_URL' : 'WANGGE_REAL_URL'} names no server`)
}

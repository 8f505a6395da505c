import { desk, keep, launch, mapIdle, open, phone } from './browser.ts'

/**
 * Takes pictures of an address for looking at: node tests/run.js tests/browser/shot.ts URL NAME… where NAME is desk, dark, phone or phone-dark.
 * They go to the folder WANGGE_SCREENSHOTS.
 */
const [url = 'http://127.0.0.1:8080/', ...names] = process.argv.slice(3)
const browser = await launch()
for (const name of names) {
  const options = { ...(name.startsWith('phone') ? phone : desk), colorScheme: name.includes('dark') ? 'dark' as const : 'light' as const }
  const { page, faults } = await open(browser, url, options)
  await mapIdle(page).catch(() => { process.stderr.write(`${name}: the map did not come to rest\n`) })
  await page.waitForTimeout(400)
  await keep(page, name)
  if (faults.length > 0) process.stderr.write(`${name}: ${faults.join('\n')}\n`)
  await page.context().close()
}
await browser.close()

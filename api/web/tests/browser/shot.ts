import { desk, keep, launch, mapIdle, open, phone } from './browser.ts'

/**
 * Takes pictures of an address for looking at: node tests/run.js tests/browser/shot.ts URL NAME… where NAME is desk, dark, phone or phone-dark,
 * and more letters after a dash if you like. They go to the folder WANGGE_SCREENSHOTS. WANGGE_SIGN_IN=name:password signs in before.
 */
const [url = 'http://127.0.0.1:8080/', ...names] = process.argv.slice(3)
const [user, password] = process.env.WANGGE_SIGN_IN?.split(':') ?? []
const browser = await launch()
for (const name of names) {
  const options = { ...(name.startsWith('phone') ? phone : desk), colorScheme: name.includes('dark') ? 'dark' as const : 'light' as const }
  const { page, faults } = await open(browser, user ? new URL('/sign-in', url).href : url, options)
  if (user) {
    await page.fill('input[name=username]', user)
    await page.fill('input[type=password]', password ?? '')
    await page.keyboard.press('Enter')
    await page.waitForURL((at) => at.pathname !== '/sign-in')
    await page.goto(url)
  }
  await page.waitForTimeout(800)
  if (await page.locator('section[data-idle]').count() > 0) await mapIdle(page).catch(() => { process.stderr.write(`${name}: the map did not come to rest\n`) })
  await page.waitForTimeout(400)
  await keep(page, name)
  if (faults.length > 0) process.stderr.write(`${name}: ${faults.join('\n')}\n`)
  await page.context().close()
}
await browser.close()

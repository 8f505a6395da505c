import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { open, type Opened } from './browser.ts'

export interface DemoUser {
  name: string
  role: string
  password: string
  token: string
}

/** The users of a demo, by name, from its data folder. */
export async function demoUsers(folder: string): Promise<Record<string, DemoUser>> {
  const users = JSON.parse(await readFile(path.join(folder, 'demo-users.json'), 'utf8')) as DemoUser[]
  return Object.fromEntries(users.map((user) => [user.name, user]))
}

/** Signs in by the page, and waits until it goes where it was to go. */
export async function enter(browser: Browser, server: string, user: Pick<DemoUser, 'name' | 'password'>, to = '/', options?: BrowserContextOptions): Promise<Opened> {
  const opened = await open(browser, `${server}/sign-in?to=${encodeURIComponent(to)}`, options)
  const { page } = opened
  await page.locator('input[name=username]').fill(user.name)
  await page.locator('input[type=password]').fill(user.password)
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.pathname !== '/sign-in')
  return opened
}

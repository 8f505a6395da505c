import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { mockPassword } from '../mock/accounts.ts'
import type { Mock } from '../mock/server.ts'
import { phone, type Opened } from './browser.ts'
import { enter } from './users.ts'

/** 270 m from the first toilet of the mock, and right at it. */
export const nearby = { longitude: 119.9905, latitude: 36.2662, accuracy: 12 }
export const atToilet = { longitude: 119.98781, latitude: 36.2672, accuracy: 8 }
/** A phone that says where it is. */
export const located: BrowserContextOptions = { ...phone, permissions: ['geolocation'], geolocation: nearby }

export interface Hands {
  enter(to?: string, options?: BrowserContextOptions, name?: string): Promise<Opened>
  /** What arrived, by its kind. */
  sent(kind: string): Mock['officer']['commands']
}

export function handsOn(browser: Browser, mock: Mock): Hands {
  return {
    enter: (to = '/today', options = located, name = 'officer') => enter(browser, mock.url, { name, password: mockPassword }, to, options),
    sent: (kind) => mock.officer.commands.filter((one) => one.kind === kind),
  }
}

/** The address of a check of one of the toilets. */
export const toilet = (id: number): string => `/today/check?item=${encodeURIComponent(`toilet-day/public_toilet/${id}`)}`

/** A small picture, different by its name. */
export const picture = (name = 'a.png') => ({ name, mimeType: 'image/png', buffer: Buffer.concat([Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'), Buffer.from(name)]) })

export const toast = (page: Page, text: string): Promise<void> => page.locator('.toast', { hasText: text }).waitFor()

import { existsSync } from 'node:fs'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type LaunchOptions,
  type Page,
} from 'playwright-core'
import { exitSite } from '../../src/web/page/quick-exit-site.ts'

const PLACES = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** A real browser, headless. Fails, and says what to install, where there is none. */
export async function openChromium(options: LaunchOptions = {}): Promise<Browser> {
  const executablePath = process.env.CHROMIUM || PLACES.find((place) => existsSync(place))
  if (executablePath === undefined || !existsSync(executablePath))
    throw new Error(
      `These tests need Chromium${executablePath ? `, and ${executablePath} is not there` : ''}: apt-get install chromium`,
    )
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
    ...options,
  })
}

/** A visit of its own. The site that "Leave quickly" goes to is played by a page made here: no test reaches out. */
export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width: 375, height: 800 },
    timezoneId: 'Asia/Tokyo',
    ...options,
  })
  await context.route(`${exitSite.url}**`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<title>Weather</title><h1>Sunny</h1>' }),
  )
  return context
}

/** Everything the page complained about: scripts that failed, what the security policy refused. */
export function complaints(page: Page, found: string[] = []): string[] {
  page.on('pageerror', (error) => found.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource|ERR_INTERNET/.test(message.text())) {
      found.push(message.text())
    }
  })
  return found
}

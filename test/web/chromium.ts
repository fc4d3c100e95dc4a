import { existsSync } from 'node:fs'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type LaunchOptions,
  type Page,
  type Route,
} from 'playwright-core'
import { exitSite } from '../../src/web/page/quick-exit-site.ts'

const PLACES = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/**
 * A real browser, headless, which finds this machine alone: no test reaches out. `name` is another name of this machine.
 * Fails, and says what to install, where there is no browser.
 */
export async function openChromium({ name, ...options }: LaunchOptions & { name?: string } = {}): Promise<Browser> {
  const executablePath = process.env.CHROMIUM || PLACES.find((place) => existsSync(place))
  if (executablePath === undefined || !existsSync(executablePath))
    throw new Error(
      `These tests need Chromium${executablePath ? `, and ${executablePath} is not there` : ''}: apt-get install chromium`,
    )
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      `--host-resolver-rules=${name ? `MAP ${name} 127.0.0.1, ` : ''}MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1`,
    ],
    ...options,
  })
}

/** A visit of its own. */
export function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  return browser.newContext({ viewport: { width: 375, height: 800 }, timezoneId: 'Asia/Tokyo', ...options })
}

/**
 * From now on the site that "Leave quickly" goes to is played by a page made here. It costs the visit the browser's cache, and
 * a detour for everything that a page loads, so only a test that leaves asks for it.
 */
export async function playExitSite(
  context: BrowserContext,
  answer: Parameters<Route['fulfill']>[0] = {
    contentType: 'text/html',
    body: '<title>Weather</title><h1>Sunny</h1>',
  },
): Promise<void> {
  await context.route(`${exitSite.url}**`, (route) => route.fulfill(answer))
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

import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { type PublicPage, publicPagePath, publicPagesOf } from '../../src/core/course/public-pages.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { violationsOf } from '../web/axe.ts'
import { complaints, openChromium, visit } from '../web/chromium.ts'

const COURSE = 'steady-week'
const HELP = publicPagePath(COURSE, { kind: 'page', name: 'help' }, false)

/** A browser that shares its machine with others takes its time over every page. */
jest.setTimeout(180_000)

let app: TestApp
let browser: Browser
let contexts: BrowserContext[] = []

beforeAll(async () => {
  app = await createTestApp()
  browser = await openChromium()
})
afterEach(async () => {
  for (const context of contexts) await context.close()
  contexts = []
})
afterAll(async () => {
  await browser?.close()
  await app?.close()
})

async function open(options: BrowserContextOptions = {}): Promise<{ page: Page; faults: string[] }> {
  const context = await visit(browser, options)
  contexts.push(context)
  const page = await context.newPage()
  return { page, faults: complaints(page) }
}

const first = (page: Page) => page.locator('.place').first()

describe('the help page', () => {
  test.each([
    ['Europe/London', 'United Kingdom', 'tel:999'],
    ['America/Chicago', 'United States', 'tel:911'],
    ['Europe/Dublin', 'Ireland', 'tel:112'],
    ['Europe/Berlin', 'European Union', 'tel:112'],
    ['Asia/Kolkata', 'India', 'tel:112'],
    ['Australia/Sydney', 'Australia', 'tel:000'],
  ])('puts the country of %s first and tells nobody', async (timezoneId, country, number) => {
    const { page, faults } = await open({ timezoneId, locale: 'en' })
    const asked: string[] = []
    page.on('request', (request) => asked.push(`${request.url()} ${request.postData() ?? ''}`))
    await page.goto(app.url + HELP)
    expect(await first(page).locator('summary').textContent()).toBe(country)
    expect(await page.locator(`.place[open] a[href="${number}"]`).first().isVisible()).toBe(true)
    expect(asked.join(' ')).not.toMatch(/London|Chicago|Dublin|Berlin|Kolkata|Sydney/)
    expect(await page.context().cookies()).toEqual([])
    expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBe(0)
    expect(faults).toEqual([])
  })

  test('elsewhere every country can be opened, and somewhere to look is named', async () => {
    const { page } = await open({ timezoneId: 'America/Lima', locale: 'es' })
    await page.goto(app.url + HELP)
    await page.getByText('Anywhere else').click()
    expect(await page.getByRole('link', { name: 'findahelpline.com' }).isVisible()).toBe(true)
  })

  test('without scripts the language of the browser opens a country', async () => {
    const { page } = await open({ javaScriptEnabled: false, locale: 'en-NZ' })
    await page.goto(app.url + HELP)
    expect(await first(page).locator('summary').textContent()).toBe('New Zealand')
    expect(await page.locator('a[href="tel:111"]').isVisible()).toBe(true)
  })

  test('can be called and texted, says what is less certain, when it was checked, and that the history stays', async () => {
    const { page } = await open({ timezoneId: 'America/New_York' })
    await page.goto(app.url + HELP)
    const usa = first(page)
    expect(await usa.locator('a[href="sms:88788?body=START"]').isVisible()).toBe(true)
    expect(await usa.locator('a[href="tel:18007997233"]').isVisible()).toBe(true)
    // The line about one's own behaviour alone is less certain than the others.
    expect(
      await usa
        .locator('li', { has: page.locator('.look-up') })
        .locator('b')
        .allTextContents(),
    ).toEqual(['A Call for Change Helpline'])
    await page.getByText('Other countries').click()
    await page.getByText('Canada', { exact: true }).click()
    expect(await page.locator('.place', { hasText: 'Canada' }).locator('.look-up').first().isVisible()).toBe(true)
    expect(await page.locator('time').getAttribute('datetime')).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(await page.getByText('your browser history is not erased').isVisible()).toBe(true)
  })

  test('is one press away from every page, first among the links at its foot', async () => {
    const { page } = await open()
    const links = page.locator('.foot a')
    for (const path of ['/', HELP, publicPagePath(COURSE, { kind: 'library' }, false), '/privacy', '/nowhere']) {
      await page.goto(app.url + path)
      const help = links.filter({ hasText: /^Help$/ })
      expect((await page.request.get(new URL((await help.getAttribute('href')) ?? '', app.url).href)).status()).toBe(
        200,
      )
    }
  })
})

describe('every page that anyone may open', () => {
  test.each(['light', 'dark'] as const)('is accessible and fits a phone, %s', async (colorScheme) => {
    const { page, faults } = await open({ colorScheme, viewport: { width: 375, height: 800 } })
    const resources = app.app.ports.courses.resourcesOf(COURSE)
    const places: PublicPage[] = publicPagesOf(resources).filter(({ kind }) => kind !== 'article')
    for (const place of [...places, { kind: 'article', name: resources.articles[0]?.name ?? '' } as const]) {
      await page.goto(app.url + publicPagePath(COURSE, place, colorScheme === 'dark'))
      const violations = await violationsOf(page)
      expect([place, violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)]).toEqual([place, []])
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    }
    expect(faults).toEqual([])
  })

  test('links between pages lead somewhere, and the plain ones stay plain', async () => {
    const { page } = await open()
    const resources = app.app.ports.courses.resourcesOf(COURSE)
    for (const discreet of [false, true]) {
      const seen = new Set<string>()
      for (const place of publicPagesOf(resources)) {
        await page.goto(app.url + publicPagePath(COURSE, place, discreet))
        const links = (await page.evaluate(
          "[...document.querySelectorAll('main a, .foot a')].map((a) => a.href)",
        )) as string[]
        for (const link of links.filter((one) => one.startsWith(app.url))) seen.add(link.replace(/#.*/, ''))
      }
      for (const link of seen) expect([link, (await page.request.get(link)).status()]).toEqual([link, 200])
      if (discreet) expect([...seen].filter((link) => link.includes(COURSE))).toEqual([])
    }
  })
})

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { matrix } from '../trial-sizes.ts'
import { violationsOf } from '../web/axe.ts'
import { complaints, openChromium, visit } from '../web/chromium.ts'
import { tooWide } from './audit.ts'

const PHONE = { width: 390, height: 844 }
const DESK = { width: 1280, height: 800 }

let app: TestApp
let browser: Browser

beforeAll(async () => {
  app = await createTestApp()
  browser = await openChromium()
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await app?.close()
})

async function withPage(options: BrowserContextOptions, work: (page: Page) => Promise<void>): Promise<void> {
  const context = await visit(browser, options)
  const page = await context.newPage()
  const faults = complaints(page)
  await work(page)
  await context.close()
  expect(faults).toEqual([])
}

/** Where it ends, in pixels from the top of the page. */
async function bottomOf(place: Locator): Promise<number> {
  const box = await place.boundingBox()
  return box === null ? Number.POSITIVE_INFINITY : box.y + box.height
}

describe('the first screen', () => {
  test.each([true, false])(
    'of a phone has everything that must be filled in, scripts: %s',
    async (javaScriptEnabled) => {
      await withPage({ viewport: PHONE, javaScriptEnabled }, async (page) => {
        await page.goto(app.url)
        expect(await bottomOf(page.getByLabel('Your email address'))).toBeLessThan(PHONE.height / 2)
        for (const label of ['When should a lesson come?', 'Your time zone'])
          expect(await bottomOf(page.getByLabel(label))).toBeLessThan(PHONE.height)
      })
    },
  )

  test('of a desk has the whole form, to its button, beside a picture of a lesson', async () => {
    await withPage({ viewport: DESK }, async (page) => {
      await page.goto(app.url)
      expect(await bottomOf(page.getByRole('button', { name: 'Send me the confirmation email' }))).toBeLessThan(
        DESK.height,
      )
      expect(await bottomOf(page.locator('.glimpse-page'))).toBeLessThan(DESK.height)
    })
  })

  test('has one question about who else might look, which opens without scripts', async () => {
    await withPage({ viewport: PHONE, javaScriptEnabled: false }, async (page) => {
      await page.goto(app.url)
      expect(await page.getByLabel('Discreet').isVisible()).toBe(false)
      await page.getByText('Could others see your screen or inbox?').click()
      for (const label of ['Discreet', 'Short emails', 'Web only'])
        expect(await page.getByLabel(label).isVisible()).toBe(true)
    })
  })
})

describe('the quick exit', () => {
  test.each([320, 390])('stays in view in a bar of one line at %i px', async (width) => {
    await withPage({ viewport: { width, height: 800 } }, async (page) => {
      for (const path of ['/', '/privacy', '/nowhere']) {
        await page.goto(app.url + path)
        const exit = page.getByRole('button', { name: 'Leave quickly', exact: true })
        expect(await bottomOf(page.locator('body > header'))).toBeLessThanOrEqual(60)
        await page.evaluate('scrollTo(0, document.body.scrollHeight)')
        expect(await bottomOf(exit)).toBeLessThanOrEqual(60)
      }
    })
  })
})

describe('pages that anybody may open', () => {
  const WIDTHS = [320, 390, 1280]
  const PATHS = ['/', '/courses/steady-week/first-lesson', '/privacy', '/nowhere', '/styles']

  test.each(WIDTHS)(
    'are accessible in light and dark, and fit %i px',
    async (width) => {
      // Colours hardly depend on the width.
      const inTheDark = matrix({ gate: [390], full: WIDTHS }).includes(width)
      for (const colorScheme of inTheDark ? (['light', 'dark'] as const) : (['light'] as const)) {
        await withPage({ viewport: { width, height: 844 }, colorScheme }, async (page) => {
          for (const path of PATHS) {
            await page.goto(app.url + path)
            for (const fold of await page.locator('details.fold').all())
              await fold.evaluate('(one) => { one.open = true }')
            // Only the colours differ in the dark.
            const found = await violationsOf(
              page,
              colorScheme === 'dark' ? { runOnly: { type: 'rule', values: ['color-contrast'] } } : {},
            )
            expect([path, found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)]).toEqual([path, []])
            expect([path, await tooWide(page)]).toEqual([path, []])
          }
        })
      }
    },
    180_000,
  )

  test('start with at most 60 KB besides the font', async () => {
    await withPage({ viewport: PHONE }, async (page) => {
      const sizes: number[] = []
      const fonts: number[] = []
      page.on('response', async (response) => {
        const size = response.body().then((body) => body.length)
        if (response.request().resourceType() === 'font') fonts.push(await size)
        else sizes.push(await size)
      })
      await page.goto(app.url, { waitUntil: 'networkidle' })
      expect(fonts).toHaveLength(1)
      expect(sizes.length).toBeGreaterThanOrEqual(4)
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(60_000)
    })
  }, 60_000)
})

test('the first lesson keeps a way to its exercise in view, and what is tried there goes nowhere', async () => {
  await withPage({ viewport: PHONE }, async (page) => {
    await page.goto(`${app.url}/courses/steady-week/first-lesson`)
    const link = page.getByRole('link', { name: /^Go to the exercise/ })
    await page.getByText('Therapists call it an attachment injury').scrollIntoViewIfNeeded()
    expect(await bottomOf(link)).toBeLessThanOrEqual(PHONE.height)
    await link.click()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    const field = page.getByLabel('One safe person')
    await field.fill('my sister')
    await field.press('Enter')
    expect(new URL(page.url()).search).toBe('')
    expect(asked).toEqual([])
  })
})

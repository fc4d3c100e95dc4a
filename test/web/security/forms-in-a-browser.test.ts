import type { IncomingHttpHeaders } from 'node:http'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Browser } from 'playwright-core'
import { exitSite } from '../../../src/web/page/quick-exit-site.ts'
import { newestLink } from '../../support/open-own-session.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { waitFor } from '../../support/wait-for.ts'
import { pairs } from '../../trial-sizes.ts'
import { openChromium, visit } from '../chromium.ts'
import { enrol } from '../visitor.ts'

/** On a name without encryption browsers send no Sec-Fetch-Site, as old ones never do: Origin alone speaks for a form. */
const NAME = 'course.test'
let browser: Browser
let app: TestApp

beforeAll(async () => {
  app = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES }, worker: true })
  browser = await openChromium({ name: NAME })
})
afterAll(async () => {
  await browser?.close()
  await app?.close()
})

const SITES: readonly (readonly [what: string, base: () => string])[] = [
  ['this machine', () => app.url],
  ['a name without encryption', () => app.url.replace('127.0.0.1', NAME)],
]

test.each(pairs(SITES, [false, true]).map(([[what, base], scripts]) => ({ what, base, scripts })))(
  'every way in which a page sends something works on $what, with scripts: $scripts',
  async ({ base, scripts: javaScriptEnabled }) => {
    const site = base()
    const address = `form-${javaScriptEnabled}-${new URL(site).hostname}@example.org`
    const { lesson, stop } = await enrol(app, address)
    const mailed = async (kind: '/read/' | '/delete/') => site + new URL(await newestLink(app, address, kind)).pathname
    const context = await visit(browser, { javaScriptEnabled })
    const page = await context.newPage()
    const refused: string[] = []
    const sent: IncomingHttpHeaders[] = []
    context.on('response', (response) => {
      if (response.status() === 403) refused.push(new URL(response.url()).pathname)
    })
    context.on('request', async (request) => {
      if (request.method() === 'POST') sent.push(await request.allHeaders().catch(() => ({})))
    })
    await page.goto(site)
    await page.fill('#email', `visitor-${javaScriptEnabled}@example.org`)
    if (!javaScriptEnabled) await page.selectOption('[name="timeZone"]', 'Europe/Berlin')
    await page.click('text=Send me the confirmation email')
    await page.getByText('Look in your inbox').first().waitFor()

    await page.goto(site + lesson)
    await page.fill('[name="f.first"]', 'words')
    if (javaScriptEnabled) await page.locator('[data-status][data-state=saved]').waitFor()
    await page.fill('[name="f.first"]', 'last words')
    if (javaScriptEnabled) {
      // A beacon on the way out.
      await page.goto(`${site}/privacy`)
      await waitFor(async () => {
        await page.goto(site + lesson)
        return (await page.inputValue('[name="f.first"]')) === 'last words'
      }, 'the last words to have arrived')
    }
    await page.getByRole('button', { name: 'Full', exact: true }).click()
    await page.waitForURL(/saved=/)

    await page.goto(`${site}${lesson}/settings`)
    await page.locator('main form[action$="/settings"] button[type=submit]').first().click()
    await page.waitForURL(/saved=1/)
    await page.getByRole('button', { name: 'Send me the link' }).click()
    await page.getByRole('heading', { name: 'Look in your inbox' }).waitFor()
    await page.goto(await mailed('/read/'))
    await page.getByRole('button', { name: 'Show them here' }).click()
    await page.getByText('Your pages are open here').first().waitFor()
    await page.goto(`${site}${lesson}/settings`)
    await page.getByLabel('A word or sentence').fill('the blue bird sings')
    await page.getByRole('button', { name: 'Set it' }).click()
    await page.getByText('You have set one.').waitFor()
    await page.goto(site + stop)
    await page.getByRole('button', { name: 'Stop now' }).click()
    await page.getByRole('button', { name: 'Start again' }).click()
    await page.getByText('Started again').first().waitFor()
    await page.goto(site + lesson)
    const away = page.waitForRequest(exitSite.url)
    await page.click('.leave', { noWaitAfter: true })
    await away

    const later = await context.newPage()
    await later.goto(`${site}${stop}/delete`)
    await later.getByRole('button', { name: 'Send me the link to delete' }).click()
    await later.goto(await mailed('/delete/'))
    await later.getByRole('button', { name: 'Delete everything now' }).click()
    await later.getByRole('heading', { name: 'It is deleted' }).waitFor()
    expect(refused).toEqual([])
    expect(sent.length).toBeGreaterThan(4)
    expect(sent.map(({ origin }) => origin).filter((origin) => origin !== undefined && origin !== site)).toEqual([])
    await context.close()
  },
  90_000,
)

test('a page of another site can make a browser send none of it', async () => {
  const context = await visit(browser)
  const page = await context.newPage()
  const site = app.url.replace('127.0.0.1', NAME)
  await context.route('http://other.test/**', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<form method="post" action="${site}/sign-up"><input name="email" value="victim@example.org"><button>Go</button></form>`,
    }),
  )
  await page.goto('http://other.test/')
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url() === `${site}/sign-up`),
    page.click('text=Go'),
  ])
  expect(answer.status()).toBe(403)
  await context.close()
})

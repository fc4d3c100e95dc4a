import { join as joinPath } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { LINKS } from '../../src/core/security/links.ts'
import { newestLink } from '../support/open-own-session.ts'
import { join } from '../support/sign-up-and-confirm.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import type { Visitor } from '../support/visitor.ts'
import { violationsOf } from '../web/axe.ts'
import { complaints, openChromium, visit } from '../web/chromium.ts'
import { type Audit, createAudit, tooWide } from './audit.ts'

/** A browser that shares its machine with others takes its time over every page. */
jest.setTimeout(180_000)

const NARROW = { viewport: { width: 320, height: 800 } }
const WRITTEN = 'I can wait for ten breaths.'
let app: TestApp
let browser: Browser
let audit: Audit
let folder: { path: string; remove(): Promise<void> }

beforeAll(async () => {
  app = await createTestApp({ worker: true })
  browser = await openChromium()
  audit = await createAudit(browser)
  folder = await createTempFolder()
})
afterAll(async () => {
  await audit?.close()
  await browser?.close()
  await app?.close()
  await folder?.remove()
})

/** Writes one sentence on the first day. */
async function write(visitor: Visitor, lessonLink: string): Promise<void> {
  const fields = app.app.ports.courses.get('steady-week')?.lessons[0]?.exercise.fields ?? []
  const field = fields.find(({ type, audiences }) => (type === 'long' || type === 'text') && audiences.length === 0)
  await visitor.post(lessonLink, { [`f.${field?.id}`]: WRITTEN, effort: 'not-today' })
}

async function look(page: Page): Promise<string> {
  expect(await audit.page(page)).toEqual([])
  expect(await tooWide(page)).toEqual([])
  return (await page.locator('h1').first().textContent()) ?? ''
}

/** Clicks the link that saves the file; its name, and where it lies. */
async function save(page: Page): Promise<{ readonly name: string; readonly path: string }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Save my notes' }).click(),
  ])
  const name = download.suggestedFilename()
  const path = joinPath(folder.path, name)
  await download.saveAs(path)
  return { name, path }
}

/** Opens the file as a learner would months later: from disk, without a network, in both colours and on paper. */
async function openSaved(path: string): Promise<BrowserContext> {
  const context = await browser.newContext({ ...NARROW, offline: true })
  const page = await context.newPage()
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  const faults = complaints(page)
  const url = pathToFileURL(path).href
  await page.goto(url)
  expect(await page.title()).toBe('My notes')
  expect(await page.getByText(WRITTEN).count()).toBe(1)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await violationsOf(page)).toEqual([])
    expect(await tooWide(page)).toEqual([])
  }
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(0, 0, 0)')
  expect((await page.pdf()).length).toBeGreaterThan(1_000)
  expect(asked).toEqual([url])
  expect(faults).toEqual([])
  return context
}

test.each([{}, { discreet: 'on' }])(
  'from the settings to the file and out, without scripts at 320 px; chosen: %j',
  async (choices) => {
    const address = `along-${Object.keys(choices).length}@example.org`
    const { lessonLink, visitor } = await join(app, address, choices as Record<string, string>)
    await write(visitor, lessonLink)
    const context = await visit(browser, { ...NARROW, javaScriptEnabled: false })
    const page = await context.newPage()
    const faults = complaints(page)

    // A browser without a session of its own: the link by email leads back to the file.
    await page.goto(`${lessonLink}/settings`)
    await page.getByRole('link', { name: 'Take it along' }).click()
    expect(await look(page)).toBe('One more step first')
    await page.getByRole('button', { name: 'Send me the link' }).click()
    await page.getByRole('heading', { name: 'Look in your inbox' }).waitFor()
    await page.goto(await newestLink(app, address, '/read/'))
    await page.getByRole('button', { name: 'Show them here' }).click()
    await look(page)
    await page.getByRole('link', { name: 'Continue to your file' }).click()
    expect(await look(page)).toBe('Take it along')
    await page.getByRole('link', { name: 'Take it and delete' }).click()
    expect(await look(page)).toBe('Take it and delete')

    const { name, path } = await save(page)
    expect(name).toMatch(/^my-notes-\d{4}-\d{2}-\d{2}\.html$/)
    const saved = await openSaved(path)
    // The page with the button is still there.
    await page.getByRole('button', { name: 'It opened: delete everything now' }).click()
    expect(await look(page)).toBe('It is deleted')
    expect(await page.getByText('A code made from your address stays for 30 days').count()).toBe(1)
    if ('discreet' in choices) expect(await page.title()).not.toContain('Steady Week')
    await saved.close()
    await context.close()
    expect(faults).toEqual([])
  },
)

test('the page to keep, with a line of one’s own, at 320 px without scripts', async () => {
  const { lessonLink, visitor } = await join(app, 'keeps@example.org')
  await write(visitor, lessonLink)
  const { ports } = app.app
  const link = LINKS.lesson.read(ports.keys, new URL(lessonLink).pathname.split('/').at(-1) ?? '')
  const lastDay = ports.courses.get('steady-week')?.lessons.length ?? 0
  await ports.store.progress.complete(link?.enrolmentId ?? 0, lastDay, 'small', app.clock.now())
  const context = await visit(browser, { ...NARROW, javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(`${lessonLink}/finished`)
  expect(await look(page)).toBe('Your page to keep')
  await page.getByRole('button', { name: 'Send me the link' }).click()
  await page.goto(await newestLink(app, 'keeps@example.org', '/read/'))
  await page.getByRole('button', { name: 'Show them here' }).click()
  await page.getByRole('link', { name: 'Continue to your page to keep' }).click()
  await page.locator('summary').click()
  await look(page)
  await page.getByLabel(WRITTEN).check()
  await page.getByRole('button', { name: 'Keep this line' }).first().click()
  expect(await page.locator('blockquote').textContent()).toContain(WRITTEN)
  await look(page)
  await context.close()
})

import { cp, readFile, writeFile } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { loadContent } from '../../src/content/load-content.ts'
import { pseudoLocales } from '../core/language/pseudo-locales.ts'
import { linkOf } from '../support/mail-links.ts'
import { join, type SignedUpLearner } from '../support/sign-up-and-confirm.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { createVisitor } from '../support/visitor.ts'
import { violationsOf } from '../web/axe.ts'
import { complaints, openChromium, visit } from '../web/chromium.ts'
import { tooWide } from './audit.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COURSE = 'steady-week'
const WIDTH = 320
const RTL = 'mirrored'

let browser: Browser
beforeAll(async () => {
  browser = await openChromium()
}, 60_000)
afterAll(() => browser?.close())

type Open = (page: Page, learner: SignedUpLearner, app: TestApp) => Promise<unknown>
const at =
  (path: string): Open =>
  (page, _, { url }) =>
    page.goto(url + path)

const PAGES: Readonly<Record<string, Open>> = {
  'the start page': at('/'),
  'the page to confirm, and what follows': async (page, _, app) => {
    const email = 'eva@example.test'
    await createVisitor(app.url).post('/sign-up', { email, timeZone: 'Europe/Berlin', hour: '7' })
    const [confirmation] = await app.mail.waitForMail(email)
    if (confirmation === undefined) throw new Error('There is no confirmation.')
    await page.goto(linkOf(confirmation, '/confirm/'))
    expect(await findingsOf(page)).toEqual([])
    await page.locator('main button').click()
    await page.locator('.plan').waitFor()
  },
  'a lesson with its exercise': (page, { lessonLink }) => page.goto(lessonLink),
  'a day that is done': async (page, { lessonLink }) => {
    await page.goto(lessonLink)
    await page.locator('button[name=effort][value=not-today]').last().click()
    await page.locator('.done-title').waitFor()
  },
  'notes to print': (page, { lessonLink }) => page.goto(`${lessonLink}/print`),
  settings: (page, { lessonLink }) => page.goto(`${lessonLink}/settings`),
  'the page to stop': (page, { stopLink }) => page.goto(stopLink),
  'the page to delete': (page, { stopLink }) => page.goto(`${stopLink}/delete`),
  'the starting point': at(`/courses/${COURSE}/start`),
  'a question of the starting point': async (page, _, { url }) => {
    await page.goto(`${url}/courses/${COURSE}/start`)
    await page.locator('button[name=mode][value=one]').click()
    await page.locator('button[value=skip]').waitFor()
  },
  help: at(`/courses/${COURSE}/pages/help`),
  'the library': at(`/courses/${COURSE}/library`),
  privacy: at('/privacy'),
  'an error': at('/courses/nothing'),
}

async function findingsOf(page: Page): Promise<string[]> {
  for (const fold of await page.locator('details').all()) await fold.evaluate('(one) => { one.open = true }')
  const found = await violationsOf(page)
  return [...found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`), ...(await tooWide(page))]
}

describe.each(['lengthened', RTL] as const)('in words that are %s', (kind) => {
  let app: TestApp
  let folder: { path: string; remove(): Promise<void> }
  let learner: SignedUpLearner

  beforeAll(async () => {
    folder = await createTempFolder()
    await cp(joinPath(ROOT, 'lessons', COURSE), joinPath(folder.path, COURSE), { recursive: true })
    const file = joinPath(folder.path, COURSE, 'course.yaml')
    const language = kind === RTL ? 'ar' : 'en'
    await writeFile(file, (await readFile(file, 'utf8')).replace(/^language: en$/m, `language: ${language}`))
    const content = await loadContent({ lessonsDir: folder.path, emailsDir: joinPath(ROOT, 'emails') })
    app = await createTestApp({
      env: { COURSE },
      worker: true,
      overrides: { content: { ...content, locales: await pseudoLocales(kind) } },
    })
    learner = await join(app, 'ada@example.test')
  }, 60_000)
  afterAll(async () => {
    await app?.close()
    await folder?.remove()
  })

  test.each(Object.keys(PAGES))(
    `%s is accessible and fits ${WIDTH} px`,
    async (name) => {
      const context = await visit(browser, { viewport: { width: WIDTH, height: 800 } })
      const page = await context.newPage()
      const faults = complaints(page)
      await PAGES[name]?.(page, learner, app)
      expect(await page.evaluate('document.documentElement.dir')).toBe(kind === RTL ? 'rtl' : 'ltr')
      expect(await findingsOf(page)).toEqual([])
      expect(faults).toEqual([])
      await context.close()
    },
    30_000,
  )
})

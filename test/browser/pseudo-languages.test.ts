import { cp, readFile, writeFile } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { loadContent } from '../../src/content/load-content.ts'
import { isMirrored, type PseudoLocale, pseudoLocales } from '../core/language/pseudo-locales.ts'
import { waitUntilIdle } from '../support/database/database-rows.ts'
import { linkOf } from '../support/mail-links.ts'
import type { Accepted } from '../support/mail-server.ts'
import { newestLink } from '../support/open-own-session.ts'
import { join, type SignedUpLearner } from '../support/sign-up-and-confirm.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { createVisitor } from '../support/visitor.ts'
import { matrix } from '../trial-sizes.ts'
import { violationsOf } from '../web/axe.ts'
import { complaints, openChromium, visit } from '../web/chromium.ts'
import { tooWide } from './audit.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COURSE = 'steady-week'
const WALKS = 'five-small-walks'
const WIDTH = 320
const DAY_MS = 86_400_000

let browser: Browser
beforeAll(async () => {
  browser = await openChromium()
}, 60_000)
afterAll(() => browser?.close())

/** Learners whose days have all been sent, with the links of their emails in the order of the days. */
interface Sent {
  readonly learner: SignedUpLearner
  /** Steady Week, its closing and the first check-in. */
  readonly week: readonly string[]
  /** A course with every type of field, and its closing. */
  readonly walks: readonly string[]
  readonly short: SignedUpLearner
  /** Whom nobody needs to get any further. */
  readonly paused: SignedUpLearner
}

type Open = (page: Page, sent: Sent, app: TestApp) => Promise<unknown>
const at =
  (path: string): Open =>
  (page, _, { url }) =>
    page.goto(url + path)
const walk =
  (day: number): Open =>
  (page, { walks }) =>
    page.goto(walks[day - 1] ?? '')

/** Clicks, and waits for the page that this leads to. */
async function follow(page: Page, selector: string): Promise<void> {
  await Promise.all([page.waitForEvent('load'), page.locator(selector).last().click()])
}

const PAGES: Readonly<Record<string, Open>> = {
  'the start page': at('/'),
  'the form with errors': async (page, _, { url }) => {
    await page.goto(url)
    await page.evaluate('for (const form of document.forms) form.noValidate = true')
    await follow(page, 'form[action$="/sign-up"] button[type=submit]')
    await page.locator('.fault').first().waitFor()
  },
  'the page to confirm, and what follows': async (page, _, app) => {
    const email = 'eva@example.test'
    await createVisitor(app.url).post('/sign-up', { email, timeZone: 'Europe/Berlin', hour: '7' })
    const [confirmation] = await app.mail.waitForMail(email)
    if (confirmation === undefined) throw new Error('There is no confirmation.')
    await page.goto(linkOf(confirmation, '/confirm/'))
    expect(await findingsOf(page)).toEqual([])
    await follow(page, 'main button')
    await page.locator('.plan').waitFor()
  },
  'the first lesson, to try': at(`/courses/${COURSE}/first-lesson`),
  'a lesson with its exercise': (page, { week }) => page.goto(week[0] ?? ''),
  'sliders, a checklist and a text': walk(1),
  'a choice, a sentence, a time and a date': walk(2),
  'a sorting': walk(3),
  'a long text': walk(4),
  'sliders that are repeated': walk(5),
  'a day that is done, and notes that are hidden': async (page, { week }) => {
    await page.goto(week[0] ?? '')
    await follow(page, 'button[name=effort][value=not-today]')
    await page.locator('.done-title').waitFor()
    expect(await findingsOf(page)).toEqual([])
    await follow(page, 'main form[action$="/session/end"] button')
    expect(page.url()).toMatch(/\/session\/end$/)
  },
  'a day that is unfinished, and the page before sharing': async (page, { week }) => {
    const letter = week[4] ?? ''
    await page.goto(letter)
    await page.locator('[name="f.letter_version"][value=share]').check()
    await follow(page, 'button[name=effort][value=full]')
    expect(await findingsOf(page)).toEqual([])
    await page.goto(`${letter}/share`)
  },
  'a check-in': (page, { week }) => page.goto(week[8] ?? ''),
  'the closing page': (page, { week }) => page.goto(week[7] ?? ''),
  'a page that short emails open': (page, { short }) => page.goto(short.lessonLink),
  'notes to print': (page, { week }) => page.goto(`${week[0]}/print`),
  'a sheet for two': (page, { week }) => page.goto(`${week[0]}/sheet`),
  settings: (page, { week }) => page.goto(`${week[0]}/settings`),
  'a link that opens what was written, what can be taken along, the page to keep, and all settings': async (
    page,
    { learner, week },
    app,
  ) => {
    await createVisitor(app.url).post(`${week[0]}/read`)
    await page.goto(await newestLink(app, learner.address, '/read/'))
    expect(await findingsOf(page)).toEqual([])
    await follow(page, 'main form[action*="/read/"] button')
    await page.locator('main form[action$="/session/end"]').first().waitFor()
    expect(await findingsOf(page)).toEqual([])
    const file = await (await page.request.get(`${week[0]}/take/notes.html`)).text()
    // Beside the site and its policy, as a saved file is.
    await page.goto('about:blank')
    await page.setContent(file)
    expect(await findingsOf(page)).toEqual([])
    for (const path of ['/take', '/take/leave', '/finished']) {
      await page.goto(`${week[0]}${path}`)
      expect(await findingsOf(page)).toEqual([])
    }
    await page.goto(`${week[0]}/settings`)
  },
  'the page to stop': (page, { learner }) => page.goto(learner.stopLink),
  'a reminder, a pause and its end': async (page, { paused: { lessonLink } }) => {
    await page.goto(lessonLink)
    await follow(page, 'form#reminder button')
    await page.locator('p#reminder').waitFor()
    expect(await findingsOf(page)).toEqual([])
    await page.goto(`${lessonLink}/settings`)
    await follow(page, 'form[action$="/settings/pause"] button')
    expect(await findingsOf(page)).toEqual([])
    await page.goto(lessonLink)
    expect(await findingsOf(page)).toEqual([])
    await page.goto(`${lessonLink}/settings`)
    await follow(page, 'form[action$="/settings/pause/end"] button')
  },
  'another pace or a pause rather than a stop': async (page, { paused: { stopLink } }) => {
    for (const act of ['pace', 'pause']) {
      await page.goto(stopLink)
      await follow(page, `form[action$="/${act}"] button`)
      expect(await findingsOf(page)).toEqual([])
    }
  },
  'the page to delete': (page, { learner }) => page.goto(`${learner.stopLink}/delete`),
  'the starting point': at(`/courses/${COURSE}/start`),
  'a question of the starting point': async (page, _, { url }) => {
    await page.goto(`${url}/courses/${COURSE}/start`)
    await page.locator('button[name=mode][value=one]').click()
    await page.locator('button[value=skip]').waitFor()
  },
  'all questions, those still open, and an outcome': async (page, _, { url }) => {
    await page.goto(`${url}/courses/${COURSE}/start`)
    await page.locator('button[name=mode][value=all]').click()
    const finish = page.locator('button[name=go][value=finish]')
    await finish.click()
    await page.locator('.fault').first().waitFor()
    expect(await findingsOf(page)).toEqual([])
    await finish.click()
    await finish.waitFor({ state: 'detached' })
  },
  help: at(`/courses/${COURSE}/pages/help`),
  'the library, a search and nothing found': async (page, _, { url }) => {
    await page.goto(`${url}/courses/${COURSE}/library`)
    for (const query of ['setbacks', 'nowhere']) {
      expect(await findingsOf(page)).toEqual([])
      await page.fill('#q', query)
      await follow(page, '.search button')
    }
  },
  'how an article begins': at(`/courses/${COURSE}/library/setbacks`),
  'all of an article': async (page, { week }, { url }) => {
    await page.goto(week[0] ?? '')
    await follow(page, '.foot form button')
    await page.goto(`${url}/courses/${COURSE}/library/setbacks`)
  },
  privacy: at('/privacy'),
  'an error': at('/courses/nothing'),
  'a link that is incomplete': (page, { week }) => page.goto((week[0] ?? '').slice(0, -3)),
}

/** The links of the lessons' emails of two courses, sent day by day. */
async function sendAll(app: TestApp): Promise<Sent> {
  const learner = await join(app, 'ada@example.test')
  const walker = await join(app, 'wanda@example.test', { course: WALKS })
  const short = await join(app, 'klara@example.test', { shortEmails: 'on' })
  const week = [learner.lessonLink]
  const walks = [walker.lessonLink]
  const add = async (links: string[], { address }: SignedUpLearner) => {
    const mails = await app.mail.waitForMail(address, links.length + 2)
    links.push(linkOf(mails[links.length + 1] as Accepted, '/l/'))
  }
  while (week.length < 9) {
    app.clock.advance(week.length === 8 ? 7 * DAY_MS : DAY_MS)
    await add(week, learner)
    if (walks.length < 6) await add(walks, walker)
    await waitUntilIdle(app.dataDir, app.clock.now())
  }
  const paused = await join(app, 'ida@example.test')
  return { learner, week, walks, short, paused }
}

async function findingsOf(page: Page): Promise<string[]> {
  await page.evaluate('for (const fold of document.querySelectorAll("details")) fold.open = true')
  const found = await violationsOf(page)
  return [...found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`), ...(await tooWide(page))]
}

/** In the gate words are longer and run from right to left at once; the full matrix tells which of the two is at fault. */
const KINDS = matrix<PseudoLocale>({
  gate: ['lengthened and mirrored'],
  full: ['lengthened', 'mirrored', 'lengthened and mirrored'],
})

describe.each(KINDS)('in words that are %s', (kind) => {
  let app: TestApp
  let folder: { path: string; remove(): Promise<void> }
  let sent: Sent
  let context: BrowserContext
  let page: Page
  const faults: string[] = []

  beforeAll(async () => {
    folder = await createTempFolder()
    await cp(joinPath(ROOT, 'lessons', COURSE), joinPath(folder.path, COURSE), { recursive: true })
    await cp(joinPath(ROOT, 'examples', WALKS), joinPath(folder.path, WALKS), { recursive: true })
    const language = isMirrored(kind) ? 'ar' : 'en'
    for (const course of [COURSE, WALKS]) {
      const file = joinPath(folder.path, course, 'course.yaml')
      await writeFile(
        file,
        (await readFile(file, 'utf8')).replace(/^language: en$/m, `language: ${language}\nlibrary: members`),
      )
    }
    const content = await loadContent({ lessonsDir: folder.path, emailsDir: joinPath(ROOT, 'emails') })
    app = await createTestApp({
      env: { COURSE },
      worker: true,
      overrides: { content: { ...content, locales: await pseudoLocales(kind) } },
    })
    sent = await sendAll(app)
    context = await visit(browser, { viewport: { width: WIDTH, height: 800 } })
    page = await context.newPage()
    complaints(page, faults)
  }, 60_000)
  afterAll(async () => {
    await context?.close()
    await app?.close()
    await folder?.remove()
  })

  test.each(Object.keys(PAGES))(
    `%s is accessible and fits ${WIDTH} px`,
    async (name) => {
      // A visitor who is new to the site, in a tab that is open already.
      await context.clearCookies()
      await PAGES[name]?.(page, sent, app)
      expect(await page.evaluate('document.documentElement.dir')).toBe(isMirrored(kind) ? 'rtl' : 'ltr')
      expect(await findingsOf(page)).toEqual([])
      expect(faults.splice(0)).toEqual([])
    },
    30_000,
  )
})

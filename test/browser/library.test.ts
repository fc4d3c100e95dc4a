import { cp, readFile, writeFile } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { join, type SignedUpLearner } from '../support/sign-up-and-confirm.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { waitFor } from '../support/wait-for.ts'
import { violationsOf } from '../web/axe.ts'
import { complaints, openChromium, playExitSite, visit } from '../web/chromium.ts'
import { tooWide } from './audit.ts'

const STEADY_WEEK = fileURLToPath(new URL('../../lessons/steady-week', import.meta.url))
const LIBRARY = '/courses/steady-week/library'

/** A browser that shares its machine with others takes its time over every page. */
jest.setTimeout(120_000)

let folder: Awaited<ReturnType<typeof createTempFolder>>
let app: TestApp
let browser: Browser
let learner: SignedUpLearner
let discreet: SignedUpLearner
let contexts: BrowserContext[] = []

beforeAll(async () => {
  folder = await createTempFolder()
  await cp(STEADY_WEEK, joinPath(folder.path, 'steady-week'), { recursive: true })
  const file = joinPath(folder.path, 'steady-week/course.yaml')
  await writeFile(file, `${await readFile(file, 'utf8')}\nlibrary: members\n`)
  app = await createTestApp({ worker: true, overrides: { lessonsDir: folder.path } })
  learner = await join(app, 'ada@example.test', { track: 'steady' })
  discreet = await join(app, 'eva@example.test', { discreet: 'on' })
  browser = await openChromium()
})
afterEach(async () => {
  for (const context of contexts) await context.close()
  contexts = []
})
afterAll(async () => {
  await browser?.close()
  await app?.close()
  await folder?.remove()
})

async function open(options: BrowserContextOptions = {}): Promise<{ page: Page; faults: string[] }> {
  const context = await visit(browser, { viewport: { width: 320, height: 640 }, ...options })
  contexts.push(context)
  const page = await context.newPage()
  return { page, faults: complaints(page) }
}

async function isSound(page: Page): Promise<void> {
  expect((await violationsOf(page)).map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
  expect(await tooWide(page)).toEqual([])
}

/** Clicks, and waits for the page that this leads to. */
async function follow(page: Page, selector: string): Promise<void> {
  await Promise.all([page.waitForEvent('load'), page.locator(selector).first().click()])
}

async function search(page: Page, query: string): Promise<void> {
  await page.fill('#q', query)
  await follow(page, '.search button')
}

const shelf = (page: Page) => page.locator('.shelf a').allTextContents()
const stored = (page: Page) => page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })')
const offset = (page: Page) => page.evaluate<number>('Math.round(scrollY)')
const until = (page: Page, condition: string) =>
  waitFor(async () => (await page.evaluate(condition)) === true, condition)
const focused = (page: Page) => page.evaluate<string>('document.activeElement.id')

test('somebody who does not take the course sees how each piece begins, and searches in that', async () => {
  const { page, faults } = await open({ colorScheme: 'dark' })
  await page.goto(app.url + LIBRARY)
  await isSound(page)
  await search(page, 'greenberg')
  await page.getByText('Nothing found').waitFor()
  await isSound(page)
  await search(page, 'SETBACK')
  expect(await page.locator('.shelf mark').first().textContent()).toBe('Setbacks')
  expect(page.url()).toBe(`${app.url}${LIBRARY}?search`)
  await isSound(page)
  await follow(page, '.shelf a')
  expect(await page.locator('article h2').count()).toBe(0)
  await isSound(page)
  expect(faults).toEqual([])
})

test('from a lesson page all of it opens, and what was read is marked once that is asked for', async () => {
  const { page, faults } = await open()
  await page.goto(learner.lessonLink)
  await isSound(page)
  await follow(page, '.foot form button')
  expect(page.url()).toBe(app.url + LIBRARY)
  await search(page, 'greenberg')
  expect(await shelf(page)).toContain('Setbacks: old pain or new injury?')
  await search(page, 'sex')
  await follow(page, `.shelf a[href="${LIBRARY}/questions/no-sex"]`)
  expect(await page.locator('article h2').count()).toBe(1)
  await isSound(page)
  await follow(page, '.kicker a')
  await search(page, 'greenberg')
  await page.locator('.shelf a', { hasText: 'Setbacks' }).click()
  await page.locator('article > :last-child').scrollIntoViewIfNeeded()
  await page.goto(app.url + LIBRARY)
  expect(await page.locator('.read-mark').count()).toBe(0)
  expect(await stored(page)).not.toContain('"read"')

  await page.getByRole('button', { name: 'Mark what I have read' }).click()
  await page.goto(`${app.url}${LIBRARY}/setbacks`)
  await page.locator('article > :last-child').scrollIntoViewIfNeeded()
  await until(page, 'JSON.parse(localStorage.read).length === 1')
  await page.goto(app.url + LIBRARY)
  expect(
    await page
      .locator('li', { has: page.locator('.read-mark') })
      .locator('a')
      .allTextContents(),
  ).toEqual(await page.locator(`.shelf a[href="${LIBRARY}/setbacks"]`).allTextContents())
  expect(await stored(page)).not.toMatch(/setback|steady/i)
  await isSound(page)
  await page.getByRole('button', { name: 'Delete the marks' }).click()
  expect(await page.locator('.read-mark').count()).toBe(0)
  expect(await stored(page)).not.toContain('"read"')
  expect(faults).toEqual([])
})

test('a lesson that was read opens at its exercise, unless the address or the reader says where', async () => {
  const { page, faults } = await open()
  await page.goto(learner.lessonLink)
  expect(await offset(page)).toBe(0)
  await page.locator('.day-head a[href="#exercise"]').click()
  await until(page, 'localStorage.seen !== undefined')

  await page.goto('about:blank')
  await page.goto(learner.lessonLink)
  expect(await offset(page)).toBeGreaterThan(500)
  expect(await focused(page)).toBe('exercise-title')
  expect(await page.locator('#exercise-title').getAttribute('aria-describedby')).toBe('opened-here')
  await isSound(page)
  await page.getByRole('link', { name: 'Back to the text' }).click()
  await until(page, 'document.getElementById("text").getBoundingClientRect().top > -5')
  const top = await offset(page)
  await page.reload()
  expect(Math.abs((await offset(page)) - top)).toBeLessThan(100)

  await page.goto('about:blank')
  await page.goto(`${learner.lessonLink}#main`)
  expect(await offset(page)).toBeLessThan(500)
  expect(await focused(page)).not.toBe('exercise-title')
  expect(await page.locator('#opened-here').isVisible()).toBe(false)

  const [codes, token] = [String(await stored(page)), new URL(learner.lessonLink).pathname.slice(3)]
  expect(codes).toMatch(/^\{"seen":"\[\\"[\w-]{16}\\"\]"\}$/)
  expect(codes).not.toContain(token.slice(0, 8))
  await page.locator('.close-notes button').click()
  await page.waitForURL('**/session/end')
  expect(await stored(page)).toBe('{}')
  expect(faults).toEqual([])
})

test('leaving quickly forgets what was read', async () => {
  const { page } = await open()
  await playExitSite(page.context())
  await page.goto(`${learner.lessonLink}#exercise`)
  await until(page, 'localStorage.seen !== undefined')
  await page.evaluate('localStorage.setItem("read", "[]")')
  await page.locator('.leave').click()
  await page.waitForURL('**bbc.com/**')
  await page.goto(`${app.url}/privacy`)
  expect(await page.evaluate('localStorage.length')).toBe(0)
})

test('in discreet mode nothing is remembered', async () => {
  const { page, faults } = await open()
  for (let visits = 0; visits < 2; visits += 1) {
    await page.goto('about:blank')
    await page.goto(discreet.lessonLink)
    expect(await offset(page)).toBe(0)
    await page.locator('.day-head a[href="#exercise"]').click()
  }
  await follow(page, '.foot form button')
  expect(page.url()).toContain('/n/')
  expect(await page.locator('[data-read-marks]').count()).toBe(0)
  await isSound(page)
  expect(await stored(page)).toBe('{}')
  expect(faults).toEqual([])
})

test('without scripts all of it works, but for what a browser would have to remember', async () => {
  const { page } = await open({ javaScriptEnabled: false })
  await page.goto(learner.lessonLink)
  await page.locator('.day-head a[href="#exercise"]').click()
  expect(page.url()).toBe(`${learner.lessonLink}#exercise`)
  await page.goto(learner.lessonLink)
  await follow(page, '.read-on button')
  expect(page.url()).toContain(`${LIBRARY}/`)
  expect(await page.locator('article h2').count()).toBeGreaterThan(0)
  await follow(page, '.kicker a')
  expect(await page.locator('[data-read-marks]').isVisible()).toBe(false)
  await search(page, 'greenberg')
  expect(await page.locator('.shelf mark').count()).toBeGreaterThan(0)
})

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { violationsOf } from '../web/axe.ts'
import { complaints, openChromium, visit } from '../web/chromium.ts'
import { type Answering, answering } from '../web/desk/questions/answering.ts'
import { type AnsweredQuestion, answeredQuestion, libraryWithQuestions } from '../web/publication/answered-question.ts'
import { tooWide } from './audit.ts'

/** A browser that shares its machine with others takes its time over every page. */
jest.setTimeout(180_000)

let folder: Awaited<ReturnType<typeof libraryWithQuestions>>
let app: TestApp
let browser: Browser
let author: Answering
let question: AnsweredQuestion

beforeAll(async () => {
  folder = await libraryWithQuestions()
  app = await createTestApp({
    worker: true,
    env: { COURSE: 'steady-week' },
    overrides: { lessonsDir: folder.lessonsDir },
  })
  author = await answering(app, 'author@example.test', ['steady-week'])
  question = await answeredQuestion(app, author.id)
  browser = await openChromium()
})
afterAll(async () => {
  await browser?.close()
  await app?.close()
  await folder?.remove()
})

/** A page without scripts for whoever has these cookies. */
async function open(cookies: ReadonlyMap<string, string>, options = {}): Promise<{ page: Page; faults: string[] }> {
  const context = await visit(browser, { viewport: { width: 320, height: 640 }, javaScriptEnabled: false, ...options })
  await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url: app.url })))
  const page = await context.newPage()
  return { page, faults: complaints(page) }
}

/** What is wrong with the page at either width. */
async function isSound(page: Page): Promise<void> {
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 })
    expect((await violationsOf(page)).map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
    expect(await tooWide(page)).toEqual([])
  }
}

test('a question is proposed, agreed to and taken out at 320 px and without scripts, in light and dark', async () => {
  const { page: desk } = await open(author.visitor.cookies, { colorScheme: 'dark' })
  await desk.goto(app.url + question.desk)
  await desk.getByLabel('The question, on one line').fill('May one sleep alone?')
  await desk.getByLabel('The answer', { exact: true }).fill('Write to a@example.org.\n\n- One may.')
  await desk.getByLabel('For which situation').selectOption('steady')
  await isSound(desk)
  await desk.getByRole('button', { name: 'Show how it reads' }).click()
  await isSound(desk)
  await desk.getByRole('button', { name: 'Propose it to the learner' }).click()
  await desk.getByText('There is an email address in it.').waitFor()
  await isSound(desk)
  await desk.getByLabel('I looked at this').check()
  await desk.getByRole('button', { name: 'Propose it to the learner' }).click()
  await desk.getByText('It waits for the learner').waitFor()

  const { page, faults } = await open(question.visitor.cookies)
  await page.goto(app.url + question.page)
  await isSound(page)
  await page.getByText('Change words first').click()
  await page.getByLabel('The answer', { exact: true }).fill('')
  await page.getByRole('button', { name: 'Show me how it reads' }).click()
  await isSound(page)
  await page.getByLabel('The answer', { exact: true }).fill('One may.')
  await page.getByRole('button', { name: 'Show me how it reads' }).click()
  await page.getByText('These are your words.').waitFor()
  await page.getByLabel('This text may stay.').check()
  await page.getByRole('button', { name: 'Yes, publish exactly this' }).click()
  await page.getByText('Your question is in the library').waitFor()
  await isSound(page)
  await page.getByRole('link', { name: 'Read it in the library' }).click()
  expect(await page.locator('h1').textContent()).toBe('May one sleep alone?')
  await isSound(page)
  await page.locator('.kicker a').click()
  await page.getByRole('link', { name: 'May one sleep alone?' }).waitFor()
  await isSound(page)

  await desk.goto(`${app.url}/desk/published`)
  await desk.getByRole('link', { name: 'May one sleep alone?' }).waitFor()
  await isSound(desk)
  await desk.goto(app.url + question.desk)
  await desk.getByText('The learner changed words').waitFor()
  await isSound(desk)
  await page.goto(app.url + question.page)
  await page.getByRole('button', { name: 'Take it out of the library' }).click()
  await page.getByText('You took it out of the library.').waitFor()
  await isSound(page)
  expect(faults).toEqual([])
})

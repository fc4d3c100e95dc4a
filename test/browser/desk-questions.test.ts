import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { makePrintedLink } from '../../src/flow/desk/sign-in-link.ts'
import { courseWithQuestions } from '../support/question/course-with-questions.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { violationsOf } from '../web/axe.ts'
import { complaints, openChromium, visit } from '../web/chromium.ts'
import { type Answering, answering, ask } from '../web/desk/questions/answering.ts'
import { tooWide } from './audit.ts'

/** A browser that shares its machine with others takes its time over every page. */
jest.setTimeout(180_000)

let folder: Awaited<ReturnType<typeof courseWithQuestions>>
let app: TestApp
let browser: Browser
let mira: Answering
let jon: Answering
const contexts: BrowserContext[] = []

beforeAll(async () => {
  folder = await courseWithQuestions()
  app = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: folder.lessonsDir } })
  mira = await answering(app, 'mira.with-a-rather-long-name@example.test', ['three-days'], 'owner')
  jon = await answering(app, 'jon@example.test')
  browser = await openChromium()
})
afterAll(async () => {
  for (const context of contexts) await context.close()
  await browser?.close()
  await app?.close()
  await folder?.remove()
})

/** A page of somebody who is signed in, in a browser without scripts. */
async function open(who: Answering): Promise<{ page: Page; faults: string[] }> {
  const context = await visit(browser, { viewport: WIDE, javaScriptEnabled: false })
  contexts.push(context)
  const page = await context.newPage()
  const faults = complaints(page)
  await page.goto(await makePrintedLink(app.app.ports, who.id))
  await page.getByRole('button', { name: 'Open the desk' }).click()
  return { page, faults }
}

const WIDE = { width: 1280, height: 900 }
const NARROW = { width: 390, height: 900 }

/** The heading, and what is wrong with the page: narrow and light, wide and dark. */
async function look(page: Page): Promise<string> {
  for (const [size, colorScheme] of [
    [NARROW, 'light'],
    [WIDE, 'dark'],
  ] as const) {
    await page.setViewportSize(size)
    await page.emulateMedia({ colorScheme })
    expect((await violationsOf(page)).map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
    expect(await tooWide(page)).toEqual([])
  }
  return (await page.locator('h1').first().textContent()) ?? ''
}

test('a question is answered by two, without scripts, and every page is accessible', async () => {
  const long = `It goes on and on.\n\n${'Averylongwordwithoutanyplacetobreak'.repeat(4)}`
  const { id } = await ask(app, long, { urgent: true, allowsName: true })
  const { page, faults } = await open(mira)
  await page.goto(`${app.url}/desk/passages`)
  await page.getByLabel('Name').last().fill('Where help is')
  await page.getByLabel('Text').last().fill('There is **help** [near you](https://example.test/).')
  await page.getByRole('button', { name: 'Save' }).last().click()
  expect(await look(page)).toBe('Saved passages')

  await page.getByRole('link', { name: 'Questions', exact: true }).click()
  expect(await look(page)).toBe('Questions')
  await page.getByRole('link', { name: `Question ${id}` }).click()
  await page.getByLabel('Your answer').fill('You are not alone with this.')
  await page.getByRole('button', { name: 'Put it at the end' }).click()
  await page.getByText('Ask for a second pair of eyes').first().click()
  await page.getByRole('button', { name: 'Ask for a second pair of eyes' }).click()
  await page.getByText('Asked at day 1').click()
  expect(await look(page)).toBe(`Question ${id} waiting for an answer`)

  const colleague = await open(jon)
  await colleague.page.goto(`${app.url}/desk/questions`)
  await colleague.page.getByText('A colleague asks you to look').first().click()
  await colleague.page.getByText('You are not alone with this.').waitFor()
  expect(await look(colleague.page)).toBe(`Question ${id} waiting for an answer`)
  await colleague.page.getByLabel('What you think of it').fill('Warm and clear.')
  await colleague.page.getByRole('button', { name: 'I have looked' }).click()
  await colleague.page.getByText('Assign it').first().click()
  await colleague.page.getByRole('button', { name: 'Assign it' }).click()

  await page.getByRole('button', { name: 'Look once more, then send' }).click()
  expect(await look(page)).toBe('Look once more before it goes out')
  await page.getByRole('button', { name: 'Send this answer' }).click()
  expect(await look(page)).toBe(`Question ${id} answered`)

  await page.goto(`${app.url}/desk/operators`)
  expect(await look(page)).toBe('Operators')
  await page.getByRole('button', { name: 'Take away three-days, jon@example.test' }).click()
  expect(await look(page)).toBe('Who gets their questions?')
  expect([...faults, ...colleague.faults]).toEqual([])
})

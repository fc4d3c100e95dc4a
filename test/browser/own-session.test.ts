import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { newestLink } from '../support/open-own-session.ts'
import { join as joinCourse } from '../support/sign-up-and-confirm.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { createNarrowWalk, type NarrowWalk } from './narrow-walk.ts'

/** A browser that shares its machine with others takes its time over every page. */
jest.setTimeout(180_000)

let app: TestApp
let walk: NarrowWalk
const open = (options = {}) => walk.open(options)
const look = (page: Page) => walk.look(page)

beforeAll(async () => {
  app = await createTestApp({ worker: true })
  walk = await createNarrowWalk()
})
afterAll(async () => {
  await walk?.close()
  await app?.close()
})

test.each([true, false])(
  'short emails from the neutral page to the day, the reading word and deleting; with scripts: %s',
  async (javaScriptEnabled) => {
    walk.everyOther(javaScriptEnabled)
    const address = `walk-${javaScriptEnabled}@example.org`
    const { lessonLink, stopLink } = await joinCourse(app, address, { shortEmails: 'on' })
    const { page, faults } = await open({ javaScriptEnabled })

    // By the keyboard alone: the one button that leads on is reached and pressed.
    await page.goto(lessonLink)
    expect(await look(page)).toBe('Your pages')
    await page.getByRole('button', { name: 'Open them on this device' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Look in your inbox' }).waitFor()
    await look(page)
    await page.goto(await newestLink(app, address, '/read/'))
    expect(await look(page)).toBe('Show your pages here?')
    await page.getByRole('button', { name: 'Show them here' }).click()
    expect(await look(page)).toBe('Your pages are open here')
    await page.goto(lessonLink)
    expect(await look(page)).not.toBe('Your pages')

    await page.goto(`${lessonLink}/settings`)
    await look(page)
    await page.getByLabel('A word or sentence').fill('the blue bird sings')
    await page.getByRole('button', { name: 'Set it' }).click()
    await page.getByText('You have set one.').waitFor()
    await look(page)

    // Another device: a wrong word is told at its field, the right one opens.
    const other = await open({ javaScriptEnabled })
    await other.page.goto(`${lessonLink}/settings`)
    await look(other.page)
    await other.page.getByRole('button', { name: 'Send me the link' }).click()
    await other.page.goto(await newestLink(app, address, '/read/', 2))
    await other.page.getByLabel('Your reading word').fill('some other bird')
    await other.page.getByRole('button', { name: 'Show them here' }).click()
    await other.page.getByText('That is not your reading word.').waitFor()
    expect(await other.page.getByLabel('Your reading word').getAttribute('aria-invalid')).toBe('true')
    await look(other.page)
    await other.page.getByLabel('Your reading word').fill('The  Blue Bird sings')
    await other.page.getByRole('button', { name: 'Show them here' }).click()
    await other.page.getByRole('link', { name: 'Continue to your settings' }).click()
    expect(await look(other.page)).toBe('Settings')

    // A stranger: what takes a link first, and deleting with the second proof.
    const stranger = await open({ javaScriptEnabled })
    await stranger.page.goto(`${stopLink}/delete`)
    await look(stranger.page)
    await stranger.page.getByRole('button', { name: 'Send me the link to delete' }).click()
    expect(await look(stranger.page)).toBe('Look in your inbox')
    await stranger.page.goto(await newestLink(app, address, '/delete/'))
    await look(stranger.page)
    await stranger.page.getByRole('button', { name: 'Delete everything now' }).click()
    expect(await look(stranger.page)).toBe('It is deleted')
    for (const found of [faults, other.faults, stranger.faults]) expect(found).toEqual([])
  },
)

test('the offer to look again, the questions behind it, and two texts side by side', async () => {
  walk.everyPage()
  const address = 'again@example.org'
  const { lessonLink, visitor } = await joinCourse(app, address)
  const field = app.app.ports.courses
    .get('steady-week')
    ?.lessons[0]?.exercise.fields.find(({ type }) => type === 'long' || type === 'text')?.id
  await visitor.post(lessonLink, { [`f.${field}`]: 'on the laptop', keep: '1' })
  const { page, faults } = await open()
  await page.goto(lessonLink)
  await page.locator(`[name="f.${field}"]`).fill('on the phone')
  await page.locator('[data-status][data-state="saved"]').waitFor()
  app.clock.advance(86_400_000)
  await visitor.post(`${lessonLink}/read`, { goal: 'start' })
  await page.goto(await newestLink(app, address, '/read/'))
  await page.getByRole('button', { name: 'Show them here' }).click()
  await page.getByRole('link', { name: 'Continue to your starting point' }).click()
  await look(page)
  await page.goto(lessonLink)
  await page
    .getByText(/^Written on another device on March 2, 10:00\sAM$/)
    .first()
    .waitFor()
  await look(page)

  const mails = await app.mail.waitForMail(address, 4)
  const second = /\/l\/[\w-]+/.exec(mails.find(({ mail }) => mail.text?.includes('Day 2'))?.mail.text ?? '')?.[0] ?? ''
  const stranger = await open()
  await stranger.page.goto(app.url + second)
  await stranger.page.getByRole('link', { name: 'find your starting point' }).click()
  await stranger.page.getByRole('heading', { name: 'Should they shape the course?' }).waitFor()
  await look(stranger.page)
  expect([...faults, ...stranger.faults]).toEqual([])
})

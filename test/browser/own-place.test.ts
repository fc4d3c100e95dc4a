import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { waitUntilIdle } from '../support/database/database-rows.ts'
import { linkOf, linksOf } from '../support/mail-links.ts'
import { newestLink } from '../support/open-own-session.ts'
import { join as joinCourse } from '../support/sign-up-and-confirm.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { createVisitor } from '../support/visitor.ts'
import { createNarrowWalk, type NarrowWalk } from './narrow-walk.ts'

/** A browser that shares its machine with others takes its time over every page. */
jest.setTimeout(180_000)

let app: TestApp
let walk: NarrowWalk
const open = (options = {}) => walk.open(options)
const look = (page: Page) => walk.look(page)

beforeAll(async () => {
  app = await createTestApp({ worker: true, env: { SIGN_UP_LIMIT: '100' } })
  walk = await createNarrowWalk()
})
afterAll(async () => {
  await walk?.close()
  await app?.close()
})

/** The only link of this kind in the newest email to the address that has one. */
const linkIn = (address: string, kind: string) =>
  app.mail.accepted
    .filter(({ to }) => to === address)
    .flatMap((mail) => linksOf(mail).filter((link) => link.startsWith(app.url + kind)))
    .at(-1) ?? ''

test.each([
  { javaScriptEnabled: true, discreet: false },
  { javaScriptEnabled: false, discreet: true },
])('the way back, the settings, a pause and the stop; %p', async ({ javaScriptEnabled, discreet }) => {
  walk.everyOther(javaScriptEnabled)
  const address = `place-${javaScriptEnabled}@example.org`
  const { lessonLink } = await joinCourse(app, address, discreet ? { discreet: 'on' } : {})
  const { page, faults } = await open({ javaScriptEnabled })

  await page.goto(app.url)
  await page.getByRole('link', { name: 'Lost your link?' }).first().click()
  expect(await look(page)).toBe('Find your way back')
  await page.getByLabel('Email address').fill('nobody at all')
  await page.getByRole('button', { name: 'Send me a link' }).click()
  await page.getByText('There is a problem').waitFor()
  await look(page)
  await page.getByLabel('Email address').fill(address)
  await page.getByRole('button', { name: 'Send me a link' }).click()
  expect(await look(page)).toBe('Look in your inbox')
  await page.goto(await newestLink(app, address, '/back/'))
  expect(await look(page)).toBe('Show your days here?')
  await page.getByRole('button', { name: 'Show my days' }).click()
  expect(await look(page)).toBe('Your days')
  if (discreet) expect(await page.title()).not.toContain('Steady Week')

  await page.getByRole('link', { name: 'Settings', exact: true }).first().click()
  expect(await look(page)).toBe('Settings')
  await page.getByLabel('How often').selectOption('weekdays')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByText('Saved.').waitFor()
  expect(await page.getByLabel('How often').inputValue()).toBe('weekdays')
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByText('paused').first().waitFor()
  await look(page)
  await page.getByRole('button', { name: 'Go on' }).click()
  await look(page)

  await page.getByRole('link', { name: 'Change your email address' }).click()
  expect(await look(page)).toBe('A new email address')
  const next = `next-${address}`
  await page.getByLabel('New email address').fill(next)
  await page.getByRole('button', { name: 'Send the link' }).click()
  expect(await look(page)).toBe('Look in your inbox')
  await app.mail.waitForMail(next, 1)
  await page.goto(linkIn(next, '/address/'))
  expect(await look(page)).toBe('Is this the new address?')
  await page.getByRole('button', { name: 'Yes, use this address' }).click()
  expect(await look(page)).toBe('The address is changed')
  await waitUntilIdle(app.dataDir, app.clock.now())
  await page.goto(linkIn(address, '/address/undo/'))
  expect(await look(page)).toBe('Stop everything?')
  await page.getByRole('button', { name: 'Stop everything' }).click()
  expect(await look(page)).toBe('Everything is stopped')

  await page.goto(lessonLink)
  await page.goto(`${lessonLink}/settings`)
  await page.getByRole('link', { name: 'Stop or delete' }).first().click()
  await look(page)
  expect(faults).toEqual([])
})

test.each([true, false])('a recovery code, and coming back; with scripts: %s', async (javaScriptEnabled) => {
  walk.everyOther(javaScriptEnabled)
  const address = `code-${javaScriptEnabled}@example.org`
  const { page, faults } = await open({ javaScriptEnabled })
  await createVisitor(app.url).post('/sign-up', { email: address, timeZone: 'Europe/Berlin', hour: '7', webOnly: 'on' })
  const [confirmation] = await app.mail.waitForMail(address, 1)
  const link = confirmation === undefined ? '' : linkOf(confirmation, '/confirm/')
  await page.goto(link)
  await page.getByRole('button', { name: 'Yes, start' }).click()
  expect(await look(page)).toBe('You’re signed up')
  const code = (await page.locator('.code').textContent()) ?? ''

  const other = (await open({ javaScriptEnabled })).page
  await other.goto(link)
  expect(await look(other)).toBe('You are signed up')
  await other.getByRole('link', { name: 'Recovery code' }).click()
  await other.getByRole('textbox', { name: 'Recovery code' }).fill('ABCD')
  await other.getByRole('button', { name: 'Open my days' }).click()
  await other.getByText('There is no such code.').first().waitFor()
  await look(other)
  await other.getByRole('textbox', { name: 'Recovery code' }).fill(code.toLowerCase())
  await other.getByRole('button', { name: 'Open my days' }).click()
  expect(await look(other)).toBe('Your days')
  await other.getByRole('link', { name: 'Settings', exact: true }).click()
  await look(other)
  await other.getByRole('button', { name: 'Make a new code' }).click()
  expect(await other.locator('.code').textContent()).not.toBe(code)

  // Back after a stop: the choice.
  await other.getByRole('link', { name: 'Stop or delete' }).first().click()
  await other.getByRole('button', { name: 'Stop' }).first().click()
  app.clock.advance(31 * 86_400_000)
  await createVisitor(app.url).post('/sign-up', { email: address, timeZone: 'Europe/Berlin', hour: '7' })
  await app.mail.waitForMail(address, 2)
  await other.goto(linkIn(address, '/confirm/'))
  expect(await look(other)).toBe('Welcome back')
  await other.getByRole('button', { name: 'Start anew' }).click()
  expect(await look(other)).toBe('You’re signed up')
  expect(faults).toEqual([])
})

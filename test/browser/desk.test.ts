import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core'
import { makePrintedLink } from '../../src/flow/desk/sign-in-link.ts'
import { freePort } from '../support/free-port.ts'
import { join as joinCourse } from '../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { violationsOf } from '../web/axe.ts'
import { complaints, openChromium, visit } from '../web/chromium.ts'
import { tooWide } from './audit.ts'

/** A browser that shares its machine with others takes its time over every page. */
jest.setTimeout(180_000)

let app: TestApp
let desk: string
let browser: Browser
const contexts: BrowserContext[] = []

beforeAll(async () => {
  // Browsers have passkeys on localhost, but not at a bare address; a port of the desk's own is there.
  const port = await freePort()
  desk = `http://localhost:${port}`
  app = await createTestApp({
    env: { COURSE: 'three-days', DESK_PORT: String(port) },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  await joinCourse(app, 'ada.with-a-rather-long-name@example.test')
  browser = await openChromium()
})
afterAll(async () => {
  for (const context of contexts) await context.close()
  await browser?.close()
  await app?.close()
})

async function open(options = {}): Promise<{ page: Page; faults: string[]; devices: CDPSession }> {
  const context = await visit(browser, { viewport: { width: 390, height: 800 }, ...options })
  contexts.push(context)
  const page = await context.newPage()
  return { page, faults: complaints(page), devices: await context.newCDPSession(page) }
}

/** The heading, and what is wrong with the page. */
async function look(page: Page): Promise<string> {
  expect((await violationsOf(page)).map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
  expect(await tooWide(page)).toEqual([])
  return (await page.locator('h1').first().textContent()) ?? ''
}

/** An authenticator with a fingerprint reader that always agrees (Chrome DevTools Protocol, WebAuthn). */
async function addAuthenticator(devices: CDPSession): Promise<string> {
  await devices.send('WebAuthn.enable')
  const { authenticatorId } = await devices.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  })
  return authenticatorId
}

test('the first link, a passkey, signing out and in with it, and losing it', async () => {
  const { page, faults, devices } = await open()
  const authenticatorId = await addAuthenticator(devices)
  await page.goto(await makePrintedLink(app.app.ports, null))
  expect(await look(page)).toBe('You are the first')
  await page.getByLabel('Email address').fill('owner@example.test')
  await page.getByRole('button', { name: 'Open the desk' }).click()
  await page.getByRole('heading', { name: 'Today' }).waitFor()

  await page.goto(`${desk}/desk/account`)
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByRole('button', { name: 'Remove' }).waitFor()
  expect(await look(page)).toBe('Your account')

  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  expect(await look(page)).toBe('Sign in to the desk')
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByRole('heading', { name: 'Today' }).waitFor()

  // Removed from the account, it is still on the device and opens nothing.
  await page.goto(`${desk}/desk/account`)
  await page.getByRole('button', { name: 'Remove' }).click()
  await page.waitForLoadState()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByText('The passkey was not accepted.').waitFor()
  await devices.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId })

  // The emailed link is the way back.
  await page.getByLabel('Email address').fill('owner@example.test')
  await page.getByRole('button', { name: 'Email me a link' }).click()
  expect(await look(page)).toBe('Look in your inbox')
  const [mail] = await app.mail.waitForMail('owner@example.test', 1)
  await page.goto(/http:\S+\/desk\/open\/[\w-]+/.exec(mail?.mail.text ?? '')?.[0] ?? '')
  await page.getByRole('button', { name: 'Open the desk' }).click()
  await page.getByRole('heading', { name: 'Today' }).waitFor()
  expect(faults).toEqual([])
})

test.each(['light', 'dark'] as const)('every page at 390 and 1280 px, %s', async (colorScheme) => {
  const { page, faults } = await open({ colorScheme })
  const [owner] = await app.app.ports.store.operators.all()
  await page.goto(await makePrintedLink(app.app.ports, owner?.id ?? 0))
  await page.getByRole('button', { name: 'Open the desk' }).click()
  for (const [path, heading] of PAGES) {
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.goto(desk + path)
    expect(await tooWide(page)).toEqual([])
    await page.setViewportSize({ width: 390, height: 900 })
    expect(await look(page)).toBe(heading)
    const folds = await page.locator('details').count()
    if (folds === 0) continue
    await page.locator('details').evaluateAll((all) => {
      for (const fold of all) fold.setAttribute('open', '')
    })
    await look(page)
  }
  await page.setViewportSize({ width: 1280, height: 900 })
  await look(page)
  expect(faults).toEqual([])
})

const PAGES = [
  ['/desk', 'Today'],
  ['/desk/people', 'People'],
  ['/desk/people/1', 'ada.with-a-rather-long-name@example.test'],
  ['/desk/people/1/erase', 'Erase everything of this person?'],
  ['/desk/people/1/address', 'Correct the address of this person?'],
  ['/desk/people/1/export', 'Export what is known of this person?'],
  ['/desk/consents/1', 'Consent 1'],
  ['/desk/deliveries', 'Deliveries'],
  ['/desk/deliveries?state=unconfirmed', 'Deliveries'],
  ['/desk/deliveries/2', 'Lesson 1 sent'],
  ['/desk/set-aside', 'Set aside'],
  ['/desk/suppression', 'Suppression list'],
  ['/desk/courses', 'Courses'],
  ['/desk/courses/check', 'Check of the course files'],
  ['/desk/account', 'Your account'],
  ['/desk/operators', 'Operators'],
  ['/desk/audit', 'Audit log'],
] as const

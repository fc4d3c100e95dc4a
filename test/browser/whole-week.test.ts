import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import type { Course, Effort, Lesson } from '../../src/core/course/course.ts'
import { fieldsFor } from '../../src/core/course/variant.ts'
import { COMMON_VARIANT } from '../../src/core/model.ts'
import { exitSite } from '../../src/web/page/quick-exit-site.ts'
import type { Accepted } from '../support/mail-server.ts'
import { join } from '../support/sign-up-and-confirm.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { matrix } from '../trial-sizes.ts'
import { complaints, openChromium, playExitSite, visit } from '../web/chromium.ts'
import { type Audit, createAudit, tooWide } from './audit.ts'
import { fillByHand } from './fill-by-hand.ts'

const MORNINGS = ['03', '04', '05', '06', '07', '08', '09'].map((day) => `2026-03-${day}T06:00:00Z`)
const PHONE = { width: 375, height: 812 }
const DESK = { width: 1280, height: 800 }
const DAYS = [1, 2, 3, 4, 5, 6, 7]
/** On these days axe looks at the page of a day that is done, which hardly differs from day to day. */
const DONE_AUDITED = matrix({ gate: [1, 2], full: DAYS })

const onPhone: Taker = { who: 'on a phone', viewport: PHONE, scripts: true, effort: 'full' }
const atDesk: Taker = { who: 'at a desk without scripts', viewport: DESK, scripts: false, effort: 'small' }

/** They take the course side by side. */
const people = matrix<Taker>({
  gate: [onPhone, atDesk],
  full: [
    onPhone,
    { who: 'at a desk', viewport: DESK, scripts: true, effort: 'small' },
    { who: 'on a phone without scripts', viewport: PHONE, scripts: false, effort: 'full' },
    atDesk,
    { who: 'at a desk without scripts, not today', viewport: DESK, scripts: false, effort: 'not-today' },
  ],
})

interface Taker {
  readonly who: string
  readonly viewport: typeof PHONE
  readonly scripts: boolean
  readonly effort: Effort
}

interface Person extends Omit<Taker, 'viewport'> {
  readonly email: string
  readonly context: BrowserContext
  page: Page
  readonly faults: string[]
}

let parts: TestApp
let course: Course
let browser: Browser
let audit: Audit
const takers: Person[] = []
let steps = 0

beforeAll(async () => {
  // With its memory of pages left behind, which a person's browser has and the one for tests switches off.
  browser = await openChromium({ ignoreDefaultArgs: ['--disable-back-forward-cache'] })
  parts = await createTestApp({ start: '2026-03-02T09:15:00Z', worker: true })
  course = parts.app.ports.courses.get('steady-week') as Course
  audit = await createAudit(browser)
  for (const [index, { who, viewport, scripts, effort }] of people.entries()) {
    const context = await visit(browser, { viewport, javaScriptEnabled: scripts, timezoneId: 'Europe/Berlin' })
    context.setDefaultTimeout(30_000)
    const page = await context.newPage()
    const email = `person-${index}@example.test`
    takers.push({ who, email, scripts, effort, context, page, faults: complaints(page) })
  }
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await parts?.close()
})

/** The same step for each of them, at the same time, as several people would. */
async function everyone(step: (person: Person) => Promise<void>): Promise<void> {
  const ends = await Promise.allSettled(takers.map(step))
  const failed = ends.flatMap((end, index) =>
    end.status === 'rejected'
      ? [`${takers[index]?.who}: ${end.reason instanceof Error ? end.reason.stack : end.reason}`]
      : [],
  )
  expect(failed).toEqual([])
}

/** Opens a mail where mails are read, and presses what it has on it: the button opens a tab of its own. */
async function pressInMail(person: Person, message: Accepted, label: string): Promise<void> {
  const mailbox = await person.context.newPage()
  await mailbox.setContent(message.mail.html ?? '')
  // The button after the text: an email of a lesson has the same one before it.
  const link = mailbox.getByRole('link', { name: label }).last()
  if ((await link.getAttribute('target')) !== '_blank') {
    await link.click()
    await person.page.close()
    person.page = mailbox
    return
  }
  const [opened] = await Promise.all([person.context.waitForEvent('page'), link.click()])
  await Promise.all([person.page.close(), mailbox.close()])
  person.page = opened
  complaints(opened, person.faults)
}

async function latestMail(person: Person, count: number): Promise<Accepted> {
  return (await parts.mail.waitForMail(person.email, count))[count - 1] as Accepted
}

/** Nothing sticks out on anyone's page. */
async function expectToFit(...among: readonly Person[]): Promise<void> {
  const faults = await Promise.all(among.map((person) => tooWide(person.page)))
  expect(faults.flat()).toEqual([])
}

/** Nothing sticks out on anyone's page; axe, which takes its time, looks at another one's page at every step. */
async function expectSound(...among: readonly Person[]): Promise<void> {
  await expectToFit(...among)
  const looked = among[steps % among.length] as Person
  steps += 1
  expect(await audit.page(looked.page)).toEqual([])
}

const savedNotice = (page: Page) => page.locator('[data-status][data-state=saved]').waitFor()

test('they read what the week is, sign up, and are told to look in their inbox', async () => {
  await everyone(async ({ page, email, scripts }) => {
    await page.goto(parts.url)
    for (const words of [course.tagline, course.price, course.stop])
      expect(await page.getByText(words.slice(0, 40)).first().isVisible()).toBe(true)
    await page.getByLabel('Your email address').fill(email)
    await page.getByText('Your name and situation, if you like').click()
    await page.getByLabel(/First name/).fill('Kim')
    // A browser with scripts fills its time zone in.
    if (!scripts) await page.getByLabel('Your time zone').selectOption('Europe/Berlin')
    await page.getByLabel('When should a lesson come?').selectOption('7')
  })
  await expectSound(...takers)
  await everyone(async ({ page }) => {
    await page.getByRole('button', { name: 'Send me the confirmation email' }).click()
    await page.getByText('Look in your inbox').first().waitFor()
  })
  await expectSound(...takers)
}, 180_000)

test('they press the mail’s button and the page’s, and see the days ahead', async () => {
  await everyone(async (person) => {
    await pressInMail(person, await latestMail(person, 1), 'Yes, start the course')
    await person.page.getByRole('button', { name: 'Yes, start' }).waitFor()
  })
  await expectSound(...takers)
  await everyone(async ({ page }) => {
    await page.getByRole('button', { name: 'Yes, start' }).click()
    await page.getByRole('heading', { name: 'You’re signed up' }).waitFor()
    expect(
      await page
        .getByText(/tomorrow, Tuesday, at 7:00\sAM/)
        .first()
        .isVisible(),
    ).toBe(true)
  })
  await expectSound(...takers)
}, 180_000)

describe.each(DAYS)('day %i', (day) => {
  const lesson = () => course.lessons[day - 1] as Lesson

  test('comes by mail, opens with one press, is filled in by hand and is done', async () => {
    if (day > 1) parts.clock.set(MORNINGS[day - 2] as string)
    await everyone(async (person) => {
      await pressInMail(person, await latestMail(person, day + 1), 'Open today')
      await person.page.getByRole('heading', { level: 1, name: lesson().title }).waitFor()
      const circles = person.page.getByRole('navigation', { name: 'Days' }).getByRole('listitem')
      expect(await circles.count()).toBe(7)
      expect(await person.page.locator('.days > ol > .is-done').count()).toBe(day - 1)
      if (person.effort === 'full') await fillByHand(person.page)
      if (person.effort === 'small') {
        await person.page.getByLabel('Small form', { exact: true }).check()
        await fillByHand(
          person.page,
          fieldsFor(lesson().exercise, COMMON_VARIANT, 'small').map(({ id }) => id),
        )
      }
      if (person.scripts) await savedNotice(person.page)
    })
    await expectSound(...takers)
    await everyone(async ({ page, effort }) => {
      const label = { full: 'Full', small: 'Small', 'not-today': 'Not today' }[effort]
      await page.getByRole('button', { name: label, exact: true }).click()
      await page.getByText(`Day ${day} is done`).waitFor()
      expect(await page.locator('[aria-current=page]').locator('xpath=..').getAttribute('class')).toBe('is-done')
    })
    if (DONE_AUDITED.includes(day)) await expectSound(...takers)
    else await expectToFit(...takers)
  }, 180_000)
})

test('the closing mail leads to a page with every day on it', async () => {
  parts.clock.set('2026-03-09T06:00:00Z')
  await everyone(async (person) => {
    const mail = await latestMail(person, 9)
    await pressInMail(person, mail, 'Look back at your days')
    await person.page.getByRole('heading', { level: 1, name: course.closing.title }).waitFor()
    expect(await person.page.locator('.plan a').count()).toBe(7)
  })
  await expectSound(...takers)
}, 180_000)

test('every mail reads well at 320 and 600 px, light and dark, and loads nothing', async () => {
  const mails = await parts.mail.waitForMail((takers[0] as Person).email, 9)
  for (const { mail } of mails) {
    const faults = await audit.mail(mail.html ?? '')
    expect(faults.map((fault) => `${mail.subject}: ${fault}`)).toEqual([])
  }
}, 180_000)

test('no page complained while they were at it', () => {
  expect(takers.flatMap(({ who, faults }) => faults.map((fault) => `${who}: ${fault}`))).toEqual([])
})

test('one press in the mail’s footer and one on the page stop the course; one more starts it again', async () => {
  const [taker] = takers as [Person]
  const person = { ...taker, page: await taker.context.newPage(), email: 'stops@example.test' }
  await person.page.goto(parts.url)
  await person.page.getByLabel('Your email address').fill(person.email)
  await person.page.getByRole('button', { name: 'Send me the confirmation email' }).click()
  await pressInMail(person, await latestMail(person, 1), 'Yes, start the course')
  await person.page.getByRole('button', { name: 'Yes, start' }).click()
  await person.page.getByRole('heading', { name: 'You’re signed up' }).waitFor()
  await pressInMail(person, await latestMail(person, 2), 'Stop the course')
  await expectSound(person)
  await person.page.getByRole('button', { name: 'Stop now' }).click()
  await person.page.getByRole('heading', { name: 'Stopped' }).waitFor()
  await expectSound(person)
  await person.page.getByRole('button', { name: 'Start again' }).click()
  await person.page.getByRole('heading', { name: 'Started again' }).waitFor()
  await expectSound(person)
  await person.page.close()
}, 180_000)

describe('with the first lesson open', () => {
  test('a tab that is closed without a connection loses nothing that was acknowledged', async () => {
    const { context, link } = await openLesson('offline@example.test')
    const page = await context.newPage()
    await page.goto(link)
    await page.getByLabel('One safe person').fill('acknowledged')
    await savedNotice(page)
    await context.setOffline(true)
    await page.getByLabel('One safe person').fill('acknowledged, and more')
    await page.getByText('Not saved, will try again').waitFor()
    await page.close()
    await context.setOffline(false)
    const again = await context.newPage()
    await again.goto(link)
    expect(await again.getByLabel('One safe person').inputValue()).toMatch(/^acknowledged/)
    await context.close()
  }, 180_000)

  test('leaving quickly leaves, and going back shows nothing that was written', async () => {
    const { context, link } = await openLesson('leaves@example.test')
    const page = await context.newPage()
    await page.goto(link)
    await page.getByLabel('One safe person').fill('my sister, who knows')
    await savedNotice(page)
    await page.getByRole('button', { name: 'Save what I wrote' }).click()
    await page.getByText('You can go on').waitFor()
    // That it covers the page before the other site answers is held by test/web/in-a-browser.test.ts.
    await playExitSite(context)
    await page.getByRole('button', { name: 'Leave quickly', exact: true }).click({ noWaitAfter: true })
    await page.waitForURL(exitSite.url)

    await page.goBack({ waitUntil: 'commit' })
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(new URL(page.url()).pathname).toBe(new URL(link).pathname)
    expect(await page.content()).not.toContain('my sister')
    expect(await page.getByLabel('One safe person').inputValue()).toBe('')
    await context.close()
  }, 180_000)

  test('without scripts too, leaving quickly leaves, and the link no longer shows what was written', async () => {
    const { context, link } = await openLesson('leaves-plainly@example.test', { javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(link)
    await page.getByLabel('One safe person').fill('my sister, who knows')
    await page.getByRole('button', { name: 'Save what I wrote' }).click()
    await page.getByText('You can go on').waitFor()
    // The answer of a redirect cannot be played in a test: what counts is where the browser went.
    const away = page.waitForRequest(exitSite.url)
    await page.getByRole('button', { name: 'Leave quickly', exact: true }).click({ noWaitAfter: true })
    await away
    const again = await context.newPage()
    await again.goto(link)
    expect(await again.content()).not.toContain('my sister')
    await context.close()
  }, 180_000)
})

/** A learner of one's own in a browser of one's own. */
async function openLesson(
  email: string,
  options: BrowserContextOptions = {},
): Promise<{ context: BrowserContext; link: string }> {
  const context = await visit(browser, { viewport: PHONE, timezoneId: 'Europe/Berlin', ...options })
  context.setDefaultTimeout(30_000)
  const { lessonLink } = await join(parts, email)
  return { context, link: lessonLink }
}

import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { exitSite } from '../../src/web/page/quick-exit-site.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { pairs } from '../trial-sizes.ts'
import { violationsOf } from '../web/axe.ts'
import { complaints, openChromium, playExitSite, visit } from '../web/chromium.ts'

const START = '/courses/steady-week/start'
const PHONE = { viewport: { width: 375, height: 800 } }

/** A browser that shares its machine with others takes its time over every page. */
jest.setTimeout(180_000)

let app: TestApp
let browser: Browser
let contexts: BrowserContext[] = []

beforeAll(async () => {
  app = await createTestApp({ worker: true })
  browser = await openChromium()
})
afterEach(async () => {
  for (const context of contexts) await context.close()
  contexts = []
})
afterAll(async () => {
  await browser?.close()
  await app?.close()
})

async function open(options: BrowserContextOptions = PHONE): Promise<{ page: Page; faults: string[] }> {
  const context = await visit(browser, options)
  contexts.push(context)
  const page = await context.newPage()
  return { page, faults: complaints(page) }
}

/** A way through for each track: what is chosen, question by question, and words the outcome has to say to it. */
const WAYS = {
  steady: {
    choose: ['hurt', 'months', 'yes'],
    says: ['You were hurt where you counted on someone', 'One ask and one limit'],
  },
  mend: {
    choose: ['crossed', 'weeks', 'no'],
    says: ['You crossed a line, and you came here', 'Ending this comes first'],
  },
  bridge: { choose: ['alone', 'years'], says: ['Nobody had to be cruel for you to feel alone', 'A care menu'] },
  reach: { choose: ['told', 'days'], says: ['Trying to know how it is for them counts', 'This is very new'] },
} as const

/** Asked after some answers or of some tracks alone: such a question goes with the one before it, and has no number. */
const ONE_MORE = ['contact', 'heat']

/** What is answered, question by question in their order. The secret contact of `choose` may be undefined: not asked. */
function answersFor([closest, since, contact]: readonly string[]): Readonly<Record<string, string>> {
  return {
    frightened: 'no',
    'partner-acts': 'none',
    'own-harm': 'no',
    'dark-thoughts': 'no',
    closest: closest ?? '',
    since: since ?? '',
    ...(contact !== undefined && { contact }),
    body: 'often',
    heat: 'none',
    'hurt-heard': 'fix',
    care: 'now-and-then',
    manage: 'a-bit',
    pressure: 'some',
  }
}

const box = (page: Page, question: string, option: string) => page.locator(`[name="q.${question}"][value="${option}"]`)

/**
 * In both colour schemes, of which only the colours differ, without the time that a colour takes to change: half-way it has
 * no contrast that counts.
 */
async function accessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const colours = { runOnly: { type: 'rule' as const, values: ['color-contrast'] } }
    const violations = await violationsOf(page, colorScheme === 'dark' ? colours : {})
    const faults = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    expect([colorScheme, faults]).toEqual([colorScheme, []])
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
  }
}

/** How the questions are answered: one at a time or all on one page, with and without scripts. */
const MANNERS = [
  { atOnce: false, scripts: true },
  { atOnce: false, scripts: false },
  { atOnce: true, scripts: true },
  { atOnce: true, scripts: false },
]

test.each(pairs(Object.keys(WAYS) as (keyof typeof WAYS)[], MANNERS).map(([track, manner]) => ({ track, ...manner })))(
  'the way of $track, all on one page: $atOnce, with scripts: $scripts',
  async ({ track, atOnce, scripts }) => {
    const { choose, says } = WAYS[track]
    const { page, faults } = await open({ ...PHONE, javaScriptEnabled: scripts })
    await page.goto(app.url + START)
    if (atOnce) await answerOnOnePage(page, choose)
    else await answerOneByOne(page, choose)
    for (const words of says) await page.getByText(words).first().waitFor()
    expect(page.url()).toBe(app.url + START)
    await page.locator('input[name=email]').waitFor()
    if (scripts) expect(await page.inputValue('#timeZone')).toBe('Asia/Tokyo')
    expect(faults).toEqual([])
  },
)

async function answerOneByOne(page: Page, choose: readonly string[]): Promise<void> {
  await page.click('text=One question at a time')
  let number = 0
  for (const [id, answer] of Object.entries(answersFor(choose))) {
    if (!ONE_MORE.includes(id)) number += 1
    await page
      .getByText(`Question ${number} of 11${ONE_MORE.includes(id) ? ', one more' : ''}`)
      .first()
      .waitFor()
    await box(page, id, answer).check()
    await page.click('button[value=next]')
  }
}

async function answerOnOnePage(page: Page, choose: readonly string[]): Promise<void> {
  await page.click('text=All on one page')
  for (const [id, answer] of Object.entries(answersFor(choose))) await box(page, id, answer).check()
  // The words follow the track that was ticked, by the style sheet alone.
  const own = choose[0] === 'crossed' || choose[0] === 'told'
  expect(await page.getByText('When your partner says that they hurt').isVisible()).toBe(own)
  expect(await page.getByText('When you say that you hurt').isVisible()).toBe(!own)
  await page.click('text=Show my starting point')
}

describe('with a keyboard and a screen reader', () => {
  test('every page passes the rules of accessibility', async () => {
    const { page } = await open()
    await page.goto(app.url + START)
    await accessible(page)
    await page.click('text=One question at a time')
    await page.getByText('Question 1 of 11').waitFor()
    await accessible(page)
    await page.click('button[value=next]')
    await page.getByRole('alert').waitFor()
    await accessible(page)
    await page.goto(app.url + START)
    await page.click('text=All on one page')
    await page.locator('#q-pressure').waitFor()
    await accessible(page)
    await box(page, 'frightened', 'once').check()
    await box(page, 'closest', 'hurt').check()
    await page.click('text=Show my starting point')
    await page.getByRole('alert').waitFor()
    await accessible(page)
    await box(page, 'partner-acts', 'neck').check()
    await page.click('text=Show my starting point')
    await page.getByText('Get safe first').waitFor()
    await accessible(page)
  })

  test('a question left open is told first, is linked, and can be answered or skipped by keyboard alone', async () => {
    const { page } = await open()
    await page.goto(app.url + START)
    await page.getByRole('button', { name: 'One question at a time' }).press('Enter')
    await page.getByRole('button', { name: 'Next' }).press('Enter')
    await page.getByRole('alert').waitFor()
    expect(await page.evaluate("document.activeElement.matches('[data-summary]')")).toBe(true)
    expect(await page.title()).toMatch(/^Error: /)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('a-frightened')
    await page
      .getByRole('group', { name: 'In the past year' })
      .getByRole('radio', { name: 'No', exact: true })
      .press('Space')
    await page.getByRole('button', { name: 'Next' }).press('Enter')
    await page.getByText('Question 2 of 11').waitFor()
    await page.getByRole('button', { name: 'Skip' }).press('Enter')
    await page.getByText('Question 3 of 11').waitFor()
  })

  test('“prefer not to say” shows the way to help at once; “none” and the rest give way to one another', async () => {
    const { page } = await open()
    await page.goto(app.url + START)
    await page.click('text=All on one page')
    const help = page.locator('#q-partner-acts .unsaid a')
    expect(await help.isVisible()).toBe(false)
    await box(page, 'partner-acts', 'limits').check()
    await box(page, 'partner-acts', 'none').check()
    expect(await box(page, 'partner-acts', 'limits').isChecked()).toBe(false)
    await box(page, 'partner-acts', 'prefer-not').check()
    expect(await box(page, 'partner-acts', 'none').isChecked()).toBe(false)
    expect(await help.isVisible()).toBe(true)
  })

  test.each([true, false])('the follow-up appears with its answer, with scripts: %s', async (javaScriptEnabled) => {
    const { page } = await open({ ...PHONE, javaScriptEnabled })
    await page.goto(app.url + START)
    await page.click('text=All on one page')
    await page.locator('#q-closest').waitFor()
    // What hides the question is the style sheet, which may come after it.
    await page.waitForLoadState()
    expect(await page.locator('#q-work-on').isVisible()).toBe(false)
    await box(page, 'closest', 'both').check()
    expect(await page.locator('#q-work-on').isVisible()).toBe(true)
  })
})

describe('what the browser keeps', () => {
  test('no answer: the history holds one page, and going back works from memory', async () => {
    const { page } = await open()
    await page.goto(`${app.url}/privacy`)
    await page.goto(app.url + START)
    await page.click('text=One question at a time')
    await box(page, 'frightened', 'once').check()
    await page.click('button[value=next]')
    await page.getByText('Question 2 of 11').waitFor()
    await page.goBack()
    await page.getByText('Question 1 of 11').waitFor()
    await page.goForward()
    await page.waitForTimeout(200)
    await page.reload()
    await page.getByText('One question at a time').waitFor()
    expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBe(0)
    expect(await page.context().cookies()).toEqual([])
  })

  test('after leaving quickly from an outcome, the back button leads to no answer', async () => {
    const { page } = await open()
    await page.goto(app.url + START)
    await page.click('text=All on one page')
    await box(page, 'frightened', 'often').check()
    await page.click('text=Show my starting point')
    await page.getByText('Your safety comes first').waitFor()
    await playExitSite(page.context())
    await page.click('.leave')
    await page.waitForURL(exitSite.url)
    await page.goBack()
    await page.getByText('One question at a time').waitFor()
    expect(await page.content()).not.toContain('Your safety comes first')
    expect(await page.content()).not.toContain('value="often"')
  })

  test('an outcome survives a reload, a visit to the help page, and going back and forward; nothing kept tells an answer', async () => {
    const { page, faults } = await open({ ...PHONE, locale: 'en-GB', timezoneId: 'Europe/London' })
    await page.goto(app.url + START)
    await page.click('text=One question at a time')
    await box(page, 'frightened', 'often').check()
    await page.click('button[value=next]')
    const outcome = page.getByRole('heading', { name: 'Your starting point', exact: true })
    const isShown = async () => {
      await outcome.waitFor()
      expect(await page.getByText('Your safety comes first').count()).toBe(1)
      const number = page.locator('.steps li >> nth=0 >> a[href="tel:999"]').first()
      expect(await number.isVisible()).toBe(true)
    }
    await isShown()
    await accessible(page)
    for (let times = 0; times < 2; times += 1) {
      await page.reload()
      await isShown()
    }
    await page.goBack()
    await page.getByText('One question at a time').waitFor()
    expect(await outcome.count()).toBe(0)
    await page.goForward()
    await isShown()
    await page.getByRole('contentinfo').getByRole('link', { name: 'Help', exact: true }).click()
    await page.waitForURL(/pages\/help$/)
    await page.goBack()
    await isShown()

    const kept = await page.evaluate(
      'JSON.stringify([history.state, { ...sessionStorage }, { ...localStorage }, location.href, document.cookie])',
    )
    expect(kept).not.toMatch(/often|fright|safety/)
    expect(await page.evaluate('sessionStorage.length + localStorage.length')).toBe(0)
    app.clock.advance(31 * 60_000)
    await page.reload()
    await page.getByText('One question at a time').waitFor()
    expect(await outcome.count()).toBe(0)
    expect(faults).toEqual([])
  })

  test('after leaving quickly from a later page, going back shows no outcome either', async () => {
    const { page } = await open()
    await page.goto(app.url + START)
    await page.click('text=All on one page')
    await box(page, 'dark-thoughts', 'often').check()
    await page.click('text=Show my starting point')
    await page.getByText('You, before any course').waitFor()
    await page.getByRole('contentinfo').getByRole('link', { name: 'Help', exact: true }).click()
    await page.waitForURL(/pages\/help$/)
    await playExitSite(page.context())
    await page.click('.leave')
    await page.waitForURL(exitSite.url)
    await page.goBack()
    await page.getByText('One question at a time').waitFor()
    expect(await page.content()).not.toContain('You, before any course')
    await page.reload()
    await page.getByText('One question at a time').waitFor()
    // A new run shows its own outcome, and keeps it.
    await page.click('text=All on one page')
    await box(page, 'dark-thoughts', 'often').check()
    await page.click('text=Show my starting point')
    await page.getByText('You, before any course').waitFor()
    await page.reload()
    await page.getByText('You, before any course').waitFor()
  })

  test('without scripts an outcome sent again by a reload is the same', async () => {
    const { page } = await open({ ...PHONE, javaScriptEnabled: false })
    await page.goto(app.url + START)
    await page.click('text=All on one page')
    await page.locator('[name="q.frightened"][value=often]').check()
    await page.click('text=Show my starting point')
    await page.getByText('Your safety comes first').waitFor()
    await page.reload()
    expect(await page.getByText('Your safety comes first').count()).toBe(1)
    // The questions came in answer to a form as well, and nothing is kept: the browser asks before it sends a form again.
    await expect(page.goBack()).rejects.toThrow('ERR_CACHE_MISS')
  })

  test('joins from the outcome by clicking, with the plan in the first mail', async () => {
    const { page } = await open()
    const answers = answersFor(WAYS.bridge.choose)
    await page.goto(app.url + START)
    await page.click('text=Open the plain page')
    expect(await page.title()).toBe('Notes')
    expect(page.url()).toMatch(/\/n\/[\w-]{10}$/)
    await page.click('text=All on one page')
    for (const [id, answer] of Object.entries(answers)) await box(page, id, answer).check()
    await page.click('text=Show my starting point')
    expect(await page.locator('[name=discreet]').isChecked()).toBe(true)
    await page.uncheck('[name=discreet]')
    await page.fill('#email', 'clicked@example.org')
    await page.check('[name=mailPlan]')
    await page.getByRole('button', { name: 'Sign up with this plan' }).click()
    const [confirm] = await app.mail.waitForMail('clicked@example.org')
    await page.goto(/http\S+\/confirm\/[\w-]+/.exec(confirm?.mail.text ?? '')?.[0] ?? '')
    await page.click('text=Yes, start')
    const [, lesson] = await app.mail.waitForMail('clicked@example.org', 2)
    expect(lesson?.mail.text).toContain('Your plan')
    expect(lesson?.mail.text).toContain('A care menu')
  })
})

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { exitSite } from '../../src/web/page/quick-exit-site.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { waitFor } from '../support/wait-for.ts'
import { violationsOf } from './axe.ts'
import { complaints, openChromium, playExitSite, visit } from './chromium.ts'
import { enrol } from './visitor.ts'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']

let app: TestApp
let browser: Browser
let contexts: BrowserContext[] = []
let number = 0

beforeAll(async () => {
  app = await createTestApp({
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
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

async function open(options = {}): Promise<{ page: Page; context: BrowserContext; faults: string[] }> {
  const context = await visit(browser, options)
  contexts.push(context)
  context.setDefaultTimeout(30_000)
  const page = await context.newPage()
  return { page, context, faults: complaints(page) }
}

async function newLearner() {
  number += 1
  const email = `browser-${number}@example.org`
  const { lesson, stop } = await enrol(app, email)
  return { email, lesson: `${app.url}${lesson}`, stop: `${app.url}${stop}` }
}

/** Day 2 of the course, which has most kinds of fields. */
async function dayTwo(): Promise<string> {
  const { email } = await newLearner()
  app.clock.advance(25 * 3_600_000)
  const mails = await app.mail.waitForMail(email, 3)
  return `${app.url}${/\/l\/[\w-]+/.exec(mails.at(-1)?.mail.text ?? '')?.[0]}`
}

const saved = (page: Page) => page.locator('[data-status][data-state=saved]').waitFor()

describe('leaving quickly', () => {
  test('covers the page, ends the session on the server and leaves no way back to what was written', async () => {
    const { lesson } = await newLearner()
    const { page, context, faults } = await open()
    await page.goto(`${app.url}/privacy`)
    await page.goto(lesson)
    await page.fill('[name="f.first"]', 'nobody else may see this')
    await saved(page)
    const [cookie] = await context.cookies(app.url)
    const ended = page.waitForRequest((request) => request.url().endsWith('/session/end'))
    await playExitSite(context)

    await page.click('.leave')
    await ended
    await page.waitForURL(exitSite.url)
    await waitFor(async () => (await context.cookies(app.url)).length === 0, 'the cookie to be gone')

    await page.goBack()
    expect(page.url()).toBe(`${app.url}/privacy`)
    if (cookie === undefined) throw new Error('No cookie was set by saving.')
    await context.addCookies([cookie])
    await page.goto(lesson)
    expect(await page.inputValue('[name="f.first"]')).toBe('')
    expect(faults).toEqual([])
  })

  test('hides everything at once, before the other site has answered', async () => {
    const { lesson } = await newLearner()
    const { page, context } = await open()
    // An answer without content leaves the browser on the page it was leaving.
    await playExitSite(context, { status: 204 })
    await page.goto(lesson)
    await page.click('.leave')
    expect(await page.locator('body').isVisible()).toBe(false)
    expect(await page.title()).toBe('Loading')
  })

  test('is Shift three times; other keys in between start the count again', async () => {
    const { page } = await open()
    await page.goto(app.url)
    for (const key of ['Shift', 'Shift', 'a', 'Shift', 'Shift']) await page.keyboard.press(key)
    expect(await page.locator('#leave-count').textContent()).toBe('Shift, 1 more time to leave.')
    expect(page.url()).toBe(`${app.url}/`)
    await playExitSite(page.context())
    await page.keyboard.press('Shift')
    await page.waitForURL(exitSite.url)
  })

  test('is the first thing a keyboard reaches, and stays in sight when the page is scrolled', async () => {
    const { lesson } = await newLearner()
    const { page } = await open()
    await page.goto(lesson)
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Leave this site quickly')
    await page.evaluate('scrollTo(0, document.body.scrollHeight)')
    const box = await page.locator('.leave').boundingBox()
    expect(box?.y).toBeLessThan(40)
    expect(box?.height).toBeGreaterThanOrEqual(44)
    await playExitSite(page.context())
    await page.keyboard.press('Enter')
    await page.waitForURL(exitSite.url)
  })

  test('ends the session and leads away without scripts, too', async () => {
    const { lesson } = await newLearner()
    const { page, context } = await open({ javaScriptEnabled: false })
    await page.goto(lesson)
    await page.fill('[name="f.first"]', 'nobody else may see this')
    await page.click('text=Save what I wrote')
    expect(await page.inputValue('[name="f.first"]')).toBe('nobody else may see this')
    const [cookie] = await context.cookies(app.url)

    // The answer of a redirect cannot be played in a test: what counts is where the browser went.
    const away = page.waitForRequest(exitSite.url)
    await page.click('.leave', { noWaitAfter: true })
    await away
    expect(await context.cookies(app.url)).toEqual([])

    const { name, value } = cookie as NonNullable<typeof cookie>
    await context.addCookies([{ name, value, url: app.url }])
    const again = await context.newPage()
    await again.goto(lesson)
    expect(await again.inputValue('[name="f.first"]')).toBe('')
  })
})

describe('saving while typing', () => {
  test('is acknowledged on the page, and a reload shows it', async () => {
    const { lesson } = await newLearner()
    const { page, faults } = await open()
    await page.goto(lesson)
    await page.check('[name="f.sleep"][value="4"]')
    await page.fill('[name="f.first"]', 'I looked at the ceiling')
    await saved(page)
    await page.reload()
    expect(await page.inputValue('[name="f.first"]')).toBe('I looked at the ceiling')
    expect(await page.isChecked('[name="f.sleep"][value="4"]')).toBe(true)
    // Nothing of what was written: only the code of the page that was read.
    expect(await page.evaluate('[...Object.keys(sessionStorage), ...Object.values(localStorage)]')).toEqual([
      expect.stringMatching(/^\["[\w-]{16}"\]$/),
    ])
    expect(faults).toEqual([])
  })

  test('says so when the connection is lost, keeps the text, and saves once it is back', async () => {
    const { lesson } = await newLearner()
    const { page, context } = await open()
    await page.goto(lesson)
    await context.setOffline(true)
    await page.fill('[name="f.first"]', 'written under a tunnel')
    await page.getByText('Not saved, will try again').waitFor()
    const refused = page.waitForEvent('requestfailed')
    await page.click('.finish button[value=not-today]')
    // Back on the line before this attempt had failed, the press would rightly go through.
    await refused
    expect(page.url()).toBe(lesson)
    await context.setOffline(false)
    await saved(page)
    await page.reload()
    expect(await page.inputValue('[name="f.first"]')).toBe('written under a tunnel')
  })

  test('takes the last words along when the page is closed at once', async () => {
    const { lesson } = await newLearner()
    const { page, context } = await open()
    await page.goto(lesson)
    await page.fill('[name="f.first"]', 'before')
    await saved(page)
    await page.fill('[name="f.first"]', 'the very last words')
    await page.goto(`${app.url}/privacy`)
    const again = await context.newPage()
    await waitFor(async () => {
      await again.goto(lesson)
      return (await again.inputValue('[name="f.first"]')) === 'the very last words'
    }, 'the last words to have arrived')
  })

  test('shows both texts when two tabs wrote different ones, and never reads an older page over a newer text', async () => {
    const { lesson } = await newLearner()
    const { page: one, context } = await open()
    await one.goto(lesson)
    await one.fill('[name="f.first"]', 'start')
    await saved(one)
    const two = await context.newPage()
    await two.goto(lesson)
    await two.fill('[name="f.first"]', 'from the second tab')
    await saved(two)
    await one.check('[name="f.sleep"][value="7"]')
    await one.waitForResponse((response) => response.url().endsWith('/draft'))
    await one.click('text=Save what I wrote')
    await one.waitForURL(/saved=text/)
    expect(await one.inputValue('[name="f.first"]')).toBe('from the second tab')

    await two.fill('[name="f.first"]', 'two again')
    await saved(two)
    await one.fill('[name="f.first"]', 'one again')
    await one.getByText('Something else had been saved meanwhile').waitFor()
    expect(await one.locator('#field-first [data-kept] blockquote').allTextContents()).toContain('two again')
    expect(await one.inputValue('[name="f.first"]')).toBe('one again')
  })
})

describe('the exercise', () => {
  test('helps while writing: words counted, words marked, notes in the margin, feedback on sorting', async () => {
    const { page, faults } = await open()
    await page.goto(await dayTwo())
    await page.fill('[name="f.story"]', 'I always try, but I never sleep.')
    await page.click('[data-bank] button >> nth=0')
    const story = page.locator('#field-story')
    expect(await page.inputValue('[name="f.story"]')).toBe('I always try, but I never sleep. rested ')
    expect(await story.locator('[data-count]').textContent()).toMatch(/^Words so far: 8\./)
    expect(await story.locator('mark').allTextContents()).toEqual(['but'])
    expect(await story.getByText('Was it so every time?').isVisible()).toBe(true)

    await page.check('[name="f.sort.window"][value=rush]')
    expect(await page.locator('#field-sort .sort >> nth=1').locator('.say').textContent()).toMatch(/^Look once more/)
    await page.check('[name="f.sort.window"][value=calm]')
    expect(await page.locator('#field-sort .sort >> nth=1').locator('.say').textContent()).toMatch(/^Yes\./)
    await page.check('[name="f.which"][value=drink]')
    expect(await page.getByText('Put the cup out tonight.').isVisible()).toBe(true)

    await page.check('#show-small')
    expect(await page.locator('#field-story').isVisible()).toBe(false)
    expect(await page.locator('#field-which').isVisible()).toBe(true)

    await page.click('text=Start a 5-minute timer')
    await page.getByText(/^[45]:\d\d$/).waitFor()
    expect(faults).toEqual([])
  })

  test('sliders can be dragged, and set with the keyboard', async () => {
    const { lesson } = await newLearner()
    const { page } = await open()
    await page.goto(lesson)
    const track = page.locator('#field-rush [data-track]')
    await track.scrollIntoViewIfNeeded()
    const box = await track.boundingBox()
    if (box === null) throw new Error('The slider is not in sight.')
    await page.mouse.move(box.x + 4, box.y + box.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width - 4, box.y + box.height / 2, { steps: 8 })
    await page.mouse.up()
    expect(await page.isChecked('[name="f.rush"][value="10"]')).toBe(true)
    await page.focus('[name="f.rush"]:checked')
    await page.keyboard.press('ArrowLeft')
    expect(await page.isChecked('[name="f.rush"][value="9"]')).toBe(true)
  })

  test('offers to stop as soon as it got three points heavier', async () => {
    const { lesson } = await newLearner()
    const { page } = await open()
    await page.goto(lesson)
    await page.check('[name="f.mood-before"][value="2"]')
    await page.check('[name="f.mood-after"][value="5"]')
    await page.getByText('You can stop here').waitFor()
  })

  test.each([true, false])('completes a day by clicking, with scripts %s', async (javaScriptEnabled) => {
    const { lesson } = await newLearner()
    const { page, faults } = await open({ javaScriptEnabled })
    await page.goto(lesson)
    await page.locator('#field-sleep label').nth(6).click()
    await page.getByText('Daylight', { exact: true }).click()
    await page.getByRole('button', { name: 'Full', exact: true }).click()
    await page.waitForURL(/saved=full/)
    await page.getByText('Day 1 is done').waitFor()
    expect(await page.isChecked('[name="f.sleep"][value="6"]')).toBe(true)
    expect(faults).toEqual([])
  })
})

describe('signing up', () => {
  test('has the browser’s time zone filled in', async () => {
    const { page, faults } = await open()
    await page.goto(app.url)
    expect(await page.inputValue('#timeZone')).toBe('Asia/Tokyo')
    await page.fill('#email', 'tokyo@example.org')
    await page.click('text=Send me the confirmation email')
    await page.getByText('Look in your inbox').waitFor()
    expect(faults).toEqual([])
  })
})

describe('every page', () => {
  test.each([
    [320, 'light'],
    [1280, 'dark'],
  ] as const)(
    'is accessible and nothing sticks out at %i px, %s',
    async (width, colorScheme) => {
      const { lesson, stop } = await newLearner()
      const two = await dayTwo()
      const { page } = await open({ viewport: { width, height: 800 }, colorScheme })
      for (const url of [
        app.url,
        `${app.url}/privacy`,
        lesson,
        two,
        `${lesson}/settings`,
        stop,
        `${app.url}/confirm/x`,
      ]) {
        await page.goto(url)
        const violations = await violationsOf(page, { runOnly: RULES })
        expect(violations.map(({ id, nodes }) => [url, id, nodes.map((node) => node.failureSummary)])).toEqual([])
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
      }
    },
    90_000,
  )
})

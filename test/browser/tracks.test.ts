import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import type { Course, Effort, Lesson } from '../../src/core/course/course.ts'
import { fieldsFor } from '../../src/core/course/variant.ts'
import type { Variant } from '../../src/core/model.ts'
import { waitUntilIdle } from '../support/database/database-rows.ts'
import { linkOf } from '../support/mail-links.ts'
import { join } from '../support/sign-up-and-confirm.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { pairs } from '../trial-sizes.ts'
import { complaints, openChromium, visit } from '../web/chromium.ts'
import { tooWide } from './audit.ts'
import { fillByHand } from './fill-by-hand.ts'

const PHONE = { width: 375, height: 812 }
const DAY_MS = 86_400_000
const TRACKS = ['steady', 'mend', 'bridge', 'reach']

interface Person {
  readonly email: string
  readonly variant: Variant
  readonly scripts: boolean
  readonly effort: Exclude<Effort, 'not-today'>
  readonly page: Page
  readonly faults: string[]
}

let parts: TestApp
let course: Course
let browser: Browser
const takers: Person[] = []

beforeAll(async () => {
  browser = await openChromium()
  parts = await createTestApp({ start: '2026-03-02T09:15:00Z', worker: true })
  course = parts.app.ports.courses.get('steady-week') as Course
  expect(course.tracks.map(({ name }) => name)).toEqual(TRACKS)
  // With scripts the whole form, and on top the overlay that adds; without scripts the small form, with the one that leaves out.
  takers.push(...(await Promise.all(pairs(TRACKS, [true, false]).map(([track, scripts]) => arrive(track, scripts)))))
  expect(new Set(takers.map(({ variant }) => variant.track))).toEqual(new Set(TRACKS))
}, 120_000)

async function arrive(track: string, scripts: boolean): Promise<Person> {
  const overlays = [scripts ? 'lighter' : 'gentle']
  const email = `${track}-${scripts ? 'scripts' : 'plain'}@example.test`
  await join(parts, email, { track, overlays: overlays[0] ?? '' })
  const context = await visit(browser, { viewport: PHONE, javaScriptEnabled: scripts, timezoneId: 'Europe/Berlin' })
  context.setDefaultTimeout(30_000)
  const page = await context.newPage()
  const effort = scripts ? 'full' : 'small'
  return { email, variant: { track, overlays }, scripts, effort, page, faults: complaints(page) }
}

afterAll(async () => {
  await browser?.close()
  await parts?.close()
})

async function everyone(step: (person: Person) => Promise<void>): Promise<void> {
  const ends = await Promise.allSettled(takers.map(step))
  const failed = ends.flatMap((end, index) =>
    end.status === 'rejected'
      ? [`${takers[index]?.email}: ${end.reason instanceof Error ? end.reason.stack : end.reason}`]
      : [],
  )
  expect(failed).toEqual([])
}

async function openMail({ email, page }: Person, count: number): Promise<void> {
  const mail = (await parts.mail.waitForMail(email, count))[count - 1]
  if (!mail) throw new Error(`no mail ${count} to ${email}`)
  await page.goto(linkOf(mail, '/l/'))
}

/** What stands on the page is what the course has for this reader, in this form, and nothing else. */
async function expectOwnFields({ page, variant, effort }: Person, lesson: Lesson): Promise<void> {
  const shown = await page.evaluate<string[]>(
    "[...document.querySelectorAll('[data-field]')].filter((box) => box.checkVisibility()).map((box) => box.dataset.field)",
  )
  const own = fieldsFor(lesson.exercise, variant, effort).filter(({ type }) => type !== 'note')
  const added = ['mood-before', 'mood-after', 'letter_version']
  expect(shown.filter((id) => !added.includes(id))).toEqual(own.map(({ id }) => id))
}

/** What may wait lies under one line, which a click opens, with scripts or without. */
async function openWhatMayWait(page: Page): Promise<void> {
  for (const later of await page.locator('details.later').all())
    if ((await later.isVisible()) && (await later.getAttribute('open')) === null) await later.locator('summary').click()
}

/** A third of them write on each day, in turn; all do where a later page shows it again. The others say "Not today". */
function writes(person: Person, day: number): boolean {
  return [1, 4, 7].includes(day) || (day + takers.indexOf(person)) % 3 === 0
}

async function takeExercise(person: Person, lesson: Lesson): Promise<void> {
  const { page, scripts, effort } = person
  await page.getByRole('heading', { level: 1, name: lesson.title }).waitFor()
  if (effort === 'small') await page.getByLabel('Small form', { exact: true }).check()
  await openWhatMayWait(page)
  await expectOwnFields(person, lesson)
  const name = !writes(person, lesson.day) ? 'Not today' : effort === 'full' ? 'Full' : 'Small'
  if (name !== 'Not today') {
    await fillByHand(page)
    if (scripts) await page.locator('[data-status][data-state=saved]').waitFor()
  }
  expect(await tooWide(page)).toEqual([])
  await page.getByRole('button', { name, exact: true }).click()
}

describe.each([1, 2, 3, 4, 5, 6, 7])('day %i of every track', (day) => {
  test('shows this reader’s own exercise, is filled in by hand at phone width and is done', async () => {
    const lesson = course.lessons[day - 1] as Lesson
    if (day > 1) parts.clock.advance(DAY_MS)
    await everyone(async (person) => {
      await openMail(person, day + 1)
      await takeExercise(person, lesson)
      await person.page.getByText(`Day ${day} is done`).waitFor()
      expect(await tooWide(person.page)).toEqual([])
    })
    await waitUntilIdle(parts.dataDir, parts.clock.now())
  }, 120_000)
})

test('the last day shows the first day’s sliders beside what was given then', async () => {
  await everyone(async ({ page }) => {
    expect(await page.locator('.again').first().innerText()).toMatch(/on day 1: \d/)
  })
})

test('the letter can be put on paper, saved as a file, and marked to share where that is offered', async () => {
  const letterDay = course.lessons.find(({ exercise }) => exercise.letter)?.day ?? 0
  await everyone(async (person) => {
    const { page, scripts } = person
    await openMail(person, letterDay + 1)
    await page.getByRole('link', { name: 'Print', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: course.lessons[letterDay - 1]?.exercise.title ?? '' }).waitFor()
    expect(await page.getByText('isn’t protected').isVisible()).toBe(true)
    expect(await page.getByText('and a "quotation" & more').count()).toBeGreaterThan(0)
    const print = page.getByRole('button', { name: 'Print' })
    if (scripts) await print.waitFor()
    else expect(await print.isVisible()).toBe(false)
    await page.getByRole('link', { name: 'Back' }).click()

    const share = page.getByLabel('Perhaps to share')
    // Gentle: no sharing step, and nothing that looks like one.
    if (!scripts) {
      expect(await share.count()).toBe(0)
      return
    }
    const step = page.getByRole('link', { name: 'See the steps first' })
    expect(await step.isVisible()).toBe(false)
    await share.check()
    await step.waitFor()
    // The link waits until the choice is saved.
    await step.click()
    await page.getByRole('heading', { name: 'Before you share' }).waitFor()
    expect(await tooWide(page)).toEqual([])
  })
}, 120_000)

test('a weekly check-in is taken the same way, and its questions lead to an answer', async () => {
  parts.clock.advance(DAY_MS)
  await everyone(async ({ email }) => void (await parts.mail.waitForMail(email, 9)))
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  for (const { week, ...checkIn } of parts.app.ports.courses.resourcesOf('steady-week').checkIns.slice(0, 2)) {
    parts.clock.advance(7 * DAY_MS)
    await everyone(async (person) => {
      await openMail(person, 9 + week)
      await takeExercise(person, { ...checkIn, day: 8 + week })
      await person.page.getByText('This check-in is done').waitFor()
    })
    await waitUntilIdle(parts.dataDir, parts.clock.now())
  }
  await everyone(async ({ page }) => {
    await page.getByLabel('Once, not since').check()
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('heading', { name: 'Keep help near' }).waitFor()
    expect(new URL(page.url()).search).toBe('')
    expect(await tooWide(page)).toEqual([])
  })
}, 180_000)

test('no page complained', () => {
  expect(takers.flatMap(({ faults }) => faults)).toEqual([])
})

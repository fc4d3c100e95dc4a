import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Course } from '../../src/core/course/course.ts'
import { queryRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { linkOf } from '../support/mail-links.ts'
import { openOwnSessionByLink } from '../support/open-own-session.ts'
import { join, type SignedUpLearner } from '../support/sign-up-and-confirm.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'

const ADDRESS = 'mara@example.test'
let parts: TestApp
let course: Course
let joined: SignedUpLearner

beforeAll(async () => {
  parts = await createTestApp({ start: '2026-03-02T09:00:00Z', worker: true })
  course = parts.app.ports.courses.get('steady-week') as Course
  joined = await join(parts, ADDRESS)
})

afterAll(() => parts?.close())

const settings = () => `${new URL(joined.lessonLink).pathname}/settings`

/** A sentence of the first lesson's or another day's body that only this audience reads, as plain words. */
function ownWords(day: number, audience: string): string {
  const block = course.lessons[day - 1]?.body.find(
    ({ audiences, pageOnly }) => !pageOnly && audiences.length === 1 && audiences[0] === audience,
  )
  const words = block?.text.markdown.trim().split(/[\n*_[]/)[0] ?? ''
  if (words.length < 20) throw new Error(`Day ${day} has nothing for ${audience} alone.`)
  return words.slice(0, 60)
}

/** A version, a nonce and a tag around 128 bytes. */
const SEALED_BYTES = 1 + 12 + 128 + 16

const keptForms = () =>
  queryRows(
    parts.dataDir,
    'select day, length(sealed_variant) as bytes, variant as plain from delivery where sealed_variant is not null order by day',
  )

/** What the settings page has ticked: the track, empty for none, and the overlays. */
async function chosen(): Promise<readonly string[]> {
  const { text } = await joined.visitor.get(settings())
  const ticked = /name="(?:track|overlays)" value="([^"]*)" checked/g
  return [...text.matchAll(ticked)].map(([, value = '']) => value)
}

/** Wrapping and quoting aside. */
const flat = (text: string | undefined) => (text ?? '').replace(/\s+/g, ' ').replaceAll('&#39;', "'")

test('whoever has no track gets the common form, in the mail and on the page', async () => {
  const mail = (await parts.mail.waitForMail(ADDRESS, 2))[1]
  const page = await joined.visitor.get(joined.lessonLink)
  const day = course.lessons.findIndex(({ body }) => body.some(({ audiences }) => audiences.includes('common'))) + 1
  expect(day).toBeGreaterThan(0)
  for (const { name } of course.tracks) {
    const own = course.lessons[0]?.body.find(({ audiences }) => audiences.length === 1 && audiences[0] === name)
    if (own) expect(flat(mail?.mail.text)).not.toContain(flat(own.text.markdown.slice(0, 40)))
  }
  expect(page.status).toBe(200)
  expect(keptForms()).toEqual([{ day: 1, bytes: SEALED_BYTES, plain: null }])
})

test('the settings page offers every track and overlay, and refuses others', async () => {
  const page = await joined.visitor.get(settings())
  for (const { name, title } of [...course.tracks, ...course.overlays]) {
    expect(page.text).toContain(`value="${name}"`)
    expect(page.text).toContain(title)
  }
  const refused = await joined.visitor.post(settings(), {
    all: '1',
    timeZone: 'Europe/Berlin',
    hour: '7',
    track: 'other',
  })
  expect(refused.status).toBe(400)
  expect(await chosen()).toEqual([''])
})

test('a new track holds from the next lesson on, and days already sent stay as they were', async () => {
  const before = await joined.visitor.get(joined.lessonLink)
  const answer = await joined.visitor.post(settings(), {
    all: '1',
    timeZone: 'Europe/Berlin',
    hour: '7',
    track: 'mend',
    overlays: ['lighter', 'gentle'],
    checkIns: 'on',
  })
  expect(answer.status).toBe(303)
  const exercise = (text: string) => text.slice(text.indexOf('<article'), text.indexOf('</form>'))
  expect(exercise((await joined.visitor.get(joined.lessonLink)).text)).toBe(exercise(before.text))

  parts.clock.set('2026-03-03T06:00:00Z')
  const second = (await parts.mail.waitForMail(ADDRESS, 3))[2]
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  const words = ownWords(2, 'mend')
  expect(flat(second?.mail.text)).toContain(flat(words))
  if (!second) throw new Error('no second lesson')
  const page = flat((await joined.visitor.get(linkOf(second, '/l/'))).text.replace(/<[^>]+>/g, ''))
  expect(page).toContain(flat(words))
  expect(page).toContain(flat(ownWords(2, 'lighter')))
  expect(keptForms()).toEqual([
    { day: 1, bytes: SEALED_BYTES, plain: null },
    { day: 2, bytes: SEALED_BYTES, plain: null },
  ])
})

test('a setting that a request leaves out stays as it is', async () => {
  const answer = await joined.visitor.postJson(settings(), { timeZone: 'Europe/Lisbon', hour: 9 })
  expect(answer.status).toBe(200)
  expect(
    queryRows(parts.dataDir, 'select time_zone, hour, discreet, web_only, check_ins_stopped_at from enrolment'),
  ).toEqual([
    {
      time_zone: 'Europe/Lisbon',
      hour: 9,
      discreet: 0,
      web_only: 0,
      check_ins_stopped_at: null,
    },
  ])
  // The session is a day old by now: the form can be changed, and its boxes seen, after a link from an email.
  await openOwnSessionByLink(parts, joined, joined.visitor)
  expect(await chosen()).toEqual(['mend', 'lighter', 'gentle'])
})

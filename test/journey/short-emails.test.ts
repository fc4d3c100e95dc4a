import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { backfillShortEmails } from '../../src/flow/enrolment/short-emails.ts'
import { changeDatabase, queryRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { linkOf } from '../support/mail-links.ts'
import type { Accepted } from '../support/mail-server.ts'
import { newestLink, openOwnSessionByLink } from '../support/open-own-session.ts'
import { join, type SignedUpLearner } from '../support/sign-up-and-confirm.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { createVisitor } from '../support/visitor.ts'

const DAY = 86_400_000
const NEUTRAL = '<h1>Your pages</h1>'
let parts: TestApp

beforeAll(async () => {
  parts = await createTestApp({ start: '2026-03-02T09:00:00Z', worker: true })
})

afterAll(() => parts?.close())

const shortOf = (address: string) =>
  queryRows(
    parts.dataDir,
    'select short_emails from enrolment where learner_id = (select id from learner where address = ?)',
    address,
  )[0]?.short_emails

const restrict = ({ visitor, lessonLink }: SignedUpLearner) =>
  visitor.post(`${lessonLink}/start`, { mode: 'all', go: 'finish', seen: '1', 'q.dark-thoughts': 'passing' })

async function mailOfDay(address: string, day: number): Promise<Accepted> {
  const mail = (await parts.mail.waitForMail(address, day + 1))[day]
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  return mail as Accepted
}

describe('chosen', () => {
  test('on the sign-up form or by JSON: from the first mail on', async () => {
    expect((await createVisitor(parts.url).get('/')).text).toContain('name="shortEmails"')
    const joined = await join(parts, 'form@example.test', { shortEmails: 'on' })
    const visitor = createVisitor(parts.url)
    await visitor.postJson('/sign-up', { email: 'json@example.test', timeZone: 'UTC', hour: 7, shortEmails: true })
    const [confirmation] = await parts.mail.waitForMail('json@example.test')
    await visitor.post(linkOf(confirmation as Accepted, '/confirm/'))
    for (const address of [joined.address, 'json@example.test']) {
      const mail = await mailOfDay(address, 1)
      expect(mail.mail.subject).toBe('Steady Week: your next page')
      expect(shortOf(address)).toBe(1)
    }
    expect((await joined.visitor.get(joined.lessonLink)).text).toContain('id="answers"')
  })

  test('in the settings by whoever holds a link; only a fresh own session switches it off', async () => {
    const joined = await join(parts, 'settings@example.test')
    const settings = `${joined.lessonLink}/settings`
    const stranger = createVisitor(parts.url)
    expect((await stranger.get(settings)).text).toContain('name="shortEmails"')
    expect(
      (await stranger.post(settings, { all: '1', timeZone: 'UTC', hour: '7', checkIns: 'on', shortEmails: 'on' }))
        .status,
    ).toBe(303)
    expect(shortOf(joined.address)).toBe(1)
    expect((await stranger.get(settings)).text).not.toContain('name="shortEmails"')
    expect((await stranger.get(joined.lessonLink)).text).toContain(NEUTRAL)
    // A form without the box leaves it as it is.
    expect((await stranger.post(settings, { all: '1', timeZone: 'UTC', hour: '8', checkIns: 'on' })).status).toBe(303)
    expect((await stranger.postJson(settings, { shortEmails: false })).status).toBe(403)
    expect(shortOf(joined.address)).toBe(1)
    const off = { all: '1', own: '1', timeZone: 'UTC', hour: '7', checkIns: 'on', track: '' }
    expect((await joined.visitor.post(settings, off)).status).toBe(303)
    expect(shortOf(joined.address)).toBe(0)
    expect((await stranger.get(joined.lessonLink)).text).not.toContain(NEUTRAL)
  })
})

test('the neutral page leads to a link, which opens the day; what is typed after a session ended is not lost', async () => {
  const joined = await join(parts, 'neutral@example.test', { shortEmails: 'on' })
  const browser = createVisitor(parts.url)
  const page = (await browser.get(joined.lessonLink)).text
  expect(page).toContain(NEUTRAL)
  expect(page).toContain(`action="${new URL(joined.lessonLink).pathname}/read"`)
  expect(page).not.toContain('Day 1')
  const field = parts.app.ports.courses
    .get('steady-week')
    ?.lessons[0]?.exercise.fields.find(({ type }) => type === 'text' || type === 'long')
  const sent = await browser.post(joined.lessonLink, { [`f.${field?.id}`]: 'typed too late', effort: 'full' })
  expect(sent.headers.get('location')).toBe(`${new URL(joined.lessonLink).pathname}?saved=text`)
  expect((await browser.get(sent.headers.get('location') ?? '')).text).toContain('What you sent just now is kept.')
  expect((await browser.get(joined.lessonLink)).text).not.toContain('typed too late')
  await openOwnSessionByLink(parts, joined, browser)
  expect((await browser.get(joined.lessonLink)).text).toContain('typed too late')
})

test('who reads on the web only is told what can be done, and gets no mail', async () => {
  const address = 'web@example.test'
  const visitor = createVisitor(parts.url)
  await visitor.post('/sign-up', { email: address, timeZone: 'UTC', hour: '7', webOnly: 'on', shortEmails: 'on' })
  const [confirmation] = await parts.mail.waitForMail(address)
  const confirmed = await visitor.post(linkOf(confirmation as Accepted, '/confirm/'))
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  const lesson = /href="(\/l\/[\w-]+)"/.exec(confirmed.text)?.[1] ?? ''
  // The device that confirmed goes on reading.
  expect((await visitor.get(lesson)).text).toContain('id="answers"')
  const stranger = await createVisitor(parts.url).get(lesson)
  expect(stranger.text).toContain(NEUTRAL)
  expect(stranger.text).toContain('You chose not to get emails')
  expect((await createVisitor(parts.url).post(`${lesson}/read`)).status).toBe(403)
  await createVisitor(parts.url).postJson(`${lesson}/settings`, { webOnly: false })
  expect((await createVisitor(parts.url).post(`${lesson}/read`)).status).toBe(200)
  await newestLink(parts, address, '/read/')
})

describe('a restriction', () => {
  test('of an earlier version takes this form at once on pages, and from the next mail on', async () => {
    const joined = await join(parts, 'earlier@example.test')
    const plain = await join(parts, 'earlier.plain@example.test')
    await restrict(joined)
    changeDatabase(parts.dataDir, 'update enrolment set short_emails = null')
    expect((await createVisitor(parts.url).get(joined.lessonLink)).text).toContain(NEUTRAL)
    expect((await createVisitor(parts.url).get(plain.lessonLink)).text).not.toContain(NEUTRAL)
    changeDatabase(parts.dataDir, 'update enrolment set short_emails = null')
    parts.clock.advance(DAY)
    expect((await mailOfDay(joined.address, 2)).mail.subject).toBe('Steady Week: your next page')
    expect((await mailOfDay(plain.address, 2)).mail.subject).not.toBe('Steady Week: your next page')
    expect([shortOf(joined.address), shortOf(plain.address)]).toEqual([1, 0])
  })

  test('is found at the start, by several processes at once, in slices, and again', async () => {
    changeDatabase(
      parts.dataDir,
      `update enrolment set short_emails = null;
       insert into enrolment (learner_id, course, state, name, time_zone, hour, discreet, web_only, track, overlays, confirmed_at, starting_point)
         with recursive n(i) as (select 1 union all select i + 1 from n where i < 450)
         select 1, 'steady-week', 'finished', '', 'UTC', 7, 0, 0, null, '[]', 0, case when i = 7 then x'0102' end from n`,
    )
    const { ports } = parts.app
    const left = () => queryRows(parts.dataDir, 'select count(*) as n from enrolment where short_emails is null')[0]?.n
    const { signal } = new AbortController()
    await Promise.all([1, 2, 3].map(() => backfillShortEmails(ports, signal)))
    // One does not open: it waits for a person, and keeps nobody else waiting.
    expect(left()).toBe(1)
    expect([shortOf('earlier@example.test'), shortOf('earlier.plain@example.test')]).toEqual([1, 0])
    expect(await backfillShortEmails(ports, signal)).toBe(0)
    changeDatabase(parts.dataDir, "update enrolment set short_emails = null where state = 'active'")
    await parts.restart()
    const until = performance.now() + 10_000
    while (left() !== 1 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(left()).toBe(1)
  })
})

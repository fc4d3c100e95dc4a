import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { queryRows, waitUntilIdle } from '../../support/database/database-rows.ts'
import { linkOf } from '../../support/mail-links.ts'
import type { Accepted } from '../../support/mail-server.ts'
import { join, type SignedUpLearner } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor } from '../../support/visitor.ts'

/** A Monday, 10:00 in Berlin. */
const START = '2026-03-02T09:00:00Z'
const DAY = 86_400_000
let parts: TestApp

beforeAll(async () => {
  parts = await createTestApp({
    start: START,
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
})
afterAll(() => parts?.close())

const quiet = () => waitUntilIdle(parts.dataDir, parts.clock.now())

function dueAt({ address }: SignedUpLearner): string[] {
  return queryRows(
    parts.dataDir,
    `select d.due_at from delivery d join learner l on l.id = d.learner_id
     where l.address = ? and d.day > 1 order by d.day`,
    address,
  ).map((row) => new Date(Number(row.due_at)).toISOString().slice(0, 16))
}

const settingsOf = ({ lessonLink }: SignedUpLearner) => `${lessonLink}/settings`
const textOf = (html: string) =>
  html
    .replaceAll(/<select.*?<\/select>/gs, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
const sentTo = (address: string) => parts.mail.accepted.filter(({ to }) => to === address)

describe('the pace', () => {
  test.each([
    ['daily', ['2026-03-03T06:00', '2026-03-04T06:00']],
    ['second-day', ['2026-03-04T06:00', '2026-03-06T06:00']],
    ['weekly', ['2026-03-09T06:00', '2026-03-16T06:00']],
  ])('chosen when signing up is that of the lessons: %s', async (pace, due) => {
    parts.clock.set(START)
    const learner = await join(parts, `pace-${pace}@example.test`, { pace })
    expect(dueAt(learner)).toEqual(due)
    const page = await learner.visitor.get(settingsOf(learner))
    expect(page.text).toMatch(new RegExp(`<option value="${pace}" selected>`))
  })

  test('is refused with a sentence where there is no such pace, in forms and in JSON', async () => {
    const visitor = createVisitor(parts.url)
    const form = { email: 'who@example.test', timeZone: 'UTC', hour: '7', pace: 'hourly' }
    const refused = await visitor.post('/sign-up', form)
    expect([refused.status, textOf(refused.text)]).toEqual([
      400,
      expect.stringContaining('Please choose one of these.'),
    ])
    expect((await visitor.postJson('/sign-up', form)).text).toContain('"pace":"Please choose one of these."')
    const learner = await join(parts, 'refused@example.test')
    const settings = await visitor.postJson(settingsOf(learner), { pace: 'hourly' })
    expect([settings.status, settings.text]).toEqual([400, expect.stringContaining('"pace"')])
  })

  test('changed in the settings moves what is still to come, and the page says when', async () => {
    parts.clock.set(START)
    const learner = await join(parts, 'changed@example.test')
    const { visitor } = learner
    await visitor.post(settingsOf(learner), { all: '1', timeZone: 'Europe/Berlin', hour: '19', pace: 'weekly' })
    expect(dueAt(learner)).toEqual(['2026-03-09T18:00', '2026-03-16T18:00'])
    expect(textOf((await visitor.get(`${settingsOf(learner)}?saved=1`)).text)).toContain(
      'Saved. The next lesson comes on Monday, March 9, at 7:00 PM.',
    )
    // A page from before has no such field.
    await visitor.post(settingsOf(learner), { all: '1', timeZone: 'Europe/Berlin', hour: '7' })
    expect(dueAt(learner)).toEqual(['2026-03-09T06:00', '2026-03-16T06:00'])
  })
})

describe('a pause', () => {
  test.each([
    ['', 'You have paused it, and your next lesson comes on Thursday, March 12'],
    ['on', 'It is paused. The next note comes on Thursday, March 12'],
  ])('is what somebody reads who signs up again meanwhile, with discreet "%s"', async (discreet, says) => {
    parts.clock.set(START)
    const learner = await join(parts, `again-${discreet}@example.test`, discreet === '' ? {} : { discreet })
    const again = async (count: number) => {
      const form = { email: learner.address, timeZone: 'Europe/Berlin', hour: '7' }
      await createVisitor(parts.url).post('/sign-up', form)
      const mail = (await parts.mail.waitForMail(learner.address, count)).at(-1)?.mail
      return textOf(`${mail?.html} ${mail?.text}`)
    }
    await learner.visitor.post(`${settingsOf(learner)}/pause`, { until: '2026-03-12' })
    const paused = await again(3)
    expect(paused).toContain(says)
    expect(paused).not.toMatch(/keep coming|running/)
    await learner.visitor.post(`${settingsOf(learner)}/pause/end`)
    expect(await again(4)).not.toContain('paused')
  })

  test('chosen in the settings: nothing comes, one notice the day before, then one lesson a day', async () => {
    parts.clock.set(START)
    const learner = await join(parts, 'paused@example.test')
    const { address, visitor, lessonLink } = learner
    const answer = await visitor.post(`${settingsOf(learner)}/pause`, { until: '2026-03-12' })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, expect.stringContaining('saved=1')])
    expect(textOf((await visitor.get(`${settingsOf(learner)}?saved=1`)).text)).toContain(
      'Saved. The course is paused. The next lesson comes on Thursday, March 12, at 7:00 AM.',
    )
    expect((await visitor.get(lessonLink)).status).toBe(200)

    parts.clock.advance(8 * DAY)
    await quiet()
    expect(sentTo(address)).toHaveLength(2)
    parts.clock.set('2026-03-11T06:00:00Z')
    const notice = (await parts.mail.waitForMail(address, 3))[2] as Accepted
    expect(notice.mail.subject).toBe('Kinder Mornings goes on soon')
    expect((await visitor.get(linkOf(notice, '/l/'))).status).toBe(200)
    parts.clock.set('2026-03-12T06:00:00Z')
    await parts.mail.waitForMail(address, 4)
    await quiet()
    expect(sentTo(address)).toHaveLength(4)
    expect(dueAt(learner)[1]).toBe('2026-03-13T06:00')
  })

  test('can be ended with one click, and a date that cannot be chosen is refused with a sentence', async () => {
    parts.clock.set(START)
    const learner = await join(parts, 'early@example.test')
    const { visitor } = learner
    const refused = await visitor.post(`${settingsOf(learner)}/pause`, { until: '2027-01-01' })
    expect([refused.status, textOf(refused.text)]).toEqual([
      400,
      expect.stringContaining('Please choose a day from tomorrow on, 90 days ahead at most.'),
    ])
    await visitor.post(`${settingsOf(learner)}/pause`, { until: '2026-03-12' })
    expect(dueAt(learner)).toEqual(['2026-03-12T06:00', '2026-03-13T06:00'])
    await visitor.post(`${settingsOf(learner)}/pause/end`)
    expect(dueAt(learner)).toEqual(['2026-03-03T06:00', '2026-03-04T06:00'])
  })

  test('of somebody who reads on the web only brings no email, and opens one page afterwards', async () => {
    parts.clock.set(START)
    const learner = await join(parts, 'web-only@example.test')
    const { address, visitor } = learner
    await visitor.post(settingsOf(learner), {
      all: '1',
      timeZone: 'Europe/Berlin',
      hour: '7',
      pace: 'daily',
      webOnly: 'on',
    })
    await visitor.post(`${settingsOf(learner)}/pause`, { until: '2026-03-12' })
    for (const time of ['2026-03-11T06:00:00Z', '2026-03-12T06:00:00Z']) {
      parts.clock.set(time)
      await quiet()
    }
    await quiet()
    expect(sentTo(address)).toHaveLength(2)
    expect(
      queryRows(
        parts.dataDir,
        'select d.day from delivery d join learner l on l.id = d.learner_id where l.address = ? and d.day > 1 and d.first_dot_at is not null',
        address,
      ),
    ).toEqual([{ day: 2 }])
  })
})

describe('the stop page', () => {
  test('offers a pause and another pace below its button, and one click never meets them', async () => {
    parts.clock.set(START)
    const learner = await join(parts, 'instead@example.test')
    const { visitor, stopLink } = learner
    const page = (await visitor.get(stopLink)).text
    expect(page.indexOf('Stop now')).toBeLessThan(page.indexOf('Or rather a pause?'))
    expect(page.indexOf('Or rather a pause?')).toBeLessThan(page.indexOf('Or rather less often?'))
    expect(textOf((await visitor.post(`${stopLink}/pace`, { pace: 'second-day' })).text)).toContain(
      'From the next lesson on: Every second day. The next lesson comes on Wednesday at 7:00 AM.',
    )
    expect(textOf((await visitor.post(`${stopLink}/pause`, { until: '2026-03-12' })).text)).toContain(
      'The course is paused. The next lesson comes on Thursday, March 12, at 7:00 AM.',
    )
    expect(dueAt(learner)).toEqual(['2026-03-12T06:00', '2026-03-14T06:00'])
    for (const [path, form] of [
      ['pause', { until: 'soon' }],
      ['pace', { pace: 'hourly' }],
    ] as const) {
      const refused = await visitor.post(`${stopLink}/${path}`, form)
      expect([refused.status, refused.text.includes('Stop now')]).toEqual([400, true])
    }
    const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
    const stopped = await (await fetch(stopLink, { method: 'POST', body })).text()
    expect(stopped).toContain('No more lessons will come.')
    expect(stopped).not.toContain('Or rather')
    expect(textOf(stopped)).toContain('until you choose “Delete everything” below')
    expect(textOf(stopped)).toContain('stays for 30 days')
    // Whoever stopped finds a sentence in an old tab.
    const late = await visitor.post(`${stopLink}/pause`, { until: '2026-03-12' })
    expect(late.status).toBe(400)
  })
})

test('a completed day leads to the next one at once, and a day that is not has no such button', async () => {
  parts.clock.set(START)
  const { address, visitor, lessonLink } = await join(parts, 'next-now@example.test')
  const button = 'Go on to the next day now'
  expect((await visitor.get(lessonLink)).text).not.toContain(button)
  const early = await visitor.post(`${lessonLink}/next`)
  expect([early.status, early.text.includes('It comes at its time.')]).toEqual([403, true])
  await visitor.post(lessonLink, { effort: 'not-today' })
  expect((await visitor.get(lessonLink)).text).toContain(button)
  const next = await visitor.post(`${lessonLink}/next`)
  expect(next.status).toBe(303)
  const page = await visitor.get(next.headers.get('location') ?? '')
  expect([page.status, page.text.includes(button)]).toEqual([200, false])
  parts.clock.advance(DAY)
  await quiet()
  expect(sentTo(address)).toHaveLength(2)
})

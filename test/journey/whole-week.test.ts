import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { type Course, EFFORTS, type Effort } from '../../src/core/course/course.ts'
import { LINKS } from '../../src/core/security/links.ts'
import { escapeHtml } from '../../src/core/text/escape-html.ts'
import { allRows, changeDatabase, queryRows, type Row, waitUntilIdle } from '../support/database/database-rows.ts'
import { fillExercise } from '../support/fill-exercise.ts'
import { headerOf, linkOf, linksOf } from '../support/mail-links.ts'
import type { Accepted } from '../support/mail-server.ts'
import { redisContents } from '../support/redis-contents.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { createVisitor, type Visitor } from '../support/visitor.ts'
import { waitFor } from '../support/wait-for.ts'

const LEARNER = 'Mara.Lind+week@example.test'
const POSTAL_ADDRESS = '12 Example Lane, Sampletown'
const HTML_LIMIT = 80 * 1024

// The clocks of Berlin go forward on 29 March 2026: 07:00 is 06:00 UTC before it and 05:00 UTC from then on.
const START = '2026-03-26T09:15:00Z'
const MORNINGS = [
  START,
  '2026-03-27T06:00:00Z',
  '2026-03-28T06:00:00Z',
  '2026-03-29T05:00:00Z',
  '2026-03-30T05:00:00Z',
  '2026-03-31T05:00:00Z',
  '2026-04-01T05:00:00Z',
  '2026-04-02T05:00:00Z',
]

const courses = [
  { name: 'steady-week', days: 7, lessonsDir: undefined },
  { name: 'three-days', days: 3, lessonsDir: FIXTURE_COURSES },
]

describe.each(courses)('a learner takes $name, $days days', ({ name, days, lessonsDir }) => {
  let parts: TestApp
  let course: Course
  let learner: Visitor
  let stranger: Visitor
  let confirmation: Accepted
  const lessonLinks: string[] = []

  beforeAll(async () => {
    parts = await createTestApp({
      ownRedis: true,
      start: START,
      env: { COURSE: name, MAIL_ADDRESS: POSTAL_ADDRESS, MAIL_FROM: 'Bootcamp <course@bootcamp.example>' },
      overrides: lessonsDir === undefined ? {} : { lessonsDir },
      worker: true,
    })
    course = parts.app.ports.courses.get(name) as Course
    learner = createVisitor(parts.url)
    stranger = createVisitor(parts.url)
  })

  afterAll(() => parts?.close())

  const quiet = () => waitUntilIdle(parts.dataDir, parts.clock.now())
  const deliveries = () =>
    queryRows(parts.dataDir, "select * from delivery where kind <> 'sign-up' order by day") as (Row & {
      day: number
      state: string
      due_at: number
      message_id: string
    })[]

  /** Whatever a mail scanner does with a mail, the database is the same afterwards. */
  async function followEveryLink(mail: Accepted): Promise<void> {
    await quiet()
    // The hourly upkeep deletes what limits counted a day ago, and sessions not used for ten days. It may still be running.
    const past = (days: number) => parts.clock.now() - days * 86_400_000 - 3_600_000
    const expired = () => [
      ...queryRows(parts.dataDir, 'select at from mailbox_mail where at < ?', past(1)),
      ...queryRows(parts.dataDir, 'select hash from session where last_used_at < ?', past(10)),
    ]
    await waitFor(() => expired().length === 0, 'upkeep to delete what has expired')
    const before = allRows(parts.dataDir)
    const links = linksOf(mail).filter((link) => link.startsWith(parts.url))
    expect(links.length).toBeGreaterThan(1)
    for (const link of links) {
      const shown = await stranger.get(link)
      expect({ link, status: shown.status }).toEqual({ link, status: 200 })
      expect((await stranger.head(link)).status).toBe(200)
      // And what that page leads to, as far as a GET goes.
      for (const [, path = ''] of shown.text.matchAll(/href="(\/(?:l|stop|confirm)\/[^"#]+)"/g)) {
        expect({ path, status: (await stranger.get(path)).status }).toEqual({ path, status: 200 })
      }
    }
    expect(allRows(parts.dataDir)).toEqual(before)
    expect(stranger.cookies.size).toBe(0)
  }

  test('the folder holds as many days as the test believes', () => {
    expect(course.lessons).toHaveLength(days)
  })

  test('signing up by form is answered with a page and one mail', async () => {
    const answer = await learner.post('/sign-up', {
      email: LEARNER,
      name: 'Mara',
      timeZone: 'Europe/Berlin',
      hour: '7',
    })
    expect(answer.status).toBe(200)
    // Repeated as typed, so that a slip is seen.
    expect(answer.text).toContain(LEARNER)
    const mails = await parts.mail.waitForMail(LEARNER)
    expect(mails).toHaveLength(1)
    confirmation = mails[0] as Accepted
    expect(confirmation.mail.subject).toContain(course.title)
    await followEveryLink(confirmation)
    expect(deliveries()).toHaveLength(0)
  })

  test('a confirmation that breaks in its middle leaves nothing, and can be pressed again', async () => {
    const link = linkOf(confirmation, '/confirm/')
    // The consent record is the last thing the transaction writes: enrolment and deliveries stand already.
    changeDatabase(
      parts.dataDir,
      "create trigger break_it before update of confirmed_at on sign_up begin select raise(abort, 'broken by the test'); end",
    )
    const before = allRows(parts.dataDir)
    expect((await learner.post(link)).status).toBe(500)
    changeDatabase(parts.dataDir, 'drop trigger break_it')
    expect(allRows(parts.dataDir)).toEqual(before)
  })

  test('pressing the button enrols: every day planned at the learner’s hour, the first one at once', async () => {
    const answer = await learner.post(linkOf(confirmation, '/confirm/'))
    expect(answer.status).toBe(200)
    for (const lesson of course.lessons) expect(answer.text).toContain(escapeHtml(lesson.title))
    expect(deliveries().map((row) => [row.day, new Date(row.due_at).toISOString()])).toEqual(
      MORNINGS.slice(0, days).map((morning, index) => [index + 1, new Date(morning).toISOString()]),
    )
    const [consent] = queryRows(parts.dataDir, 'select wording, confirmed_at, confirmed_how from sign_up')
    expect(consent).toEqual({
      wording: course.consent.version,
      confirmed_at: parts.clock.now(),
      confirmed_how: 'button',
    })
  })

  test('the queue holds a job for every day to come, with the id of its delivery and nothing else', async () => {
    const redis = new Redis(parts.redis.url, { maxRetriesPerRequest: null })
    const queue = new Queue('lessons', { connection: redis, prefix: parts.app.queuePrefix })
    // The first lesson goes out at once, and its job leaves.
    await waitFor(async () => (await queue.getJobs()).length < days, 'the job of the first day to end')
    const jobs = await queue.getJobs()
    await queue.close()
    redis.disconnect()
    const byId = (one: { deliveryId: number }, other: { deliveryId: number }) => one.deliveryId - other.deliveryId
    const toCome = deliveries().filter((row) => row.day !== 1)
    expect(jobs.map((job) => job.data).toSorted(byId)).toEqual(toCome.map((row) => ({ deliveryId: row.id })))
  })

  test.each(Array.from({ length: days }, (_, index) => index + 1))(
    'day %i comes on its morning and is done',
    async (day) => {
      const lesson = course.lessons[day - 1] as Course['lessons'][number]
      if (day > 1) {
        parts.clock.set(Date.parse(MORNINGS[day - 1] as string) - 60_000)
        await quiet()
        expect(await mailsOfCourse()).toHaveLength(day - 1)
        parts.clock.set(MORNINGS[day - 1] as string)
      }
      const mails = await parts.mail.waitForMail(LEARNER, day + 1)
      const mail = mails[day] as Accepted
      expectLessonMail(mail, lesson)
      await followEveryLink(mail)
      expect(headerOf(mail, 'message-id')).toBe(`<${deliveries()[day - 1]?.message_id.replace(/^<|>$/g, '')}>`)

      const link = linkOf(mail, '/l/')
      lessonLinks.push(link)
      const page = await learner.get(link)
      expect(page.text).toContain(`action="${new URL(link).pathname}`)
      expect(page.text.match(/aria-current="page"/g)).toHaveLength(1)
      if (day < days) await expectNextDayClosed(day)

      const effort = EFFORTS[(day - 1) % EFFORTS.length] as Effort
      const saved = await learner.post(link, { ...(effort === 'not-today' ? {} : fillExercise(lesson)), effort })
      expect(saved.status).toBe(303)
      const done = await learner.get(saved.headers.get('location') ?? '')
      expect(done.text).toContain(`Day ${day} is done`)
      expect(queryRows(parts.dataDir, 'select day, effort from progress order by day').at(-1)).toEqual({ day, effort })
    },
  )

  test('after the last day come a closing mail and page, the weekly check-ins, and nothing more', async () => {
    parts.clock.set(MORNINGS[days] as string)
    const closing = (await parts.mail.waitForMail(LEARNER, days + 2)).at(-1) as Accepted
    expect(closing.mail.subject).toBe(course.closing.subject)
    expectListHeaders(closing)
    await followEveryLink(closing)
    const page = await learner.get(linkOf(closing, '/l/'))
    expect(page.text).toContain(course.closing.title)
    for (const link of lessonLinks) expect(page.text).toContain(new URL(link).pathname)
    expect(queryRows(parts.dataDir, 'select state from enrolment')).toEqual([{ state: 'finished' }])

    const { checkIns } = parts.app.ports.courses.resourcesOf(name)
    for (const { week, subject } of checkIns) {
      parts.clock.advance(7 * 86_400_000)
      const checkIn = (await parts.mail.waitForMail(LEARNER, days + 2 + week)).at(-1) as Accepted
      await quiet()
      expect(checkIn.mail.subject).toBe(subject)
      expectListHeaders(checkIn)
      await followEveryLink(checkIn)
    }
    parts.clock.advance(60 * 86_400_000)
    await quiet()
    expect(await mailsOfCourse()).toHaveLength(days + 1 + checkIns.length)
  })

  test('at no time did Redis hold an address, a name or a token', async () => {
    const contents = await redisContents(parts.redis.url)
    const tokens = parts.mail.accepted.flatMap(linksOf).flatMap((link) => new URL(link).pathname.split('/').slice(2))
    expect(tokens.length).toBeGreaterThan(days)
    for (const secret of [
      LEARNER,
      LEARNER.toLowerCase(),
      'example.test',
      'Mara',
      ...tokens.filter((t) => t.length > 8),
    ])
      expect(contents).not.toContain(secret)
    expect(contents).toContain('deliveryId')
  })

  /** The mails of the days and the closing mail; weekly check-ins, where a course has them, are another matter. */
  async function mailsOfCourse(): Promise<Accepted[]> {
    const { checkIns } = parts.app.ports.courses.resourcesOf(name)
    const after = [course.closing, ...checkIns].map(({ subject }) => subject)
    const subjects = new Set([...course.lessons.map((lesson) => subjectOf(lesson)), ...after])
    return (await parts.mail.waitForMail(LEARNER)).filter((message) => subjects.has(message.mail.subject ?? ''))
  }

  function subjectOf(lesson: Course['lessons'][number]): string {
    return lesson.subject.replace('{{, name}}', ', Mara')
  }

  async function expectNextDayClosed(day: number): Promise<void> {
    const path = `/l/${LINKS.lesson.make(parts.app.ports.keys, { enrolmentId: 1, day: day + 1 })}`
    const shut = await learner.get(path)
    expect(shut.text).toContain('This day is not open yet')
    expect(shut.text).not.toContain('<form id="answers"')
    expect((await learner.post(path, { effort: 'not-today' })).status).toBe(403)
    expect((await learner.postJson(`${path}/draft`, {})).status).toBe(403)
  }

  function expectLessonMail(message: Accepted, lesson: Course['lessons'][number]): void {
    const { mail } = message
    expect(mail.from?.address).toBe('course@bootcamp.example')
    expect(mail.from && 'name' in mail.from ? mail.from.name : '').toBe(course.sender)
    expect(mail.to?.map((to) => to.address)).toEqual([LEARNER])
    expect(mail.subject).toBe(subjectOf(lesson))
    expect(mail.text).toContain(lesson.title)
    expect(mail.text).toContain(POSTAL_ADDRESS)
    expect(mail.text).toContain('Hello, Mara,')
    expect(mail.html).toContain(POSTAL_ADDRESS)
    const hidden = /<div[^>]*display:\s*none[^>]*>([^<]*)/i.exec(mail.html ?? '')?.[1] ?? ''
    expect(hidden.trim().slice(0, escapeHtml(lesson.preheader).length)).toBe(escapeHtml(lesson.preheader))
    expect(Buffer.byteLength(mail.html ?? '')).toBeLessThan(HTML_LIMIT)
    expect(mail.html).not.toMatch(/\{\{|\}\}/)
    expect(mail.text).not.toMatch(/\{\{|\}\}|<[a-z]+>/)
    expect(message.raw.toString('latin1')).toMatch(/^Content-Type: multipart\/alternative/im)
    expectListHeaders(message)
  }

  function expectListHeaders(message: Accepted): void {
    const stop = linkOf(message, '/stop/')
    expect(headerOf(message, 'list-unsubscribe')).toBe(`<${stop}>`)
    expect(headerOf(message, 'list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
    expect(headerOf(message, 'list-id')).toContain(`<${name}.`)
    expect(headerOf(message, 'auto-submitted')).toBe('auto-generated')
    expect(headerOf(message, 'date')).not.toBeNull()
  }
})

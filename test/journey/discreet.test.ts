import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Course } from '../../src/core/course/course.ts'
import { fieldsFor } from '../../src/core/course/variant.ts'
import { queryRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { fillExercise } from '../support/fill-exercise.ts'
import { linkOf, linksOf } from '../support/mail-links.ts'
import type { Accepted } from '../support/mail-server.ts'
import { join, type SignedUpLearner } from '../support/sign-up-and-confirm.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import type { Answer } from '../support/visitor.ts'

const DAY = 86_400_000
const ADDRESS = 'someone@example.test'
/** Words that would tell what the course is about; its own title and tracks come on top. */
const TOPICS =
  /affair|betray|partner|marriage|couple|relationship|hurt|letter|course|lesson|empathy|forgiv|jealous|therap|abus|violence|grounding|steady|mend|bridge|reach|gentle|lighter/i

let parts: TestApp
let course: Course
let joined: SignedUpLearner
let checkIns: number

beforeAll(async () => {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { MAIL_FROM: 'Post <post@plain.example>', MAIL_ADDRESS: '12 Example Lane, Sampletown' },
    worker: true,
  })
  course = parts.app.ports.courses.get('steady-week') as Course
  checkIns = parts.app.ports.courses.resourcesOf('steady-week').checkIns.length
  joined = await join(parts, ADDRESS, { discreet: 'on', track: 'mend', name: 'Ada' })
})

afterAll(() => parts?.close())

/** Everything a mailbox shows or searches: headers, both parts and the addresses of links, without the signs of a token. */
function visible(message: Accepted): string {
  const { mail, raw } = message
  const headers = raw.toString('latin1').split('\r\n\r\n')[0] ?? ''
  const text = [
    headers,
    mail.subject,
    mail.from?.name,
    mail.text,
    mail.html?.replace(/<style[\s\S]*?<\/style>/g, ''),
  ].join('\n')
  return withoutTokens(text)
}

const withoutTokens = (text: string) =>
  text.replace(/\/(l|stop|read|confirm|n)\/[\w-]+/g, '/$1/x').replace(/[\w-]{22,}/g, '')

function expectPlain(what: string, text: string): void {
  const found = [
    ...new Set(text.match(new RegExp(TOPICS, 'gi')) ?? []),
    ...(text.includes(course.title) ? [course.title] : []),
  ]
  expect({ what, found }).toEqual({ what, found: [] })
}

/** A page's title, its place in the address bar, and every address it leads to. */
function expectPlainPage(path: string, answer: Answer): void {
  const title = /<title>([^<]*)<\/title>/.exec(answer.text)?.[1] ?? ''
  expect(title).not.toBe('')
  expectPlain(`title of ${path}`, title)
  expectPlain(`brand of ${path}`, /<span class="brand">([\s\S]*?)<\/div>/.exec(answer.text)?.[1] ?? '')
  const links = [...answer.text.matchAll(/(?:href|action|data-draft)="([^"#?]*)/g)].map((match) => match[1] ?? '')
  for (const link of links.filter((one) => one.startsWith('/') && !one.startsWith('/assets/')))
    expectPlain(`link on ${path}`, withoutTokens(link))
}

test('no mail of a whole discreet course and its check-ins tells what it is about', async () => {
  for (let day = 2; day <= course.lessons.length + 1; day += 1) {
    parts.clock.advance(DAY)
    await parts.mail.waitForMail(ADDRESS, day + 1)
    await waitUntilIdle(parts.dataDir, parts.clock.now())
  }
  for (let week = 1; week <= checkIns; week += 1) {
    parts.clock.advance(7 * DAY)
    await parts.mail.waitForMail(ADDRESS, course.lessons.length + 2 + week)
    await waitUntilIdle(parts.dataDir, parts.clock.now())
  }
  await joined.visitor.post(`${joined.lessonLink}/read`)
  const mails = await parts.mail.waitForMail(ADDRESS, course.lessons.length + 3 + checkIns)
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  // The confirmation, every lesson, the closing mail, every check-in and the link to read back.
  expect(mails).toHaveLength(course.lessons.length + 3 + checkIns)
  for (const mail of mails) {
    expect(mail.mail.from?.name).toBe(course.discreet.sender)
    expectPlain(`mail "${mail.mail.subject}"`, visible(mail))
  }
})

test('no page behind them tells it in its title, its emblem, its address or the addresses it leads to', async () => {
  const mails = await parts.mail.waitForMail(ADDRESS)
  for (const mail of mails) {
    for (const link of linksOf(mail).filter((one) => one.startsWith(parts.url))) {
      expectPlain('link in a mail', withoutTokens(new URL(link).pathname))
      expectPlainPage(withoutTokens(new URL(link).pathname), await joined.visitor.get(link))
    }
  }
  for (const more of ['/settings', '/print', '/share']) {
    const letter = linkOf(mails[4] as Accepted, '/l/')
    expectPlainPage(more, await joined.visitor.get(`${letter}${more}`))
  }
  expectPlainPage('/delete', await joined.visitor.get(`${joined.stopLink}/delete`))
})

test('nor do the pages that answer a press', async () => {
  const [confirmation, first] = (await parts.mail.waitForMail(ADDRESS)) as [Accepted, Accepted]
  const lesson = course.lessons[0]
  if (!lesson) throw new Error('no lesson')
  const variant = { track: 'mend', overlays: [] }
  expect(fieldsFor(lesson.exercise, variant, 'full').length).toBeGreaterThan(0)
  const saved = await joined.visitor.post(linkOf(first, '/l/'), { ...fillExercise(lesson, variant), effort: 'full' })
  expectPlain('address after saving', withoutTokens(saved.headers.get('location') ?? ''))
  expectPlainPage('saved', await joined.visitor.get(saved.headers.get('location') ?? ''))
  expectPlainPage('confirmed again', await joined.visitor.post(linkOf(confirmation, '/confirm/')))
  const reading = (await parts.mail.waitForMail(ADDRESS)).at(-1) as Accepted
  const read = linksOf(reading).find((link) => new URL(link).pathname.startsWith('/read/')) ?? ''
  expectPlainPage('reading', await joined.visitor.post(read))
  expectPlainPage('stopped', await joined.visitor.post(joined.stopLink))
  const file = await joined.visitor.get(`${joined.lessonLink}/notes.txt`)
  expectPlain('name of the file', file.headers.get('content-disposition') ?? '')
})

test('whoever chose web only gets one mail to confirm, and then none: not a lesson, a check-in or a link', async () => {
  const address = 'web.only@example.test'
  const { visitor } = joined
  await visitor.post('/sign-up', {
    email: address,
    timeZone: 'Europe/Berlin',
    hour: '7',
    webOnly: 'on',
    discreet: 'on',
  })
  const [confirmation] = await parts.mail.waitForMail(address)
  if (!confirmation) throw new Error('no confirmation')
  const confirmed = await visitor.post(linkOf(confirmation, '/confirm/'))
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  for (let day = 2; day <= course.lessons.length + 1; day += 1) {
    parts.clock.advance(DAY)
    await waitUntilIdle(parts.dataDir, parts.clock.now())
  }
  for (let week = 1; week <= checkIns; week += 1) {
    parts.clock.advance(7 * DAY)
    await waitUntilIdle(parts.dataDir, parts.clock.now())
  }
  const path = /href="(\/l\/[\w-]+)"/.exec(confirmed.text)?.[1] ?? ''
  expect((await visitor.get(path)).status).toBe(200)
  expect((await visitor.post(`${path}/read`)).status).toBe(403)
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  const sent = queryRows(
    parts.dataDir,
    "select count(*) as n from delivery where state = 'sent' and enrolment_id = (select max(id) from enrolment)",
  )
  expect(sent).toEqual([{ n: course.lessons.length + 1 + checkIns }])
  expect(parts.mail.accepted.filter(({ to }) => to === address)).toHaveLength(1)
})

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { EMAIL_KINDS, type EmailKind } from '../../src/core/delivery/email-kinds.ts'
import { LINKS } from '../../src/core/security/links.ts'
import { queryRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { linksOf } from '../support/mail-links.ts'
import type { Accepted } from '../support/mail-server.ts'
import { join, type SignedUpLearner } from '../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { createVisitor, type Visitor } from '../support/visitor.ts'

const SECRET = 'only for my own eyes 5518'
let parts: TestApp
let joined: SignedUpLearner
let stranger: Visitor

beforeAll(async () => {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  joined = await join(parts, 'mara@example.test', { name: 'Mara' })
  stranger = createVisitor(parts.url)
})

afterAll(() => parts?.close())

const pathsOf = (message: Accepted | undefined, kind: string) =>
  (message ? linksOf(message) : []).map((link) => new URL(link).pathname).filter((path) => path.startsWith(kind))
const viewOf = (message: Accepted | undefined) => pathsOf(message, '/v/')[0] ?? ''
const newest = async (count: number) => {
  const mail = (await parts.mail.waitForMail(joined.address, count)).at(-1)
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  return mail
}

test('a lesson’s mail is shown as it came, to whoever has its link, and nothing of what was written', async () => {
  const [lesson] = parts.app.ports.courses.get('three-days')?.lessons ?? []
  const field = lesson?.exercise.fields.find(({ type }) => type === 'text' || type === 'long')?.id
  await joined.visitor.post(joined.lessonLink, { [`f.${field}`]: SECRET, keep: '1' })
  const mail = (await parts.mail.waitForMail(joined.address, 2))[1]
  const page = await stranger.get(viewOf(mail))
  expect(page.status).toBe(200)
  expect(page.text).toContain('Hello, Mara,')
  expect(page.text).toContain(new URL(joined.lessonLink).pathname)
  expect(page.text).not.toContain(SECRET)
  expect((await joined.visitor.get(viewOf(mail))).text).not.toContain(SECRET)
  // But for the link to itself it is the mail's own HTML.
  const words = (html = '') => html.replace(/<p[^>]*><a href="[^"]*\/v\/[^<]*<\/a><\/p>/, '').replace(/\s+/g, ' ')
  expect(words(page.text)).toBe(words(mail?.mail.html))
  const headers = Object.fromEntries(page.headers)
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'x-robots-tag': 'noindex, nofollow',
    'referrer-policy': 'same-origin',
  })
  expect(headers['content-security-policy']).toContain("default-src 'none'")
})

test('a confirmation is shown until it is confirmed', async () => {
  expect((await stranger.get(viewOf(joined.confirmation))).status).toBe(410)
  await stranger.post('/sign-up', { email: 'olga@example.test', timeZone: 'Europe/Berlin', hour: '7' })
  const [waiting] = await parts.mail.waitForMail('olga@example.test')
  const page = await stranger.get(viewOf(waiting))
  expect({ status: page.status, open: page.text.includes(pathsOf(waiting, '/confirm/')[0] ?? 'none') }).toEqual({
    status: 200,
    open: true,
  })
})

test('the page of a link to read back holds that very link, and ends with it', async () => {
  await stranger.post(`${joined.lessonLink}/read`)
  const mail = await newest(3)
  parts.clock.advance(9 * 60_000)
  const page = await stranger.get(viewOf(mail))
  const reading = /\/read\/[\w-]+/.exec(page.text)?.[0]
  expect(reading).toBe(pathsOf(mail, '/read/')[0])
  parts.clock.advance(60_000)
  expect((await stranger.get(viewOf(mail))).status).toBe(410)
})

test('what has become discreet is shown discreetly, by the old link too', async () => {
  const mail = (await parts.mail.waitForMail(joined.address, 2))[1]
  const course = parts.app.ports.courses.get('three-days')
  await joined.visitor.postJson(`${joined.lessonLink}/settings`, { timeZone: 'Europe/Berlin', hour: 7, discreet: true })
  const page = await stranger.get(viewOf(mail))
  expect(page.text).toContain(course?.discreet.title)
  expect(page.text).not.toContain(course?.title)
  expect(page.text).not.toContain('Hello, Mara')
})

test('nothing is shown of a mail that has not left, of a changed link, or after everything was deleted', async () => {
  const mail = (await parts.mail.waitForMail(joined.address, 2))[1]
  const [waiting] = queryRows(parts.dataDir, "select id from delivery where state = 'planned' and kind = 'lesson'")
  const early = viewToken('lesson', waiting?.id)
  expect((await stranger.get(`/v/${early}`)).status).toBe(410)
  const other = viewToken('confirm', waiting?.id)
  expect((await stranger.get(`/v/${other}`)).status).toBe(410)
  const view = viewOf(mail)
  expect((await stranger.get(`${view.slice(0, -1)}${view.endsWith('A') ? 'B' : 'A'}`)).status).toBe(404)
  expect((await stranger.get(`/v/${pathsOf(mail, '/stop/')[0]?.slice('/stop/'.length)}`)).status).toBe(404)
  await joined.visitor.post(`${new URL(joined.stopLink).pathname}/delete`, { sure: '1' })
  expect((await stranger.get(view)).status).toBe(410)
})

/** A link that shows this delivery as an email of this kind. */
function viewToken(kind: EmailKind, id: unknown): string {
  return LINKS.view.make(parts.app.ports.keys, { deliveryId: Number(id), emailNumber: EMAIL_KINDS[kind].number })
}

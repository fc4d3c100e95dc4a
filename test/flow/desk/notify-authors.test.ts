import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Course } from '../../../src/core/course/course.ts'
import type { Enrolment } from '../../../src/core/model.ts'
import { notifyAuthors } from '../../../src/flow/desk/questions/notify-authors.ts'
import { askQuestion } from '../../../src/flow/question/ask-question.ts'
import { createSmtpMailer } from '../../../src/mail/smtp/smtp-mailer.ts'
import { relayAt } from '../../support/parse-servers.ts'
import { startScriptedMailServer } from '../../support/scripted-mail-server.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createTestStore, type TestStore } from '../../support/test-store.ts'
import { type Answering, answering, ask } from '../../web/desk/questions/answering.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** On Postgres with TEST_DATABASE=postgres. */
let database: TestStore
let app: TestApp
let mira: Answering

beforeAll(async () => {
  database = await createTestStore()
  const env = { COURSE: 'three-days', DATABASE_URL: database.url }
  app = await createTestApp({ env, overrides: { lessonsDir: FIXTURE_COURSES } })
  mira = await answering(app, 'mira@example.test')
  await answering(app, 'elsewhere@example.test', ['second-course'], 'owner')
})
afterAll(async () => {
  await app?.close()
  await database?.close()
})

/** The texts of the emails that this gives to the relay. */
async function notify(): Promise<readonly { to: string; text: string }[]> {
  const before = app.mail.accepted.length
  await notifyAuthors(app.app.ports)
  return app.mail.accepted.slice(before).map(({ to, mail }) => ({ to, text: `${mail.subject}\n${mail.text}` }))
}

test('those who answer for the course are told of a question once, without a word of it', async () => {
  await ask(app, 'a canary of a question', { allowsName: true })
  await ask(app, 'nobody confirmed this', { state: 'unconfirmed' })
  const [mail, ...more] = await notify()
  expect(more).toEqual([])
  expect(mail?.to).toBe('mira@example.test')
  expect(mail?.text).toContain('A question waits for an answer')
  expect(mail?.text).toContain('/desk/questions')
  expect(mail?.text).not.toMatch(/canary|Ada|mara|urgent|three-days/)
  app.clock.advance(2 * HOUR)
  expect(await notify()).toEqual([])
})

test('what follows within an hour is told together, and what is urgent at once, which the body says', async () => {
  await ask(app, 'one')
  expect(await notify()).toHaveLength(1)
  app.clock.advance(MINUTE)
  await ask(app, 'two')
  await ask(app, 'three')
  expect(await notify()).toEqual([])
  app.clock.advance(HOUR)
  const [both] = await notify()
  expect(both?.text).toContain('2 questions wait')
  app.clock.advance(MINUTE)
  await ask(app, 'four')
  expect(await notify()).toEqual([])
  await ask(app, 'five', { urgent: true })
  const [urgent] = await notify()
  expect(urgent?.text).toContain('2 questions wait')
  expect(urgent?.text).toContain('One is marked urgent. Please open it first, and soon.')
})

test('an author who was told of a question is told again once a further message makes it urgent', async () => {
  app.clock.advance(2 * HOUR)
  const { enrolmentId, id: questionId } = await ask(app, 'a quiet one', { address: 'further@example.test' })
  expect(await notify()).toHaveLength(1)
  const enrolment = (await app.app.ports.store.enrolments.byId(enrolmentId)) as Enrolment
  const course = {
    ...(app.app.ports.courses.get('three-days') as Course),
    questions: { dangerWords: [] } as never,
  }
  const further = async (text: string) => {
    app.clock.advance(MINUTE)
    const message = { enrolment, course, day: 1, text, allowsName: false, via: 'form', isConfirmed: true } as const
    await askQuestion(app.app.ports, { ...message, questionId })
    return notify()
  }
  expect(await further('He is not at home much.')).toEqual([])
  const [mail] = await further('Yesterday he hit me.')
  expect(mail?.text).toContain('urgent')
  expect(await further('He hit me again.')).toEqual([])
})

test('while the relay refuses, nothing is lost: it is tried again, ever more rarely, until it goes out', async () => {
  app.clock.advance(2 * HOUR)
  await ask(app, 'six')
  const relay = await startScriptedMailServer()
  relay.script = (verb) => (verb === 'mail' ? { reply: '451 4.3.2 later' } : 'go-on')
  const mailer = createSmtpMailer({
    server: relayAt(relay.url),
    clientName: 'course.example',
    socketTimeoutMs: 5_000,
    connections: 1,
  })
  try {
    const refused = { ...app.app.ports, mailer }
    await notifyAuthors(refused)
    const sessions = relay.sessions()
    // Not again before a minute has passed.
    await notifyAuthors(refused)
    expect(relay.sessions()).toBe(sessions)
    app.clock.advance(MINUTE)
    await notifyAuthors(refused)
    expect(relay.sessions()).toBeGreaterThan(sessions)
    expect(relay.taken).toEqual([])
  } finally {
    await mailer.close()
    await relay.close()
  }
  app.clock.advance(4 * MINUTE)
  expect(await notify()).toEqual([])
  app.clock.advance(MINUTE)
  expect(await notify()).toHaveLength(1)
})

test('two workers at once tell of it once', async () => {
  app.clock.advance(2 * HOUR)
  await ask(app, 'seven')
  const before = app.mail.accepted.length
  await Promise.all([notifyAuthors(app.app.ports), notifyAuthors(app.app.ports)])
  expect(app.mail.accepted.length).toBe(before + 1)
})

test('a follow-up that waits is told too, and nothing to whoever no longer answers for the course', async () => {
  app.clock.advance(2 * HOUR)
  const { id } = await ask(app, 'eight')
  await notify()
  app.clock.advance(2 * HOUR)
  const { questions, answersFor } = app.app.ports.store
  await questions.set(id, ['waiting'], { waitingSince: app.clock.now() })
  expect(await notify()).toHaveLength(1)
  app.clock.advance(2 * HOUR)
  await questions.set(id, ['waiting'], { waitingSince: app.clock.now() })
  await answersFor.revoke(mira.id, 'three-days')
  expect(await notify()).toEqual([])
})

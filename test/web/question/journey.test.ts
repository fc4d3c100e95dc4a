import { appendFile } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { headerOf, linkOf } from '../../support/mail-links.ts'
import type { Accepted } from '../../support/mail-server.ts'
import { openOwnSessionByLink } from '../../support/open-own-session.ts'
import { dnsOfSigners, replyEmail } from '../../support/question/sample-replies.ts'
import { redisContents } from '../../support/redis-contents.ts'
import { deliverReport } from '../../support/sample-reports.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'
import { createTestStore, type TestStore } from '../../support/test-store.ts'
import { type Answer, createVisitor, type Form } from '../../support/visitor.ts'
import { waitFor } from '../../support/wait-for.ts'
import { signedIn } from '../desk/signed-in.ts'
import { libraryWithQuestions } from '../publication/answered-question.ts'

/**
 * One question from its first word to the last trace of it, over SMTP and HTTP alone: on SQLite, and with
 * TEST_DATABASE=postgres on Postgres.
 */
const COURSE = 'steady-week'
const LIBRARY = `/courses/${COURSE}/library`
const LEARNER = 'mara@example.test'
const AUTHOR = 'mira@example.test'
const COLLEAGUE = 'jon@example.test'
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** Written by the learner, an author or a colleague; none of it is ever to be read outside of a page. */
const SECRETS = {
  question: 'canary-asked-6103',
  draft: 'canary-draft-6104',
  note: 'canary-note-6105',
  answer: 'canary-answer-6106',
  followUp: 'canary-again-6107',
  secondAnswer: 'canary-second-6108',
  proposal: 'canary-proposal-6109',
} as const
/** What the learner agreed to, which alone may stand in plain, and only while it is published. */
const AGREED = 'canary-agreed-6110'

/** What the journey takes of a browser. */
interface Visitor {
  get(url: string): Promise<Answer>
  post(url: string, form?: Form): Promise<Answer>
}

let folder: Awaited<ReturnType<typeof libraryWithQuestions>>
let database: TestStore
let parts: TestApp
let inbound: number
const logged: string[] = []
/** Addresses of pages, and headers of answers. */
const traces: string[] = []

beforeAll(async () => {
  folder = await libraryWithQuestions()
  await appendFile(joinPath(folder.lessonsDir, COURSE, 'course.yaml'), '  follow-up-after-days: 21\n')
  database = await createTestStore()
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE, DATABASE_URL: database.url, REPLY_DOMAIN: 'reply.course.example', BOUNCE_PORT: '0' },
    overrides: { lessonsDir: folder.lessonsDir, resolveDns: dnsOfSigners('example.test') },
    ownRedis: true,
    worker: true,
  })
  for (const level of ['debug', 'info', 'warn', 'error'] as const)
    jest
      .spyOn(parts.app.log, level)
      .mockImplementation((...facts: unknown[]) => void logged.push(JSON.stringify(facts)))
  inbound = (await parts.app.listenForReports())?.port ?? 0
})
afterAll(async () => {
  await parts?.close()
  await database?.close()
  await folder?.remove()
})

test('ask by reply, answer, follow-up three weeks later, publish, withdraw, erase', async () => {
  const lesson = await signUp()
  const owner = traced(await signedIn(parts, 'owner'))
  const [mira, jon] = [await invite(owner, AUTHOR), await invite(owner, COLLEAGUE)]

  // The learner replies to the lesson.
  const question = await askByReply(lesson)
  const link = linkOf(lesson, '/l/')
  const thread = `${new URL(link).pathname}/questions/${question}`
  await nothingIsPlain('asked')

  // The author is told, opens it, has a colleague look at the draft, and answers.
  const desk = `/desk/questions/${question}`
  const author = await toldAndSignedIn(mira)
  await lookTogether(author, await signInByEmail(COLLEAGUE), desk, jon.id)
  await answerAtDesk(author, desk, SECRETS.answer)
  await emailTo(LEARNER, /your question has an answer/)
  await nothingIsPlain('answered')

  // Whoever holds the link alone reads nothing; the learner does.
  const other = traced(createVisitor(parts.url))
  expect((await other.get(thread)).text).not.toMatch(/canary/)
  expect((await readAsLearner(link, thread)).text).toContain(SECRETS.answer)

  // Three weeks later the course asks once, and the learner writes again.
  parts.clock.advance(22 * DAY)
  await emailTo(LEARNER, /how is it now/)
  const learner = await learnersBrowser(link)
  expect((await learner.post(thread, { question: SECRETS.followUp })).status).toBe(303)
  const later = await toldAndSignedIn(mira)
  const again = (await later.get(desk)).text
  expect(again).toContain(SECRETS.followUp)
  expect(again).toContain('You wrote')
  await answerAtDesk(later, desk, SECRETS.secondAnswer)
  await waitForEmails(LEARNER, /your question has an answer/, 2)
  const whole = (await learner.get(thread)).text
  for (const text of [SECRETS.question, SECRETS.answer, SECRETS.followUp, SECRETS.secondAnswer])
    expect(whole).toContain(text)
  await nothingIsPlain('written again')

  await publishAndWithdraw(later, learner, desk, thread)
  await deleteEverything(link, thread)
  expect((await later.get(desk)).status).toBe(404)
  expect((await later.get('/desk/questions?state=answered')).text).not.toContain(`href="${desk}"`)
  parts.clock.advance(30 * DAY)
  expect(logged.length).toBeGreaterThan(0)
  const emails = parts.mail.accepted.filter(({ to }) => to === LEARNER).length
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(parts.mail.accepted.filter(({ to }) => to === LEARNER)).toHaveLength(emails)
})

/** A browser whose addresses, and the headers of whose answers, are kept. */
function traced(visitor: Visitor): Visitor {
  const kept = async (url: string, answer: Promise<Answer>) => {
    traces.push(url, JSON.stringify([...(await answer).headers]))
    return answer
  }
  return {
    get: (url) => kept(url, visitor.get(url)),
    post: (url, form) => kept(url, visitor.post(url, form)),
  }
}

/** Confirms a sign-up and returns the first lesson. */
async function signUp(): Promise<Accepted> {
  const visitor = traced(createVisitor(parts.url))
  await visitor.post('/sign-up', { email: LEARNER, timeZone: 'Europe/Berlin', hour: '7', name: 'Mara' })
  const [confirmation] = await parts.mail.waitForMail(LEARNER, 1)
  expect((await visitor.post(linkOf(confirmation as Accepted, '/confirm/'))).status).toBe(200)
  return (await parts.mail.waitForMail(LEARNER, 2))[1] as Accepted
}

async function askByReply(lesson: Accepted): Promise<number> {
  const to = headerOf(lesson, 'Reply-To') ?? ''
  const text = `${SECRETS.question}\n\nOn Mon, Mar 2, 2026 Steady Week <course@example.test> wrote:\n> The lesson`
  const raw = await replyEmail({ from: LEARNER, to, text })
  expect(await deliverReport(inbound, to, raw, LEARNER)).toBe(250)
  await emailTo(LEARNER, /your message has arrived/)
  const [question] = await rowsOf('question')
  expect(question).toMatchObject({ state: 'waiting', day: 1, via: 'email' })
  return Number(question?.id)
}

/** An author whom the owner invites and lets answer for the course. */
async function invite(owner: Visitor, address: string): Promise<{ readonly id: number; readonly address: string }> {
  expect((await owner.post('/desk/operators/invite', { email: address, role: 'author' })).status).toBe(303)
  const id = (await parts.app.ports.store.operators.all()).find((one) => one.address === address)?.id ?? 0
  const grant = { operator: String(id), course: COURSE, as: 'grant' }
  expect((await owner.post('/desk/operators/answers', grant)).headers.get('Location')).toContain('done=granted')
  return { id, address }
}

async function signInByEmail(address: string): Promise<Visitor> {
  const visitor = traced(createVisitor(parts.url))
  const before = emailsTo(address, /sign-in link/).length
  await visitor.post('/desk/sign-in/email', { email: address })
  const email = await waitForEmails(address, /sign-in link/, before + 1)
  const link = /\/desk\/open\/[\w-]+/.exec(email.mail.text ?? '')?.[0] ?? ''
  expect((await visitor.post(link)).status).toBe(303)
  return visitor
}

let timesTold = 0

async function toldAndSignedIn({ address }: { readonly address: string }): Promise<Visitor> {
  timesTold += 1
  parts.clock.advance(MINUTE)
  const told = await waitForEmails(address, /Something waits for you/, timesTold)
  expect(told.mail.text).not.toMatch(/Steady|Mara/)
  return signInByEmail(address)
}

async function lookTogether(author: Visitor, colleague: Visitor, desk: string, colleagueId: number): Promise<void> {
  expect((await author.get('/desk/questions')).text).toContain(`href="${desk}"`)
  const opened = (await author.get(desk)).text
  expect(opened).toContain(SECRETS.question)
  expect(opened).not.toMatch(/The lesson<|Mara|mara@/)
  await author.post(`${desk}/draft`, { as: 'save', text: SECRETS.draft })
  await author.post(`${desk}/ask-look`, { of: String(colleagueId) })
  const page = (await colleague.get(desk)).text
  expect(page).toContain(SECRETS.draft)
  const look = /name="look" value="(\d+)"/.exec(page)?.[1] ?? ''
  await colleague.post(`${desk}/give-look`, { look, note: SECRETS.note })
  expect((await author.get(desk)).text).toContain(SECRETS.note)
}

async function answerAtDesk(author: Visitor, desk: string, text: string): Promise<void> {
  await author.post(`${desk}/draft`, { as: 'look', text })
  const seen = /name="seen" value="(\d+)"/.exec((await author.get(`${desk}/look`)).text)?.[1] ?? ''
  expect((await author.post(`${desk}/answer`, { text, seen })).headers.get('Location')).toBe(`${desk}?done=sent`)
}

const learnersBrowser = async (lessonLink: string): Promise<Visitor> =>
  traced(await openOwnSessionByLink(parts, { address: LEARNER, lessonLink }))

async function readAsLearner(lessonLink: string, thread: string): Promise<Answer> {
  return (await learnersBrowser(lessonLink)).get(thread)
}

async function publishAndWithdraw(author: Visitor, learner: Visitor, desk: string, thread: string): Promise<void> {
  const proposal = {
    ...{ question: 'May one sleep alone?', answer: SECRETS.proposal, followUp: 'And if they mind?' },
    ...{ secondAnswer: 'Say when you look at it again.', situation: 'steady', language: 'en', article: '' },
  }
  expect((await withVersion(author, `${desk}/publication`, { do: 'propose', ...proposal })).status).toBe(303)
  await emailTo(LEARNER, /a text for you to read/)
  const page = `${thread}/publication`
  expect((await learner.get(page)).text).toContain(SECRETS.proposal)
  const words = { ...proposal, answer: AGREED }
  expect((await withVersion(learner, page, { do: 'change', ...words })).status).toBe(303)
  expect((await author.get(`${desk}/publication`)).text).not.toContain(AGREED)
  expect(await plainPlacesOf(AGREED)).toEqual([])
  await nothingIsPlain('proposed')

  expect((await withVersion(learner, page, { do: 'yes', library: 'open', erased: 'too' })).status).toBe(303)
  const [published] = await rowsOf('published_question')
  const path = `${LIBRARY}/questions/${published?.id}`
  const anybody = traced(createVisitor(parts.url))
  const found = async () => {
    const [list, own] = [await anybody.get(LIBRARY), await anybody.get(path)]
    const search = await anybody.post(LIBRARY, { q: AGREED })
    return [list.text.includes(path), own.text.includes(AGREED), search.text.includes(path)]
  }
  expect(await found()).toEqual([true, true, true])
  expect(new Set(await plainPlacesOf(AGREED))).toEqual(new Set(['published_question.answer']))
  await nothingIsPlain('published')

  expect((await withVersion(learner, page, { do: 'withdraw' })).status).toBe(303)
  expect(await found()).toEqual([false, false, false])
  expect((await anybody.get(path)).status).toBe(404)
  expect(await plainPlacesOf(AGREED)).toEqual([])
}

/** Sends the form of this page, about the text that it shows. */
async function withVersion(visitor: Visitor, page: string, form: Form): Promise<Answer> {
  const version = /name="version" value="(\d+)"/.exec((await visitor.get(page)).text)?.[1] ?? '0'
  return visitor.post(page, { version, ...form })
}

async function deleteEverything(lessonLink: string, thread: string): Promise<void> {
  const [[learnerRow], [enrolment]] = [await rowsOf('learner'), await rowsOf('enrolment')]
  expect(learnerRow?.address).toBe(LEARNER)
  const learner = await learnersBrowser(lessonLink)
  const leave = `${new URL(lessonLink).pathname}/take/leave`
  const seen = /name="seen" value="(\d+)"/.exec((await learner.get(leave)).text)?.[1] ?? ''
  expect((await learner.post(leave, { seen })).status).toBe(200)
  expect((await learner.get(thread)).status).toBe(410)
  for (const name of await tableNames()) {
    // The audit log tells of acts by the number of the learner, and of nothing else.
    if (name === 'audit_entry') continue
    const rows = await rowsOf(name)
    const isTheirs = ({ learner_id, enrolment_id }: (typeof rows)[number]) =>
      (learner_id ?? null) === learnerRow?.id || (enrolment_id ?? null) === enrolment?.id
    expect([name, rows.filter(isTheirs)]).toEqual([name, []])
    if (/question|publication|^reply$/.test(name)) expect([name, rows]).toEqual([name, []])
  }
  await nothingIsPlain('deleted')
}

const emailsTo = (address: string, subject: RegExp) =>
  parts.mail.accepted.filter(({ to, mail }) => to === address && subject.test(mail.subject ?? ''))

async function waitForEmails(address: string, subject: RegExp, count: number): Promise<Accepted> {
  await waitFor(
    () => emailsTo(address, subject).length >= count,
    () => `${count} emails ${subject} to ${address}: ${parts.mail.accepted.map(({ mail }) => mail.subject).join(', ')}`,
  )
  expect(emailsTo(address, subject)).toHaveLength(count)
  return emailsTo(address, subject)[count - 1] as Accepted
}

const emailTo = (address: string, subject: RegExp) => waitForEmails(address, subject, 1)

async function tableNames(): Promise<readonly string[]> {
  return (await database.database.db.introspection.getTables()).map(({ name }) => name)
}

async function rowsOf(table: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return database.database.db
    .selectFrom(table as 'question')
    .selectAll()
    .execute() as never
}

/** Columns, sealed ones too, in which this can be read. */
async function plainPlacesOf(text: string): Promise<readonly string[]> {
  const places: string[] = []
  for (const table of await tableNames()) {
    for (const row of await rowsOf(table)) {
      for (const [column, value] of Object.entries(row)) {
        const shown = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : JSON.stringify(value)
        if (shown?.includes(text)) places.push(`${table}.${column}`)
      }
    }
  }
  return places
}

/** None of the secrets is in a table, in Redis, in an email, in a line of the log, in an address or a header. */
async function nothingIsPlain(step: string): Promise<void> {
  const mails = parts.mail.accepted.map(({ raw, mail }) => `${raw.toString()}${mail.subject}${mail.text}${mail.html}`)
  const jobs = await redisContents(parts.redis.url)
  for (const secret of Object.values(SECRETS)) {
    const found = {
      tables: await plainPlacesOf(secret),
      mails: mails.filter((text) => text.includes(secret)),
      logged: logged.filter((text) => text.includes(secret)),
      traces: traces.filter((text) => text.includes(secret)),
      jobs: jobs.includes(secret),
    }
    expect({ step, secret, ...found }).toEqual({
      step,
      secret,
      tables: [],
      mails: [],
      logged: [],
      traces: [],
      jobs: false,
    })
  }
}

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join as joinPath } from 'node:path'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { createTransport } from 'nodemailer'
import { readReplyAddress } from '../../src/core/question/reply-address.ts'
import { queryRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { rowsOf } from '../support/database/delivery-rows.ts'
import { headerOf } from '../support/mail-links.ts'
import { courseWithQuestions } from '../support/question/course-with-questions.ts'
import { dnsOfSigners, replyEmail, type SampleReply } from '../support/question/sample-replies.ts'
import { threadsOf as threads } from '../support/question/threads.ts'
import { deliverReport, deliveryReport } from '../support/sample-reports.ts'
import { join, type SignedUpLearner } from '../support/sign-up-and-confirm.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { waitFor } from '../support/wait-for.ts'

const REPLIES = 'reply.course.example'
const BOUNCES = 'bounces.course.example'
const CANARY = 'WRITINGCANARY'
let parts: TestApp
let port: number
let course: Awaited<ReturnType<typeof courseWithQuestions>>
const logged: unknown[] = []
let isStoreAway = false

beforeAll(async () => {
  course = await courseWithQuestions()
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days', REPLY_DOMAIN: REPLIES, RETURN_PATH_DOMAIN: BOUNCES, BOUNCE_PORT: '0' },
    overrides: {
      lessonsDir: course.lessonsDir,
      resolveDns: dnsOfSigners('example.test', 'partner.test'),
      wrapStore: (store) => ({
        ...store,
        transaction: (work) => (isStoreAway ? Promise.reject(new Error('no space left')) : store.transaction(work)),
      }),
    },
    worker: true,
  })
  for (const level of ['debug', 'info', 'warn', 'error'] as const)
    jest.spyOn(parts.app.log, level).mockImplementation((...facts: unknown[]) => void logged.push(facts))
  port = (await parts.app.listenForReports())?.port ?? 0
})

afterAll(async () => {
  await parts?.close()
  await course?.remove()
})

interface Person extends SignedUpLearner {
  readonly id: number
  /** Where replies to the first lesson go. */
  readonly replyTo: string
}

async function joinAs(name: string, choices: Readonly<Record<string, string>> = {}): Promise<Person> {
  const joined = await join(parts, `${name}@example.test`, choices)
  const [, lesson] = await parts.mail.waitForMail(joined.address, 2)
  const replyTo = headerOf(lesson as never, 'Reply-To') ?? ''
  const id = Number(queryRows(parts.dataDir, 'select id from learner where address = ?', joined.address)[0]?.id)
  return { ...joined, id, replyTo }
}

const settled = () =>
  waitFor(
    () => queryRows(parts.dataDir, 'select id from reply where settled_at is null').length === 0,
    'every reply settled',
  )

/** Sends a reply of the person as their mail server would, and waits until it is read. Returns the SMTP code. */
async function reply(person: Person, how: Partial<SampleReply> = {}, envelopeFrom?: string): Promise<number> {
  const raw = await replyEmail({ from: person.address, to: person.replyTo, text: 'How do I begin?', ...how })
  return send(person, raw, envelopeFrom)
}

async function send({ address, replyTo }: Person, raw: Buffer | string, envelopeFrom = address): Promise<number> {
  const code = await deliverReport(port, replyTo, raw, envelopeFrom)
  await settled()
  return code
}

const outcomesOf = ({ id }: Person) =>
  queryRows(parts.dataDir, 'select outcome from reply where learner_id = ? order by id', id).map((row) => row.outcome)

const threadsOf = ({ id }: Person) => threads(parts, id)

const receiptsTo = async ({ address }: Person) => {
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  const sql = `select d.id from delivery d join learner l on l.id = d.learner_id
    where l.address = ? and d.kind = 'question-received' and d.state = 'sent'`
  return queryRows(parts.dataDir, sql, address).length
}

function filesWith(text: string): string[] {
  return readdirSync(parts.dataDir, { recursive: true, encoding: 'utf8' })
    .map((name) => joinPath(parts.dataDir, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() && readFileSync(file).includes(text))
}

test('a lesson of a course that takes questions can be replied to; the email that confirms a sign-up cannot', async () => {
  const person = await joinAs('headers')
  const row = rowsOf(parts, person.address).find(({ day }) => day === 1)
  expect(readReplyAddress(parts.app.ports.keys, person.replyTo.toUpperCase(), REPLIES)).toBe(Number(row?.id))
  expect(headerOf(person.confirmation, 'Reply-To')).toBeNull()
  expect(person.confirmation.mail.text).toContain('Nobody reads replies')
  const [, lesson] = await parts.mail.waitForMail(person.address, 2)
  expect(lesson?.mail.text?.replace(/\s+/g, ' ')).toContain('You can ask a question by replying to this email')
  // In discreet mode nothing of questions is said, and nothing that is not true.
  const discreet = await joinAs('discreet', { discreet: 'on' })
  const [, note] = await parts.mail.waitForMail(discreet.address, 2)
  expect(discreet.replyTo).toContain(REPLIES)
  expect(note?.mail.text).not.toMatch(/question|repl/i)
})

test("the learner's own reply is a question about the day of the lesson, and one short email says that it arrived", async () => {
  const person = await joinAs('own')
  const text =
    'How do I begin this talk?\n\nOn Mon, Mar 2, 2026 Three Days <course@example> wrote:\n> The lesson\n> goes on'
  expect(await reply(person, { text })).toBe(250)
  expect(outcomesOf(person)).toEqual(['question'])
  expect(await threadsOf(person)).toEqual([
    { state: 'waiting', day: 1, via: 'email', texts: ['How do I begin this talk?'] },
  ])
  expect(await receiptsTo(person)).toBe(1)
  const receipt = (await parts.mail.waitForMail(person.address, 3))[2]
  expect(receipt?.raw.toString()).not.toContain('How do I begin')
  expect(headerOf(receipt as never, 'Reply-To')).toContain(REPLIES)
})

test('a message that the sending server repeats is one question, also after it was read', async () => {
  const person = await joinAs('twice')
  const raw = await replyEmail({ from: person.address, to: person.replyTo, text: 'Once?' })
  for (let time = 0; time < 3; time += 1) expect(await send(person, raw)).toBe(250)
  expect(await threadsOf(person)).toHaveLength(1)
})

test('a second reply of the day is stored, and no second email says so', async () => {
  const person = await joinAs('again')
  await reply(person, { text: 'One' })
  await reply(person, { text: 'Two' })
  expect((await threadsOf(person)).flatMap(({ texts }) => texts)).toEqual(['One', 'Two'])
  expect(await receiptsTo(person)).toBe(1)
})

test("what may not be the learner's waits for their yes, and what comes back is the same", async () => {
  const person = await joinAs('doubt')
  // Forged; signed for another domain; from the partner, who found the email; written to somebody else and sent here again.
  expect(await reply(person, { text: 'forged', signedBy: null })).toBe(250)
  expect(await reply(person, { text: 'other domain', signedBy: 'partner.test' })).toBe(250)
  expect(await reply(person, { text: 'partner', from: 'him@partner.test' }, 'him@partner.test')).toBe(250)
  expect(await threadsOf(person)).toEqual(
    ['forged', 'other domain', 'partner'].map((text) => ({
      state: 'unconfirmed',
      day: 1,
      via: 'email',
      texts: [text],
    })),
  )
  expect(await receiptsTo(person)).toBe(1)
  const elsewhere = await joinAs('elsewhere')
  await reply(elsewhere, { to: 'mother@family.test', text: 'to my mother' })
  expect(await threadsOf(elsewhere)).toMatchObject([{ state: 'unconfirmed', texts: ['to my mother'] }])
  expect(parts.mail.accepted.filter(({ to }) => to.endsWith('partner.test') || to.endsWith('family.test'))).toEqual([])
})

test("a reply to an answer goes on in the thread; one that may be a stranger's begins its own", async () => {
  const person = await joinAs('thread')
  await reply(person, { text: 'First' })
  const { store } = parts.app.ports
  const [question] = await store.questions.ofLearner(person.id)
  const delivery = rowsOf(parts, person.address).find(({ day }) => day === 1)
  // The email that tells of the answer.
  await store.questions.addMessage({
    ...{ questionId: Number(question?.id), learnerId: person.id, by: 'author', operatorId: null, via: 'form' },
    ...{ sealed: new Uint8Array([1]), at: parts.clock.now(), deliveryId: Number(delivery?.id) },
  })
  await reply(person, { text: 'Further' })
  await reply(person, { text: 'Stranger', signedBy: null })
  const threads = await store.questions.ofLearner(person.id)
  expect(threads.map(({ state, day }) => [state, day])).toEqual([
    ['waiting', 1],
    ['unconfirmed', 1],
  ])
  expect(await store.questions.messages(Number(question?.id))).toHaveLength(3)
})

const calendar = 'BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n'
const automatic: readonly [what: string, how: Partial<SampleReply>, envelopeFrom?: string][] = [
  ['an absence', { headers: { 'Auto-Submitted': 'auto-replied' } }],
  ['an absence of an old server', { headers: { Precedence: 'auto_reply' } }],
  ['an absence of Exchange', { headers: { 'X-Auto-Response-Suppress': 'All' } }],
  ['a list', { headers: { 'List-Id': '<list.example.test>' } }],
  ['bulk email', { headers: { Precedence: 'bulk' } }],
  [
    'a copy of an email of ours',
    { headers: { 'List-Unsubscribe': '<https://x.test>', 'Auto-Submitted': 'auto-generated' } },
  ],
  ['a loop', { headers: { 'X-Loop': 'somewhere' } }],
  ['a null return path', {}, ''],
  [
    'an invitation',
    { attachments: [{ filename: 'i.ics', content: calendar, contentType: 'text/calendar; method=REPLY' }] },
  ],
  ['a calendar alone', { body: { type: 'text/calendar; method=REQUEST', content: calendar } }],
  [
    'a read receipt',
    {
      body: {
        type: 'multipart/report; report-type=disposition-notification; boundary=b',
        content: '--b\r\n\r\nread\r\n--b--\r\n',
      },
    },
  ],
]

test('programs, lists and invitations are recognised, counted, dropped, and get no answer', async () => {
  // Ten replies a day are taken of one person.
  const people = [await joinAs('program'), await joinAs('another-program')]
  for (const [index, [what, how, envelopeFrom]] of automatic.entries()) {
    const person = people[index % 2] as Person
    expect([what, await reply(person, how, envelopeFrom)]).toEqual([what, 250])
    expect([what, outcomesOf(person).at(-1)]).toEqual([what, 'automatic'])
  }
  for (const person of people) expect([await threadsOf(person), await receiptsTo(person)]).toEqual([[], 0])
})

test('a bounce to the reply address is a report on the email that it names, and no question', async () => {
  const person = await joinAs('bounced')
  const [, lesson] = await parts.mail.waitForMail(person.address, 2)
  const messageId = (headerOf(lesson as never, 'Message-ID') ?? '').replace(/[<>]/g, '')
  expect(await send(person, deliveryReport({ to: person.replyTo, messageId }), '')).toBe(250)
  expect(outcomesOf(person)).toEqual(['report'])
  await waitFor(
    () => queryRows(parts.dataDir, 'select id from mail_event where applied_at is null').length === 0,
    'the report applied',
  )
  const [event] = queryRows(parts.dataDir, 'select outcome from mail_event where learner_id = ?', person.id)
  expect(event?.outcome).toBe('bounced userunknown')
  expect(await threadsOf(person)).toEqual([])
})

const deep = (levels: number) => {
  const opened = Array.from(
    { length: levels },
    (_, level) => `--b${level}\r\nContent-Type: multipart/mixed; boundary=b${level + 1}\r\n\r\n`,
  )
  return { type: 'multipart/mixed; boundary=b0', content: `${opened.join('')}--b${levels}\r\n\r\ndeep\r\n` }
}
const html = `<p>Only <b>HTML</b></p><div class="gmail_quote">On Monday Three Days &lt;a@b.test&gt; wrote:<blockquote>The lesson</blockquote></div>`
const hostile: readonly [what: string, how: Partial<SampleReply>, outcome: string, texts: readonly string[]][] = [
  ['HTML only', { text: '', html }, 'question', ['Only HTML']],
  [
    'a charset that does not exist',
    { body: { type: 'text/plain; charset=no-such', content: 'Still read\r\n' } },
    'question',
    ['Still read'],
  ],
  [
    'an old charset',
    { body: { type: 'text/plain; charset=iso-8859-1', encoding: 'quoted-printable', content: 'Gr=FC=DFe\r\n' } },
    'question',
    ['Grüße'],
  ],
  [
    'broken quoted-printable',
    { body: { type: 'text/plain', encoding: 'quoted-printable', content: 'a =ZZ b=\r\nc =\r\n' } },
    'question',
    ['a =ZZ bc'],
  ],
  [
    'broken base64',
    { body: { type: 'text/plain', encoding: 'base64', content: 'aGVsbG8*&^ =====\r\n' } },
    'question',
    ['hello'],
  ],
  ['deep nesting', { body: deep(500) }, 'unreadable', []],
  [
    'OpenPGP',
    {
      body: {
        type: 'multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b',
        content: '--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b--\r\n',
      },
    },
    'unconfirmed',
    ['(An encrypted email has come. Nobody here can read it. Please write your question on this page instead.)'],
  ],
  [
    'OpenPGP in the text',
    { text: '-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----' },
    'unconfirmed',
    [expect.stringContaining('encrypted') as unknown as string],
  ],
  [
    'S/MIME',
    { body: { type: 'application/pkcs7-mime; smime-type=enveloped-data', encoding: 'base64', content: 'MIAG\r\n' } },
    'unconfirmed',
    [expect.stringContaining('encrypted') as unknown as string],
  ],
  [
    'an attachment',
    { text: 'With a picture', attachments: [{ filename: 'p.jpg', content: 'ATTACHED' }] },
    'question',
    ['With a picture\n\n(An attachment was left out. Only text arrives here.)'],
  ],
  [
    'an attachment alone',
    { text: '', attachments: [{ filename: 'p.jpg', content: 'ATTACHED' }] },
    'question',
    ['(An attachment was left out. Only text arrives here.)'],
  ],
  ['nothing but the quoted lesson', { text: '> The lesson\n> goes on' }, 'empty', []],
  [
    'a thousand recipients',
    { headers: { Cc: Array.from({ length: 1_000 }, (_, n) => `p${n}@many.test`).join(', ') } },
    'question',
    ['How do I begin?'],
  ],
  [
    'a thousand references',
    { headers: { References: Array.from({ length: 1_000 }, (_, n) => `<r${n}@many.test>`).join(' ') } },
    'question',
    ['How do I begin?'],
  ],
  [
    'a long text',
    { text: `${'word '.repeat(4_000)}end` },
    'question',
    [expect.stringMatching(/^word .{4400,4500}\n\n\(The end of a long email was left out\.\)$/s) as unknown as string],
  ],
  [
    'a subject that would add a header',
    { headers: { 'X-Note': 'a\r\nBcc: other@many.test' } },
    'question',
    ['How do I begin?'],
  ],
]

test.each(hostile)('%s', async (what, how, outcome, texts) => {
  const person = await joinAs(what.toLowerCase().replace(/[^a-z]+/g, '-'))
  expect(await reply(person, how)).toBe(250)
  expect(outcomesOf(person)).toEqual([outcome])
  expect((await threadsOf(person)).flatMap((thread) => thread.texts)).toEqual(texts)
  expect(parts.mail.accepted.filter(({ to }) => to.endsWith('many.test'))).toEqual([])
})

test('10 MB are refused with a sentence, and base64 that is one large part is read within its limits', async () => {
  const person = await joinAs('large')
  expect(await send(person, `From: ${person.address}\r\n\r\n${'more and more\r\n'.repeat(700_000)}`)).toBe(552)
  expect(outcomesOf(person)).toEqual([])
  const content = Buffer.alloc(1_000_000, 'a').toString('base64').replace(/.{76}/g, '$&\r\n')
  expect(await reply(person, { body: { type: 'text/plain', encoding: 'base64', content } })).toBe(250)
  expect(outcomesOf(person)).toEqual(['question'])
})

test('a hundred replies a minute: ten are kept, the others are asked to come back', async () => {
  const person = await joinAs('hundred')
  const server = createTransport({ host: '127.0.0.1', port, ignoreTLS: true, pool: true, maxConnections: 1 })
  const envelope = { from: person.address, to: [person.replyTo] }
  const codes: number[] = []
  for (let n = 0; n < 100; n += 1) {
    const raw = `From: ${person.address}\r\nTo: ${person.replyTo}\r\n\r\nNumber ${n}\r\n`
    const sent = server.sendMail({ envelope, raw }).then(({ response }) => Number(response.slice(0, 3)))
    codes.push(await sent.catch((error: { responseCode: number }) => error.responseCode))
  }
  server.close()
  await settled()
  expect(codes.filter((code) => code === 250)).toHaveLength(10)
  expect(codes.filter((code) => code === 452)).toHaveLength(90)
  // Nobody vouches for them, and three may wait for a yes.
  expect(await threadsOf(person)).toHaveLength(3)
  expect(await receiptsTo(person)).toBe(1)
})

test('reports and replies have addresses of their own, and a made-up one is refused', async () => {
  const person = await joinAs('mixed')
  const [local] = person.replyTo.split('@')
  const raw = `From: ${person.address}\r\n\r\nHello\r\n`
  expect(await deliverReport(port, `${local}@${BOUNCES}`, raw, person.address)).toBe(550)
  expect(await deliverReport(port, person.replyTo.replace('reply+', 'bounce+'), raw, person.address)).toBe(550)
  expect(await deliverReport(port, person.replyTo.replace(/.@/, '9@'), raw, person.address)).toBe(550)
})

test('while nothing can be stored, the server is asked to come back, and then it is stored once', async () => {
  const person = await joinAs('away')
  const raw = await replyEmail({ from: person.address, to: person.replyTo, text: 'Still here?' })
  isStoreAway = true
  try {
    expect(await send(person, raw)).toBe(451)
  } finally {
    isStoreAway = false
  }
  expect(await send(person, raw)).toBe(250)
  expect(await threadsOf(person)).toMatchObject([{ texts: ['Still here?'] }])
})

test('messages that end in the middle hold no memory, and no one else up', async () => {
  const person = await joinAs('middle')
  const body = 'more and more\r\n'.repeat(125_000)
  for (let time = 0; time < 20; time += 1) {
    const socket = connect(port, '127.0.0.1')
    const commands = ['EHLO a.test', `MAIL FROM:<${person.address}>`, `RCPT TO:<${person.replyTo}>`, 'DATA', body]
    let next = 0
    await new Promise<void>((resolve) => {
      socket.on('data', () => {
        const command = commands[next++] as string
        socket.write(`${command}\r\n`, () => next === commands.length && socket.destroy())
      })
      socket.on('close', () => resolve())
    })
  }
  expect(await reply(person)).toBe(250)
})

test('a stopped learner may still ask, and gets no email about it; an erased one is unknown', async () => {
  const person = await joinAs('stopped')
  await person.visitor.post(person.stopLink)
  expect(await reply(person)).toBe(250)
  expect(await threadsOf(person)).toMatchObject([{ state: 'waiting' }])
  expect(await receiptsTo(person)).toBe(0)
  await parts.app.ports.store.learners.erase(person.id)
  expect(await reply(person, { text: 'Anybody there?' })).toBe(550)
  expect(queryRows(parts.dataDir, 'select id from reply where learner_id = ?', person.id)).toEqual([])
})

test('no text, address or name of a reply is in a file, a log, a job or an email', async () => {
  const person = await joinAs('canary')
  logged.length = 0
  const raw = await replyEmail({ from: `"NAMECANARY" <${person.address}>`, to: person.replyTo, text: `${CANARY}?` })
  await deliverReport(port, person.replyTo, raw, 'canary-bounce@example.test')
  expect(filesWith(CANARY)).toEqual([])
  await settled()
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  expect((await threadsOf(person)).flatMap(({ texts }) => texts)).toEqual([`${CANARY}?`])
  for (const canary of [CANARY, 'NAMECANARY', 'canary-bounce', person.replyTo.split('@')[0] as string])
    expect(filesWith(canary)).toEqual([])
  expect(JSON.stringify(logged)).not.toMatch(/CANARY|canary|@/)
  expect(parts.mail.accepted.filter((message) => message.raw.includes(CANARY))).toEqual([])
  const metrics = await (await fetch(`${parts.url}/metrics`)).text()
  expect(metrics).toMatch(/bootcamp_replies\{outcome="question"\} \d/)
  expect(metrics).not.toMatch(/CANARY|@/)
})

import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { replyAddress } from '../../../src/core/question/reply-address.ts'
import { snsTextToSign } from '../../../src/core/reports/sns.ts'
import { queryRows, waitUntilIdle } from '../../support/database/database-rows.ts'
import { rowsOf } from '../../support/database/delivery-rows.ts'
import { courseWithQuestions } from '../../support/question/course-with-questions.ts'
import { dnsOfSigners, replyEmail, type SampleReply } from '../../support/question/sample-replies.ts'
import { threadsOf } from '../../support/question/threads.ts'
import { selfSigned } from '../../support/self-signed.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'
import { waitFor } from '../../support/wait-for.ts'

const REPLIES = 'reply.course.example'
const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:mail'
const CERTIFICATE = 'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123.pem'
const LOGIN = 'reports:a-password-of-length'
const MAILGUN_KEY = 'key-0123456789abcdef'
const START = Date.parse('2026-03-02T09:00:00Z')
const YEAR = 365 * 86_400_000

const amazon = generateKeyPairSync('rsa', { modulusLength: 2048 })
const certificate = selfSigned(amazon, START - YEAR, START + YEAR)
let parts: TestApp
let course: Awaited<ReturnType<typeof courseWithQuestions>>

beforeAll(async () => {
  course = await courseWithQuestions()
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: {
      COURSE: 'three-days',
      REPLY_DOMAIN: REPLIES,
      SES_TOPIC_ARNS: TOPIC,
      POSTMARK_WEBHOOK_LOGIN: LOGIN,
      MAILGUN_SIGNING_KEY: MAILGUN_KEY,
    },
    overrides: {
      lessonsDir: course.lessonsDir,
      resolveDns: dnsOfSigners('example.test'),
      fetchTrusted: async () => certificate,
    },
    worker: true,
  })
})

afterAll(async () => {
  await parts?.close()
  await course?.remove()
})

interface Person {
  readonly id: number
  readonly address: string
  readonly replyTo: string
}

async function joinAs(name: string): Promise<Person> {
  const { address } = await join(parts, `${name}@example.test`)
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  const [row] = rowsOf(parts, address)
  const replyTo = replyAddress(parts.app.ports.keys, Number(row?.id), REPLIES)
  return { id: Number(row?.learner_id), address, replyTo }
}

const replyOf = ({ address, replyTo }: Person, how: Partial<SampleReply> = {}) =>
  replyEmail({ from: address, to: replyTo, text: 'How do I begin?', ...how })

async function post(
  path: string,
  body: string | URLSearchParams | FormData,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const response = await fetch(`${parts.url}/hooks/${path}`, { method: 'POST', body, headers })
  await response.arrayBuffer()
  await waitFor(
    () =>
      queryRows(parts.dataDir, 'select id from reply where settled_at is null').length === 0 &&
      queryRows(parts.dataDir, 'select id from mail_event where applied_at is null').length === 0,
    'everything read',
  )
  return response.status
}

const own = [{ state: 'waiting', day: 1, via: 'email', texts: ['How do I begin?'] }]
const doubtful = [{ ...own[0], state: 'unconfirmed' }]

describe('Postmark', () => {
  const basic = (login = LOGIN) => ({ Authorization: `Basic ${Buffer.from(login).toString('base64')}` })
  let messages = 0
  const inboundOf = ({ address, replyTo }: Person, more: object) =>
    JSON.stringify({
      ...{ MessageStream: 'inbound', MessageID: `message-${++messages}`, OriginalRecipient: replyTo.toUpperCase() },
      ...{
        From: address,
        FromFull: { Email: address },
        To: replyTo,
        Subject: 'Re: Day 1',
        Headers: [],
        Attachments: [],
      },
      ...more,
    })

  test('passes on the message itself, whose signature counts; a repeated call changes nothing', async () => {
    const person = await joinAs('postmark')
    const body = inboundOf(person, { TextBody: 'not read', RawEmail: (await replyOf(person)).toString() })
    for (let time = 0; time < 3; time += 1) expect(await post('postmark', body, basic())).toBe(200)
    expect(await threadsOf(parts, person.id)).toEqual(own)
  })

  test('passes on its fields alone, which prove nothing', async () => {
    const person = await joinAs('postmark-fields')
    const body = inboundOf(person, { TextBody: 'How do I begin?', Attachments: [{ Name: 'a.jpg', Content: 'eA==' }] })
    expect(await post('postmark', body, basic())).toBe(200)
    const text = 'How do I begin?\n\n(An attachment was left out. Only text arrives here.)'
    expect(await threadsOf(parts, person.id)).toEqual([{ ...doubtful[0], texts: [text] }])
    const away = inboundOf(person, { TextBody: 'Away', Headers: [{ Name: 'Auto-Submitted', Value: 'auto-replied' }] })
    expect(await post('postmark', away, basic())).toBe(200)
    const html = inboundOf(person, {
      HtmlBody: '<p>Only HTML</p>',
      Headers: [{ Name: 'X', Value: 'a\r\nAuto-Submitted: x' }],
    })
    expect(await post('postmark', html, basic())).toBe(200)
    expect((await threadsOf(parts, person.id)).flatMap(({ texts }) => texts)).toEqual([text, 'Only HTML'])
  })

  test('needs its name and password, and what is addressed to nobody here is dropped', async () => {
    const person = await joinAs('postmark-refused')
    const body = inboundOf(person, { TextBody: 'Hello' })
    expect(await post('postmark', body, basic('reports:guess'))).toBe(401)
    expect(await post('postmark', inboundOf(person, { OriginalRecipient: 'x@elsewhere.test' }), basic())).toBe(200)
    expect(queryRows(parts.dataDir, 'select id from reply where learner_id = ?', person.id)).toEqual([])
  })
})

describe('Mailgun', () => {
  let tokens = 0
  function fieldsOf({ replyTo }: Person, raw: Buffer, changes: Readonly<Record<string, string>> = {}) {
    const [token, timestamp] = [`route-${++tokens}`, String(Math.floor(parts.clock.now() / 1000))]
    const signature = createHmac('sha256', MAILGUN_KEY)
      .update(timestamp + token)
      .digest('hex')
    return { recipient: replyTo, 'body-mime': raw.toString(), token, timestamp, signature, ...changes }
  }
  const form = (fields: Readonly<Record<string, string>>) => new URLSearchParams(fields)

  test('passes on the message by a route, in either kind of form', async () => {
    const person = await joinAs('mailgun')
    expect(await post('mailgun/mime', form(fieldsOf(person, await replyOf(person))))).toBe(200)
    expect(await threadsOf(parts, person.id)).toEqual(own)
    const other = await joinAs('mailgun-parts')
    const multipart = new FormData()
    for (const [name, value] of Object.entries(fieldsOf(other, await replyOf(other)))) multipart.append(name, value)
    expect(await post('mailgun/mime', multipart)).toBe(200)
    expect(await threadsOf(parts, other.id)).toMatchObject([{ via: 'email', texts: ['How do I begin?'] }])
  })

  test('is refused if it is forged, old, replayed or not a form', async () => {
    const person = await joinAs('mailgun-refused')
    const raw = await replyOf(person)
    const used = fieldsOf(person, raw)
    expect(await post('mailgun/mime', form(used))).toBe(200)
    expect(await post('mailgun/mime', form({ ...used, 'body-mime': 'From: x@y.test\r\n\r\nOther' }))).toBe(406)
    expect(await post('mailgun/mime', form(fieldsOf(person, raw, { signature: 'x' })))).toBe(403)
    expect(await post('mailgun/mime', form(fieldsOf(person, raw, { timestamp: '1700000000' })))).toBe(403)
    expect(await post('mailgun/mime', 'x', { 'Content-Type': 'multipart/form-data; boundary=b' })).toBe(400)
    expect(await threadsOf(parts, person.id)).toHaveLength(1)
  })
})

describe('Amazon SES by way of SNS', () => {
  function envelopeOf(message: object, by = amazon.privateKey): string {
    const envelope = {
      ...{ Type: 'Notification', MessageId: `sns-${Math.random()}`, TopicArn: TOPIC, Message: JSON.stringify(message) },
      ...{ Timestamp: new Date(parts.clock.now()).toISOString(), SignatureVersion: '2', SigningCertURL: CERTIFICATE },
    }
    const text = snsTextToSign({ ...envelope, Signature: '' } as never)
    return JSON.stringify({ ...envelope, Signature: sign('sha256', Buffer.from(text), by).toString('base64') })
  }
  const receivedOf = ({ replyTo }: Person, content: string, encoding: string) => ({
    ...{ notificationType: 'Received', mail: { source: 'x@y.test' }, content },
    receipt: { recipients: ['else@course.example', replyTo], action: { type: 'SNS', encoding } },
  })

  test('passes on the message in the notification, in base64 or as text', async () => {
    const person = await joinAs('ses')
    const raw = await replyOf(person)
    expect(await post('ses', envelopeOf(receivedOf(person, raw.toString('base64'), 'BASE64')))).toBe(200)
    expect(await threadsOf(parts, person.id)).toEqual(own)
    const other = await joinAs('ses-text')
    const unsigned = (await replyOf(other, { signedBy: null })).toString()
    expect(await post('ses', envelopeOf(receivedOf(other, unsigned, 'UTF8')))).toBe(200)
    expect(await threadsOf(parts, other.id)).toEqual(doubtful)
  })

  test('is refused if another key signed it', async () => {
    const person = await joinAs('ses-forged')
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    expect(await post('ses', envelopeOf(receivedOf(person, 'Hello', 'UTF8'), stranger))).toBe(403)
    expect(queryRows(parts.dataDir, 'select id from reply where learner_id = ?', person.id)).toEqual([])
  })
})

import { describe, expect, test } from '@jest/globals'
import { readReport } from '../../src/inbound/read-report.ts'
import { complaintReport, deliveryReport } from '../support/reports.ts'

const TO = 'bounce+1-aaaaaaaaaaaaaaaa@bounces.example'
const read = (text: string | Buffer) => readReport(Buffer.from(text))

describe('a delivery report', () => {
  test('names what happened, for good or not, and the message it is about', async () => {
    expect(await read(deliveryReport({ to: TO, messageId: 'abc@course.example' }))).toEqual({
      kind: 'bounced',
      about: { tag: null, messageId: 'abc@course.example' },
      reason: 'userunknown',
      permanent: true,
    })
    const full = deliveryReport({ to: TO, status: '4.2.2', diagnostic: '452 4.2.2 over quota' })
    expect(await read(full)).toMatchObject({ kind: 'bounced', reason: 'mailboxfull', permanent: false })
  })

  test.each([
    ['delayed', 'delayed'],
    ['delivered', 'delivered'],
    ['relayed', 'delivered'],
    ['no-such-action', 'noted'],
  ])('with the action %s is %s', async (action, kind) => {
    expect(await read(deliveryReport({ to: TO, action, status: '2.0.0', diagnostic: '250 ok' }))).toMatchObject({
      kind,
    })
  })

  test('in a charset that does not exist is read all the same', async () => {
    const report = deliveryReport({ to: TO, charset: 'x-klingon-9' })
    expect(await read(report)).toMatchObject({ kind: 'bounced', reason: 'userunknown', permanent: true })
  })
})

describe('a complaint', () => {
  test('names the message by its envelope sender', async () => {
    expect(await read(complaintReport({ mailFrom: TO, messageId: 'abc@course.example' }))).toEqual({
      kind: 'complained',
      about: { tag: '1-aaaaaaaaaaaaaaaa', messageId: 'abc@course.example' },
      reason: 'feedback',
      permanent: true,
    })
  })

  test.each(['not-spam', 'auth-failure', 'virus', ''])('of the type "%s" is none', async (type) => {
    expect(await read(complaintReport({ type, mailFrom: TO }))).toMatchObject({ kind: 'noted' })
  })
})

describe('a bounce in free words', () => {
  const loose = (from: string, text: string, more = '') =>
    `From: ${from}\r\nTo: ${TO}\r\nSubject: failure notice\r\n${more}\r\n${text}\r\n`

  test('counts when a mail system says it, with a code', async () => {
    const text = 'Sorry, it did not work.\r\n550 5.1.1 unknown user\r\n\r\nMessage-ID: <abc@course.example>'
    expect(await read(loose('MAILER-DAEMON@mx.example', text))).toEqual({
      kind: 'bounced',
      about: { tag: null, messageId: 'abc@course.example' },
      reason: 'userunknown',
      permanent: true,
    })
  })

  test('without a code writes nobody off', async () => {
    const event = await read(loose('postmaster@mx.example', 'The user is unknown, perhaps.'))
    expect(event).toMatchObject({ kind: 'bounced', permanent: false })
  })

  test('is not what a person writes, nor what answers for them on holiday', async () => {
    const text = 'I am away. Our old server used to say: 550 5.1.1 unknown user'
    expect(await read(loose('ada@example.test', text))).toMatchObject({ kind: 'noted' })
    const auto = 'Auto-Submitted: auto-replied\r\nReturn-Path: <>\r\n'
    expect(await read(loose('ada@example.test', text, auto))).toMatchObject({ kind: 'noted', reason: 'vacation' })
  })
})

test.each([
  ['nothing', ''],
  ['bytes of no meaning', Buffer.from(Array.from({ length: 2_000 }, (_, index) => (index * 7919) % 256))],
  ['parts within parts', `${'Content-Type: multipart/mixed; boundary="a"\r\n\r\n--a\r\n'.repeat(500)}end`],
  ['a header without end', `X-Long: ${'a'.repeat(1_000_000)}`],
])('%s changes nothing and throws nothing', async (_what, raw) => {
  expect(await read(raw)).toMatchObject({ kind: 'noted' })
})

test('a report that breaks off before its fields writes nobody off', async () => {
  const whole = deliveryReport({ to: TO })
  const broken = await read(whole.slice(0, whole.indexOf('Final-Recipient')))
  expect(broken.permanent).toBe(false)
})

import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { consequenceOf } from '../../src/core/reports/bounce-reason.ts'
import { readReport } from '../../src/inbound/read-report.ts'
import { complaintReport, deliveryReport } from '../support/sample-reports.ts'

const TO = 'bounce+1-aaaaaaaaaaaaaaaa@bounces.example'
const read = async (text: string | Buffer) => readReport(Buffer.from(text))

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

describe('a free-text bounce', () => {
  const loose = (from: string, text: string, more = '') =>
    `From: ${from}\r\nTo: ${TO}\r\nSubject: failure notice\r\n${more}\r\n${text}\r\n`

  test.each([
    [
      'qmail',
      [
        'Hi. This is the qmail-send program at mx.example.',
        "I'm afraid I wasn't able to deliver your message to the following addresses.",
        '',
        '<somebody@example.test>:',
        '192.0.2.1 does not like recipient.',
        'Remote host said: 550 5.1.1 user unknown',
        'Giving up on 192.0.2.1.',
      ],
    ],
    [
      'qmail, its own failure',
      [
        'Hi. This is the qmail-send program at mx.example.',
        '',
        '<somebody@example.test>:',
        'Sorry, no mailbox here by that name. (#5.1.1)',
      ],
    ],
    [
      'Exim',
      [
        'This message was created automatically by mail delivery software.',
        '',
        'A message that you sent could not be delivered to one or more of its recipients.',
        '',
        '  somebody@example.test',
        '    host mx.example [192.0.2.1]',
        '    SMTP error from remote mail server after RCPT TO:<somebody@example.test>:',
        '    550 5.1.1 user unknown',
      ],
    ],
    [
      'an older Exim',
      [
        'This message was created automatically by mail delivery software.',
        '',
        '  somebody@example.test',
        '    SMTP error from remote mail server after RCPT TO:<somebody@example.test>:',
        '    host mx.example [192.0.2.1]: 550 5.1.1 user unknown',
      ],
    ],
  ])('counts in the form of %s', async (_what, lines) => {
    const text = [...lines, '', 'Message-ID: <abc@course.example>'].join('\r\n')
    expect(await read(loose('Mail Delivery System <MAILER-DAEMON@mx.example>', text))).toEqual({
      kind: 'bounced',
      about: { tag: null, messageId: 'abc@course.example' },
      reason: 'userunknown',
      permanent: true,
    })
    // The same text from a person is a quotation.
    expect(await read(loose('Ada <ada@example.test>', text))).toMatchObject({ kind: 'noted' })
  })

  test.each([
    'Sorry, it did not work.\r\n550 5.1.1 unknown user',
    'The mailbox is full. 552 5.2.2 over quota',
    'Our office has moved. From 1 December: 500 Main Street, phone 555-0100.',
    'The old account is closed for the season. Urgent? Dial 555 123.',
    'Hi. This is the team of mx.example.\r\n\r\n550 5.1.1 unknown user\r\n',
    'Hi. This is the qmail-send program.\r\n\r\n<a@b.example>:\r\nI will be back.\r\n\r\n550 5.1.1 unknown user',
  ])('in no form that is known writes nobody off and pauses nothing: %s', async (text) => {
    const event = await read(loose('MAILER-DAEMON@mx.example', text))
    expect(event).toMatchObject({ kind: 'bounced', permanent: false })
    expect(consequenceOf(event.reason, event.permanent)).toBe('soft')
  })

  test.each([
    ['Auto-Submitted: auto-generated', 'ada@example.test'],
    ['Auto-Submitted: auto-replied', 'ada@example.test'],
    ['X-Auto-Response-Suppress: All', 'ada@example.test'],
    ['Precedence: bulk', '"mailer-daemon" <ada@example.test>'],
    ['Auto-Submitted: auto-generated', 'postmaster@example.test'],
  ])('with %s of %s is an answer from somebody away, whatever its return path and its numbers', async (field, from) => {
    const text = 'The account is closed. 550 5.1.1 unknown user. Dial 555 123.'
    const event = await read(loose(from, text, `Return-Path: <>\r\n${field}\r\n`))
    expect(event).toMatchObject({ kind: 'noted', reason: 'vacation' })
  })

  test('without a code is never permanent', async () => {
    const event = await read(loose('postmaster@mx.example', 'The user is unknown, perhaps.'))
    expect(event).toMatchObject({ kind: 'bounced', permanent: false })
  })

  test('is not a reply by a person or a vacation responder', async () => {
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

test('a report inside a reply, a forwarded message or other parts does not count', async () => {
  const report = deliveryReport({ to: TO })
  const mixed = report.replace('multipart/report; report-type=delivery-status', 'multipart/mixed')
  expect(await read(mixed)).toMatchObject({ permanent: false })
  const forwarded = [
    'From: ada@example.test',
    'Content-Type: multipart/mixed; boundary=outer',
    '',
    '--outer',
    'Content-Type: message/rfc822',
    '',
    report,
    '--outer--',
  ].join('\r\n')
  expect(await read(forwarded)).toMatchObject({ kind: 'noted' })
})

test.each([
  ['base64', (text: string) => Buffer.from(text).toString('base64').replace(/.{60}/g, '$&\r\n')],
  ['quoted-printable', (text: string) => text.replace(/\./g, '=2E').replace('Action', 'Ac=\r\ntion')],
])('a report whose parts are encoded in %s is read', async (encoding, encode) => {
  const [head = '', status = ''] = deliveryReport({ to: TO }).split('Content-Type: message/delivery-status\r\n\r\n')
  const end = status.indexOf('--cut')
  const raw = `${head}Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${encode(status.slice(0, end))}\r\n${status.slice(end)}`
  expect(await read(raw)).toMatchObject({ kind: 'bounced', reason: 'userunknown', permanent: true })
})

test('a report with bare LF line endings inside a gateway’s wrapper is read', async () => {
  const [head = '', ...rest] = deliveryReport({ to: TO }).split('MIME-Version: 1.0\r\n')
  const wrapped = `${head}Content-Type: multipart/mixed; boundary="w;\\"x"\n\npreamble\n--w;"x\n${rest.join('')}\n--w;"x--\n`
  expect(await read(wrapped.replaceAll('\r\n', '\n'))).toMatchObject({ kind: 'bounced', permanent: true })
})

test('numbers in a diagnostic that is not an SMTP reply are not reply codes', async () => {
  const report = deliveryReport({ to: TO })
    .replace('Status: 5.1.1\r\n', '')
    .replace('smtp; 550 5.1.1 No such user', 'x-unix; dial 550 1234 (5.1.1)')
  expect(await read(report)).toMatchObject({ kind: 'bounced', permanent: false })
})

test('a report truncated before its fields is not a permanent failure', async () => {
  const whole = deliveryReport({ to: TO })
  const broken = await read(whole.slice(0, whole.indexOf('Final-Recipient')))
  expect(broken.permanent).toBe(false)
})

test('any combination of report fragments is read without an error', () => {
  const pieces = [
    ...[
      'Content-Type: multipart/report; boundary=x',
      'Content-Type: multipart/mixed; boundary="x"',
      '--x',
      '--x--',
      '--',
      '',
    ],
    ...[
      'Content-Type: message/delivery-status',
      'Content-Type: message/feedback-report',
      'Content-Type: message/rfc822',
    ],
    ...['Content-Transfer-Encoding: base64', 'Content-Transfer-Encoding: quoted-printable', 'Content-Type: text/plain'],
    ...[
      'Action: failed',
      'Status: 5.1.1',
      'Diagnostic-Code: smtp; 550 5.1.1 x',
      'Feedback-Type: abuse',
      'From: mailer-daemon@x',
    ],
    ...[
      'Hi. This is the qmail-send program',
      '<a@b.example>:',
      ' folded',
      ':',
      '=',
      '=4',
      '\0',
      '\u00ff\u00fe',
      'Message-ID: <',
      '@',
    ],
  ]
  const line = fc.oneof(fc.constantFrom(...pieces), fc.string())
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), fc.constantFrom('\r\n', '\n'), (lines, end) => {
      expect(readReport(Buffer.from(lines.join(end)))).toMatchObject({ about: {}, kind: expect.any(String) })
    }),
    { numRuns: 500 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3_000 }), (bytes) => {
      expect(readReport(bytes).permanent).toBe(false)
    }),
  )
})

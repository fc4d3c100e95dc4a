import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { Request } from 'express'
import { loadContent } from '../src/content/load-content.ts'
import type { Assessment } from '../src/core/assessment/assessment.ts'
import type { Course } from '../src/core/course/course.ts'
import type { HelpNumbers } from '../src/core/course/help-numbers.ts'
import { likelyPlace } from '../src/core/course/likely-help-country.ts'
import { classifyReply, type ReplyStage } from '../src/core/delivery/classify-reply.ts'
import { readAnswers } from '../src/core/exercise/read-answers.ts'
import { readReplyAddress } from '../src/core/question/reply-address.ts'
import { isPermanent, reasonOf } from '../src/core/reports/bounce-reason.ts'
import { envelopeTag, findMessageId } from '../src/core/reports/mail-event.ts'
import { mailgun } from '../src/core/reports/mailgun.ts'
import { postmark } from '../src/core/reports/postmark.ts'
import { readReturnAddress } from '../src/core/reports/return-address.ts'
import { sendgrid } from '../src/core/reports/sendgrid.ts'
import { ses } from '../src/core/reports/ses.ts'
import { isSnsAddress, readSnsEnvelope } from '../src/core/reports/sns.ts'
import { hashToken } from '../src/core/security/confirmation-token.ts'
import { deriveKeys } from '../src/core/security/keys.ts'
import { LINK_PURPOSES, type LinkPurpose, readLink } from '../src/core/security/link-token.ts'
import { readReport } from '../src/inbound/read-report.ts'
import { createReplyReader } from '../src/mail/smtp/smtp-replies.ts'
import { readAssessmentForm } from '../src/web/assessment/read-assessment-form.ts'
import { readSession } from '../src/web/security/session-cookie.ts'
import { checkEmail } from '../src/web/sign-up/check-email.ts'
import { checkSignUp, draftOf } from '../src/web/sign-up/check-sign-up.ts'
import { isTimeZone } from '../src/web/sign-up/check-time-zone.ts'
import { growth } from './support/time-growth.ts'
import { matrix } from './trial-sizes.ts'

const LF = '\n'
const keys = deriveKeys('a secret of the tests')
const DOMAIN = 'bounces.example'
const NOW = Date.parse('2026-03-02T09:00:00Z')
const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
const { courses } = await loadContent({ lessonsDir: 'lessons', emailsDir: 'emails' })
const course = courses.get('steady-week') as Course
const { assessment, helpNumbers } = courses.resourcesOf('steady-week')
const fields = course.lessons.flatMap((lesson) => lesson.exercise.fields)

const times = (piece: string) => (size: number) => piece.repeat(Math.ceil(size / piece.length))
const within = (before: string, piece: string, after: string) => (size: number) => before + times(piece)(size) + after

/** What brings parsers to their knees: long runs of what a pattern may take in several ways, and an end that fits none. */
const PIECES = [
  ...[
    '<',
    '>',
    ' ',
    '\t',
    LF,
    '\r\n',
    '\r',
    '\0',
    '[',
    '(',
    '{',
    '"',
    "'",
    '\\',
    '=',
    ';',
    ':',
    ',',
    '.',
    '-',
    '_',
    '@',
    '%',
    '&',
    '+',
    '/',
    '?',
    '*',
    '#',
    '!',
  ],
  ...['0', '5', 'a', 'é', '\u{1f600}', '\u200b', '\ud800', '\u00a0'],
  ...[
    'a ',
    ' a',
    'a@',
    '@a',
    '<a',
    '<a>',
    '<a@b>',
    'a.',
    '.a',
    'a-',
    '--',
    '5.',
    '5.1.1 ',
    '550 ',
    '#5',
    'a=',
    '=41',
    '=?',
    '=?utf-8?q?=41?=',
    '%41',
    'f.a=&',
    'a/',
    '../',
  ],
  ...[
    '-US,en',
    'en-',
    'notes=',
    'notes=a;',
    'bounce+',
    'mailbox ',
    'quota full',
    'user ',
    'unknown ',
    'sender ',
    'client host ',
    'content ',
    'authenticat',
    'a\n ',
    ' \n',
    '\n\n',
    '> ',
    '<!--',
    '<p>',
    '**',
    '`',
    '[a](',
    '![',
    '|a',
    '- ',
    '1. ',
  ],
] as const
const SHAPES: readonly (readonly [string, (size: number) => string])[][] = PIECES.map((piece) => [
  [`${JSON.stringify(piece)}, again and again`, times(piece)] as const,
  [`${JSON.stringify(piece)}, and an end that does not fit`, within('', piece, '\u0001x')] as const,
  [`${JSON.stringify(piece)}, after a beginning that fits`, within('a@b <', piece, ' x')] as const,
])

const json = (value: unknown) => JSON.stringify(value)
const cookie = (header: string) => readSession({ headers: { cookie: header } } as Request)
const STAGES: readonly ReplyStage[] = ['mail', 'rcpt', 'after-dot']

function mailgunRequest(data: string): Buffer {
  const [token, timestamp] = ['a-token', String(NOW / 1000)]
  const signature = createHmac('sha256', 'key')
    .update(timestamp + token)
    .digest('hex')
  return Buffer.from(`{"signature":${json({ token, timestamp, signature })},"event-data":${data}}`)
}

function sendgridRequest(body: string) {
  const timestamp = String(NOW / 1000)
  const signature = sign('sha256', Buffer.from(timestamp + body), ec.privateKey).toString('base64')
  const headers = {
    'x-twilio-email-event-webhook-signature': signature,
    'x-twilio-email-event-webhook-timestamp': timestamp,
  }
  return { headers, body: Buffer.from(body) }
}

const sendgridKey = ec.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
const postmarkHeaders = { authorization: `Basic ${Buffer.from('name:password').toString('base64')}` }
const world = { now: NOW, fetch: async () => '' }

const verifyPostmark = (body: string) =>
  postmark.verify({ headers: postmarkHeaders, body: Buffer.from(body) }, { login: 'name:password' }, world)
const verifySendgrid = (body: string) => sendgrid.verify(sendgridRequest(body), { publicKey: sendgridKey }, world)

function readSesMessage(message: string) {
  const rest = { MessageId: '1', TopicArn: '', Timestamp: '', SignatureVersion: '1', Signature: '', SigningCertURL: '' }
  return ses.read(json({ Type: 'Notification', Message: message, ...rest }))
}

/** Everything that reads what a stranger wrote. */
const PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
  'a report': (text) => readReport(Buffer.from(text)),
  'a report of a mail server in free words': (text) =>
    readReport(
      Buffer.from(`From: mailer-daemon@x.example\nX-Failed-Recipients: a@b.example\n\n  a@b.example\n${text}`),
    ),
  'a header of a report': (text) =>
    readReport(Buffer.from(`Subject: ${text}\nContent-Type: ${text}\nFrom: ${text}\n${text}: x`)),
  'the boundary of a report': (text) =>
    readReport(Buffer.from(`Content-Type: multipart/report; boundary="${text}"\n\n--${text}\n\n--${text}--`)),
  'the parts of a report': (text) =>
    readReport(
      Buffer.from(
        `Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n${text}`,
      ),
    ),
  'an encoded part of a report': (text) =>
    readReport(
      Buffer.from(
        `Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: quoted-printable\n\n${text}`,
      ),
    ),
  'a return-path address': (text) => [
    readReturnAddress(keys, text, DOMAIN),
    readReturnAddress(keys, `bounce+${text}@${DOMAIN}`, DOMAIN),
    readReturnAddress(keys, `unsubscribe+${text}@${DOMAIN}`, DOMAIN),
  ],
  'a tag and a Message-ID': (text) => [
    envelopeTag(text),
    envelopeTag(`<bounce+${text}`),
    findMessageId(text),
    findMessageId(`<${text}`),
  ],
  'the reply of a server': (text) =>
    STAGES.map((stage) => classifyReply({ code: 550, text: text.slice(0, 64 * 1024), stage })),
  'the bytes of a server': (text) => {
    const read = createReplyReader(() => {})
    try {
      read(Buffer.from(`250-${text}`))
    } catch {
      // What is no reply is refused.
    }
  },
  'a diagnostic': (text) => {
    const failure = { status: text.slice(0, 2_000), text: text.slice(0, 2_000) }
    return [reasonOf(failure), reasonOf({ ...failure, status: null }), isPermanent({ ...failure, status: null })]
  },
  'an event of Mailgun': (text) => {
    const data = json({
      id: text,
      event: 'failed',
      severity: 'permanent',
      reason: text,
      recipient: text,
      envelope: { sender: text },
      message: { headers: { 'message-id': text, [text]: text } },
      'delivery-status': { code: text, message: text, description: text },
    })
    const body = mailgunRequest(data)
    return [mailgun.verify({ headers: {}, body }, { signingKey: 'key' }, world), mailgun.read(body.toString())]
  },
  'an event of Postmark': (text) => {
    const body = json({
      RecordType: 'Bounce',
      ID: text,
      Type: 'HardBounce',
      Details: text,
      Email: text,
      Metadata: { [text]: text, delivery: text },
    })
    return [verifyPostmark(body), postmark.read(body)]
  },
  'an email by way of Postmark': (text) => {
    const headers = [{ Name: text, Value: text }]
    const body = json({
      OriginalRecipient: text,
      From: text,
      Subject: text,
      TextBody: text,
      HtmlBody: text,
      Headers: headers,
    })
    return [verifyPostmark(body), postmark.read(body), postmark.read(json({ OriginalRecipient: 'a', RawEmail: text }))]
  },
  'an email by way of Mailgun': async (text) => {
    const type = 'multipart/form-data; boundary=b'
    const part = `--b\r\nContent-Disposition: form-data; name="${text}"\r\n\r\n${text}\r\n--b--`
    const asked = [
      [type, text],
      [type, part],
      ['application/x-www-form-urlencoded', `token=${text}&body-mime=${text}`],
    ] as const
    const verdicts = asked.map(([contentType, body]) => {
      const request = { headers: { 'content-type': contentType }, body: Buffer.from(body) }
      return mailgun.verify(request, { signingKey: 'key' }, world)
    })
    return [await Promise.all(verdicts), mailgun.read(json({ recipient: text, 'body-mime': text }))]
  },
  'an email by way of SES': (text) => {
    const receipt = { recipients: [text], action: { encoding: 'BASE64' } }
    return readSesMessage(json({ notificationType: 'Received', content: text, receipt }))
  },
  'a reply address': (text) => [
    readReplyAddress(keys, text, DOMAIN),
    readReplyAddress(keys, `reply+${text}@${DOMAIN}`, DOMAIN),
  ],
  'an event of SendGrid': (text) => {
    const item = { event: 'bounce', sg_event_id: text, email: text, 'smtp-id': text, status: text, reason: text }
    return [verifySendgrid(json([item])), sendgrid.read(json(item))]
  },
  'an event of SES': (text) => {
    const mail = {
      source: text,
      destination: [text],
      headers: [
        { name: text, value: text },
        { name: 'Message-ID', value: text },
      ],
    }
    const bounced = { status: text, diagnosticCode: text, emailAddress: text }
    return readSesMessage(
      json({
        notificationType: 'Bounce',
        mail,
        bounce: { bounceType: text, bounceSubType: text, bouncedRecipients: [bounced] },
      }),
    )
  },
  'an envelope of SNS': (text) => [
    readSnsEnvelope(text),
    isSnsAddress(text),
    isSnsAddress(`https://sns.${text}.amazonaws.com`),
  ],
  'JSON of a webhook': (text) => [
    verifyPostmark(text),
    mailgun.verify({ headers: {}, body: Buffer.from(text) }, { signingKey: 'key' }, world),
    verifySendgrid(text),
    readSesMessage(text),
  ],
  'an email address': (text) => [checkEmail(text), checkEmail(`${text}@example.org`), checkEmail(`a@${text}`)],
  'a sign-up': (text) => [
    checkSignUp(course, {
      email: text,
      name: text,
      timeZone: text,
      hour: text,
      discreet: text,
      track: text,
      overlays: [text],
    }),
    draftOf({ email: text, name: text }),
  ],
  'a time zone': (text) => [isTimeZone(text), isTimeZone(`Europe/${text}`)],
  answers: (text) =>
    readAnswers(
      fields,
      Object.fromEntries(
        fields.flatMap(({ id }) => [
          [`f.${id}`, text],
          [`v.${id}`, text],
        ]),
      ),
    ),
  'a starting point': (text) =>
    readAssessmentForm(assessment as Assessment, { mode: text, go: text, at: text, [`q.${text}`]: text }),
  'a cookie': (text) => [cookie(text), cookie(`notes=${text}`), cookie(`${text}; notes=x`)],
  'a link': (text) => [
    ...(Object.keys(LINK_PURPOSES) as LinkPurpose[]).map((purpose) => readLink(keys, purpose, text, NOW)),
    hashToken(text),
  ],
  'the languages of a browser': (text) => likelyPlace(helpNumbers as HelpNumbers, text),
}

/** Every shape of every piece; in the gate one shape of each piece, the next one for the next parser. */
const shapesFor = (parser: number) =>
  SHAPES.flatMap((ofPiece, piece) => matrix({ gate: ofPiece.slice((piece + parser) % 3).slice(0, 1), full: ofPiece }))

describe.each(Object.entries(PARSERS).map(([name, parse], number) => ({ name, parse, number })))(
  '$name',
  ({ parse, number }) => {
    test('takes four times as long for four times as much, whatever it is', async () => {
      const slow: string[] = []
      for (const [name, shape] of shapesFor(number)) {
        const { isLinear, ratio } = await growth(parse, shape, 4_000)
        if (!isLinear) slow.push(`${name}: ${ratio.toFixed(1)} times as long`)
      }
      expect(slow).toEqual([])
    })
  },
)

describe('a report of 256 KB', () => {
  const part = (type: string) => `--x\nContent-Type: ${type}\n\n`
  const report = 'From: mailer-daemon@x.example\nContent-Type: multipart/report; boundary=x\n\n'
  const shapes: Readonly<Record<string, (size: number) => string>> = {
    'of blank lines in HTML': within('Content-Type: text/html\n\n', '\n', ''),
    'of < in HTML': within('Content-Type: text/html\n\n', `${'<'.repeat(70)}\n`, ''),
    'of containers in containers': (size) =>
      Array.from({ length: size / 50 }, (_, n) => `Content-Type: multipart/mixed; boundary="b${n}"\n\n--b${n}\n`).join(
        '',
      ),
    'of containers in containers with one boundary': times('Content-Type: multipart/report; boundary=x\n\n--x\n'),
    'of a boundary of 10 KB': (size) =>
      within(
        `Content-Type: multipart/report; boundary="${'b'.repeat(10_000)}"\n\n`,
        `--${'b'.repeat(10_000)}\n`,
        '',
      )(size),
    'of one header': within('Subject: ', 'a', '\n\n'),
    'of folded lines': within('Subject: ', 'a\n ', '\n\n'),
    'of headers': (size) => `${Array.from({ length: size / 12 }, (_, n) => `x-${n}: a`).join('\n')}\n\n`,
    'of parts': within(report, part('text/plain'), '--x--'),
    'of reports': within(report, `${part('message/delivery-status')}Action: failed\nStatus: 5.1.1\n\n`, '--x--'),
    'of recipients': within(
      `${report}${part('message/delivery-status')}Reporting-MTA: dns; x\n\n`,
      'Final-Recipient: rfc822; a@b.example\nAction: delayed\n\n',
      '--x--',
    ),
    'of garbage in base64': within(
      `${report}--x\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n`,
      '\u00ff=A',
      '\n--x--',
    ),
    'of soft line breaks': within(
      `${report}--x\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: quoted-printable\n\n`,
      '=\n',
      '\n--x--',
    ),
    'of messages in messages': (size) => `${report}${times(part('message/rfc822'))(size)}`,
    'of charsets': within(`${report}--x\nContent-Type: text/plain; charset=`, '"utf-7;', '\n\nx\n--x--'),
    'of dashes': within(report, '--', ''),
    'of lines that almost end a part': within(report, '--xx\n', ''),
    'of NULs': within(report, '\0\n', ''),
  }
  test.each(Object.entries(shapes))('%s is read in linear time', async (_name, shape) => {
    const { ratio, isLinear } = await growth((text) => readReport(Buffer.from(text)), shape, 64_000)
    expect({ ratio, isLinear }).toMatchObject({ isLinear: true })
  })
})

// Sizes below that at which V8's stack for open brackets no longer fits into memory that the allocator keeps: from there on each
// run pays for fresh pages, which is no matter of the shape.
describe('the body of a webhook', () => {
  const bodies: Readonly<Record<string, (size: number) => string>> = {
    'of [': times('['),
    'of {"a":': times('{"a":'),
    'of pairs of brackets': (size) => `[${times('[],')(size)}[]]`,
    'of numbers beyond 2^53': (size) => `[${times('12345678901234567890,')(size)}1]`,
    'of one number': times('9'),
    'of names': (size) => `{${Array.from({ length: size / 12 }, (_, n) => `"n${n}":${n}`).join(',')}}`,
    'of one name': (size) => `{${times('"ID":1,')(size)}"ID":2}`,
    'of __proto__': (size) => `{${times('"__proto__":{"a":1},')(size)}"ID":2}`,
    'of null': (size) => `[${times('null,')(size)}null]`,
    'of events': (size) => `[${times('{"event":"open"},')(size)}{}]`,
  }
  test.each(Object.entries(bodies))('%s is read in linear time', async (_name, shape) => {
    const { ratio, isLinear } = await growth(PARSERS['JSON of a webhook'] as (text: string) => unknown, shape, 50_000)
    expect({ ratio, isLinear }).toMatchObject({ isLinear: true })
    expect({}).not.toHaveProperty('a')
  })
})

describe('this test finds', () => {
  test.each<[string, (text: string) => unknown, (size: number) => string]>([
    ['a pattern that begins anew at each space', (text) => / +$/.exec(text), within('', ' ', 'x')],
    [
      'a text that is compared with itself from each of its letters',
      (text) => {
        let same = 0
        for (let from = 0; from < text.length; from += 1)
          for (let at = from; at < text.length; at += 1) if (text.charCodeAt(at) === 0x61) same += 1
        return same
      },
      times('a'),
    ],
    [
      'a list that is searched for each of its items',
      (text) => [...text].map((_, at, all) => all.indexOf('x', at)),
      times('a'),
    ],
  ])('%s', async (_name, quadratic, shape) => {
    const { isLinear } = await growth(quadratic, shape, 2_000)
    expect(isLinear).toBe(false)
  })
})

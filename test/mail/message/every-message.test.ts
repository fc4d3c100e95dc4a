import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { dkimVerify } from 'mailauth'
import { readReturnAddress, returnPathOf, unsubscribeAddress } from '../../../src/core/reports/return-address.ts'
import { deriveKeys } from '../../../src/core/security/keys.ts'
import { createSmtpMailer } from '../../../src/mail/smtp/smtp-mailer.ts'
import { type Accepted, startMailServer } from '../../support/mail-server.ts'
import { relayAt } from '../../support/parse-servers.ts'
import { type EveryMessage, everyMessage, FORMS, twoKeys } from './every-message.ts'
import { header, linksOfHtml, linksOfText } from './sample-mail.ts'

const DOMAIN = 'bounces.course.example'
const secrets = deriveKeys('a secret that only tests know, 0123456789')
const signing = twoKeys()
const resolver = async (name: string) => {
  const record = signing.records[name]
  if (record === undefined) throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' })
  // A string of a TXT record holds 255 bytes at the most.
  return [record.match(/.{1,255}/g) ?? []]
}

let every: EveryMessage
let received: Accepted[]

/** As python3's `email` package reads one message. */
interface Read {
  readonly defects: string[]
  readonly type: string
  readonly parts: [type: string, charset: string, text: string][]
  readonly headers: [string, string][]
  readonly from: [string, string][]
  readonly to: string[]
  readonly date: number
}

beforeAll(async () => {
  every = await everyMessage(signing.keys)
  const server = await startMailServer()
  const mailer = createSmtpMailer({
    server: relayAt(server.url),
    clientName: 'course.example',
    socketTimeoutMs: 30_000,
    connections: 2,
  })
  for (const [index, { email }] of every.mails.entries()) {
    const message = await every.composer.compose({
      ...email,
      envelopeFrom: returnPathOf(secrets, index + 1, DOMAIN),
      links: { ...email.links, mailToStop: unsubscribeAddress('AQEBc2FtcGxlLXNhbXBsZS1zYW1wbGU', DOMAIN) },
    })
    const result = await mailer.send(message, async () => true)
    if (result.kind !== 'accepted') throw new Error(`${email.kind} was not accepted: ${JSON.stringify(result)}`)
  }
  received = [...server.accepted]
  await mailer.close()
  await server.close()
}, 120_000)

afterAll(() => {
  received = []
})

/** Every message as it was received, with the name it has in this test. */
function* each(): Generator<Accepted & { name: string; index: number }> {
  for (const [index, accepted] of received.entries()) {
    const sent = every.mails[index]
    yield { ...accepted, index, name: `${sent?.form}/${sent?.id}` }
  }
}

describe('every message a server received', () => {
  test('is of every kind, every lesson and every form', () => {
    const course = every.content.courses.get('steady-week')
    expect(course?.tracks).toHaveLength(4)
    expect(received).toHaveLength(every.mails.length)
    expect(new Set(every.mails.map(({ form }) => form))).toEqual(new Set(FORMS))
    const kinds = new Set(every.mails.map(({ email }) => email.kind))
    expect([...kinds].sort()).toEqual([
      'address-changed',
      'address-link',
      'already-active',
      'answer',
      'check-in',
      'closing',
      'confirm',
      'erase-link',
      'follow-up',
      'lesson',
      'pause-ending',
      'publication',
      'question-received',
      'reading-link',
      'reminder',
      'resend',
      'way-back',
      'welcome-back',
    ])
    for (const { day } of course?.lessons ?? [])
      expect(every.mails.filter(({ id }) => id === `lesson-${day}`)).toHaveLength(FORMS.length)
  })

  test('carries each header once, in the form its standard asks for', () => {
    const once = [
      'from',
      'to',
      'subject',
      'date',
      'message-id',
      'mime-version',
      'content-type',
      'list-id',
      'list-unsubscribe',
      'list-unsubscribe-post',
      'feedback-id',
      'auto-submitted',
      'content-language',
    ]
    for (const { name, mail, raw } of each()) {
      const names = mail.headers.map(({ key }) => key)
      expect({ name, headers: names.toSorted() }).toEqual({
        name,
        headers: ['dkim-signature', 'dkim-signature', ...once].toSorted(),
      })
      expect(mail.from?.address).toBe('hello@course.example')
      expect(mail.from?.name).not.toBe('')
      expect(mail.to).toEqual([{ name: '', address: 'mara@example.test' }])
      expect(mail.subject).toMatch(/\S/)
      expect(mail.date).toBe('2026-11-23T06:00:00.000Z')
      expect(mail.messageId).toMatch(/^<[^\s<>@]+@course\.example>$/)
      expect(header(mail, 'List-Id')).toMatch(/^("[\w .'-]+" )?<[a-z-]+\.course\.example>$/)
      expect(header(mail, 'List-Unsubscribe')).toMatch(
        /^<https:\/\/course\.example\/stop\/[\w-]+>, <mailto:unsubscribe\+[0-9a-f]+@bounces\.course\.example\?subject=stop>$/,
      )
      expect(header(mail, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click')
      expect(header(mail, 'Feedback-ID')).toMatch(/^[\w-]+:[\w-]+:mail:\w{5,15}$/)
      expect(header(mail, 'Auto-Submitted')).toBe('auto-generated')
      // RFC 5322 section 2.1.1: 78 characters wanted, 998 the limit; the one-click link cannot be folded.
      const [head = ''] = raw.toString('latin1').split('\r\n\r\n', 1)
      for (const line of head.split('\r\n')) expect(line.length).toBeLessThanOrEqual(250)
    }
  })

  test('has one recipient, and a return path that names its delivery by a MAC', () => {
    for (const { from, to, index } of each()) {
      expect(to).toBe('mara@example.test')
      expect(readReturnAddress(secrets, from, DOMAIN)).toEqual({ kind: 'bounce', deliveryId: index + 1 })
      const forged = from.replace(/\d+-/, (id) => `${Number.parseInt(id, 10) + 1}-`)
      expect(readReturnAddress(secrets, forged, DOMAIN)).toBeNull()
    }
  })

  test('is small, and has a text part with the same links that reads well', () => {
    for (const { name, mail } of each()) {
      const [html, text] = [mail.html ?? '', mail.text ?? '']
      expect(Buffer.byteLength(html)).toBeLessThan(80 * 1024)
      expect({ name, links: new Set(linksOfText(text)) }).toEqual({ name, links: new Set(linksOfHtml(html)) })
      // The course takes no questions.
      expect(text.replace(/\s+/g, ' ')).toContain('Nobody reads replies to this email.')
      expect(text).not.toMatch(/<\/?[a-z][^>]*>|&[a-z]+;|\{\{|\*\*|\]\(|undefined|null|\n{4}/)
      const words = text.split('\n').filter((line) => !line.includes('https://'))
      for (const line of words) expect(line.length).toBeLessThanOrEqual(76)
      expect(linksOfText(text).some((link) => new URL(link).pathname.startsWith('/v/'))).toBe(true)
    }
  })

  test('is signed by both keys, and both signatures cover both list headers, says mailauth', async () => {
    for (const { name, raw } of each()) {
      const { results } = await dkimVerify(raw, { resolver })
      const seen = results.map(({ status, algo, signingDomain, selector, signingHeaders }) => ({
        result: status.result,
        algo,
        signer: `${selector}._domainkey.${signingDomain}`,
        covers: ['list-unsubscribe', 'list-unsubscribe-post'].every((key) =>
          (signingHeaders?.keys ?? '')
            .toLowerCase()
            .split(/[:\s]+/)
            .includes(key),
        ),
      }))
      expect({ name, seen: seen.toSorted((a, b) => (a.signer < b.signer ? -1 : 1)) }).toEqual({
        name,
        seen: [
          { result: 'pass', algo: 'rsa-sha256', signer: 's0._domainkey.course.example', covers: true },
          { result: 'pass', algo: 'ed25519-sha256', signer: 's1._domainkey.course.example', covers: true },
        ],
      })
    }
  }, 120_000)

  test('fails at the same verifier as soon as a list header is changed or added', async () => {
    const raw = received[0]?.raw.toString('latin1') ?? ''
    const changes = [
      raw.replace('List-Unsubscribe: <https://course.example', 'List-Unsubscribe: <https://evil.example'),
      raw.replace('List-Unsubscribe=One-Click', 'List-Unsubscribe=No-Click'),
      raw.replace(/^List-Unsubscribe-Post:.*\r\n/m, ''),
      `From: eve@evil.example\r\n${raw}`,
    ]
    for (const changed of changes) {
      expect(changed).not.toBe(raw)
      const { results } = await dkimVerify(Buffer.from(changed, 'latin1'), { resolver })
      expect(results.map(({ status }) => status.result)).not.toContain('pass')
    }
  })

  test('is read by a parser in another language as by ours, without a defect', () => {
    const script = fileURLToPath(new URL('../tools/parse_mails.py', import.meta.url))
    const done = spawnSync('python3', [script], {
      input: received.map(({ raw }) => raw.toString('base64')).join('\n'),
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
    })
    if (done.status !== 0) throw new Error(`python3 is needed: ${done.error?.message ?? done.stderr}`)
    const read = done.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Read)
    expect(read).toHaveLength(received.length)
    for (const { name, index, mail } of each()) {
      const seen = read[index]
      const text = (value: string) => value.replaceAll('\r\n', '\n').trimEnd()
      expect({ name, defects: seen?.defects }).toEqual({ name, defects: [] })
      expect(seen?.type).toBe('multipart/alternative')
      expect(seen?.parts.map(([type, charset]) => `${type} ${charset}`)).toEqual([
        'text/plain utf-8',
        'text/html utf-8',
      ])
      expect(seen?.parts.map(([, , body]) => text(body))).toEqual([text(mail.text ?? ''), text(mail.html ?? '')])
      expect(seen?.from).toEqual([[mail.from?.name, mail.from?.address]])
      expect(seen?.to).toEqual(['mara@example.test'])
      expect(seen?.date).toBe(Date.parse('2026-11-23T06:00:00Z'))
      expect(seen?.headers.find(([key]) => key === 'Subject')?.[1]).toBe(mail.subject)
    }
  })
})

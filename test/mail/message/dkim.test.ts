import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { dkimVerify } from 'mailauth'
import { createComposer } from '../../../src/mail/message/composer.ts'
import { type DkimKey, readDkimKey } from '../../../src/mail/message/dkim.ts'
import { dkimRecord } from './every-message.ts'
import { hostileLine, hostileText } from './hostile.ts'
import { everyMail, loadSamples } from './sample-mail.ts'

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ED25519 = generateKeyPairSync('ed25519')
const key = (privateKey: KeyObject, selector: string): DkimKey => ({ domain: 'example.org', selector, key: privateKey })

/** The example of RFC 8463, appendix A.3: a message that others signed, so that the verifier below is itself proved. */
const RFC_8463 = [
  'DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;',
  ' d=football.example.com; i=@football.example.com;',
  ' q=dns/txt; s=brisbane; t=1528637909; h=from : to :',
  ' subject : date : message-id : from : subject : date;',
  ' bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;',
  ' b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus',
  ' Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==',
  'From: Joe SixPack <joe@football.example.com>',
  'To: Suzie Q <suzie@shopping.example.net>',
  'Subject: Is dinner ready?',
  'Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)',
  'Message-ID: <20030712040037.46341.5F8J@football.example.com>',
  '',
  'Hi.',
  '',
  'We lost the game.  Are you hungry yet?',
  '',
  'Joe.',
  '',
].join('\r\n')
const RFC_8463_KEY = createPublicKey({
  key: Buffer.concat([
    Buffer.from('302a300506032b6570032100', 'hex'),
    Buffer.from('11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=', 'base64'),
  ]),
  format: 'der',
  type: 'spki',
})

/** What a receiver does (RFC 6376 section 6.1), for the signature at `index` from the top. */
function verifySignature(
  message: string,
  publicKey: KeyObject,
  index = 0,
): { valid: boolean; tags: Map<string, string> } {
  const [head = ''] = message.split('\r\n\r\n', 1)
  const body = message.slice(head.length + 4)
  const fields = head.split(/\r\n(?=[^ \t])/).map((field) => {
    const colon = field.indexOf(':')
    const value = field.slice(colon + 1).replaceAll('\r\n', '')
    return { name: field.slice(0, colon).toLowerCase(), value: value.replace(/[ \t]+/g, ' ').trim() }
  })
  const signatures = fields.filter(({ name }) => name === 'dkim-signature')
  const signature = signatures[index]?.value ?? ''
  const tags = new Map(
    signature.split(';').map((tag): [string, string] => {
      const [name = '', ...value] = tag.split('=')
      return [name.trim(), value.join('=').replaceAll(' ', '')]
    }),
  )
  const lines = body.split('\r\n').map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
  while (lines.at(-1) === '') lines.pop()
  const canonical = lines.length === 0 ? '' : `${lines.join('\r\n')}\r\n`
  const bodyHash = createHash('sha256').update(canonical, 'latin1').digest('base64')
  const rest = fields.toReversed()
  let data = ''
  for (const name of (tags.get('h') ?? '').toLowerCase().split(':')) {
    const at = rest.findIndex((field) => field.name === name)
    if (at < 0) continue
    data += `${name}:${rest.splice(at, 1)[0]?.value}\r\n`
  }
  data += `dkim-signature:${signature.replace(/(\bb=)[^;]*$/, '$1')}`
  const bytes = Buffer.from(data, 'latin1')
  const given = Buffer.from(tags.get('b') ?? '', 'base64')
  const matches =
    tags.get('a') === 'rsa-sha256'
      ? verify('sha256', bytes, publicKey, given)
      : verify(null, createHash('sha256').update(bytes).digest(), publicKey, given)
  return { valid: matches && bodyHash === tags.get('bh'), tags }
}

describe('a DKIM signature', () => {
  test('is judged by a verifier that agrees with the example of RFC 8463', () => {
    expect(verifySignature(RFC_8463, RFC_8463_KEY).valid).toBe(true)
    expect(verifySignature(RFC_8463.replace('game', 'match'), RFC_8463_KEY).valid).toBe(false)
    expect(verifySignature(RFC_8463.replace('dinner', 'supper'), RFC_8463_KEY).valid).toBe(false)
  })

  test.each([
    ['RSA-2048', RSA, 'rsa-sha256'],
    ['Ed25519', ED25519, 'ed25519-sha256'],
  ] as const)('by an %s key is valid on every mail', async (_, pair, algorithm) => {
    const samples = await loadSamples(undefined, { dkim: key(pair.privateKey, 's1') })
    for (const mail of [...everyMail(samples), ...everyMail(samples, { discreet: true, name: 'Zoë 🌱' })]) {
      const message = (await samples.composer.compose(mail)).raw.toString('latin1')
      const { valid, tags } = verifySignature(message, pair.publicKey)
      expect(valid).toBe(true)
      expect(tags.get('a')).toBe(algorithm)
      expect([tags.get('d'), tags.get('s'), tags.get('t')]).toEqual(['example.org', 's1', '1795413600'])
    }
  })

  test('covers both list fields, and breaks when one is changed or a second From is added', async () => {
    const samples = await loadSamples(undefined, { dkim: key(RSA.privateKey, 's1') })
    const message = (await samples.composer.compose(samples.mail())).raw.toString('latin1')
    const { tags } = verifySignature(message, RSA.publicKey)
    expect(tags.get('h')?.split(':')).toEqual(expect.arrayContaining(['list-unsubscribe', 'list-unsubscribe-post']))
    for (const forged of [
      message.replace('/stop/one-click-token', '/stop/another-token'),
      message.replace('One-Click', 'Two-Click'),
      message.replace('\r\nTo: ', '\r\nFrom: eve@example.com\r\nTo: '),
      message.replace('\r\nTo: ', '\r\nSubject: Buy now\r\nTo: '),
      `${message}more\r\n`,
    ]) {
      expect(forged).not.toBe(message)
      expect(verifySignature(forged, RSA.publicKey).valid).toBe(false)
    }
  })

  test('is made with each key while keys are changed, and the same bytes come out twice', async () => {
    const samples = await loadSamples(undefined, { dkim: [key(RSA.privateKey, 'old'), key(ED25519.privateKey, 'new')] })
    const { raw } = await samples.composer.compose(samples.mail())
    expect(verifySignature(raw.toString('latin1'), ED25519.publicKey, 0).valid).toBe(true)
    expect(verifySignature(raw.toString('latin1'), RSA.publicKey, 1).valid).toBe(true)
    expect((await samples.composer.compose(samples.mail())).raw.equals(raw)).toBe(true)
  })

  test('fits in front of its message whatever its length: a long key, the first and the last date', async () => {
    const long = generateKeyPairSync('rsa', { modulusLength: 3072 })
    const samples = await loadSamples(undefined, {
      dkim: [key(long.privateKey, 'long'), key(ED25519.privateKey, 'ed')],
    })
    const to = `${'a'.repeat(64)}@${'b'.repeat(60)}.example`
    for (const date of [-8.64e15, -1, 0, 8.64e15]) {
      const { raw } = await samples.composer.compose(samples.mail({ date, to, nextLessonAt: null }))
      expect(raw.subarray(0, 15).toString('latin1')).toBe('DKIM-Signature:')
      const { valid, tags } = verifySignature(raw.toString('latin1'), long.publicKey, 1)
      expect([valid, tags.get('t')]).toEqual([true, String(Math.floor(date / 1000))])
      expect(verifySignature(raw.toString('latin1'), ED25519.publicKey, 0).valid).toBe(true)
    }
  })
})

describe('mailauth verifies', () => {
  const records: Record<string, string> = {
    'rsa._domainkey.example.org': dkimRecord(RSA.publicKey),
    'ed._domainkey.example.org': dkimRecord(ED25519.publicKey),
  }
  // A string of a TXT record holds 255 bytes at the most.
  const resolver = async (name: string) => [records[name]?.match(/.{1,255}/g) ?? []]
  const rsa = key(RSA.privateKey, 'rsa')
  const ed25519 = key(ED25519.privateKey, 'ed')
  const passed = async (raw: Buffer) => {
    const { results } = await dkimVerify(raw, { resolver })
    return results.map(({ status, algo }) => `${status.result} ${algo}`).sort()
  }

  /** A client doubles a dot at a line's start, a server takes one off (RFC 5321 section 4.5.2). */
  const overTheWire = (raw: Buffer) => {
    const sent = raw.toString('latin1').replace(/^\./gm, '..')
    return Buffer.from(sent.replace(/^\.(?=.)/gm, ''), 'latin1')
  }

  test.each([
    ['RSA-2048', [rsa], ['pass rsa-sha256']],
    ['Ed25519', [ed25519], ['pass ed25519-sha256']],
    ['both', [rsa, ed25519], ['pass ed25519-sha256', 'pass rsa-sha256']],
  ])('what %s signed, whatever is in it, as it is and as a server takes it', async (_, dkim, expected) => {
    const samples = await loadSamples(undefined, { dkim })
    const [first, ...rest] = samples.course.lessons
    if (first === undefined) throw new Error('The fixture has no lesson.')
    const words = hostileText().map((text) => text.replaceAll('\r', '').replace(/\{\{|\}\}|!\[/g, ''))
    await fc.assert(
      fc.asyncProperty(words, hostileLine(), async (markdown, name) => {
        const text = { markdown: `.${markdown}\n.\n\n{{name}}  x\t${markdown}`, file: 'day-1.md', line: 1 }
        const lesson = { ...first, body: [{ audiences: [], pageOnly: false, text }] }
        const course = { ...samples.course, lessons: [lesson, ...rest] }
        const { raw } = await samples.composer.compose(samples.mail({ course, name }))
        expect(await passed(raw)).toEqual(expected)
        expect(overTheWire(raw).equals(raw)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  test('mails that are signed at the same time', async () => {
    const samples = await loadSamples(undefined, { dkim: [rsa, ed25519] })
    const mails = Array.from({ length: 40 }, (_, index) =>
      samples.mail({
        name: `Ada ${'x'.repeat(index)}`,
        day: (index % 3) + 1,
        messageId: `id-${index}@www.example.org`,
      }),
    )
    const together = await Promise.all(mails.map((mail) => samples.composer.compose(mail)))
    for (const [index, mail] of mails.entries()) {
      const raw = together[index]?.raw ?? Buffer.alloc(0)
      expect((await samples.composer.compose(mail)).raw.equals(raw)).toBe(true)
      expect(await passed(raw)).toEqual(['pass ed25519-sha256', 'pass rsa-sha256'])
    }
  })
})

describe('a DKIM key', () => {
  const names = { domain: 'example.org', selector: 's1', keyFile: 'keys/dkim.pem' }
  const pem = (pair: { privateKey: KeyObject }) => pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()

  test('is read from PEM', () => {
    expect(readDkimKey(names, pem(RSA)).key.asymmetricKeyType).toBe('rsa')
    expect(readDkimKey(names, pem(ED25519)).key.asymmetricKeyType).toBe('ed25519')
  })

  test('that is no private key, of another kind or too short is refused with the cure', () => {
    const publicPem = RSA.publicKey.export({ format: 'pem', type: 'spki' }).toString()
    expect(() => readDkimKey(names, publicPem)).toThrow(/keys\/dkim\.pem.*openssl genrsa/)
    expect(() => readDkimKey(names, 'nonsense')).toThrow(/does not contain a private key/)
    expect(() => readDkimKey(names, pem(generateKeyPairSync('ec', { namedCurve: 'P-256' })))).toThrow(/neither/)
    expect(() => readDkimKey(names, pem(generateKeyPairSync('rsa', { modulusLength: 512 })))).toThrow(/512 bits/)
    expect(() => readDkimKey({ ...names, selector: 's1; x=' }, pem(RSA))).toThrow(/host names/)
  })

  test('is refused by the composer when it is a public one', async () => {
    const { options } = await loadSamples()
    expect(() => createComposer({ ...options, dkim: key(RSA.publicKey, 's1') })).toThrow(/private/)
  })
})

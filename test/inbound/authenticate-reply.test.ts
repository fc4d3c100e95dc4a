import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { dkimSign } from 'mailauth'
import type { ReplyClient, ReplyToRead } from '../../src/flow/ports/reply-ports.ts'
import { authenticateReply } from '../../src/inbound/authenticate-reply.ts'
import { dnsOfSigners, dnsWith, dnsWithKey, replyEmail } from '../support/question/sample-replies.ts'

const FROM = 'mara@example.test'
const TO = 'reply+1-abc@reply.course.example'
const CLIENT: ReplyClient = { ip: '192.0.2.1', helo: 'out.example.test', mailFrom: FROM }
const NOBODY: ReplyClient = { ...CLIENT, ip: '198.51.100.9' }

const read = (raw: Buffer, more: Partial<ReplyToRead> = {}): ReplyToRead => ({
  ...{ raw, recipient: TO, client: NOBODY, isOriginal: true, host: 'reply.course.example' },
  ...more,
})
const signed = (more: Parameters<typeof replyEmail>[0] | object = {}) =>
  replyEmail({ from: FROM, to: TO, text: 'Hello', ...more })
const pemOf = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }) as string
const unsigned = () => signed({ signedBy: null })

describe('a signature', () => {
  const dns = dnsOfSigners('example.test', 'mail.example.test', 'elsewhere.test')

  test('of the domain of From vouches for the message, and one of another domain does not', async () => {
    expect(await authenticateReply(read(await signed()), FROM, dns)).toBe('yes')
    expect(await authenticateReply(read(await signed({ signedBy: 'mail.example.test' })), FROM, dns)).toBe('yes')
    expect(await authenticateReply(read(await signed({ signedBy: 'elsewhere.test' })), FROM, dns)).toBe('no')
    expect(await authenticateReply(read(await unsigned()), FROM, dns)).toBe('no')
  })

  test('is enough where a provider received the message, and proves nothing in one that was put together', async () => {
    expect(await authenticateReply(read(await signed(), { client: null }), FROM, dns)).toBe('yes')
    expect(await authenticateReply(read(await unsigned(), { client: null }), FROM, dns)).toBe('no')
    expect(await authenticateReply(read(await signed(), { isOriginal: false }), FROM, dns)).toBe('no')
  })

  test('of a message that was changed afterwards does not', async () => {
    const raw = await signed()
    for (const [from, to] of [
      ['Hello', 'Hallo'],
      ['To: ', 'To: more@example.test, '],
    ] as const)
      expect(await authenticateReply(read(Buffer.from(raw.toString().replace(from, to))), FROM, dns)).toBe('no')
  })

  test('that leaves the end of the body open, or To, does not', async () => {
    const key = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const dnsWithIt = dnsWithKey(key.publicKey, 'example.test')
    const raw = await unsigned()
    const resultOf = async (options: { maxBodyLength?: number; headerList?: string[] }, more = '') => {
      const signer = { signingDomain: 'example.test', selector: 'mail', privateKey: pemOf(key.privateKey) }
      const { signatures } = await dkimSign(raw, { ...signer, signatureData: [signer], ...options })
      return authenticateReply(read(Buffer.from(`${signatures}${raw}${more}`)), FROM, dnsWithIt)
    }
    expect(await resultOf({})).toBe('yes')
    expect(await resultOf({}, 'more')).toBe('no')
    expect(await resultOf({ maxBodyLength: 3 }, 'more')).toBe('no')
    expect(await resultOf({ headerList: ['from', 'subject'] })).toBe('no')
  })

  test('of a message to somebody else does not, whatever field with our address is added to it', async () => {
    const raw = (await signed({ to: 'partner@example.test' })).toString()
    for (const field of ['To', 'Cc', 'TO ', 'cc']) {
      const more = `${field}: ${TO}\r\n`
      expect(await authenticateReply(read(Buffer.from(`${more}${raw}`)), FROM, dns)).toBe('no')
      expect(await authenticateReply(read(Buffer.from(raw.replace('Subject:', `${more}Subject:`))), FROM, dns)).toBe(
        'no',
      )
    }
    const copy = await signed({ to: 'partner@example.test', headers: { Cc: TO } })
    expect(await authenticateReply(read(copy), FROM, dns)).toBe('yes')
  })

  test('among very many is not looked for', async () => {
    const raw = (await signed()).toString()
    const many = `${'DKIM-Signature: v=1; a=rsa-sha256; d=x.test; s=s; h=from; bh=x; b=x\r\n'.repeat(20)}${raw}`
    let asked = 0
    const counting = (name: string, type: string) => {
      asked += 1
      return dns(name, type)
    }
    expect(await authenticateReply(read(Buffer.from(many)), FROM, counting)).toBe('no')
    expect(asked).toBe(0)
  })

  test('with a key of 512 bits does not', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 512 })
    const raw = await signed({ key: weak.privateKey })
    expect(await authenticateReply(read(raw), FROM, dnsWithKey(weak.publicKey, 'example.test'))).toBe('no')
    const strong = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const other = await signed({ key: strong.privateKey })
    expect(await authenticateReply(read(other), FROM, dnsWithKey(strong.publicKey, 'example.test'))).toBe('yes')
  })

  test('whose key cannot be looked up now is looked at later', async () => {
    const away = async () => {
      throw Object.assign(new Error('ETIMEOUT'), { code: 'ETIMEOUT' })
    }
    expect(await authenticateReply(read(await signed()), FROM, away)).toBe('later')
  })
})

describe('SPF', () => {
  const spf = { 'TXT example.test': [['v=spf1 ip4:192.0.2.0/24 -all']] }

  test('vouches for what comes from a server of the domain of From', async () => {
    const raw = await unsigned()
    expect(await authenticateReply(read(raw, { client: CLIENT }), FROM, dnsWith(spf))).toBe('yes')
    expect(await authenticateReply(read(raw, { client: NOBODY }), FROM, dnsWith(spf))).toBe('no')
  })

  test('of another domain, or of HELO alone, vouches for nothing', async () => {
    const raw = await unsigned()
    const dns = dnsWith({ 'TXT other.test': spf['TXT example.test'], 'TXT out.example.test': spf['TXT example.test'] })
    expect(await authenticateReply(read(raw, { client: { ...CLIENT, mailFrom: 'x@other.test' } }), FROM, dns)).toBe(
      'no',
    )
    expect(await authenticateReply(read(raw, { client: { ...CLIENT, mailFrom: '' } }), FROM, dns)).toBe('no')
  })

  test('aligns as the domain asks for', async () => {
    const raw = await unsigned()
    const client = { ...CLIENT, mailFrom: 'bounce@mail.example.test' }
    const relaxed = { 'TXT mail.example.test': spf['TXT example.test'] }
    expect(await authenticateReply(read(raw, { client }), FROM, dnsWith(relaxed))).toBe('yes')
    const strict = { ...relaxed, 'TXT _dmarc.example.test': [['v=DMARC1; p=reject; aspf=s']] }
    expect(await authenticateReply(read(raw, { client }), FROM, dnsWith(strict))).toBe('no')
  })
})

import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from '@jest/globals'
import { readReply } from '../../src/inbound/read-reply.ts'
import { createReplyReader, type ReplyReader } from '../../src/inbound/reply-reader.ts'
import { dnsOfSigners, dnsWith, replyEmail } from '../support/question/sample-replies.ts'
import { growth } from '../support/time-growth.ts'

const BY_FIRST_BYTE = fileURLToPath(new URL('../fixtures/threads/by-first-byte.mjs', import.meta.url))
const ASKING = fileURLToPath(new URL('../fixtures/threads/asking.mjs', import.meta.url))
const TO = 'reply+1-abc@reply.course.example'
const client = { ip: '192.0.2.1', helo: 'out.example.test', mailFrom: 'mara@example.test' }
const replyOf = (raw: Uint8Array) => ({ raw, recipient: TO, client, isOriginal: true, host: 'reply.course.example' })
let reader: ReplyReader

afterEach(() => reader?.close())

test('a reply is read in a thread, which asks this process for DNS records', async () => {
  const asked: string[] = []
  const dns = dnsOfSigners('example.test')
  reader = createReplyReader((name, type) => {
    asked.push(`${type} ${name}`)
    return dns(name, type)
  })
  const raw = await replyEmail({ from: 'mara@example.test', to: TO, text: 'Hello\n-- \nMara' })
  expect(await reader.read(replyOf(raw))).toEqual({
    ...{ kind: 'text', from: 'mara@example.test', isAddressed: true, isAuthentic: 'yes' },
    ...{ text: 'Hello', isCut: false, hasAttachments: false },
  })
  expect(asked).toContain('TXT mail._domainkey.example.test')
})

test('one that works for ever is given up, and the next is read', async () => {
  reader = createReplyReader(dnsWith({}), { thread: BY_FIRST_BYTE, deadlineMs: 300 })
  await expect(reader.read('w' as never)).rejects.toThrow('took too long')
  expect(await reader.read('f' as never)).toMatchObject({ kind: 'noted' })
})

test('a message gets sixty lookups of known types, and no answer of more than 32 KB', async () => {
  reader = createReplyReader(async (name) => (name === 'long.test' ? 'x'.repeat(40_000) : name), { thread: ASKING })
  const asking = async (...questions: object[]) => (await reader.read(questions as never)) as unknown as string[]
  const many = await asking(...Array.from({ length: 70 }, () => ({ name: 'a.test', type: 'TXT' })))
  expect(many.filter((answer) => answer === 'a.test')).toHaveLength(60)
  expect(new Set(many.slice(60))).toEqual(new Set(['EBADQUERY']))
  expect(await asking({ name: 'a.test', type: 'ANY' })).toEqual(['EBADQUERY'])
  expect(await asking({ name: 'x'.repeat(300), type: 'TXT' })).toEqual(['EBADQUERY'])
  expect(await asking({ name: 'long.test', type: 'TXT' })).toEqual(['EBADRESP'])
})

test('what a mail server writes for somebody who is away is known by its subject, if by nothing else', async () => {
  const kindOf = async (subject: string) => {
    const raw = Buffer.from(`From: mara@example.test\r\nTo: ${TO}\r\nSubject: ${subject}\r\n\r\nI am away.\r\n`)
    return (await readReply(replyOf(raw), dnsWith({}))).kind
  }
  for (const subject of [
    'Out of Office: Re: Day 1',
    'Automatic reply: Day 1',
    'Abwesenheitsnotiz: Tag 1',
    'Auto-Reply',
  ])
    expect([subject, await kindOf(subject)]).toEqual([subject, 'automatic'])
  expect(await kindOf('=?utf-8?q?R=C3=A9ponse_automatique_:_Jour_1?=')).toBe('automatic')
  for (const subject of [
    'Re: Out of office, and still arguing',
    'Day 1',
    'Automatic anger',
    'Re: Automatic reply: Day 1',
  ])
    expect([subject, await kindOf(subject)]).toEqual([subject, 'text'])
})

const HEADER = `From: a@b.test\r\nTo: ${TO}\r\n`
const shapes: readonly [what: string, shape: (size: number) => string][] = [
  [
    'many parts',
    (size) => `${HEADER}Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(size / 10)}`,
  ],
  ['many recipients', (size) => `${HEADER}Cc: ${'"a" <a@b.test>, '.repeat(size / 16)}\r\n\r\nx`],
  ['many fields', (size) => `${HEADER}${'X-A: b\r\n'.repeat(size / 8)}\r\nx`],
  ['many encoded words', (size) => `${HEADER}Subject: ${'=?utf-8?q?a?= '.repeat(size / 14)}\r\n\r\nx`],
  ['one long line', (size) => `${HEADER}\r\n${'x'.repeat(size)}`],
  [
    'quoted-printable',
    (size) => `${HEADER}Content-Transfer-Encoding: quoted-printable\r\n\r\n${'=C3=BC=\r\n'.repeat(size / 9)}`,
  ],
]
test.each(shapes)('takes linear time: %s', async (_what, shape) => {
  const read = (text: string) => readReply(replyOf(Buffer.from(text)), dnsWith({}))
  expect((await growth(read, shape, 30_000)).isLinear).toBe(true)
})

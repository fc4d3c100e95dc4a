import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createReplyReader, type Reply } from '../../../src/mail/smtp/smtp-replies.ts'

function readAll(chunks: readonly Buffer[]): Reply[] {
  const replies: Reply[] = []
  const read = createReplyReader((reply) => replies.push(reply))
  for (const chunk of chunks) read(chunk)
  return replies
}

const read = (text: string) => readAll([Buffer.from(text)])

test('a reply of several lines is one, and several replies may come at once', () => {
  expect(read('250-one\r\n250-\r\n250 two\r\n354 go on\r\n250\r\n')).toEqual([
    { code: 250, text: '250-one\n250-\n250 two' },
    { code: 354, text: '354 go on' },
    { code: 250, text: '250' },
  ])
})

test('however the bytes are cut into pieces, the replies are the same', () => {
  const line = fc.stringMatching(/^[ -~äöü€]{0,60}$/)
  const reply = fc.record({
    code: fc.integer({ min: 200, max: 599 }),
    lines: fc.array(line, { minLength: 1, maxLength: 4 }),
  })
  fc.assert(
    fc.property(
      fc.array(reply, { maxLength: 5 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
      (replies, sizes) => {
        const written = replies.map(({ code, lines }) =>
          lines.map((text, at) => `${code}${at < lines.length - 1 ? '-' : ' '}${text}`),
        )
        const bytes = Buffer.from(written.flatMap((lines) => lines.map((text) => `${text}\r\n`)).join(''))
        const chunks: Buffer[] = []
        for (let at = 0; at < bytes.length; ) {
          const size = sizes.next().value as number
          chunks.push(bytes.subarray(at, at + size))
          at += size
        }
        expect(readAll(chunks)).toEqual(replies.map(({ code }, at) => ({ code, text: written[at]?.join('\n') })))
      },
    ),
  )
})

test('a reply that is not UTF-8 is kept byte for byte', () => {
  expect(readAll([Buffer.from('550 Gr\xfc\xdfe\r\n', 'latin1')])).toEqual([{ code: 550, text: '550 Gr\xfc\xdfe' }])
})

describe('refused is', () => {
  test.each([
    ['what is no reply', 'hello\r\n', /an invalid reply/],
    ['a code of four digits', '2500 ok\r\n', /an invalid reply/],
    ['a code that SMTP does not have', '150 wait\r\n', /an invalid reply/],
    ['one reply with two codes', '250-yes\r\n550 no\r\n', /two codes/],
    ['a line without an end', `250 ${'a'.repeat(70_000)}`, /endless/],
    ['a reply without an end', '250-and so on\r\n'.repeat(6_000), /endless/],
  ])('%s', (_what, text, reason) => {
    const bytes = Buffer.from(text)
    const chunks = Array.from({ length: Math.ceil(bytes.length / 1_000) }, (_, at) =>
      bytes.subarray(at * 1_000, at * 1_000 + 1_000),
    )
    expect(() => readAll(chunks)).toThrow(reason)
  })
})

import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { mailboxField, textField } from '../../../src/mail/message/header-field.ts'
import { oneLine } from '../../../src/mail/message/one-line.ts'
import { hostileText } from './hostile.ts'
import { takeApart } from './take-apart.ts'

/** Without U+FEFF, which the parser takes off wherever an encoded word begins with it. */
const LINE = hostileText().map((text) => oneLine(text.replaceAll('\ufeff', '')))

/** RFC 6376 section 3.4.2. */
function relaxedHeader(written: string): string {
  const [, name = '', value = ''] = /^([^:]+):([\s\S]*)\r\n$/.exec(written) ?? []
  return `${name.toLowerCase()}:${value
    .replaceAll('\r\n', '')
    .replace(/[ \t]+/g, ' ')
    .trim()}\r\n`
}

function expectWellWritten({ written, signed }: { written: string; signed: string }): void {
  expect(signed).toBe(relaxedHeader(written))
  expect(written).toMatch(/^[!-9;-~]+:(?: [!-~]+|(?:\r\n)(?= ))+\r\n$/)
  for (const line of written.slice(0, -2).split('\r\n')) expect(line.length).toBeLessThanOrEqual(76)
  for (const [word] of written.matchAll(/=\?UTF-8\?\S*/g)) {
    expect(word).toMatch(/^=\?UTF-8\?(?:Q\?[\w!*+/=-]+|B\?[\w+/]+=*)\?=$/)
    expect(word.length).toBeLessThanOrEqual(75)
    // RFC 2047 section 5: whole characters in every word.
    const [, , way, payload = ''] = word.split('?')
    const bytes =
      way === 'B'
        ? Buffer.from(payload, 'base64')
        : Buffer.from(
            payload.replace(/=(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
            'latin1',
          )
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).not.toThrow()
  }
}

const parse = (header: string) => PostalMime.parse(`${header}\r\nbody\r\n`)

describe('a header field', () => {
  test('of any text is ASCII in short lines, reads as that text, and is signed as it is relaxed', async () => {
    await fc.assert(
      fc.asyncProperty(LINE, async (text) => {
        fc.pre(text !== '')
        const field = textField('Subject', text)
        expectWellWritten(field)
        expect((await parse(field.written)).subject).toBe(text.toWellFormed())
      }),
      { numRuns: 300 },
    )
  })

  test('with a mailbox keeps any name in the name', async () => {
    await fc.assert(
      fc.asyncProperty(LINE, async (name) => {
        const field = mailboxField('From', { name, address: 'hello@example.org' })
        expect(field.signed).toBe(relaxedHeader(field.written))
        expect(field.written).toMatch(/^[ -~\r\n]*$/)
        expect((await parse(field.written)).from).toEqual({ name: name.toWellFormed(), address: 'hello@example.org' })
      }),
      { numRuns: 300 },
    )
  })

  test.each([
    ['Steady Week', 'ada@example.com', 'Steady Week <ada@example.com>'],
    ['', 'Ada@EXAMPLE.com', 'Ada@example.com'],
    ['Ada "the" first, B.', 'ada@example.com', '"Ada \\"the\\" first, B." <ada@example.com>'],
    ['Zoë', 'ada@exämple.com', '=?UTF-8?Q?Zo=C3=AB?= <ada@xn--exmple-cua.com>'],
    ['', 'a..b@example.com', '<"a..b"@example.com>'],
  ])('writes the mailbox of "%s" at %s', (name, address, value) => {
    expect(mailboxField('To', { name, address }).written).toBe(`To: ${value}\r\n`)
  })

  test('keeps plain words as they are, folded between them', () => {
    const words = Array.from({ length: 30 }, (_, index) => `word-${index}`).join(' ')
    const { written } = textField('Subject', words)
    expect(written.split('\r\n').length).toBeGreaterThan(3)
    expect(written.replaceAll('\r\n', '')).toBe(`Subject: ${words}`)
  })
})

test('a message is taken apart to the letter, or not at all', () => {
  const message = (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1')
  const head = 'To: a@b\nContent-Type: multipart/alternative;\n boundary="x"\n\n'
  const whole = takeApart(message(`${head}--x\nA: b\n\none\n\n--x\nA: c\n\ntwo\n--x--\n`))
  expect(whole.parts.map(({ encoded }) => encoded)).toEqual(['one\r\n', 'two'])
  expect(() => takeApart(message(`${head}before\n--x\nA: b\n\none\n--x--\n`))).toThrow('before or after')
  expect(() => takeApart(message(`${head}--x\nA: b\n\none\n--x--\nafter\n`))).toThrow('before or after')
  expect(() => takeApart(message('no field\n\n'))).toThrow('Not a header field')
})

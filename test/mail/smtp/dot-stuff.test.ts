import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { dotStuff, endOfData } from '../../../src/mail/smtp/dot-stuff.ts'

/** What a server does to the lines it reads (RFC 5321, section 4.5.2). */
function received(wire: Buffer): Buffer {
  const text = wire.toString('latin1')
  const end = text.startsWith('.\r\n') ? 0 : text.indexOf('\r\n.\r\n') + 2
  expect(end + 3).toBe(text.length)
  return Buffer.from(text.slice(0, end).replace(/(^|\r\n)\./g, '$1'), 'latin1')
}

const piece = fc.oneof(fc.constantFrom('.', '..', '\r\n', '\r\n.', 'a', '.\r\n'), fc.stringMatching(/^[ -~]{0,12}$/))

test('a server gets back what was sent, and the end comes once, at the end', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const raw = Buffer.from(`${pieces.join('')}\r\n`)
      const data = dotStuff(raw)
      expect(received(Buffer.concat([data, Buffer.from(endOfData(data))])).equals(raw)).toBe(true)
    }),
  )
})

test('no dot stands alone on a line, whatever a server takes for the end of a line', () => {
  const any = fc.array(fc.constantFrom('.', '\r', '\n', 'a'), { maxLength: 20 })
  fc.assert(
    fc.property(any, (pieces) => {
      const data = dotStuff(Buffer.from(pieces.join('')))
      expect(data.toString('latin1')).not.toMatch(/(^|[\r\n])\.([\r\n]|$)/)
    }),
  )
})

test.each([
  ['a\r\n', '.\r\n'],
  ['a', '\r\n.\r\n'],
  ['a\r', '\n.\r\n'],
  ['a\n', '\r\n.\r\n'],
  ['', '\r\n.\r\n'],
])('%j ends with %j', (raw, end) => expect(endOfData(Buffer.from(raw))).toBe(end))

test('without a dot at the start of a line nothing is copied', () => {
  const raw = Buffer.from('one. two\r\nthree .\r\n')
  expect(dotStuff(raw)).toBe(raw)
})

import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { encodeText } from '../../../src/mail/message/quoted-printable.ts'
import { hostileText } from './hostile.ts'
import { decodeQuotedPrintable, relaxedBody } from './take-apart.ts'

/** Line breaks are CRLF in a message; a lone CR is no line break. Halves of a surrogate pair cannot be written. */
const asMailed = (text: string) => text.replace(/\r?\n/g, '\r\n').toWellFormed()

describe('quoted-printable', () => {
  test('decodes to the text, in lines that nothing on the way has a reason to change', () => {
    fc.assert(
      fc.property(hostileText(), (text) => {
        const encoded = encodeText(text)
        expect(decodeQuotedPrintable(encoded)).toBe(asMailed(text))
        expect(encoded).toMatch(/^$|\r\n$/)
        expect(relaxedBody(`${encoded}end\r\n`)).toBe(`${encoded}end\r\n`)
        expect(encoded).not.toMatch(/^\.|^From |^.{77}|[^ -~\r\n]/m)
      }),
      { numRuns: 500 },
    )
  })

  test('encoded apart, pieces may follow one another', () => {
    fc.assert(
      fc.property(fc.array(hostileText(), { maxLength: 5 }), (texts) => {
        expect(decodeQuotedPrintable(texts.map(encodeText).join(''))).toBe(texts.map(asMailed).join(''))
      }),
    )
  })

  test.each([
    ['', ''],
    ['plain', 'plain=\r\n'],
    ['one\ntwo\r\n', 'one\r\ntwo\r\n'],
    ['a=b', 'a=3Db=\r\n'],
    ['.\n..\n', '=2E\r\n=2E.\r\n'],
    ['From here\nFrom\n', '=46rom here\r\nFrom\r\n'],
    ['a  b\tc \n', 'a =20b=09c=20\r\n'],
    [' a', ' a=\r\n'],
    ['a\rb', 'a=0Db=\r\n'],
    ['Zoë 🌱', 'Zo=C3=AB =F0=9F=8C=B1=\r\n'],
    ['\ud800', '=EF=BF=BD=\r\n'],
    ['x'.repeat(75), `${'x'.repeat(75)}=\r\n`],
    ['x'.repeat(76), `${'x'.repeat(75)}=\r\nx=\r\n`],
    [`${'x'.repeat(74)}=y`, `${'x'.repeat(74)}=\r\n=3Dy=\r\n`],
    [`${'x'.repeat(70)}🌱`, `${'x'.repeat(70)}=\r\n=F0=9F=8C=B1=\r\n`],
    [`${'x'.repeat(75)}.y`, `${'x'.repeat(75)}=\r\n=2Ey=\r\n`],
    [`${'x'.repeat(75)}From y`, `${'x'.repeat(75)}=\r\n=46rom y=\r\n`],
  ])('of %j', (text, encoded) => {
    expect(encodeText(text)).toBe(encoded)
  })
})

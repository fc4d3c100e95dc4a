import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { escapeHtml } from '../../../src/core/text/escape-html.ts'
import { wrapLines } from '../../../src/core/text/wrap-text.ts'
import { encodeValues, makeBody, writeBody } from '../../../src/mail/message/body-template.ts'
import { fillTemplate, type TemplateText } from '../../../src/mail/message/template-text.ts'
import { hostileLine, hostileText } from './hostile.ts'
import { decodeQuotedPrintable, relaxedBody, takeApart } from './take-apart.ts'

const SLOTS = ['name', ', name', 'openUrl', 'next']
const slotted = (text: fc.Arbitrary<string>): fc.Arbitrary<TemplateText> =>
  fc.array(
    fc.oneof(
      text,
      fc.constantFrom(...SLOTS).map((placeholder) => ({ placeholder })),
    ),
    { maxLength: 12 },
  )
const valuesOf = (value: fc.Arbitrary<string>) =>
  fc.record(Object.fromEntries(SLOTS.map((placeholder) => [placeholder, value])))

function write(text: TemplateText, html: TemplateText, values: Record<string, string>) {
  const template = makeBody(text, html)
  const filled = encodeValues(template, values)
  const message = Buffer.alloc(filled.size + 7, 'x')
  writeBody(template, filled, message, 7)
  expect(message.toString('latin1', 0, 7)).toBe('xxxxxxx')
  const head = `Content-Type: multipart/alternative; boundary="${template.boundary}"\r\n\r\n`
  return { ...takeApart(Buffer.concat([Buffer.from(head), message.subarray(7)])), template, filled }
}

describe('a body from its template', () => {
  test('decodes to what filling and wrapping the text, and filling the HTML, gives', () => {
    fc.assert(
      fc.property(slotted(hostileText()), slotted(hostileText()), valuesOf(hostileLine()), (text, html, values) => {
        const { parts, filled, body } = write(text, html, values)
        const escaped = Object.fromEntries(
          Object.entries(values).map(([placeholder, value]) => [placeholder, escapeHtml(value)]),
        )
        const mailed = (pieces: readonly string[]) =>
          pieces.map((piece) => piece.replace(/\r?\n/g, '\r\n').toWellFormed())
        const decoded = parts.map(({ encoded }) => decodeQuotedPrintable(encoded))
        expect(decoded[0]).toBe(mailed([wrapLines(fillTemplate(text, values))])[0])
        expect(decoded[1]).toBe(mailed(html.map((piece) => fillTemplate([piece], escaped))).join(''))
        expect(filled.htmlBytes).toBe(
          html.reduce((sum, piece) => sum + Buffer.byteLength(fillTemplate([piece], escaped)), 0),
        )
        expect(relaxedBody(body)).toBe(body)
      }),
      { numRuns: 300 },
    )
  })

  test('stays within its lines and parts whatever the values are', () => {
    fc.assert(
      fc.property(slotted(hostileText()), slotted(hostileText()), valuesOf(hostileText()), (text, html, values) => {
        const { template, body } = write(text, html, values)
        const forged = `\r\n--${template.boundary}--\r\n`
        const again = write(text, html, { ...values, name: forged, next: `${values.next}${forged}` })
        expect(again.parts).toHaveLength(2)
        for (const written of [body, again.body]) {
          expect(written).toMatch(/^[ -~\r\n]*$/)
          expect(written.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
          expect(relaxedBody(written)).toBe(written)
          expect(written).not.toMatch(/^\.|^From |^.{77}/m)
        }
      }),
      { numRuns: 200 },
    )
  })

  test('encodes beforehand what no value touches, and leaves nothing of a value that is empty', () => {
    const text: TemplateText = [
      'Hello',
      { placeholder: ', name' },
      ',\na long line '.repeat(9),
      '\n',
      { placeholder: 'openUrl' },
      '\n',
    ]
    const html: TemplateText = ['<p>Hello', { placeholder: ', name' }, ',</p>', { placeholder: 'openUrl' }, '\n']
    const { template, body } = write(text, html, { ', name': '', openUrl: 'https://x.example/' })
    expect(template.insertPoints).toHaveLength(4)
    expect(body).toContain('Hello,\r\n')
    expect(body).toContain('<p>Hello=\r\n,</p>=\r\nhttps://x.example/=\r\n\r\n')
  })
})

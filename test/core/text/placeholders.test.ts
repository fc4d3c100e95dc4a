import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createMarkdown } from '../../../src/core/text/markdown.ts'
import { fillPlaceholders, fillPlaceholdersInHtml, unknownPlaceholders } from '../../../src/core/text/placeholders.ts'

const markdown = createMarkdown()

describe('placeholders', () => {
  test.each([
    ['Hello{{, name}},', 'Ada', 'Hello, Ada,'],
    ['Hello{{, name}},', '', 'Hello,'],
    ['{{name}}: your {{weekday}} note', 'Ada', 'Ada: your Monday note'],
    ['{{name}}', '  ', ''],
    ['{{ name }} {{other}}', 'Ada', '{{ name }} {{other}}'],
  ])('%s with "%s" gives "%s"', (text, name, expected) => {
    expect(fillPlaceholders(text, { name, weekday: 'Monday' })).toBe(expected)
  })

  test.each(['{{weekday}}', '$&', "$'", '$1', '{{name}}'])('treat %s as a plain name', (name) => {
    expect(fillPlaceholders('<{{name}}> {{weekday}}', { name, weekday: 'Monday' })).toBe(`<${name}> Monday`)
  })

  test('keep a name on one line, so that it cannot forge a header', () => {
    const name = 'Ada\r\nBcc: all@example.org\u2028x\u0000'
    expect(fillPlaceholders('Hi{{, name}}!', { name, weekday: '' })).toBe('Hi, Ada Bcc: all@example.org x!')
  })

  test.each([
    '<script>alert(1)</script>',
    '**bold** [x](https://evil.example)',
    '"><img src=x onerror=alert(1)>',
    '&lt;b&gt;',
    '`code` _em_ # h',
    '</p><p>',
  ])('never let the name %s become Markdown or HTML', (name) => {
    const html = fillPlaceholdersInHtml(markdown.toHtml('Hello{{, name}}, *you*'), { name, weekday: 'Monday' })
    const inside = html.slice('<p>Hello, '.length, html.indexOf(', <em>you</em></p>'))
    expect(html).toBe(`<p>Hello, ${inside}, <em>you</em></p>\n`)
    expect(inside).not.toMatch(/[<>"'`]|&(?!#\d+;)/)
    const read = inside.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    expect(read).toBe(name)
  })

  test('add no tag to the page, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const html = fillPlaceholdersInHtml(markdown.toHtml('## {{name}}\n\n- {{, name}}'), { name, weekday: '' })
        expect(html.replace(/[^<>]/g, '')).toBe('<><><><><><>')
      }),
    )
  })

  test('that do not exist or are not closed are found with their position', () => {
    expect(unknownPlaceholders('{{name}} {{, name}} {{weekday}}')).toEqual([])
    expect(unknownPlaceholders('a {{nam}} b {{ name }} {{name, }} {{')).toEqual([
      { index: 2, text: '{{nam}}' },
      { index: 12, text: '{{ name }}' },
      { index: 23, text: '{{name, }}' },
      { index: 34, text: '{{' },
    ])
  })
})

import { describe, expect, test } from '@jest/globals'
import { createMarkdown } from '../../../src/core/text/markdown.ts'
import { wrapLines } from '../../../src/core/text/wrap-text.ts'

const markdown = createMarkdown()

describe('Markdown as HTML', () => {
  test('shows raw HTML as text, and keeps quotation marks and bare addresses as typed', () => {
    expect(markdown.toHtml('<b>x</b> "so" -- https://example.org')).toBe(
      '<p>&lt;b&gt;x&lt;/b&gt; &quot;so&quot; -- https://example.org</p>\n',
    )
  })

  test.each(['javascript:alert(1)', 'vbscript:x', 'data:text/html,x', 'JaVaScRiPt:x'])(
    'makes no link to %s',
    (address) => {
      expect(markdown.toHtml(`[x](${address})`)).not.toContain('<a')
      expect(markdown.toHtml(`<${address}>`)).not.toContain('<a')
    },
  )

  test('has inline styles for an email on every tag that has one', () => {
    const styles = { p: 'margin:0', h2: 'color:red', li: 'margin:1px', a: 'font-family:"X"', strong: 'font-weight:700' }
    expect(markdown.toMailHtml('## A\n\n- **b** [c](https://d.example)\n\n> e', styles)).toBe(
      [
        '<h2 style="color:red">A</h2>',
        '<ul>',
        '<li style="margin:1px"><strong style="font-weight:700">b</strong> ' +
          '<a href="https://d.example" style="font-family:&quot;X&quot;">c</a></li>',
        '</ul>',
        '<blockquote>',
        '<p style="margin:0">e</p>',
        '</blockquote>',
        '',
      ].join('\n'),
    )
  })

  test('is the same in an email without styles as on a page', () => {
    const text = '# A\n\n1. b\n\n   c\n2. d\n\n***\n\n> e  \n> f `g`'
    expect(markdown.toMailHtml(text, {})).toBe(markdown.toHtml(text))
  })
})

describe('Markdown as plain text', () => {
  test('is readable: headings, lists, quotes, links, no markup', () => {
    const text = `# Title

Hello{{, name}}, *you* can **read** [the page](https://example.org/x) or <https://example.org> or [mail](mailto:a@example.org).

## Part

- one
- two goes on for so long that it has to be wrapped onto the next line here
  1. inner
  2. another

3. third

   with more

4. fourth

> quoted
>
> - in it

***

a  
b \`code\` &amp; <i>raw</i>`
    expect(wrapLines(markdown.toText(text))).toBe(`Title
=====

Hello{{, name}}, you can read the page (https://example.org/x) or
https://example.org or mail (a@example.org).

Part
----

- one
- two goes on for so long that it has to be wrapped onto the next line
  here
  1. inner
  2. another

3. third

   with more

4. fourth

> quoted
>
> - in it

* * *

a
b code & <i>raw</i>`)
  })

  test('wraps at 72 characters, but breaks neither addresses nor placeholders', () => {
    const address = `https://example.org/${'x'.repeat(80)}`
    const source = `${'word '.repeat(12)}abcdefghij{{, name}}, ${'word '.repeat(30)}<${address}>`
    const lines = wrapLines(markdown.toText(source)).split('\n')
    expect(lines).toContain(address)
    expect(lines.filter((line) => line !== address).every((line) => line.length <= 72)).toBe(true)
    expect(lines.some((line) => line.includes('{{, name}}'))).toBe(true)
  })

  test('is empty for nothing', () => {
    expect(markdown.toText('\n')).toBe('')
  })
})

import { expect, test } from '@jest/globals'
import { createAnswerMarkdown } from '../../../src/core/text/answer-markdown.ts'

const { toHtml } = createAnswerMarkdown()

test.each([
  ['**much** and\n\n- a\n- b', '<p><strong>much</strong> and</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n'],
  ['<b>raw</b> <script>x</script>', '<p>&lt;b&gt;raw&lt;/b&gt; &lt;script&gt;x&lt;/script&gt;</p>\n'],
  ['[x](javascript:alert(1))', '<p>[x](javascript:alert(1))</p>\n'],
  ['[x](https://a.test)', '<p><a href="https://a.test" rel="noopener noreferrer nofollow">x</a></p>\n'],
  ['<https://a.test>', '<p><a href="https://a.test" rel="noopener noreferrer nofollow">https://a.test</a></p>\n'],
  ['![x](https://a.test/p.png)', '<p>!<a href="https://a.test/p.png" rel="noopener noreferrer nofollow">x</a></p>\n'],
])('%j', (markdown, html) => {
  expect(toHtml(markdown)).toBe(html)
})

import { describe, expect, test } from '@jest/globals'
import { html, marked, on, raw } from '../../../src/web/page/html.ts'

describe('the html tag', () => {
  test('escapes every value, in text and in attributes', () => {
    const name = `<script>"it's" & \`more\`</script>`
    expect(html`<p title="${name}">${name}</p>`.text).not.toMatch(/<script|"it|'s|`/)
    expect(html`${'<&>'}`.text).toBe('&#60;&#38;&#62;')
  })

  test('leaves its own pieces alone, joins lists and drops what is absent', () => {
    expect(html`<ul>${['a', 'b'].map((one) => html`<li>${one}</li>`)}</ul>${null}${undefined}${false}${0}`.text).toBe(
      '<ul><li>a</li><li>b</li></ul>0',
    )
    expect(html`${raw('<b>')}`.text).toBe('<b>')
  })

  test('makes the tags of a sentence into markup, and escapes all else, values included', () => {
    const link = (text: string) => html`<a href="/">${text}</a>`
    const sentence = 'Read <link>this & that</link>, <b>now</b> or <link>later</link>. 1 < 2'
    expect(marked(sentence, { link }).text).toBe(
      'Read <a href="/">this &#38; that</a>, &#60;b&#62;now&#60;/b&#62; or <a href="/">later</a>. 1 &#60; 2',
    )
  })

  test('writes an attribute only when it is on', () => {
    expect(html`<input${on('checked', true)}${on('hidden', false)}>`.text).toBe('<input checked>')
  })
})

describe('a sentence with markup', () => {
  const link = (text: string) => html`<a href="/x">${text}</a>`

  test('gets the elements of its tags, in its own order, and everything else is escaped', () => {
    expect(
      marked('Erst <b>dies</b> & dann <link>das "hier"</link>.', { link, b: (text) => html`<b>${text}</b>` }).text,
    ).toBe('Erst <b>dies</b> &#38; dann <a href="/x">das &#34;hier&#34;</a>.')
  })

  test('shows a tag that it does not know, and one that is not closed, as text', () => {
    expect(marked('<script>x</script> <link>y', { link }).text).toBe(
      '&#60;script&#62;x&#60;/script&#62; &#60;link&#62;y',
    )
  })
})

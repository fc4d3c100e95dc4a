import { describe, expect, test } from '@jest/globals'
import { compileTemplate, escapeHtml } from '../../src/core/template.ts'

describe('a compiled template', () => {
  test('escapes what goes into two braces and keeps what goes into three', () => {
    const fill = compileTemplate('<a href="{{url}}">{{text}}</a>{{{html}}}{{text}}', 'x.mjml')
    expect(fill({ url: 'https://x.org/?a=1&b="', text: "<it's>", html: '<b>ok</b>' })).toBe(
      '<a href="https://x.org/?a=1&amp;b=&quot;">&lt;it&#39;s&gt;</a><b>ok</b>&lt;it&#39;s&gt;',
    )
  })

  test('never reads a value as a slot', () => {
    const fill = compileTemplate('{{one}}{{two}}', 'x.mjml')
    expect(fill({ one: '{{two}}$&', two: '{{{one}}}' })).toBe('{{two}}$&amp;{{{one}}}')
  })

  test('names a slot without value and a value without slot', () => {
    const fill = compileTemplate('{{one}}', 'x.mjml')
    expect(() => fill({})).toThrow('x.mjml: the slot "one" has no value.')
    expect(() => fill({ one: '', two: '' })).toThrow('x.mjml: there is no slot "two".')
    expect(() => compileTemplate('{{constructor}}', 'x.mjml')({})).toThrow('the slot "constructor" has no value')
  })

  test.each(['{{ one }}', '{{one}', '{{}}', 'a }} b', '{{one-two}}'])('refuses %s, which is no slot', (html) => {
    expect(() => compileTemplate(html.replace('{{one}', '{{one} '), 'x.mjml')).toThrow(
      'x.mjml: braces that are no slot',
    )
  })

  test('leaves style sheets alone', () => {
    const html = '<style>@media print{a{color:red}}</style>{{one}}'
    expect(compileTemplate(html, 'x.mjml')({ one: '1' })).toBe('<style>@media print{a{color:red}}</style>1')
  })

  test('escapes every character that means something in HTML', () => {
    expect(escapeHtml(`&<>"'a`)).toBe('&amp;&lt;&gt;&quot;&#39;a')
  })
})

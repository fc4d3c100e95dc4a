import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createMarkdown } from '../../../src/core/text/markdown.ts'
import { columnsOf, wrapLines, wrapText } from '../../../src/core/text/wrap-text.ts'
import '../../support/property-seed.ts'
import { growth } from '../../support/time-growth.ts'

const markdown = createMarkdown()
const words = (count: number) => 'word '.repeat(count).trim()

test('a paragraph reads as one, at 72 columns', () => {
  expect(wrapLines(markdown.toText(`${words(30)} (see below), then — after a pause — ${words(12)}.`))).toBe(
    `word word word word word word word word word word word word word word
word word word word word word word word word word word word word word
word word (see below), then — after a pause — word word word word word
word word word word word word word.`,
  )
})

test('a list entry and a quote go on under their text, also below one another', () => {
  const text = `- ${words(20)}\n\n  ${words(16)}\n\n  1. ${words(18)}\n\n> ${words(18)}\n>\n> - ${words(18)}\n\n- > ${words(18)}`
  expect(wrapLines(markdown.toText(text))).toBe(
    `- word word word word word word word word word word word word word word
  word word word word word word

  word word word word word word word word word word word word word word
  word word

  1. word word word word word word word word word word word word word
     word word word word word

> word word word word word word word word word word word word word word
> word word word word
>
> - word word word word word word word word word word word word word
>   word word word word word

- > word word word word word word word word word word word word word
  > word word word word word`,
  )
})

test('what is filled in later is wrapped as one paragraph, with the same hanging', () => {
  const filled = (source: string) =>
    wrapLines(markdown.toText(source).replaceAll('{{, name}}', ', Maximiliane Theodora'))
  expect(filled(`Hello{{, name}}, ${words(26)}`)).toBe(
    `Hello, Maximiliane Theodora, word word word word word word word word
word word word word word word word word word word word word word word
word word word word`,
  )
  expect(
    filled(`- Hello{{, name}}, ${words(16)}\n\n  Again{{, name}}, ${words(16)}\n\n> Hello{{, name}}, ${words(16)}`),
  ).toBe(
    `- Hello, Maximiliane Theodora, word word word word word word word word
  word word word word word word word word

  Again, Maximiliane Theodora, word word word word word word word word
  word word word word word word word word

> Hello, Maximiliane Theodora, word word word word word word word word
> word word word word word word word word`,
  )
})

test('a long link has a line to itself and stays whole; a short one stands in its sentence', () => {
  const link = 'https://course.example/l/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
  expect(
    wrapLines(
      markdown.toText(`See [the page](${link}), and then [the site](https://course.example/), which is short.`),
    ),
  ).toBe(
    `See the page
(${link}),
and then the site (https://course.example/), which is short.`,
  )
})

test('no sign begins a line alone, or ends one before what it opens', () => {
  const text = 'Wie geht es dir heute ? '.repeat(3) + 'Ça va bien « très bien » ! '.repeat(4)
  for (let width = 20; width <= 78; width += 1)
    for (const line of wrapText(text, width)) {
      expect({ width, line }).not.toMatchObject({ line: expect.stringMatching(/^[?!»]/) })
      expect({ width, line }).not.toMatchObject({ line: expect.stringMatching(/[«]$/) })
    }
})

test('Chinese and Japanese break between signs, two columns each, and never before a full stop', () => {
  const text = '今天的练习很简单，先看一看早晨，再写下一件小事。「慢慢来」，不用急，明天还有一封信，后天也有一封信。'
  const lines = wrapText(text, 40)
  expect(lines.join('')).toBe(text)
  for (const line of lines) {
    expect(columnsOf(line)).toBeLessThanOrEqual(40)
    expect(line).not.toMatch(/^[，。」]|「$/)
  }
  expect(lines).toEqual([
    '今天的练习很简单，先看一看早晨，再写下一',
    '件小事。「慢慢来」，不用急，明天还有一封',
    '信，后天也有一封信。',
  ])
})

test('whatever the text: nothing is lost, and only what cannot be broken is wider', () => {
  const piece = fc.oneof(
    fc.stringMatching(/^[a-zäß]{1,12}$/),
    fc.constantFrom(
      '.',
      ',',
      '—',
      '?',
      '»',
      '«',
      '(',
      ')',
      '今天',
      '。',
      'https://example.org/a/b/c',
      '{{, name}}',
      '\u00a0',
    ),
    fc.string({ maxLength: 6 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 10, max: 78 }), (pieces, width) => {
      const text = pieces.join(' ').replace(/[\n\r\v\f\u2028\u2029]/g, '')
      const lines = wrapText(text, width)
      const bare = (one: string) => one.replace(/[ \t]/g, '')
      expect(bare(lines.join(''))).toBe(bare(text))
      for (const line of lines) expect(line).toBe(line.replace(/^[ \t]+|[ \t]+$/g, ''))
    }),
  )
})

test('wrapping takes time in proportion to the text', async () => {
  for (const unit of ['word ', '. ', '( ', '{{', '{', '今', 'a', '> ', '- ', '1. ', ' ']) {
    const { ratio, isLinear } = await growth(
      (text) => wrapLines(text),
      (size) => unit.repeat(size),
      10_000,
    )
    expect({ unit, ratio, isLinear }).toMatchObject({ isLinear: true })
  }
})

import { describe, expect, test } from '@jest/globals'
import { htmlToText } from '../../src/inbound/html-to-text.ts'
import { ownText } from '../../src/inbound/own-text.ts'
import { growth } from '../support/time-growth.ts'

const QUOTED = '> The lesson\n>\n> goes on\n'
const LONG = 'A second part with its own thoughts. '.repeat(12).trim()

describe('what a person wrote', () => {
  const cases: readonly [client: string, written: string, own: string][] = [
    [
      'Gmail',
      `Hi,\n\nmy question.\n\nOn Sat, Nov 28, 2026 at 7:00 AM Steady Week <\ncourse@x.test> wrote:\n\n${QUOTED}`,
      'Hi,\n\nmy question.',
    ],
    [
      'Gmail in German',
      `Meine Frage.\n\nAm Sa., 28. Nov. 2026 um 07:00 Uhr schrieb Steady Week <\ncourse@x.test>:\n\n${QUOTED}`,
      'Meine Frage.',
    ],
    [
      'Apple Mail',
      `Frage\n\nVon meinem iPhone gesendet\n\n> Am 28.11.2026 um 07:00 schrieb Steady Week <course@x.test>:\n${QUOTED}`,
      'Frage',
    ],
    ['Thunderbird', `Meine Frage\n\nAm 28.11.26 um 07:00 schrieb Steady Week:\n${QUOTED}`, 'Meine Frage'],
    [
      'Outlook',
      'My question\n\nFrom: Steady Week <course@x.test>\nSent: Saturday, November 28, 2026 7:00 AM\nTo: a@x.test\nSubject: Day 1\n\nThe lesson\n\ngoes on\n',
      'My question',
    ],
    [
      'Outlook in German',
      'Meine Frage\r\n\r\nVon: Steady Week <course@x.test>\r\nGesendet: Samstag, 28. November 2026 07:00\r\nAn: a@x.test\r\n\r\nDie Lektion\r\n',
      'Meine Frage',
    ],
    ['an older Outlook', 'Frage\n\n-----Ursprüngliche Nachricht-----\nVon: Steady Week\nDie Lektion\n', 'Frage'],
    [
      'a signature (RFC 3676)',
      'My question\n\nSecond paragraph\n-- \nAnna Muster\n+49 30 1234\n',
      'My question\n\nSecond paragraph',
    ],
    ['regards and a name', 'My question\n\nBest regards,\nAnna Muster\n', 'My question'],
    [
      'an answer below the quotation',
      `On Sat, Nov 28, 2026 at 7:00 AM A <a@x.test> wrote:\n${QUOTED}\nMy answer\n`,
      'My answer',
    ],
    ['answers between the lines', '> How do you feel?\nNot good.\n> And then?\nWorse.\n', 'Not good.\nWorse.'],
    ['one long line', `${'word '.repeat(400)}end`, `${'word '.repeat(400)}end`],
  ]
  test.each(cases)('in %s', (_client, written, own) => {
    expect(ownText(written)).toEqual({ text: own, isCut: false })
  })

  const kept: readonly [what: string, written: string][] = [
    ['a sentence about what he wrote', 'Hello\n\nOn Monday evening he wrote:\nI cannot go on.\n\nWhat now?'],
    ['a German one', 'Am Montag um acht war es schlimm.\nEr schrieb mir <nichts>:\nWas tun?'],
    ['a postscript', 'Question one\n\nCheers,\nAnna\n\nPS: and one more important thing'],
    ['a part below a line', `First part\n---\n${LONG}`],
  ]
  test.each(kept)('is never taken for something else: %s', (_what, written) => {
    expect(ownText(written)).toEqual({ text: written, isCut: false })
  })

  test('nothing is left of a quotation alone', () => {
    const heading = 'On Sat, Nov 28, 2026 at 7:00 AM Steady Week <course@x.test> wrote:'
    for (const written of [QUOTED, `${heading}\n\n${QUOTED}`, `\n\nSent from my iPhone\n\n${heading}\n${QUOTED}`])
      expect(ownText(written)).toEqual({ text: '', isCut: false })
  })

  test('a long one ends early and says so, whatever follows', () => {
    const { text, isCut } = ownText('A line of words.\n'.repeat(1_000))
    expect([isCut, text.length > 4_000, text.length <= 4_500]).toEqual([true, true, true])
    expect(ownText(`Short\n${'> quoted\n'.repeat(5_000)}`)).toEqual({ text: 'Short', isCut: false })
  })
})

describe('HTML becomes text as plain emails have it', () => {
  const cases: readonly [what: string, html: string, text: string][] = [
    [
      'paragraphs and breaks',
      '<p>Two&nbsp;lines<br>here &amp; there</p><p>And <b>more</b></p>',
      'Two lines\nhere & there\n\nAnd more',
    ],
    ['divisions', '<div>One<div>Two</div></div><div>Three</div>', 'One\nTwo\nThree'],
    ['no scripts and styles', '<style>p{}</style><script>x</script><title>t</title>Text', 'Text'],
    [
      'a quotation as one line',
      'Mine<blockquote>Theirs <b>and</b> <blockquote>more</blockquote></blockquote>After',
      'Mine\n>\nAfter',
    ],
    [
      "nothing of the email below Outlook's mark",
      '<div>Mine</div><div id="appendonsend"></div><div>Theirs</div>',
      'Mine',
    ],
    ['broken HTML', '<p>One<p>Two</div></b><', 'One\n\nTwo<'],
  ]
  test.each(cases)('%s', (_what, html, text) => {
    expect(htmlToText(html).trim()).toBe(text)
  })
})

const shapes: readonly [what: string, shape: (size: number) => string][] = [
  ['open headings', (size) => 'On a <b>\n'.repeat(size / 9)],
  ['headings that never end', (size) => 'Am um schrieb '.repeat(size / 14)],
  ['verbs of many languages', (size) => 'abc. skrev \n'.repeat(size / 12)],
  ['empty lines', (size) => ' a\n\n'.repeat(size / 4)],
  ['deep elements', (size) => '<div><blockquote>'.repeat(size / 17)],
  ['open brackets', (size) => '<'.repeat(size)],
  ['entities', (size) => '&amp;&#x61;&'.repeat(size / 12)],
]
test.each(shapes)('takes linear time: %s', async (_what, shape) => {
  expect((await growth((text) => ownText(text), shape, 40_000)).isLinear).toBe(true)
  expect((await growth((text) => htmlToText(text), shape, 40_000)).isLinear).toBe(true)
})

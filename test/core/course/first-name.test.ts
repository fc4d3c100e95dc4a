import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { checkFirstName, MAX_NAME_LENGTH } from '../../../src/core/course/first-name.ts'
import '../../support/property-seed.ts'
import { growth } from '../../support/time-growth.ts'

test.each([
  ['Zoë O’Neil-Ng'],
  ["D'Arcy"],
  ['J. R.'],
  ['J.R.R.'],
  ['J.-P.'],
  ['St. John'],
  ['Anne-Marie'],
  ['María José'],
  ['Đặng Thị Mỹ'],
  ['Łukasz'],
  ['Søren'],
  ['Nguyễn'],
  ['علی‌رضا'],
  ['می‌نا'],
  ['محمّد'],
  ['අනුශ්‍රී'],
  ['ශ්‍රියානි'],
  ['क्‍षमा'],
  ['ক্‌ষমা'],
  ['எம். ஜி. ஆர்.'],
  ['นภัสสร'],
  ['שָׂרָה'],
  ['דָּנִי'],
  ['王小明'],
  ['辻\u{e0100}'],
  ['さくら'],
  ['マリア・ルイーズ'],
  ['민준'],
  ['Ἀλέξανδρος'],
  ['Ольга'],
  ['ʻAnela'],
  ['Nuʼuanu'],
  ['D´Angelo'],
  ['Ha`apai'],
  ['ג׳ורג׳'],
  ['בן־ציון'],
  ['བསྟན་འཛིན'],
  ['ኃይለ፡ሥላሴ'],
  ['瓦歷斯‧諾幹'],
  ['Gal·la'],
  ['Tom & Ann'],
  ['Louis 14'],
  ['ada-51f0c2'],
  ['Sammy Davis, Jr.'],
  ['e\u0301mile'],
])('%s is a name', (typed) => {
  const checked = checkFirstName(typed)
  expect(checked).toEqual({ name: typed.normalize('NFC') })
})

test('surrounding spaces and invisible characters from copying are removed; an empty name is allowed', () => {
  expect(checkFirstName('  Ada\u00a0Maria \u200f')).toEqual({ name: 'Ada Maria' })
  expect(checkFirstName('\u200eعلی\u200c ')).toEqual({ name: 'علی' })
  for (const empty of ['', '   ', '\u200f']) expect(checkFirstName(empty)).toEqual({ name: '' })
})

test.each([
  ['a link', 'Win at https://evil.example'],
  ['a bare domain', 'Win at evil.example now'],
  ['a short domain', 'Join t.me'],
  ['a domain with a path', 'evil.example/x'],
  ['a domain after initials', 'J. R. see x.co'],
  ['a domain in capitals', 'EVIL.EXAMPLE'],
  ['a domain in another script', 'пример.рф'],
  ['a domain of wide letters', 'ｅｖｉｌ.ｃｏｍ'],
  ['a domain with another dot', 'evil。com'],
  ['a domain with a wide dot', 'evil．com'],
  ['a domain in letters of mathematics', '𝐞𝐯𝐢𝐥.𝐜𝐨𝐦'],
  ['a domain with an unseen sign', 'evil.\u200dcom'],
  ['a domain with a mark', 'evil.\u0301com'],
  ['www', 'www evil com'],
  ['www in wide letters', 'ｗｗｗ evil'],
  ['an address', 'eve@evil.example'],
  ['a number to call', 'Call 0800 123456'],
  ['a number in another script', 'اتصل ٠٨٠٠١٢٣'],
  ['a short number', 'Call 112'],
  ['a number with signs between', 'Call 0-8 (0) 0'],
  ['a number with a letter between', 'Call 08o12x345'],
  ['an override of direction', 'Ada\u202egpj'],
  ['an embedding', '\u202aAda\u202c'],
  ['an isolate', '\u2066Ada\u2069'],
  ['tags', 'Ada\u{e0041}\u{e0042}'],
  ['selectors that hide text', `A${'\u{e0101}'.repeat(10)}`],
  ['a blank without width', 'Ada\u200bAda'],
  ['a filler', 'ㅤ'],
  ['a line break', 'A\nSubject: x'],
  ['a carriage return', 'A\rB'],
  ['a line separator', 'A\u2028B'],
  ['a next line', 'A\u0085B'],
  ['a null', 'A\0B'],
  ['markup', '<b>Ada</b>'],
  ['a Markdown link', '[Ada](x)'],
  ['emphasis', '*Ada*'],
  ['a placeholder', '{{name}}'],
  ['a heading', '# Ada'],
  ['signs alone', '...'],
  ['a joiner between Latin letters', 'Ad\u200da'],
  ['joiners in a row', 'علی\u200c\u200cرضا'],
  ['marks in a heap', `a${'\u0301\u0302\u0303\u0304\u0305\u0306'}`],
  ['a mark alone', '\u0301a'],
  ['too many letters', 'x'.repeat(41)],
  ['far too many letters', 'ab'.repeat(200_000)],
])('%s is rejected with a sentence that says what to do', (_what, typed) => {
  expect(checkFirstName(typed)).toEqual({
    say: expect.objectContaining({ key: expect.stringMatching(/^sign-up\.name-/) }),
  })
})

test('any accepted name has no link, control character, override, line break or markup, and is accepted again unchanged', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom('.', ' ', '-', 'a', 'é', '\u200d', '\u200c', '\u202e', 'www', 'com', '1', '李', 'ع', 'ශ', '\u0301'),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const checked = checkFirstName(pieces.join(''))
      if ('say' in checked) return
      expect(checked.name).not.toMatch(
        /[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069<>@/\\{}[\]|=;:"#*_`~^]/u,
      )
      expect(checked.name).not.toMatch(/[\u{e0000}-\u{e007f}\u200b]/u)
      expect(checked.name).not.toMatch(/\.\p{L}\p{M}*[\p{L}\p{Nd}]|\p{Nd}\P{L}*\p{Nd}\P{L}*\p{Nd}/u)
      expect([...checked.name].filter((sign) => !/\p{M}/u.test(sign)).length).toBeLessThanOrEqual(MAX_NAME_LENGTH)
      expect(checkFirstName(checked.name)).toEqual(checked)
    }),
  )
})

test('letters of any script, with spaces, hyphens and apostrophes between them, are a name', () => {
  const word = fc.stringMatching(/^\p{Lu}\p{Ll}{1,7}$/u).map((text) => text.normalize('NFC'))
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(' ', '-', '’', "'"),
      (words, between) => {
        const typed = words.join(between).normalize('NFC')
        // A word such as "http" is one of the few that mean a link.
        fc.pre(!/\b(?:www|https?|ftp|mailto|href)\b/.test(typed.normalize('NFKC').toLowerCase()))
        expect(checkFirstName(typed)).toEqual({ name: typed })
      },
    ),
  )
})

test('a long hostile text costs no more than a short one', async () => {
  for (const unit of ['a', ' ', '.', 'a.', '\u0301', '\u200d', '\u200fa', 'ل\u200c']) {
    const { ratio } = await growth(
      (typed) => {
        for (let round = 0; round < 20; round += 1) checkFirstName(typed)
      },
      (size) => unit.repeat(size),
      250_000,
    )
    expect({ unit, ratio, ok: ratio < 2 }).toMatchObject({ ok: true })
  }
})

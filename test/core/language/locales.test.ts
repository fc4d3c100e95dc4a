import { describe, expect, test } from '@jest/globals'
import { LOCALES, readLocales } from '../../../src/content/load-locales.ts'
import type { Problem } from '../../../src/core/errors.ts'
import { type Catalogue, compareCatalogues, parseCatalogue } from '../../../src/core/language/catalogue.ts'
import { checkLocales, type LocaleFile } from '../../../src/core/language/create-locales.ts'
import { createWords } from '../../../src/core/language/create-words.ts'
import { LANGUAGES } from '../../../src/core/language/languages.ts'
import { messageTypes } from '../../../src/core/language/message-types.ts'
import type { Words } from '../../../src/core/words.ts'
import { ENGLISH, GERMAN, locales } from './sample-words.ts'

function parse(messages: object | string, file = 'locales/en.json'): { catalogue: Catalogue; problems: Problem[] } {
  const problems: Problem[] = []
  const text = typeof messages === 'string' ? messages : JSON.stringify(messages, null, 2)
  return { catalogue: parseCatalogue(file, text, problems), problems }
}

/** `file:line what` of every problem. */
function told(problems: readonly Problem[]): string[] {
  return problems.map(({ file, line, what, fix }) => {
    expect(fix).not.toBe('')
    return `${file}:${line ?? '-'} ${what}`
  })
}

/** The files of every language but English and German, so that a new one changes no test. */
function others(catalogue: Catalogue): LocaleFile[] {
  return Object.keys(LANGUAGES)
    .filter((language) => !['en', 'de'].includes(language))
    .map((language) => ({ language, isInformal: false, catalogue }))
}

describe('a file of locales/', () => {
  test.each([
    '{"a":{"b":"c"},\n"d": {\n"e"\n:\n"an \\"f\\" \\u00e9 {g}", "2": "two", "1": "one"}}',
    '{"a":{"b":"c",\n"b":"d"}}',
    '{"A": {"b.c": "{d", "e": 1, "f": ["g"], "h": [{"i": "j"}], "k": null, "l": " "}, "m": "n"}',
    '{"a": {}}',
    '["a"]',
    '"a"',
  ])('is read the same whether it is correct or not: %s', (text) => {
    const { catalogue, problems } = parse(text)
    // What JSON does not have is left to the parser that knows what is wrong.
    const commented = parse(`${text} # a comment`)
    expect([...catalogue.messages]).toEqual([...commented.catalogue.messages])
    expect(problems).toEqual(commented.problems)
  })

  test('has messages by their keys, with line and placeholders', () => {
    const { catalogue } = parse({ delivery: { due: '{days, plural, one {# day} other {# days}} for {name}' } })
    const message = catalogue.messages.get('delivery.due')
    expect(message?.line).toBe(3)
    expect([...(message?.placeholders ?? [])]).toEqual([
      ['days', 'number'],
      ['name', 'text'],
    ])
  })

  test.each<[string, object | string, string]>([
    ['a missing comma', '{\n  "a": {\n    "b": "c"\n    "d": "e"\n  }\n}', 'locales/en.json:4 This is not valid JSON'],
    ['a key that is there twice', '{ "a": {\n "b": "c",\n "b": "d" } }', 'locales/en.json:3 This is not valid JSON'],
    ['a brace that is not closed', { a: { b: 'Day {day' } }, 'locales/en.json:3 This is not ICU MessageFormat'],
    ['a plural without other', { a: { b: '{n, plural, one {#}}' } }, 'locales/en.json:3 This is not ICU MessageFormat'],
    ['an apostrophe that escapes', { a: { b: "l'{course}" } }, 'locales/en.json:3 An apostrophe before a brace'],
    ['a number', { a: { b: 5 } }, 'locales/en.json:3 "a.b" is not a message'],
    ['no text', { a: { b: ' ' } }, 'locales/en.json:3 "a.b" is not a message'],
    ['a message without a group', { a: 'b' }, 'locales/en.json:2 "a" is not a message'],
    ['a name with capitals', { a: { dayOf: 'b' } }, 'locales/en.json:3 "dayOf" is not the name of a message'],
  ])('%s is told with its line', (_, messages, what) => {
    expect(told(parse(messages).problems)).toEqual([expect.stringContaining(what)])
  })
})

describe('a translation', () => {
  const source = parse({
    a: { one: 'Day {day, number}', two: 'Hello {name}', three: '{state, select, on {On} other {}}' },
  })

  test('may count where the source does not', () => {
    const other = parse({
      a: { one: '{day, plural, one {Tag #} other {Tage #}}', two: 'Hallo {name}', three: '{state, select, other {}}' },
    })
    expect(compareCatalogues(source.catalogue, other.catalogue, false)).toEqual([])
  })

  test('lacks nothing, adds nothing and has the same placeholders', () => {
    const other = parse({ a: { one: 'Tag {tag, number}', three: '{state}', four: 'Vier' } }, 'locales/de.json')
    expect(told(compareCatalogues(source.catalogue, other.catalogue, false))).toEqual([
      'locales/de.json:5 There is no message "a.four" in locales/en.json.',
      'locales/de.json:3 "a.one" has the placeholders tag, and locales/en.json:3 has day.',
      'locales/de.json:- The message "a.two" is missing.',
      'locales/de.json:4 "a.three" has the placeholders state, and locales/en.json:5 has state (select).',
    ])
  })

  test('has nothing of the desk, which operators read in English', () => {
    const english = parse({ desk: { name: 'Desk' }, page: { home: 'Home' } }).catalogue
    const german = (messages: object) => compareCatalogues(english, parse(messages, 'locales/de.json').catalogue, false)
    expect(german({ page: { home: 'Start' } })).toEqual([])
    expect(told(german({ desk: { name: 'Pult' }, page: { home: 'Start' } }))).toEqual([
      'locales/de.json:3 "desk.name" is for operators, who read English.',
    ])
  })

  test('has the same tags', () => {
    const english = parse({ a: { one: 'See <link>this</link>.' } })
    const german = parse({ a: { one: 'Siehe dies.' } }, 'locales/de.json')
    expect(told(compareCatalogues(english.catalogue, german.catalogue, false))).toEqual([
      'locales/de.json:3 "a.one" has the placeholders none, and locales/en.json:3 has <link>.',
    ])
  })

  test('has an informal form of every message with formal address', () => {
    const german = parse({ a: { one: 'Ihr Plan', two: 'Sieben Siege', three: 'Für Sie' } }, 'locales/de.json')
    const informal = parse({ a: { three: 'Für dich' } }, 'locales/de.informal.json')
    const english = parse({ a: { one: 'Your plan', two: 'Seven wins', three: 'For you' } })
    const files: LocaleFile[] = [
      { language: 'en', isInformal: false, catalogue: english.catalogue },
      { language: 'de', isInformal: false, catalogue: german.catalogue },
      { language: 'de', isInformal: true, catalogue: informal.catalogue },
      ...others(english.catalogue),
    ]
    expect(told(checkLocales('locales', files))).toEqual([
      'locales/de.json:3 "a.one" has formal address and no informal form.',
    ])
    expect(told(checkLocales('locales', files.slice(1)))).toEqual(['locales/en.json:- This file is missing.'])
  })

  test('of a language that is not in the table is told', () => {
    const catalogue = parse({ a: { b: 'c' } }).catalogue
    const known = ['en', 'de', 'tlh'].map((language) => ({
      language,
      isInformal: false,
      catalogue: { ...catalogue, file: `locales/${language}.json` },
    }))
    expect(told(checkLocales('locales', [...known, ...others(catalogue)]))).toEqual([
      'locales/tlh.json:- There is no entry for the language "tlh".',
    ])
  })
})

describe('words', () => {
  test('are in the language of the course, in its form of address', () => {
    expect(ENGLISH.say('emails.help')).toBe('Open the help page')
    expect(GERMAN.say('emails.lesson.plan')).toBe('Ihr Plan')
    const informal = locales.wordsFor({ language: 'de', address: 'informal' })
    expect(informal.say('emails.lesson.plan')).toBe('Dein Plan')
    expect(informal.say('emails.help')).toBe(GERMAN.say('emails.help'))
  })

  test('count as their language counts', () => {
    const said = (words: Words, minutes: number) => words.say('emails.lesson.step-label', { minutes })
    expect([said(ENGLISH, 1), said(ENGLISH, 10)]).toEqual([
      'Today’s exercise, about 1 minute',
      'Today’s exercise, about 10 minutes',
    ])
    expect(said(GERMAN, 1)).toBe('Die Übung von heute, etwa 1 Minute')
  })

  test('of a region are those of its language, and of an unknown language English', () => {
    expect(locales.wordsFor({ language: 'de-AT' }).say('emails.help')).toBe(GERMAN.say('emails.help'))
    expect(locales.wordsFor({ language: 'DE' }).say('emails.help')).toBe(GERMAN.say('emails.help'))
    const unknown = locales.wordsFor({ language: 'sw' })
    expect([unknown.locale, unknown.say('emails.help')]).toEqual(['en', ENGLISH.say('emails.help')])
  })

  test('leave values as they are', () => {
    const words = createWords('en', [parse({ emails: { short: { subject: '<b>{course}</b>' } } }).catalogue])
    expect(words.say('emails.short.subject', { course: '{x} <i>' })).toBe('<b>{x} <i></b>')
  })

  test('are written in the direction of their language', () => {
    expect([ENGLISH.direction, createWords('ar', []).direction]).toEqual(['ltr', 'rtl'])
  })
})

test('the types name every message with its placeholders', () => {
  const { catalogue } = parse({ a: { one: 'One', two: '{n, plural, one {#} other {#}} of {name}' } })
  expect(messageTypes(catalogue)).toContain("  'a.one': null\n  'a.two': { n: number; name: string }\n")
})

test('the files of the project have no problem', async () => {
  expect((await readLocales(LOCALES)).problems).toEqual([])
})

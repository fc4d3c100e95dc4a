import { describe, expect, test } from '@jest/globals'
import { findIdentifyingDetails, hasWord } from '../../../src/core/publication/identifying-details.ts'
import { canPropose, isOpenProposal, publicationHash } from '../../../src/core/publication/publication.ts'
import { PUBLICATION_MAX, readChangedWords, readPublication } from '../../../src/core/publication/publication-text.ts'
import { startFromThread } from '../../../src/core/publication/start-from-thread.ts'
import { PROPOSAL_MS } from '../../../src/core/retention.ts'
import { growth } from '../../support/time-growth.ts'

const CHOICES = { situations: ['steady', 'mend'], languages: ['en', 'de'], articles: ['setbacks'], pages: ['help'] }
const TYPED = {
  question: '  May I\r\nwait? ',
  answer: 'You may.\r\n\r\nSee the [help page](page:help).\n',
  followUp: 'How long?',
  secondAnswer: 'As long as you choose.',
  situation: 'steady',
  language: 'en',
  article: 'setbacks',
}
const TEXT = {
  ...TYPED,
  question: 'May I wait?',
  answer: 'You may.\n\nSee the [help page](page:help).',
}
const faultsOf = (read: ReturnType<typeof readPublication>) =>
  'fields' in read ? Object.fromEntries(Object.entries(read.fields).map(([name, { key }]) => [name, key])) : {}

describe('a text for the library', () => {
  test('is read with its questions on one line and plain line ends', () => {
    expect(readPublication(TYPED, CHOICES)).toEqual({ text: TEXT })
  })

  test('may be for everyone, without a follow-up and without an article', () => {
    const bare = { ...TYPED, followUp: '', secondAnswer: ' ', situation: '', article: '' }
    expect(readPublication(bare, CHOICES)).toEqual({
      text: { ...TEXT, followUp: '', secondAnswer: '', situation: null, article: null },
    })
  })

  test.each([
    ['nothing', {}, { question: 'empty', answer: 'empty', language: 'choose' }],
    ['lists', { question: ['a'], answer: { a: 1 }, language: 'en' }, { question: 'empty', answer: 'empty' }],
    ['half a follow-up', { ...TYPED, secondAnswer: '' }, { secondAnswer: 'both' }],
    ['the other half', { ...TYPED, followUp: '' }, { followUp: 'both' }],
    ['too much', { ...TYPED, answer: 'x'.repeat(PUBLICATION_MAX.answer + 1) }, { answer: 'too-long' }],
    ['a question that is no title', { ...TYPED, question: 'x'.repeat(301) }, { question: 'too-long' }],
    ['a picture', { ...TYPED, answer: '![a](https://example.org/a.png)' }, { answer: 'no-pictures' }],
    ['a picture in HTML', { ...TYPED, secondAnswer: 'See <img src=x>' }, { secondAnswer: 'no-pictures' }],
    [
      'unseen characters',
      { ...TYPED, answer: 'a\u0000b', question: 'a\u202eb' },
      { answer: 'unseen', question: 'unseen' },
    ],
    ['a page that is not there', { ...TYPED, answer: '[a](page:safety)' }, { answer: 'no-page' }],
    ['another situation', { ...TYPED, situation: 'wobbly' }, { situation: 'choose' }],
    ['another language', { ...TYPED, language: 'fr' }, { language: 'choose' }],
  ])('with %s is given back with what is wrong', (_, typed, faults) => {
    const expected = Object.fromEntries(Object.entries(faults).map(([name, key]) => [name, `publication.${key}`]))
    expect(faultsOf(readPublication(typed, CHOICES))).toEqual(expected)
  })
})

describe('the learner’s own words', () => {
  test('replace the four parts and nothing else', () => {
    const typed = { ...TYPED, question: 'Must I wait?', situation: 'mend', language: 'de', article: '' }
    expect(readChangedWords(typed, TEXT)).toEqual({ text: { ...TEXT, question: 'Must I wait?' } })
  })

  test.each([
    ['[mine](https://example.org)', 'answer'],
    ['<https://example.org>', 'answer'],
    ['Look at https://example.org/x', 'answer'],
    ['Look at www.example.org', 'question'],
    ['[another page](page:grounding)', 'secondAnswer'],
    ['[mail](mailto:a@example.org)', 'secondAnswer'],
    ['[one][1]\n\n[1]: https://example.org', 'secondAnswer'],
  ])('lead nowhere that the proposal does not: %s', (words, field) => {
    expect(faultsOf(readChangedWords({ ...TYPED, [field]: words }, TEXT))).toEqual({ [field]: 'publication.no-links' })
  })

  test('take no longer to read than they are long', async () => {
    for (const shape of [(size: number) => '['.repeat(size), (size: number) => 'https://'.repeat(size / 8)])
      expect((await growth((answer) => readChangedWords({ ...TYPED, answer }, TEXT), shape, 5_000)).isLinear).toBe(true)
  })
})

describe('what may tell who somebody is', () => {
  test.each([
    ['Write to nora@example.test.', ['address']],
    ['An @ alone, or a@b, is none.', []],
    ['Call 0151 234 56 78', ['number']],
    ['Call +49 (151) 2345-678', ['number']],
    ['It was on 14.03.2024.', ['number']],
    ['We have 3 children, since 2019, 120 km away.', []],
    ['MARA said so', ['name']],
    ['Maras Tagebuch, Tamara', []],
    ['Dear Mara, mara@example.test, 0151 2345678', ['address', 'number', 'name']],
  ])('%s', (answer, details) => {
    expect(findIdentifyingDetails({ ...TEXT, answer }, 'Mara')).toEqual(details)
    expect(findIdentifyingDetails({ ...TEXT, answer, question: answer }, '')).toEqual(
      details.filter((detail) => detail !== 'name'),
    )
  })

  test('is also a first name of several words, or in another script', () => {
    expect(hasWord('Dear Anna-Lena, hello', 'Anna-Lena')).toBe(true)
    expect(hasWord('Привет, Мара!', 'мара')).toBe(true)
    expect(hasWord('anything', '…')).toBe(false)
  })

  test.each<[string, (size: number) => string]>([
    ['signs', (size) => '@'.repeat(size)],
    ['letters', (size) => 'a'.repeat(size)],
    ['signs and letters', (size) => '@a'.repeat(size / 2)],
    ['digits apart', (size) => '1   2    '.repeat(size / 9)],
    ['spaces', (size) => ' '.repeat(size)],
  ])('is looked for in time in proportion to %s', async (_, shape) => {
    const act = (answer: string) => findIdentifyingDetails({ ...TEXT, answer }, 'Mara')
    expect((await growth(act, shape, 20_000)).isLinear).toBe(true)
  })
})

test('an author begins with the first question, its answer, and the follow-up that was answered', () => {
  const says = (by: 'learner' | 'author', text: string) => ({ by, text })
  const thread = [
    says('learner', 'May I wait?'),
    says('learner', 'I forgot something.'),
    says('author', 'You may.'),
    says('learner', 'How long?'),
    says('author', 'As long as you choose.'),
    says('learner', 'Thank you.'),
  ]
  const first = { question: 'May I wait?\n\nI forgot something.', answer: 'You may.' }
  expect(startFromThread(thread)).toEqual({ ...first, followUp: 'How long?', secondAnswer: 'As long as you choose.' })
  expect(startFromThread(thread.slice(0, 4))).toEqual({ ...first, followUp: '', secondAnswer: '' })
  expect(startFromThread([])).toEqual({ question: '', answer: '', followUp: '', secondAnswer: '' })
})

test('a proposal is open for thirty days, and a no is not asked about again', () => {
  const proposed = { state: 'proposed', proposedAt: 1_000 } as const
  expect(isOpenProposal(proposed, 1_000 + PROPOSAL_MS - 1)).toBe(true)
  expect(isOpenProposal(proposed, 1_000 + PROPOSAL_MS)).toBe(false)
  expect(canPropose(null, 1_000)).toBe(true)
  for (const [state, may] of [
    ['proposed', true],
    ['removed', true],
    ['accepted', false],
    ['declined', false],
    ['withdrawn', false],
  ] as const)
    expect([state, canPropose({ ...proposed, state }, 1_000)]).toEqual([state, may])
  expect(canPropose(proposed, 1_000 + PROPOSAL_MS)).toBe(false)
})

test('the hash of a consent changes with every part of the text, and with who may read it', () => {
  const hashes = [
    publicationHash(TEXT, 'open'),
    publicationHash(TEXT, 'members'),
    ...Object.keys(TEXT).map((name) => publicationHash({ ...TEXT, [name]: 'x' }, 'open')),
    publicationHash({ ...TEXT, answer: `${TEXT.answer} ` }, 'open'),
  ]
  expect(new Set(hashes).size).toBe(hashes.length)
})

test('a text that is too long is refused before its links are looked for', () => {
  const long = '!['.repeat(32_000)
  const started = performance.now()
  expect(
    readPublication({ ...TYPED, answer: long, secondAnswer: long, followUp: 'And then?' }, CHOICES),
  ).toHaveProperty('fields.answer')
  expect(readChangedWords({ ...TYPED, answer: long }, TEXT)).toHaveProperty('fields.answer')
  expect(performance.now() - started).toBeLessThan(300)
})

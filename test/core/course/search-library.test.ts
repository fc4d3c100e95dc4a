import { describe, expect, test } from '@jest/globals'
import { type Article, firstParagraph, type LibraryQuestion } from '../../../src/core/course/library.ts'
import { indexLibrary, MAX_QUERY_LENGTH, searchIndex } from '../../../src/core/course/search-library.ts'
import { growth } from '../../support/time-growth.ts'

const BASE = { file: '', minutes: 4, order: 1, audiences: [], links: [] }
const article = (name: string, title: string, summary: string, markdown: string): Article => ({
  ...BASE,
  name,
  title,
  summary,
  markdown,
})
const ARTICLES = [
  article(
    'rest',
    'When nights are short',
    'Sleep after an argument.',
    'Lie down, even if you don’t sleep.\n\n## Later\n\nA café at noon helps, says [the **help** page](page:help).',
  ),
  article(
    'talk',
    'A walk and a talk',
    'Speaking side by side.',
    '## First\n\nWalk slowly.\n\nÜber alles Weitere: später.',
  ),
]
const QUESTIONS: readonly LibraryQuestion[] = [
  {
    id: 'again',
    question: 'What if it happens again?',
    answer: 'Then you walk out.\n\nCall somebody.',
    followUp: 'And after that?',
    secondAnswer: 'Sleep elsewhere.',
    article: null,
    audiences: [],
    links: [],
  },
]
const LIBRARY = { articles: ARTICLES, questions: QUESTIONS }
const whole = indexLibrary(LIBRARY, 'whole')
const beginnings = indexLibrary(LIBRARY, 'beginnings')
const names = (query: string, index = whole) => searchIndex(index, query).map(({ name }) => name)
const marked = (parts: readonly { readonly text: string; readonly isHit: boolean }[] = []) =>
  parts.map(({ text, isHit }) => (isHit ? `[${text}]` : text)).join('')

describe('a search in the library', () => {
  test('finds what has every word in title or text, in the order of the library', () => {
    expect(names('sleep')).toEqual(['rest', 'again'])
    expect(names('sleep argument')).toEqual(['rest'])
    expect(names('sleep talk')).toEqual([])
  })

  test('puts first what has the words in its title', () => {
    expect(names('walk')).toEqual(['talk', 'again'])
  })

  test.each([
    ['SLEEP', ['rest', 'again']],
    ['cafe', ['rest']],
    ['CAFÉ', ['rest']],
    ['uber spat', ['talk']],
    ["don't", ['rest']],
    ['dont', ['rest']],
    ['argu', ['rest']],
    ['rgument', []],
  ])('%s: case and accents make no difference, and the beginning of a word is enough', (query, found) => {
    expect(names(query)).toEqual(found)
  })

  test.each(['', '   ', '?!', '…', '%', '\0', '.*'])('%j has no words, and finds nothing', (query) => {
    expect(names(query)).toEqual([])
  })

  test('marks the words in title and snippet, without Markdown and addresses', () => {
    const [hit] = searchIndex(whole, 'walk side')
    expect(marked(hit?.title)).toBe('A [walk] and a talk')
    expect(marked(hit?.snippet)).toBe('Speaking [side] by [side]. First [Walk] slowly. Über alles Weitere: später.')
    expect(marked(searchIndex(whole, 'noon')[0]?.snippet)).toContain('at [noon] helps, says the help page.')
  })

  test('cuts a long text at whole words around the first hit', () => {
    const long = article('long', 'Long', 'Short.', `${'before '.repeat(40)}needle ${'after '.repeat(60)}`)
    const index = indexLibrary({ articles: [long], questions: [] }, 'whole')
    const snippet = marked(searchIndex(index, 'needle')[0]?.snippet)
    expect(snippet).toMatch(/^… (before )+\[needle\] (after )+…$/)
    expect(snippet.length).toBeLessThan(280)
    expect(marked(searchIndex(index, 'long')[0]?.snippet)).toMatch(/^Short\. (before )+…$/)
  })

  test('of beginnings finds nothing that comes after them', () => {
    expect(names('lie argument', beginnings)).toEqual(['rest'])
    expect(names('slowly', beginnings)).toEqual(['talk'])
    for (const query of ['cafe', 'noon', 'später', 'somebody', 'elsewhere', 'after that']) {
      expect(names(query, beginnings)).toEqual([])
      expect(names(query)).toHaveLength(1)
    }
    expect(marked(searchIndex(beginnings, 'nights')[0]?.snippet)).not.toContain('noon')
  })

  test('counts only the beginning of a long query', () => {
    expect(names(`${'sleep '.repeat(30)}nowhere`)).toEqual(['rest', 'again'])
    expect(names(`${' '.repeat(MAX_QUERY_LENGTH)}sleep`)).toEqual([])
  })

  test.each<[string, (size: number) => string]>([
    ['words', (size) => 'moss '.repeat(size)],
    ['one long word', (size) => 'm'.repeat(size)],
    ['apostrophes', (size) => "m'".repeat(size)],
    ['accents', (size) => `m${'\u0301'.repeat(size)}`],
    ['words that begin alike', (size) => `${'m'.repeat(90)} `.repeat(size / 50)],
  ])('takes time in proportion to %s', async (_, shape) => {
    const act = (text: string) =>
      searchIndex(
        indexLibrary({ articles: [article('long', 'Long', '', text)], questions: [] }, 'whole'),
        'moss mo mmmmmmmmm',
      )
    expect((await growth(act, shape, 20_000)).isLinear).toBe(true)
  })
})

test('the first paragraph of a text comes after its heading', () => {
  expect(firstParagraph('## One\n\nTwo\nlines.\n\nThree.')).toBe('Two\nlines.')
  expect(firstParagraph('- only\n- a list')).toBe('')
})

import type { Token } from 'markdown-it'
import { createMarkdownParser } from '../text/markdown-parser.ts'
import { firstParagraph, type LibraryQuestion } from './library.ts'
import type { CourseResources } from './parse/parse-resources.ts'

/** Characters of a query that count; the field takes no more. */
export const MAX_QUERY_LENGTH = 100
const MAX_QUERY_WORDS = 8
const MAX_HITS = 20
/** Characters of a snippet before and after its first hit. */
const SNIPPET = { before: 60, after: 180 }

export type LibraryPiece = { readonly kind: 'article' | 'question'; readonly name: string }

/** A part of a text, and whether a word of the query is there. */
export interface MarkedPart {
  readonly text: string
  readonly isHit: boolean
}

export interface LibraryHit extends LibraryPiece {
  /** Null: that of the course. */
  readonly language: string | null
  readonly title: readonly MarkedPart[]
  readonly snippet: readonly MarkedPart[]
}

interface IndexedPiece extends LibraryPiece, Pick<LibraryHit, 'language'> {
  readonly title: string
  readonly text: string
  /** The folded words, each after a space. */
  readonly foldedTitle: string
  readonly foldedText: string
}

export type LibraryIndex = readonly IndexedPiece[]

/**
 * How much of each piece is searched: all of it, or what everybody may read of a library for members, so that no query can
 * find out what the rest says.
 */
export type LibraryPart = 'whole' | 'beginnings'

const parser = createMarkdownParser()
/** Words with their apostrophes: "don't" is one. */
const WORD = /[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{N}\p{M}]+)*/gu

/** Prepares the files of a library for searching, in its order. */
export function indexLibrary(
  { articles, questions }: Pick<CourseResources, 'articles' | 'questions'>,
  part: LibraryPart,
): LibraryIndex {
  return [
    ...articles.map(({ name, title, summary, markdown }) =>
      indexed({ kind: 'article', name }, title, [summary, part === 'whole' ? markdown : firstParagraph(markdown)]),
    ),
    ...questions.flatMap((question) => indexQuestion(question, part)),
  ]
}

/** Prepares one question for searching. `language`: null for that of the course. */
export function indexQuestion(
  { id, question, answer, followUp, secondAnswer }: LibraryQuestion,
  part: LibraryPart,
  language: string | null = null,
): LibraryIndex {
  const texts = part === 'whole' ? [answer, followUp, secondAnswer] : [firstParagraph(answer)]
  return [indexed({ kind: 'question', name: id }, question, texts, language)]
}

function indexed(
  piece: LibraryPiece,
  title: string,
  texts: readonly string[],
  language: string | null = null,
): IndexedPiece {
  const text = texts.map(textOf).filter(Boolean).join(' ')
  return { ...piece, language, title, text, foldedTitle: foldedWords(title), foldedText: foldedWords(text) }
}

/** The words of Markdown without its marks and the addresses of its links, on one line. */
function textOf(markdown: string): string {
  return parser
    .parse(markdown, {})
    .map(({ content, children }) => children?.map(inlineText).join('') ?? `${content} `)
    .join('')
    .replace(/\s+/g, ' ')
    .trim()
}

function inlineText({ type, content }: Pick<Token, 'type' | 'content'>): string {
  return type.endsWith('break') ? ' ' : content
}

/**
 * The pieces that have every word of the query, or a word that begins with it, in title or text: whatever the case and
 * the accents. Those with more of the words in their title come first, otherwise in the order of the library. Takes time
 * in proportion to the size of the library. Empty for a query without words.
 */
export function searchIndex(index: LibraryIndex, query: string): readonly LibraryHit[] {
  const wanted = queryWords(query)
  if (wanted.length === 0) return []
  const inTitle = (piece: IndexedPiece) => wanted.filter((word) => has(piece.foldedTitle, word)).length
  return index
    .filter((piece) => wanted.every((word) => has(piece.foldedTitle, word) || has(piece.foldedText, word)))
    .map((piece) => ({ piece, rank: inTitle(piece) }))
    .sort((one, other) => other.rank - one.rank)
    .slice(0, MAX_HITS)
    .map(({ piece: { kind, name, language, title, text } }) => ({
      kind,
      name,
      language,
      title: markWords(title, wanted),
      snippet: markWords(snippetOf(text, wanted), wanted),
    }))
}

function queryWords(query: string): readonly string[] {
  const words = query.slice(0, MAX_QUERY_LENGTH).match(WORD) ?? []
  return [...new Set(words.map(fold))].filter(Boolean).slice(0, MAX_QUERY_WORDS)
}

function foldedWords(text: string): string {
  return (text.match(WORD) ?? []).map((word) => ` ${fold(word)}`).join('')
}

/** Letters that are distinct in Unicode, and that people type without their mark. */
const PLAIN: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ı: 'i' }

/** Without case, accents and apostrophes. */
function fold(word: string): string {
  // Most words of most texts need no more, and the rest takes ten times as long.
  if (/^[A-Za-z0-9]+$/.test(word)) return word.toLowerCase()
  return word
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\p{Diacritic}'’]/gu, '')
    .replace(/[ßæœøłđı]/g, (letter) => PLAIN[letter] ?? letter)
}

function has(folded: string, beginning: string): boolean {
  return folded.includes(` ${beginning}`)
}

/** Where the words are, from first to last; a caller that needs the first one alone reads no further. */
function* hitsIn(text: string, wanted: readonly string[]): Generator<{ readonly from: number; readonly to: number }> {
  for (const { 0: word, index } of text.matchAll(WORD)) {
    const folded = fold(word)
    if (wanted.some((beginning) => folded.startsWith(beginning))) yield { from: index, to: index + word.length }
  }
}

/** Whole words around the first hit; the beginning if there is none. */
function snippetOf(text: string, wanted: readonly string[]): string {
  const at = hitsIn(text, wanted).next().value?.from ?? 0
  const from = at <= SNIPPET.before ? 0 : text.indexOf(' ', at - SNIPPET.before) + 1
  const end = text.lastIndexOf(' ', at + SNIPPET.after)
  const to = at + SNIPPET.after >= text.length || end <= at ? text.length : end
  return `${from > 0 ? '… ' : ''}${text.slice(from, to)}${to < text.length ? ' …' : ''}`
}

function markWords(text: string, wanted: readonly string[]): readonly MarkedPart[] {
  const parts: MarkedPart[] = []
  let last = 0
  for (const { from, to } of hitsIn(text, wanted)) {
    parts.push({ text: text.slice(last, from), isHit: false }, { text: text.slice(from, to), isHit: true })
    last = to
  }
  parts.push({ text: text.slice(last), isHit: false })
  return parts.filter((part) => part.text !== '')
}

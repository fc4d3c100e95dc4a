import { pageLinks } from '../course/care-page.ts'
import { linkTargets, pictureLines } from '../text/find-links.ts'
import { type Phrase, phrase } from '../words.ts'

/** Characters. The questions are titles. */
export const PUBLICATION_MAX = { question: 300, answer: 5_000, followUp: 300, secondAnswer: 5_000 } as const

/** A text for the library: a question, its answer, and perhaps a follow-up with a second answer. */
export interface PublicationText {
  readonly question: string
  /** Markdown, like the second answer. */
  readonly answer: string
  /** '' together with the second answer. */
  readonly followUp: string
  readonly secondAnswer: string
  /** A track of the course; null: for everyone. */
  readonly situation: string | null
  readonly language: string
  /** An article of the course to read on; null for none. */
  readonly article: string | null
}

/** What of a course a text may name. */
export interface PublicationChoices {
  readonly situations: readonly string[]
  readonly languages: readonly string[]
  readonly articles: readonly string[]
  /** Care pages with an address. */
  readonly pages: readonly string[]
}

export type PublicationField = 'question' | 'answer' | 'followUp' | 'secondAnswer' | 'situation' | 'language'
type Typed = Readonly<Partial<Record<keyof PublicationText, unknown>>>

export type ReadPublication =
  | { readonly text: PublicationText }
  | { readonly fields: Readonly<Partial<Record<PublicationField, Phrase>>> }

/** Reads an author's form. */
export function readPublication(typed: Typed, choices: PublicationChoices): ReadPublication {
  const words = readWords(typed)
  const situation = one(typed.situation)
  const language = one(typed.language)
  const article = one(typed.article)
  const unknownPage = (markdown: string) => pageLinks(markdown, 1).find(({ page }) => !choices.pages.includes(page))
  const fields: Partial<Record<PublicationField, Phrase>> = { ...wordProblems(words) }
  for (const field of ['answer', 'secondAnswer'] as const) {
    // A text that is too long is not searched.
    const link = fields[field] === undefined ? unknownPage(words[field]) : undefined
    if (link !== undefined) fields[field] = phrase('publication.no-page', { page: link.page })
  }
  if (situation !== '' && !choices.situations.includes(situation)) fields.situation = phrase('publication.choose')
  if (!choices.languages.includes(language)) fields.language = phrase('publication.choose')
  if (Object.keys(fields).length > 0) return { fields }
  return {
    text: {
      ...words,
      situation: situation === '' ? null : situation,
      language,
      article: choices.articles.includes(article) ? article : null,
    },
  }
}

/**
 * Reads the learner's own words for a proposed text. They may not lead anywhere that the proposal does not lead to: nobody
 * looks at them before they stand in the library.
 */
export function readChangedWords(typed: Typed, proposed: PublicationText): ReadPublication {
  const words = readWords(typed)
  const fields: Partial<Record<PublicationField, Phrase>> = { ...wordProblems(words) }
  const known = [proposed.answer, proposed.secondAnswer].flatMap(linkTargets)
  for (const field of ['question', 'answer', 'followUp', 'secondAnswer'] as const)
    if (fields[field] === undefined && linkTargets(words[field]).some((target) => !known.includes(target)))
      fields[field] = phrase('publication.no-links')
  return Object.keys(fields).length > 0 ? { fields } : { text: { ...proposed, ...words } }
}

type Words = Pick<PublicationText, 'question' | 'answer' | 'followUp' | 'secondAnswer'>

function readWords(typed: Typed): Words {
  return {
    question: onOneLine(one(typed.question)),
    answer: withUnixLines(one(typed.answer)),
    followUp: onOneLine(one(typed.followUp)),
    secondAnswer: withUnixLines(one(typed.secondAnswer)),
  }
}

function one(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function withUnixLines(text: string): string {
  return text.replace(/\r\n?/g, '\n').trim()
}

/** Control characters, and those that turn the direction of what follows. */
const UNSEEN = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u

function wordProblems(words: Words): Partial<Record<PublicationField, Phrase>> {
  const fields: Partial<Record<PublicationField, Phrase>> = {}
  for (const field of ['question', 'answer', 'followUp', 'secondAnswer'] as const) {
    const text = words[field]
    const max = PUBLICATION_MAX[field]
    if (text.length > max) fields[field] = phrase('publication.too-long', { max })
    else if (UNSEEN.test(text.replace(/[\n\t]/g, ''))) fields[field] = phrase('publication.unseen')
    else if (pictureLines(text).length > 0) fields[field] = phrase('publication.no-pictures')
  }
  if (words.question === '') fields.question = phrase('publication.empty')
  if (words.answer === '') fields.answer = phrase('publication.empty')
  if (words.followUp !== '' && words.secondAnswer === '') fields.secondAnswer = phrase('publication.both')
  if (words.followUp === '' && words.secondAnswer !== '') fields.followUp = phrase('publication.both')
  return fields
}

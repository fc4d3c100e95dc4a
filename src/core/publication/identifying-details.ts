import type { PublicationText } from './publication-text.ts'

/** What in a text may tell who somebody is. */
export type IdentifyingDetail = 'address' | 'number' | 'name'

/**
 * What an author should look at again before proposing a text. It finds the plain cases only: an email address, a number
 * that could be a telephone number or an exact date, and the first name, unless it is ''. Takes time in proportion to the
 * length of the text.
 */
export function findIdentifyingDetails(
  { question, answer, followUp, secondAnswer }: PublicationText,
  firstName: string,
): readonly IdentifyingDetail[] {
  const text = [question, answer, followUp, secondAnswer].join('\n')
  return [
    ...(/\S@[^\s@]+\.[^\s@]/.test(text) ? (['address'] as const) : []),
    ...(/\d(?:[\s()./-]{0,3}\d){6}/.test(text) ? (['number'] as const) : []),
    ...(hasWord(text, firstName) ? (['name'] as const) : []),
  ]
}

/** Whether a text has this word, in any case. */
export function hasWord(text: string, word: string): boolean {
  const wanted = wordsOf(word)
  if (wanted === ' ') return false
  return wordsOf(text).includes(wanted)
}

/** The words in lower case, with a space around each. */
function wordsOf(text: string): string {
  return ` ${(
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  ).join(' ')} `.replace(/^ +$/, ' ')
}

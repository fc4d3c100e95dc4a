import { fleschKincaid } from 'flesch-kincaid'
import { syllable } from 'syllable'

export interface TextMeasures {
  readonly words: number
  readonly sentences: number
  /** Flesch-Kincaid grade: the school grade needed to read the text with ease; 0 for empty text. */
  readonly grade: number
}

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' })

/** Caches syllable counts, because lessons repeat many words. */
const known = new Map<string, number>()

function syllablesOf(word: string): number {
  const count = known.get(word) ?? syllable(word)
  known.set(word, count)
  return count
}

/** Measures plain text. A paragraph, or a line that begins with a dash, ends a sentence even without a full stop. */
export function measureText(text: string): TextMeasures {
  const words = text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word))
  const count = text
    .split(/\n\s*\n|\n(?=\s*(?:[-*•]|\d+\.)\s)/)
    .flatMap((paragraph) => [...sentences.segment(paragraph.replace(/\s+/g, ' '))])
    .filter(({ segment }) => /[\p{L}\p{N}]/u.test(segment)).length
  const syllables = words.reduce((sum, word) => sum + syllablesOf(word), 0)
  const grade = words.length === 0 ? 0 : fleschKincaid({ sentence: count, word: words.length, syllable: syllables })
  return { words: words.length, sentences: count, grade }
}

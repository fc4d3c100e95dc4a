import type { Problem } from '../errors.ts'
import type { CourseWords } from '../words.ts'
import { type Catalogue, compareCatalogues, type Message, readPlaceholders } from './catalogue.ts'

/**
 * The sentences that a course says in its own way (`words` in course.yaml) as a catalogue of their own. Problems are those that
 * a translation would have: names that do not exist, placeholders that differ, and broken syntax.
 */
export function readCourseWords(
  words: CourseWords,
  source: Catalogue,
): { readonly catalogue: Catalogue; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const messages = new Map<string, Message>()
  const file = Object.values(words)[0]?.file ?? ''
  for (const [key, { line, text }] of Object.entries(words)) {
    const placeholders = readPlaceholders(text, (what, fix) => problems.push({ file, line, what, fix }))
    if (placeholders !== null) messages.set(key, { text, line, placeholders })
  }
  const catalogue = { file, messages }
  return { catalogue, problems: [...problems, ...compareCatalogues(source, catalogue, true)] }
}

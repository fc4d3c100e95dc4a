/** Where the learner's own line of a course is stored: as an answer to the course as a whole, before its first day. */
export const OWN_LINE_DAY = 0
/** The underscore is not allowed in a course's field ids, so this never clashes with one. */
export const OWN_LINE_FIELD = 'own_line'

/** Maximum characters: what is read in one breath, and fits on a page to keep. */
export const MAX_OWN_LINE = 300

/** One line as typed: without breaks and outer spaces. Null if it is longer than allowed; '' for none. */
export function ownLineOf(typed: string): string | null {
  const line = typed.replace(/\s+/gu, ' ').trim()
  return line.length > MAX_OWN_LINE ? null : line
}

/**
 * The lines of what was written that could be an own line, each once, in their order. Of a longer text its sentences.
 * `language`: BCP 47, says how sentences end.
 */
export function linesToChoose(written: readonly string[], language: string): readonly string[] {
  const sentences = new Intl.Segmenter(language, { granularity: 'sentence' })
  const lines = written.flatMap((text) => {
    const line = ownLineOf(text)
    return line === null ? [...sentences.segment(text)].map(({ segment }) => ownLineOf(segment)) : [line]
  })
  return [...new Set(lines)].flatMap((line) => line || [])
}

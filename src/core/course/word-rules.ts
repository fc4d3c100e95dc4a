import type { Problem } from '../errors.ts'
import { withUnixLines } from '../text/front-matter.ts'
import { at } from '../text/read-text.ts'
import { readYaml, type YamlReader } from '../text/yaml-reader.ts'

/** Rules for a course's words (docs/course-format.md, words.yaml). Lengths are in words. */
export interface WordRules {
  readonly lesson: Length
  readonly closing: Length
  readonly checkIn: Length
  readonly outcome: Length
  /**
   * Maximum reading grade (Flesch-Kincaid) of a lesson, closing or check-in; not checked in languages without a measure
   * (core/language/languages.ts).
   */
  readonly grade: number
  readonly never: readonly ForbiddenPhrase[]
}

export interface Length {
  readonly from: number
  readonly to: number
}

export interface ForbiddenPhrase {
  readonly say: string
  readonly because: string
}

/** Rules for courses without words.yaml. */
export const DEFAULT_WORD_RULES: WordRules = {
  lesson: { from: 0, to: 600 },
  closing: { from: 0, to: 600 },
  checkIn: { from: 0, to: 150 },
  outcome: { from: 0, to: 250 },
  grade: 8,
  never: [],
}

/** Parses words.yaml. Missing keys keep their defaults. */
export function parseWordRules(file: string, text: string, problems: Problem[]): WordRules {
  const top = readYaml(file, withUnixLines(text))
  if (top.problems.length > 0) {
    problems.push(...top.problems)
    return DEFAULT_WORD_RULES
  }
  const keys = top.keys([], ['lesson', 'closing', 'check-in', 'outcome', 'grade', 'never'])
  const rules: WordRules = {
    lesson: readLength(keys.get('lesson'), DEFAULT_WORD_RULES.lesson),
    closing: readLength(keys.get('closing'), DEFAULT_WORD_RULES.closing),
    checkIn: readLength(keys.get('check-in'), DEFAULT_WORD_RULES.checkIn),
    outcome: readLength(keys.get('outcome'), DEFAULT_WORD_RULES.outcome),
    grade: keys.get('grade')?.integer(1, 20) ?? DEFAULT_WORD_RULES.grade,
    never:
      keys
        .get('never')
        ?.list()
        .map((item) => {
          const entry = item.keys(['say', 'because'])
          return { say: at(entry, 'say').text(), because: at(entry, 'because').text() }
        }) ?? [],
  }
  problems.push(...top.problems)
  return rules
}

function readLength(reader: YamlReader | undefined, usual: Length): Length {
  if (reader === undefined) return usual
  const keys = reader.keys(['to'], ['from'])
  return { from: keys.get('from')?.integer(0, 100_000) ?? 0, to: at(keys, 'to').integer(1, 100_000) }
}

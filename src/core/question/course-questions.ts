import { at, plain } from '../text/read-text.ts'
import type { YamlReader } from '../text/yaml-reader.ts'

/** What a course that takes questions says about them (`questions:` in course.yaml). */
export interface CourseQuestions {
  /** Who answers, as learners read it. */
  readonly answeredBy: string
  /** The usual time until an answer, days. */
  readonly usualDays: number
  /** What learners should leave out of a question. */
  readonly doNotSend: string
  /** The days after an answer when one email asks how it is; null: none does. */
  readonly followUpAfterDays: number | null
  /** The days after its last message when a question is deleted. */
  readonly deleteAfterDays: number
  /** Words of danger besides those of the language; see danger-words.ts. */
  readonly dangerWords: readonly string[]
}

export const DEFAULT_DELETE_AFTER_DAYS = 365
const MOST_USUAL_DAYS = 60
const MOST_FOLLOW_UP_DAYS = 180
const LEAST_DELETE_DAYS = 30
const MOST_DELETE_DAYS = 3_650

export function readCourseQuestions(reader: YamlReader): CourseQuestions {
  const keys = reader.keys(
    ['answered-by', 'usual-days', 'do-not-send'],
    ['follow-up-after-days', 'delete-after-days', 'danger-words'],
  )
  const followUpAfterDays = keys.get('follow-up-after-days')?.integer(1, MOST_FOLLOW_UP_DAYS) ?? null
  const deleteAfter = keys.get('delete-after-days')
  const deleteAfterDays = deleteAfter?.integer(LEAST_DELETE_DAYS, MOST_DELETE_DAYS) ?? DEFAULT_DELETE_AFTER_DAYS
  if (followUpAfterDays !== null && deleteAfterDays <= followUpAfterDays)
    deleteAfter?.report(
      'A question would be deleted before the follow-up asks how it is.',
      'Make delete-after-days longer than follow-up-after-days.',
    )
  return {
    answeredBy: singleLine(at(keys, 'answered-by')),
    usualDays: at(keys, 'usual-days').integer(1, MOST_USUAL_DAYS),
    doNotSend: plain(at(keys, 'do-not-send')),
    followUpAfterDays,
    deleteAfterDays,
    dangerWords: keys.get('danger-words')?.list().map(readDangerWords) ?? [],
  }
}

function singleLine(reader: YamlReader): string {
  const text = plain(reader)
  if (/\p{Cc}/u.test(text)) reader.report(`${reader.name} has more than one line.`, 'Write it on one line.')
  return text
}

function readDangerWords(reader: YamlReader): string {
  const words = plain(reader)
  if (words !== '' && !isDangerPhrase(words))
    reader.report(
      `"${words}" cannot be looked for.`,
      'Write one or more words, each with * at its end for any ending, or .. between two words for up to four others.',
    )
  return words
}

/** Words, each perhaps with a star at its end, and gaps between them. */
export function isDangerPhrase(text: string): boolean {
  const parts = text.split(/\s+/)
  const isWord = (part: string | undefined) => /^[\p{L}\p{M}\p{N}’'-]+\*?$/u.test(part ?? '')
  return isWord(parts[0]) && isWord(parts.at(-1)) && parts.every((part) => part === '..' || isWord(part))
}

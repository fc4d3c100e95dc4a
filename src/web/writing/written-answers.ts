import type { Answer } from '../../core/course/fields/field-definition.ts'
import type { Field } from '../../core/course/fields/field-types.ts'
import { linesOf } from '../../core/exercise/notes.ts'
import type { Words } from '../../core/words.ts'
import type { WrittenDay } from '../../flow/exercise/gather-writing.ts'
import type { WrittenText } from '../../flow/views.ts'
import { LETTER_VERSION } from '../exercise/fields/exercise-fields.ts'
import { writtenFields } from './notes-view.ts'

/** One text of a field, for programs. */
export interface AnswerVersion {
  readonly value: Answer
  /** The same in words. */
  readonly lines: readonly string[]
  /** ms UTC. */
  readonly savedAt: number
}

export interface WrittenAnswer extends AnswerVersion {
  /** As it stood over the field when it was answered; null if that is not known. */
  readonly question: string | null
  readonly type: Field['type'] | null
  /** Other texts of the same field, from another tab or device, oldest first. */
  readonly others: readonly AnswerVersion[]
}

/** Everything that the notes of a day say, as values: in field order, then what the day no longer asks. */
export function writtenAnswers(words: Words, { notes, former }: WrittenDay): readonly WrittenAnswer[] {
  const fields = notes === null ? [] : writtenFields(words, notes)
  const { texts, written } = notes ?? former ?? { texts: {}, written: [] }
  const order = (id: string) => {
    const place = fields.findIndex((field) => field.id === id)
    return place === -1 ? fields.length : place
  }
  const ids = Object.keys(texts).filter((id) => id !== LETTER_VERSION)
  return ids
    .toSorted((one, other) => order(one) - order(other))
    .flatMap((id) => {
      const state = texts[id]
      const current = fields.find((field) => field.id === id)
      const versions = written.filter((one) => one.field === id)
      // A page in place of a day shows nothing of what was written for the day.
      if (state === undefined || (current === undefined && versions.length === 0)) return []
      const fieldOf = (value: Answer) =>
        versions.findLast((one) => JSON.stringify(one.value) === JSON.stringify(value))?.look ?? current ?? null
      const read = ({ value, savedAt }: WrittenText): AnswerVersion => {
        const field = fieldOf(value)
        return { value, lines: field === null ? [] : linesOf(words, field, value, notes?.earlier ?? {}), savedAt }
      }
      const field = fieldOf(state.value)
      return [
        { question: field?.label ?? null, type: field?.type ?? null, ...read(state), others: state.kept.map(read) },
      ]
    })
}

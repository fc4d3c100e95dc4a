import type { Lesson } from '../../../core/course/course.ts'
import type { Field } from '../../../core/course/fields/field-types.ts'
import type { ScaleField } from '../../../core/course/fields/scale.ts'
import { MOOD_IDS } from '../../../core/course/mood-fields.ts'
import { fieldsFor } from '../../../core/course/variant.ts'
import { fits, formerNotes, type Written } from '../../../core/exercise/former-answers.ts'
import type { Note } from '../../../core/exercise/notes.ts'
import type { Variant } from '../../../core/model.ts'
import type { Words } from '../../../core/words.ts'
import type { OpenDay } from '../../../flow/exercise/find-open-day.ts'
import type { FieldState, LessonView } from '../../../flow/views.ts'

export const [MOOD_BEFORE, MOOD_AFTER] = MOOD_IDS

/** The underscore is not allowed in a course's field ids, so this never clashes with one. */
export const LETTER_VERSION = 'letter_version'

/** If the mood is worse by this much afterwards, the page offers to stop. */
export const MOOD_WORSE = 3

export interface ShownExercise {
  readonly lesson: Lesson
  readonly variant: Variant
  /** Whether this reader may share a letter. */
  readonly mayShare: boolean
}

/** Every field of the form for this reader: those of the course, and those that `mood` and `letter` add. */
export function exerciseFields(
  words: Words,
  { lesson: { exercise }, variant, mayShare }: ShownExercise,
): readonly Field[] {
  const [before, after] = moodFields(words)
  return [
    ...(exercise.mood ? [before] : []),
    ...fieldsFor(exercise, variant, 'full'),
    ...(exercise.letter ? [letterVersion(words, mayShare)] : []),
    ...(exercise.mood ? [after] : []),
  ]
}

/**
 * The fields that may be submitted from this page. A browser without access may submit any field that anyone could have
 * on this day, so that what is accepted, rejected or ignored reveals nothing about the learner's own form.
 */
export function fieldsToSave(words: Words, open: OpenDay): readonly Field[] {
  const { exercise } = open.lesson
  if (open.viewer.mayViewPages) return exerciseFields(words, open)
  return fieldsOfDay(words, open.lesson).filter(({ id }) => exercise.letter || id !== LETTER_VERSION)
}

/** Sliders from 0 to 10, higher is worse. */
function moodFields(words: Words): readonly [before: ScaleField, after: ScaleField] {
  const mood = (id: string, label: string): ScaleField => ({
    id,
    type: 'scale',
    label,
    hint: '',
    low: words.say('exercise.fields.mood-light'),
    high: words.say('exercise.fields.mood-heavy'),
    min: 0,
    max: 10,
    small: true,
    audiences: [],
  })
  return [
    mood(MOOD_BEFORE, words.say('exercise.fields.mood-before')),
    mood(MOOD_AFTER, words.say('exercise.fields.mood-after')),
  ]
}

function letterVersion(words: Words, withShare: boolean): Field {
  const options = [
    { id: 'mine', label: words.say('exercise.fields.letter-mine'), say: '' },
    {
      id: 'therapist',
      label: words.say('exercise.fields.letter-therapist'),
      say: words.say('exercise.fields.letter-therapist-say'),
    },
    {
      id: 'share',
      label: words.say('exercise.fields.letter-share'),
      say: words.say('exercise.fields.letter-share-say'),
    },
  ]
  return {
    id: LETTER_VERSION,
    type: 'choice',
    label: words.say('exercise.fields.letter'),
    hint: words.say('exercise.fields.letter-hint'),
    small: false,
    audiences: [],
    options: options.filter(({ id }) => withShare || id !== 'share'),
  }
}

/**
 * The fields whose appearance is stored with their answer. Who a letter may go to depends on the reader and is not
 * recorded.
 */
export function answerableFields(words: Words, lesson: Lesson): readonly Field[] {
  return fieldsOfDay(words, lesson).filter(({ id, type }) => id !== LETTER_VERSION && type !== 'note')
}

/**
 * Every field of the day for any reader, so that one hidden from this reader does not count as changed by the author.
 */
function fieldsOfDay(words: Words, { exercise }: Lesson): readonly Field[] {
  return [...(exercise.mood ? moodFields(words) : []), ...exercise.fields, letterVersion(words, true)]
}

/** Answers to fields that have since been changed or removed, under their old label. */
export function earlierAnswers(
  words: Words,
  view: { readonly lesson: Lesson; readonly written: readonly Written[] },
): readonly Note[] {
  return formerNotes(
    words,
    fieldsOfDay(words, view.lesson),
    view.written.filter(({ field }) => field !== LETTER_VERSION),
  )
}

/** What a field can show of the stored answers: nothing that was given when it was a different kind of field. */
export function stateForCurrentField(
  words: Words,
  view: Pick<LessonView, 'lesson' | 'fields' | 'written'>,
  id: string,
): FieldState | undefined {
  const state = view.fields[id]
  const field = fieldsOfDay(words, view.lesson).find((one) => one.id === id)
  if (state === undefined || field === undefined) return state
  const mine = view.written.filter((one) => one.field === id)
  const isFit = (value: FieldState['value']) => {
    const then = mine.findLast((one) => JSON.stringify(one.value) === JSON.stringify(value))
    return fits(field, then ?? { value, look: null })
  }
  return isFit(state.value) ? { ...state, kept: state.kept.filter((text) => isFit(text.value)) } : undefined
}

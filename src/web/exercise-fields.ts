import type { Field, Lesson, Variant } from '../core/course.ts'
import { MOOD_FIELDS } from '../core/mood.ts'
import { fieldsFor } from '../core/variant.ts'

export const [MOOD_BEFORE, MOOD_AFTER] = MOOD_FIELDS

/** An id no author can write (an underscore), so it never meets a field of the course. */
export const LETTER_VERSION = 'letter_version'

/** So much heavier afterwards, and the page offers to stop. */
export const MOOD_WORSE = 3

export interface ShownExercise {
  readonly lesson: Lesson
  readonly variant: Variant
  /** Whether the shared form of a letter exists for this reader. */
  readonly mayShare: boolean
}

/** Every field of the lesson's form for this reader: the course's own, and what `mood` and `letter` add. */
export function exerciseFields({ lesson: { exercise }, variant, mayShare }: ShownExercise): readonly Field[] {
  return [
    ...(exercise.mood ? [MOOD_BEFORE] : []),
    ...fieldsFor(exercise, variant, 'full'),
    ...(exercise.letter ? [letterVersion(mayShare)] : []),
    ...(exercise.mood ? [MOOD_AFTER] : []),
  ]
}

function letterVersion(withShare: boolean): Field {
  const options = [
    { id: 'mine', label: 'Only for me', say: '' },
    { id: 'therapist', label: 'To take to a therapist', say: 'Print it, or save it as a file, and bring it along.' },
    {
      id: 'share',
      label: 'Perhaps to share',
      say: 'It rests for a day first, and there is a step for that below. We never send it to anyone.',
    },
  ]
  return {
    id: LETTER_VERSION,
    type: 'choice',
    label: 'Who is this page for?',
    hint: 'You can change this at any time.',
    small: false,
    audiences: [],
    options: options.filter(({ id }) => withShare || id !== 'share'),
  }
}

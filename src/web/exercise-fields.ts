import type { Field, Lesson, Variant } from '../core/course.ts'
import { MOOD_FIELDS } from '../core/mood.ts'
import { fieldsFor, isFor } from '../core/variant.ts'

export const [MOOD_BEFORE, MOOD_AFTER] = MOOD_FIELDS

/** An id no author can write (an underscore), so it never meets a field of the course. */
export const LETTER_VERSION = 'letter_version'

/** So much heavier afterwards, and the page offers to stop. */
export const MOOD_WORSE = 3

/** Every field of the lesson's form for this reader: the course's own, and what `mood` and `letter` add. */
export function exerciseFields({ exercise }: Lesson, variant: Variant): readonly Field[] {
  return [
    ...(exercise.mood ? [MOOD_BEFORE] : []),
    ...fieldsFor(exercise, variant, 'full'),
    ...(exercise.letter ? [letterVersion(canShare(exercise.noShare ?? [], variant))] : []),
    ...(exercise.mood ? [MOOD_AFTER] : []),
  ]
}

function canShare(noShare: readonly string[], variant: Variant): boolean {
  return noShare.length === 0 || !isFor(noShare, variant)
}

function letterVersion(withShare: boolean): Field {
  const options = [
    { id: 'mine', label: 'Only for me', say: '' },
    { id: 'therapist', label: 'To take to a therapist', say: 'Print it, or save it as a file, and bring it along.' },
    {
      id: 'share',
      label: 'Perhaps to share',
      say: 'Let it rest for a day first. We never send it to anyone: if you hand it over, you do it yourself.',
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

import { formatInstant } from '../../core/delivery/local-time.ts'
import type { Words } from '../../core/words.ts'
import type { WrittenText } from '../../flow/views.ts'

/** Where and when a text was written, in the learner's time zone. */
export function savedAtLabel(words: Words, { savedAt, elsewhere }: WrittenText, timeZone: string, now: number): string {
  const when = formatInstant(words, savedAt, timeZone, now)
  return words.say(elsewhere ? 'exercise.written-elsewhere' : 'exercise.written-here', { when })
}

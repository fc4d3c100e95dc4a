import type { WrittenText } from '../../flow/views.ts'
import { formatInstant } from '../page/english-time.ts'

/** Where and when a text was written, in the learner's time zone. */
export function savedAtLabel({ savedAt, elsewhere }: WrittenText, timeZone: string, now: number): string {
  return `Written ${elsewhere ? 'on another device' : 'here'} on ${formatInstant(savedAt, timeZone, now)}`
}

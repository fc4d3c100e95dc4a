import { formatHour } from '../../core/delivery/local-time.ts'
import type { Words } from '../../core/words.ts'
import { type Html, html, on } from '../page/html.ts'

/** The 24 hours as options. `chosen` is 0 to 23 as text. */
export function hourOptions(words: Words, chosen: string): readonly Html[] {
  return Array.from(
    { length: 24 },
    (_, hour) =>
      html`<option value="${hour}"${on('selected', String(hour) === chosen)}>${hourInWords(words, hour)}</option>\n`,
  )
}

/** "7:00 AM", or "07:00"; the two hours that are easily taken for each other are named. */
function hourInWords(words: Words, hour: number): string {
  const time = formatHour(words, hour)
  if (hour === 0) return words.say('sign-up.form.midnight', { time })
  return hour === 12 ? words.say('sign-up.form.noon', { time }) : time
}

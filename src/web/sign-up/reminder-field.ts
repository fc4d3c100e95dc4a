import { formatHour } from '../../core/delivery/local-time.ts'
import { REMINDER_HOURS } from '../../core/delivery/reminder-hours.ts'
import type { Words } from '../../core/words.ts'
import { type FieldErrors, fieldError, invalidAttributes } from '../page/error-summary.ts'
import { type Html, html, on } from '../page/html.ts'

/** Offers a reminder in the evening. `chosen` is its hour as text; '' for none. */
export function reminderField(words: Words, chosen: string, faults: FieldErrors): Html {
  return html`<div class="field">
<label for="reminder">${words.say('reminder.label')}</label>
${fieldError(words, 'reminder', faults)}
<p class="hint" id="reminder-hint">${words.say('reminder.hint')}</p>
<select id="reminder" name="reminder" aria-describedby="reminder-hint"${invalidAttributes('reminder', faults)}>
<option value=""${on('selected', chosen === '')}>${words.say('reminder.none')}</option>
${REMINDER_HOURS.map(
  (hour) =>
    html`<option value="${hour}"${on('selected', chosen === String(hour))}>${words.say('reminder.at', { time: formatHour(words, hour) })}</option>\n`,
)}</select>
</div>`
}

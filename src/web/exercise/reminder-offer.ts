import { formatHour } from '../../core/delivery/local-time.ts'
import { REMINDER_HOURS } from '../../core/delivery/reminder-hours.ts'
import { paths } from '../../core/paths.ts'
import type { Words } from '../../core/words.ts'
import type { LessonView } from '../../flow/views.ts'
import { type Html, html, marked, on } from '../page/html.ts'

/** Chosen to begin with. */
const USUAL_HOUR = 20

/** Offers a reminder in the evening, or says when it comes. */
export function reminderOffer(words: Words, { reminder, token }: LessonView): Html | null {
  if (reminder === undefined) return null
  if (reminder.hour !== null) {
    const link = (text: string) => html`<a href="${paths.settings(token)}">${text}</a>`
    const time = formatHour(words, reminder.hour)
    return html`<p class="quiet" id="reminder" tabindex="-1">${marked(words.say('reminder.page.on', { time }), { link })}</p>`
  }
  return html`<form class="card soft form" id="reminder" method="post" action="${paths.remind(token)}" data-after-save>
<h2>${words.say('reminder.page.heading')}</h2>
<p id="reminder-hint">${words.say('reminder.page.body')}</p>
<div class="field">
<label for="reminder-hour">${words.say('reminder.page.when')}</label>
<select id="reminder-hour" name="reminder" aria-describedby="reminder-hint">${REMINDER_HOURS.map((hour) => html`<option value="${hour}"${on('selected', hour === USUAL_HOUR)}>${words.say('reminder.at', { time: formatHour(words, hour) })}</option>\n`)}</select>
</div>
<p><button class="button button-secondary" type="submit">${words.say('reminder.page.button')}</button></p>
</form>`
}

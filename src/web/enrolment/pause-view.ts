import { MAX_PAUSE_DAYS, type PauseDates } from '../../core/enrolment/pause-dates.ts'
import type { Words } from '../../core/words.ts'
import { type FieldErrors, fieldError, invalidAttributes } from '../page/error-summary.ts'
import { type Html, html, marked } from '../page/html.ts'
import { quiet } from '../sign-up/sign-up-form.ts'

interface PauseForm {
  readonly action: string
  readonly dates: PauseDates
  /** Then it changes the day. */
  readonly isPaused: boolean
  readonly faults: FieldErrors
}

/** Asks until when to pause. */
export function pauseForm(words: Words, { action, dates, isPaused, faults }: PauseForm): Html {
  return html`<form method="post" action="${action}">
<div class="field">
<label for="until">${marked(words.say('pause.until', { days: MAX_PAUSE_DAYS }), { quiet })}</label>
${fieldError(words, 'until', faults)}
<input id="until" name="until" type="date" required min="${dates.first}" max="${dates.last}" value="${dates.proposed}"${invalidAttributes('until', faults)}>
</div>
<p><button class="button button-secondary" type="submit">${words.say(isPaused ? 'pause.longer' : 'pause.button')}</button></p>
</form>`
}

import type { Reason } from '../../core/desk/audit.ts'
import type { Words } from '../../core/words.ts'
import { type Html, html } from '../page/html.ts'

/** Asks for a reason from the list; none is chosen beforehand. `id` tells several fields of a page apart. */
export function reasonField(words: Words, id: string, reasons: readonly Reason[]): Html {
  return html`<div class="field"><label for="${id}">${words.say('desk.reasons.label')}</label>
<select id="${id}" name="reason" required><option value="">${words.say('desk.reasons.choose')}</option>${reasons.map((reason) => html`<option value="${reason}">${words.say(`desk.reasons.${reason}`)}</option>`)}</select></div>`
}

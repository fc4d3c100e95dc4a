import type { Reason } from '../../core/desk/audit.ts'
import type { Words } from '../../core/words.ts'
import { type Html, html } from '../page/html.ts'
import { MAX_NOTE_LENGTH } from './desk-visit.ts'

/** Asks for a note for the audit log. `id` tells several fields of a page apart. */
export function noteField(words: Words, id: string): Html {
  return html`<div class="field"><label for="${id}">${words.say('desk.person.note')}</label>
<p class="hint" id="${id}-hint">${words.say('desk.person.note-hint')}</p>
<input id="${id}" name="note" maxlength="${MAX_NOTE_LENGTH}" autocomplete="off" aria-describedby="${id}-hint"></div>`
}

/** Asks for a reason from the list; none is chosen beforehand. `id` tells several fields of a page apart. */
export function reasonField(words: Words, id: string, reasons: readonly Reason[]): Html {
  return html`<div class="field"><label for="${id}">${words.say('desk.reasons.label')}</label>
<select id="${id}" name="reason" required><option value="">${words.say('desk.reasons.choose')}</option>${reasons.map((reason) => html`<option value="${reason}">${words.say(`desk.reasons.${reason}`)}</option>`)}</select></div>`
}

import { PACES } from '../../core/pace.ts'
import type { Words } from '../../core/words.ts'
import { type FieldErrors, fieldError, invalidAttributes } from '../page/error-summary.ts'
import { type Html, html, on } from '../page/html.ts'

/** Asks how often lessons come; `chosen` is the name of a pace. */
export function paceField(words: Words, chosen: string, faults: FieldErrors): Html {
  return html`<div class="field">
<label for="pace">${words.say('pace.label')}</label>
${fieldError(words, 'pace', faults)}
<select id="pace" name="pace"${invalidAttributes('pace', faults)}>${PACES.map(
    (pace) => html`<option value="${pace}"${on('selected', pace === chosen)}>${words.say(`pace.${pace}`)}</option>\n`,
  )}</select>
</div>`
}

import { deskPaths } from '../../../core/desk/desk-paths.ts'
import { ADDRESS_LINK_HOURS, ADDRESS_UNDO_DAYS } from '../../../core/retention.ts'
import type { Words } from '../../../core/words.ts'
import { CORRECTION_REASONS } from '../../../flow/desk/person/correct-address.ts'
import type { PersonView } from '../../../flow/desk/view-person.ts'
import { html } from '../../page/html.ts'
import type { DeskPage } from '../desk-page.ts'
import { noteField, reasonField } from '../reason-field.ts'

/** Says what a correction does and what it never does, and asks for the address. */
export function correctionPage(
  words: Words,
  { id, address }: PersonView,
  { typed, error }: { readonly typed: string; readonly error: string | null },
): DeskPage {
  return {
    title: words.say('desk.person.title', { id }),
    main: html`<div class="card narrow">
<h1>${words.say('desk.person.address-heading')}</h1>
<p><b>${address}</b></p>
<p>${words.say('desk.person.address-body', { hours: ADDRESS_LINK_HOURS, days: ADDRESS_UNDO_DAYS })}</p>
<p>${words.say('desk.person.address-closed')}</p>
<form method="post" action="${deskPaths.correctAddress(id)}">
${error !== null && html`<p class="fault" role="alert">${error}</p>`}
<div class="field"><label for="address">${words.say('desk.person.address-new')}</label>
<input id="address" name="address" type="email" required autocomplete="off" value="${typed}"></div>
${reasonField(words, 'reason', CORRECTION_REASONS)}
${noteField(words, 'note')}
<p class="button-row"><button class="button" type="submit">${words.say('desk.person.address-button')}</button> <a class="button button-secondary" href="${deskPaths.person(id)}">${words.say('desk.person.back')}</a></p>
</form>
</div>`,
  }
}

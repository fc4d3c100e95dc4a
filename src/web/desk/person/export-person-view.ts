import { deskPaths } from '../../../core/desk/desk-paths.ts'
import type { Words } from '../../../core/words.ts'
import { EXPORT_REASONS } from '../../../flow/desk/person/export-person.ts'
import type { PersonView } from '../../../flow/desk/view-person.ts'
import { html } from '../../page/html.ts'
import type { DeskPage } from '../desk-page.ts'
import { noteField, reasonField } from '../reason-field.ts'

/** Says what the file contains and what it does not, and asks why it is handed out. */
export function exportPage(words: Words, { id, address }: PersonView, error: string | null): DeskPage {
  return {
    title: words.say('desk.person.title', { id }),
    main: html`<div class="card narrow">
<h1>${words.say('desk.person.export-heading')}</h1>
<p><b>${address}</b></p>
<p>${words.say('desk.person.export-body')}</p>
<p>${words.say('desk.person.export-without')}</p>
<form method="post" action="${deskPaths.exportPerson(id)}">
${error !== null && html`<p class="fault" role="alert">${error}</p>`}
${reasonField(words, 'reason', EXPORT_REASONS)}
${noteField(words, 'note')}
<p class="button-row"><button class="button" type="submit">${words.say('desk.person.export-button')}</button> <a class="button button-secondary" href="${deskPaths.person(id)}">${words.say('desk.person.back')}</a></p>
</form>
</div>`,
  }
}

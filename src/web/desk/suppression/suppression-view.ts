import { deskPaths } from '../../../core/desk/desk-paths.ts'
import { PERSON_ACTS } from '../../../core/desk/person-acts.ts'
import type { ImportedSuppressions } from '../../../flow/desk/edit-suppressions.ts'
import type { SuppressedAddress } from '../../../flow/ports/report-ports.ts'
import { type Html, html } from '../../page/html.ts'
import type { DeskPage } from '../desk-page.ts'
import type { DeskWords } from '../desk-visit.ts'
import { instant } from '../instant.ts'
import { reasonField } from '../reason-field.ts'
import { countText } from '../today-view.ts'

export const SUPPRESSION_ACTS = ['suppress', 'lift-suppression'] as const
/** Lines of a list that could not be read, named on the page. */
const MOST_PROBLEMS = 50

export interface SuppressionView {
  /** Addresses on the list, counted up to `MOST_COUNTED`. */
  readonly count: number
  /** What was done just now, from the query. */
  readonly done?: string
  readonly typed?: string
  readonly error?: string
  readonly found?: { readonly address: string; readonly suppression: SuppressedAddress | null }
  readonly imported?: ImportedSuppressions
}

export function suppressionPage(
  words: DeskWords,
  { count, done, typed, error, found, imported }: SuppressionView,
): DeskPage {
  const act = SUPPRESSION_ACTS.find((one) => one === done)
  return {
    title: words.say('desk.suppression.title'),
    main: html`<h1>${words.say('desk.suppression.title')}</h1>
${act !== undefined && html`<p class="notice" role="status">${words.say('desk.person.done')} ${words.say(`desk.acts.${act}`)}</p>`}
${imported !== undefined && importedNotice(words, imported)}
<p>${words.say('desk.suppression.body')}</p>
<p>${words.say('desk.suppression.count', { count: countText(words, count) })}</p>
<form method="post" action="${deskPaths.findSuppression()}" class="filters">
<div class="field"><label for="address">${words.say('desk.people.address')}</label>
<p class="hint" id="address-hint">${words.say('desk.suppression.address-hint')}</p>
${error !== undefined && html`<p class="fault" id="fault-address" role="alert">${error}</p>\n`}<input id="address" name="address" value="${typed}" autocomplete="off" autocapitalize="none" spellcheck="false" required maxlength="254" aria-describedby="address-hint"></div>
<p><button class="button" type="submit">${words.say('desk.people.find')}</button></p>
</form>
${found !== undefined && foundCard(words, found)}
<section class="card after-card" aria-labelledby="import"><h2 id="import">${words.say('desk.suppression.import')}</h2>
<form method="post" action="${deskPaths.importSuppressions()}">
<div class="field"><label for="list">${words.say('desk.suppression.list')}</label>
<p class="hint" id="list-hint">${words.say('desk.suppression.list-hint')}</p>
<textarea id="list" name="list" rows="6" required spellcheck="false" autocomplete="off" aria-describedby="list-hint"></textarea></div>
<p><button class="button button-secondary" type="submit">${words.say('desk.suppression.import-button')}</button></p>
</form></section>
<section class="card after-card" aria-labelledby="export"><h2 id="export">${words.say('desk.audit.export')}</h2>
<p>${words.say('desk.suppression.export-body')}</p>
<form method="post" action="${deskPaths.exportSuppressions()}"><p><button class="button button-secondary" type="submit">${words.say('desk.audit.csv')}</button></p></form>
</section>`,
  }
}

function foundCard(words: DeskWords, { address, suppression }: NonNullable<SuppressionView['found']>): Html {
  const act = suppression === null ? 'suppress' : 'lift-suppression'
  return html`<section class="card after-card" aria-labelledby="found" role="status"><h2 id="found">${address}</h2>
<p>${
    suppression === null
      ? words.say('desk.suppression.free')
      : html`${words.say('desk.person.suppressed')} ${instant(words, suppression.createdAt)}: ${suppression.reason}`
  }</p>
<form method="post" action="${deskPaths.editSuppression()}"><input type="hidden" name="address" value="${address}">
<p>${words.say(`desk.person.act-body.${act}`)}</p>
${reasonField(words, 'reason', PERSON_ACTS[act].reasons)}
<p><button class="button${act === 'suppress' && ' button-destructive'}" type="submit" name="act" value="${act}">${words.say(`desk.person.act.${act}`)}</button></p>
</form></section>`
}

function importedNotice(words: DeskWords, { added, known, problems }: ImportedSuppressions): Html {
  return html`<div class="notice" role="status"><p>${words.say('desk.suppression.imported', { added, known, problems: problems.length })}</p>
${problems.length > 0 && html`<ul>${problems.slice(0, MOST_PROBLEMS).map(({ line, what }) => html`<li>${words.say(`desk.suppression.problem.${what}`, { line })}</li>\n`)}</ul>`}</div>`
}

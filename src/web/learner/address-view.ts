import { paths } from '../../core/paths.ts'
import { ADDRESS_LINK_HOURS, ADDRESS_UNDO_DAYS } from '../../core/retention.ts'
import type { Words } from '../../core/words.ts'
import type { AddressAsked, AddressView } from '../../flow/learner/change-address.ts'
import { errorSummary, type FieldErrors, fieldError, invalidAttributes } from '../page/error-summary.ts'
import { type Html, html } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'

/** In the settings, in a fresh own session. */
export function changeAddressLink(words: Words, token: string): Html {
  return html`<section class="card narrow soft" aria-labelledby="change-address">
<h2 id="change-address">${words.say('address.change')}</h2>
<p>${words.say('address.change-what')}</p>
<p><a class="button button-secondary" href="${paths.newAddress(token)}">${words.say('address.change')}</a></p>
</section>`
}

/** The present address is not shown: somebody else may look at the screen. */
export function newAddressPage(
  words: Words,
  view: AddressView,
  token: string,
  { email, faults }: { readonly email: string; readonly faults: FieldErrors },
): Page {
  return page({
    title: words.say('address.title'),
    isError: Object.keys(faults).length > 0,
    course: view.course,
    discreet: view.discreet,
    main: html`<form class="card form narrow" method="post" action="${paths.newAddress(token)}" novalidate>
<h1>${words.say('address.title')}</h1>
${errorSummary(words, faults, ['email'])}
<p>${words.say('address.body')}</p>
<p>${words.say('address.then', { days: ADDRESS_UNDO_DAYS })}</p>
<div class="field">
<label for="email">${words.say('address.email')}</label>
${fieldError(words, 'email', faults)}
<input id="email" name="email" type="email" autocomplete="off" autocapitalize="none" spellcheck="false" required value="${email}"${invalidAttributes('email', faults)}>
</div>
<p class="button-row"><button class="button" type="submit">${words.say('address.send')}</button> <a class="button button-secondary" href="${paths.settings(token)}">${words.say('enrolment.back')}</a></p>
</form>`,
  })
}

/** The response to every address. */
export function addressSentPage(words: Words, view: AddressAsked, token: string): Page {
  return messagePage(view, {
    title: words.say('writing.own-session.sent'),
    main: html`<p>${words.say('address.sent', { hours: ADDRESS_LINK_HOURS })}</p>
<p class="quiet">${words.say('address.sent-not')}</p>
${
  view.recoveryCode !== null &&
  html`<p>${words.say('address.new-code')}</p>
<p class="code">${view.recoveryCode}</p>`
}
<p><a class="button button-secondary" href="${paths.settings(token)}">${words.say('enrolment.back')}</a></p>`,
  })
}

/** One button. Opening the page changes nothing, because mail scanners follow links. */
export function confirmAddressPage(words: Words, view: AddressView, token: string): Page {
  return messagePage(view, {
    title: words.say('address.confirm-title'),
    main: html`<p>${words.say('address.confirm-body')}</p>
<form method="post" action="${paths.confirmAddress(token)}"><p><button class="button" type="submit">${words.say('address.confirm-button')}</button></p></form>
<p class="quiet">${words.say('address.confirm-not')}</p>`,
  })
}

export function addressChangedPage(words: Words, view: AddressView): Page {
  return messagePage(view, {
    title: words.say('address.done'),
    main: html`<p>${words.say('address.done-body')}</p>
<p><a class="button button-secondary" href="${paths.lostLink()}">${words.say('learner.lost')}</a></p>`,
  })
}

export function undoAddressPage(words: Words, view: AddressView, token: string): Page {
  return messagePage(view, {
    title: words.say('address.undo-title'),
    main: html`<p>${words.say('address.undo-body')}</p>
<p>${words.say('address.undo-what')}</p>
<form method="post" action="${paths.undoAddress(token)}"><p><button class="button button-destructive" type="submit">${words.say('address.undo-button')}</button></p></form>`,
  })
}

export function addressUndonePage(words: Words, view: AddressView): Page {
  return messagePage(view, {
    title: words.say('address.undone'),
    main: html`<p>${words.say('address.undone-body')}</p>`,
  })
}

function messagePage(
  { course, discreet }: AddressView,
  { title, main }: { readonly title: string; readonly main: Html },
): Page {
  return page({
    title,
    course,
    discreet,
    main: html`<div class="card centre">
<h1>${title}</h1>
${main}
</div>`,
  })
}

import { deskPaths } from '../../core/desk/desk-paths.ts'
import { SIGN_IN_LINK_MINUTES } from '../../core/desk/operator-session.ts'
import type { Words } from '../../core/words.ts'
import { type Html, html } from '../page/html.ts'
import { type DeskPage, sentencePage } from './desk-page.ts'

export function signInPage(
  words: Words,
  { hasPasskeys, error }: { readonly hasPasskeys: boolean; readonly error: string | null },
): DeskPage {
  return {
    title: words.say('desk.sign-in.title'),
    scripts: hasPasskeys ? ['passkey.js'] : [],
    main: html`<div class="card narrow">
<h1>${words.say('desk.sign-in.title')}</h1>
${
  hasPasskeys &&
  html`<div data-passkey="sign-in" data-challenge="${deskPaths.passkeyChallenge()}" data-answer="${deskPaths.signInByPasskey()}" data-then="${deskPaths.today()}" hidden>
<p><button class="button" type="button">${words.say('desk.sign-in.passkey')}</button></p>
<p class="fault" role="alert" data-failed="${words.say('desk.errors.passkey')}"></p>
</div>
`
}<form method="post" action="${deskPaths.signInByEmail()}">
${addressField(words, error)}
<p><button class="button button-secondary" type="submit">${words.say('desk.sign-in.send')}</button></p>
</form>
<p class="quiet">${words.say('desk.sign-in.host')}</p>
</div>`,
  }
}

function addressField(words: Words, error: string | null): Html {
  return html`<div class="field">
<label for="email">${words.say('desk.sign-in.address')}</label>
${error !== null && html`<p class="fault" id="fault-email" role="alert">${error}</p>\n`}<input id="email" name="email" type="email" autocomplete="username" required maxlength="254"${error !== null && html` aria-invalid="true" aria-describedby="fault-email"`}>
</div>`
}

/** The same for every address. */
export function linkSentPage(words: Words): DeskPage {
  return sentencePage(
    words.say('desk.sign-in.sent'),
    words.say('desk.sign-in.sent-body', { minutes: SIGN_IN_LINK_MINUTES }),
  )
}

/** Opening the page shows a button only, because mail scanners follow links. */
export function openLinkPage(
  words: Words,
  token: string,
  { asksAddress, error }: { readonly asksAddress: boolean; readonly error: string | null },
): DeskPage {
  return {
    title: words.say('desk.sign-in.title'),
    main: html`<div class="card narrow">
<h1>${words.say(asksAddress ? 'desk.sign-in.first' : 'desk.sign-in.open')}</h1>
<form method="post" action="${deskPaths.open(token)}">
${asksAddress && html`<p>${words.say('desk.sign-in.first-body')}</p>\n${addressField(words, error)}`}
<p><button class="button" type="submit">${words.say('desk.sign-in.open-button')}</button></p>
</form>
</div>`,
  }
}

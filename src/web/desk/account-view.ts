import { deskPaths } from '../../core/desk/desk-paths.ts'
import type { OperatorSession } from '../../core/desk/operator-session.ts'
import type { SignedIn } from '../../flow/desk/operator-session.ts'
import type { Passkey } from '../../flow/ports/desk-ports.ts'
import { html } from '../page/html.ts'
import { timeZoneOptions } from '../sign-up/time-zone-options.ts'
import type { DeskPage } from './desk-page.ts'
import { deskTable } from './desk-table.ts'
import type { DeskWords } from './desk-visit.ts'
import { instant } from './instant.ts'

export interface AccountView extends SignedIn {
  readonly passkeys: readonly Passkey[]
  readonly sessions: readonly OperatorSession[]
  readonly hasPasskeys: boolean
}

export function accountPage(
  words: DeskWords,
  { operator, session, passkeys, sessions, hasPasskeys }: AccountView,
): DeskPage {
  const heading = (key: 'added' | 'used' | 'opened' | 'means' | 'act') => words.say(`desk.account.column.${key}`)
  const never = words.say('desk.account.never')
  return {
    title: words.say('desk.account.title'),
    scripts: ['passkey.js'],
    main: html`<h1>${words.say('desk.account.title')}</h1>
<p>${words.say('desk.account.who', { address: operator.address ?? '', role: words.say(`desk.roles.${operator.role}`) })}</p>
<section aria-labelledby="zone"><h2 id="zone">${words.say('desk.account.zone')}</h2>
<form method="post" action="${deskPaths.chooseTimeZone()}" class="filters">
<div class="field"><label for="time-zone">${words.say('desk.account.zone-label')}</label>
<select id="time-zone" name="zone" required>${timeZoneOptions(words, words.timeZone)}</select></div>
<p><button class="button button-secondary" type="submit">${words.say('desk.account.zone-button')}</button></p>
</form></section>
<section aria-labelledby="passkeys"><h2 id="passkeys">${words.say('desk.account.passkeys')}</h2>
<p>${words.say(hasPasskeys ? 'desk.account.passkeys-body' : 'desk.account.passkeys-none')}</p>
${
  passkeys.length > 0 &&
  deskTable(
    words.say('desk.account.passkeys'),
    [heading('added'), heading('used'), heading('act')],
    passkeys.map(({ id, addedAt, lastUsedAt }) => [
      instant(words, addedAt),
      lastUsedAt === null ? never : instant(words, lastUsedAt),
      html`<form method="post" action="${deskPaths.removePasskey()}"><input type="hidden" name="passkey" value="${id}"><button class="text-button text-destructive" type="submit">${words.say('desk.account.remove-passkey')}</button></form>`,
    ]),
  )
}
${
  hasPasskeys &&
  html`<div data-passkey="add" data-challenge="${deskPaths.newPasskeyChallenge()}" data-answer="${deskPaths.addPasskey()}" data-then="${deskPaths.account()}" hidden>
<p><button class="button" type="button">${words.say('desk.account.add-passkey')}</button></p>
<p class="fault" role="alert" data-failed="${words.say('desk.errors.passkey')}"></p>
</div>`
}</section>
<section aria-labelledby="sessions"><h2 id="sessions">${words.say('desk.account.sessions')}</h2>
${deskTable(
  words.say('desk.account.sessions'),
  [heading('opened'), heading('used'), heading('means'), heading('act')],
  sessions.map(({ id, openedAt, lastUsedAt, means }) => [
    instant(words, openedAt),
    instant(words, lastUsedAt),
    words.say(`desk.means.${means}`),
    id === session.id
      ? words.say('desk.account.this-session')
      : html`<form method="post" action="${deskPaths.endSession()}"><input type="hidden" name="session" value="${id}"><button class="text-button" type="submit">${words.say('desk.account.end-session')}</button></form>`,
  ]),
)}</section>`,
  }
}

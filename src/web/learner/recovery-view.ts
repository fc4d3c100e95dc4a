import { paths } from '../../core/paths.ts'
import type { Words } from '../../core/words.ts'
import type { SettingsView } from '../../flow/views.ts'
import { type Html, html, on } from '../page/html.ts'

/** In the settings, in a fresh own session: the code again, a new one, and whether an email may bring a link. */
export function recoverySettings(words: Words, { recovery, token }: SettingsView): Html | null {
  if (recovery === null) return null
  return html`<section class="card form narrow" id="recovery" aria-labelledby="your-code">
<h2 id="your-code">${words.say('learner.your-code')}</h2>
${recovery.code === null ? html`<p>${words.say('learner.no-code')}</p>` : html`<p class="code">${recovery.code}</p>`}
<p>${words.say('learner.your-code-what')}</p>
<form method="post" action="${paths.newRecoveryCode(token)}">
<p><button class="button button-secondary" type="submit">${words.say('learner.new-code')}</button></p>
${recovery.code !== null && html`<p class="quiet">${words.say('learner.new-code-what')}</p>`}
</form>
<form method="post" action="${paths.wayBackEmail(token)}">
<label class="tick"><input type="checkbox" name="allowed" value="on"${on('checked', recovery.mails)}><span><b>${words.say('learner.mails')}</b> <span class="quiet">${words.say('learner.mails-what')}</span></span></label>
<p><button class="button button-secondary" type="submit">${words.say('learner.mails-save')}</button></p>
</form>
</section>`
}

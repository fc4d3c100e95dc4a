import { paths } from '../../core/paths.ts'
import { QUIET_AFTER_STOP_MS } from '../../core/retention.ts'
import { MAX_READING_WORD_LENGTH } from '../../core/security/reading-word.ts'
import { EMAILED_LINK_MINUTES } from '../../core/security/session.ts'
import type { Words } from '../../core/words.ts'
import type { WayBackView } from '../../flow/learner/open-way-back.ts'
import { errorSummary, type FieldErrors, fieldError, invalidAttributes } from '../page/error-summary.ts'
import { type Html, html, marked } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import { quiet } from '../sign-up/sign-up-form.ts'

const DAY_MS = 86_400_000

/** What was typed into the forms for people without their link, and what is wrong with it. */
export interface LostLinkForm {
  readonly email: string
  readonly faults: FieldErrors
}

/** Two ways back: an email, or the recovery code of somebody who gets none. Names no course. */
export function lostLinkPage(words: Words, { email, faults }: LostLinkForm): Page {
  return page({
    title: words.say('learner.lost-title'),
    isError: Object.keys(faults).length > 0,
    main: html`<div class="card form narrow">
<h1>${words.say('learner.lost-title')}</h1>
${errorSummary(words, faults, ['email', 'code', 'word'])}
<p>${words.say('learner.lost-body')}</p>
<form method="post" action="${paths.lostLink()}" novalidate>
<div class="field">
<label for="email">${words.say('learner.lost-email')}</label>
${fieldError(words, 'email', faults)}
<input id="email" name="email" type="email" autocomplete="email" autocapitalize="none" spellcheck="false" required value="${email}"${invalidAttributes('email', faults)}>
</div>
<p><button class="button" type="submit">${words.say('learner.lost-button')}</button></p>
</form>
</div>
<section class="card form narrow soft" aria-labelledby="recovery">
<h2 id="recovery">${words.say('learner.code')}</h2>
<p>${words.say('learner.code-what')}</p>
<form method="post" action="${paths.recoveryCode()}" autocomplete="off">
<div class="field">
<label for="code">${words.say('learner.code')}</label>
${fieldError(words, 'code', faults)}
<input id="code" name="code" type="text" autocapitalize="characters" autocomplete="off" spellcheck="false" required maxlength="40"${invalidAttributes('code', faults)}>
</div>
${readingWordField(words, faults)}
<p><button class="button button-secondary" type="submit">${words.say('learner.code-button')}</button></p>
</form>
</section>`,
  })
}

/** The response to every address. */
export function wayBackSentPage(words: Words): Page {
  return page({
    title: words.say('writing.own-session.sent'),
    main: html`<div class="card centre">
<h1>${words.say('writing.own-session.sent')}</h1>
<p>${words.say('learner.sent', { minutes: EMAILED_LINK_MINUTES })}</p>
<p class="quiet">${words.say('learner.sent-not', { days: QUIET_AFTER_STOP_MS / DAY_MS })}</p>
<p><a class="button button-secondary" href="${paths.lostLink()}">${words.say('enrolment.back')}</a></p>
</div>`,
  })
}

/** One button. Opening the page shows nothing, because mail scanners follow links. */
export function openWayBackPage(words: Words, view: WayBackView, token: string, faults: FieldErrors): Page {
  return page({
    title: words.say('learner.open-title'),
    isError: Object.keys(faults).length > 0,
    course: view.course,
    discreet: view.discreet,
    main: html`<div class="card centre">
<h1>${words.say('learner.open-title')}</h1>
<p>${words.say('learner.open-body')}</p>
<form method="post" action="${paths.wayBack(token)}" autocomplete="off">
${view.hasReadingWord && readingWordField(words, faults)}
<p><button class="button" type="submit">${words.say('learner.open-button')}</button></p>
</form>
<p class="quiet">${words.say('writing.own-session.open-once')}</p>
</div>`,
  })
}

function readingWordField(words: Words, faults: FieldErrors): Html {
  return html`<div class="field">
<label for="word">${marked(words.say('learner.word-optional'), { quiet })}</label>
${fieldError(words, 'word', faults)}
<input id="word" name="word" type="password" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="${MAX_READING_WORD_LENGTH}"${invalidAttributes('word', faults)}>
<p class="quiet">${words.say('learner.word-without')}</p>
</div>`
}

import { paths } from '../../core/paths.ts'
import { EMAILED_LINK_MINUTES } from '../../core/security/session.ts'
import type { Words } from '../../core/words.ts'
import type { Erasure, ErasureView } from '../../flow/enrolment/erase.ts'
import { type Html, html, marked } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import { keptAfterErasure } from './kept-view.ts'

/** A button and its consequences. `atOnce`: this browser needs no confirmation by email. */
export function erasePage(words: Words, view: ErasureView & { readonly atOnce: boolean }, token: string): Page {
  return page({
    title: words.say('enrolment.delete-everything'),
    course: view.course,
    discreet: view.discreet,
    main: html`<div class="card centre">
<h1>${words.say('enrolment.erase.heading')}</h1>
${deletedDataNotice(words)}
${!view.atOnce && html`<p>${words.say('enrolment.erase.by-email', { minutes: EMAILED_LINK_MINUTES })}</p>`}
<form method="post" action="${paths.erase(token)}"><button class="button ${view.atOnce ? '' : 'button-secondary '}button-destructive" type="submit">${words.say(view.atOnce ? 'enrolment.erase.now' : 'enrolment.erase.send')}</button></form>
<p class="quiet"><a href="${paths.stop(token)}">${words.say('enrolment.erase.go-back')}</a></p>
</div>`,
  })
}

/** The page that the emailed link opens. */
export function eraseLinkPage(words: Words, view: ErasureView, token: string): Page {
  return page({
    title: words.say('enrolment.delete-everything'),
    course: view.course,
    discreet: view.discreet,
    main: html`<div class="card centre">
<h1>${words.say('enrolment.erase.heading')}</h1>
${deletedDataNotice(words)}
<form method="post" action="${paths.eraseNow(token)}"><button class="button button-destructive" type="submit">${words.say('enrolment.erase.now')}</button></form>
<p class="quiet">${words.say('enrolment.erase.unsure')}</p>
</div>`,
  })
}

function deletedDataNotice(words: Words): Html {
  return html`<p>${words.say('enrolment.erase.what')}</p>
<p>${words.say('enrolment.erase.stays')}</p>`
}

/** The email is on its way, or cannot be sent. */
export function eraseRequestedPage(words: Words, view: Erasure, token: string): Page {
  const { course, discreet } = view
  const back = html`<p><a class="button button-secondary" href="${paths.stop(token)}">${words.say('enrolment.back')}</a></p>`
  if (view.state === 'unreachable') {
    const link = (text: string) => html`<a href="${paths.privacy()}">${text}</a>`
    return page({
      title: words.say('enrolment.erase.unreachable'),
      course,
      discreet,
      main: html`<div class="card centre">
<h1>${words.say('enrolment.erase.unreachable')}</h1>
<p>${marked(words.say('enrolment.erase.unreachable-body'), { link })}</p>
${back}
</div>`,
    })
  }
  return page({
    title: words.say('enrolment.erase.sent'),
    course,
    discreet,
    main: html`<div class="card centre">
<h1>${words.say('enrolment.erase.sent')}</h1>
<p>${words.say('enrolment.erase.sent-body', { minutes: EMAILED_LINK_MINUTES })}</p>
${back}
</div>`,
  })
}

/** Says what is gone and what stays. `course`: null where it is no longer known whose it was. */
export function erasedPage(
  words: Words,
  view: { readonly course: ErasureView['course'] | null; readonly discreet: boolean },
): Page {
  return page({
    title: words.say('enrolment.erase.done'),
    course: view.course,
    discreet: view.discreet,
    main: html`<div class="card centre">
<h1>${words.say('enrolment.erase.done-heading')}</h1>
<p>${words.say('enrolment.erase.done-body')}</p>
</div>
${keptAfterErasure(words)}`,
  })
}

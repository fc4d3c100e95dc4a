import { paths } from '../../core/paths.ts'
import type { Words } from '../../core/words.ts'
import type { LessonVisit } from '../../flow/enrolment/viewer.ts'
import { html, marked } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'

/** Offers the files, and the way out. Only for a fresh own session. */
export function takePage(words: Words, { course, enrolment, token }: LessonVisit): Page {
  const link = (text: string) => html`<a href="${paths.takenJson(token)}">${text}</a>`
  return page({
    title: words.say('take.title'),
    course,
    discreet: enrolment.discreet,
    main: html`<section class="card narrow">
<h1>${words.say('take.title')}</h1>
<p>${words.say('take.what')}</p>
<p class="notice notice-look">${words.say('writing.unprotected')}</p>
<p class="button-row"><a class="button" href="${paths.takenHtml(token)}">${words.say('take.save')}</a> <a class="button button-secondary" href="${paths.settings(token)}">${words.say('writing.back')}</a></p>
<p class="quiet">${marked(words.say('take.data'), { link })}</p>
</section>
<section class="card narrow soft" aria-labelledby="leave">
<h2 id="leave">${words.say('take.leave-heading')}</h2>
<p>${words.say('take.leave-body')}</p>
<p><a class="button button-secondary button-destructive" href="${paths.takeAndErase(token)}">${words.say('take.leave')}</a></p>
</section>`,
  })
}

/**
 * The file, and the button that deletes everything. `savedAt`: when anything was last saved, ms UTC; the button deletes
 * nothing that was saved later. `written-since`: that was just the case.
 */
export function takeAndErasePage(
  words: Words,
  { course, enrolment, token }: LessonVisit,
  savedAt: number,
  time: 'first' | 'written-since',
): Page {
  return page({
    title: words.say('take.leave'),
    isError: time === 'written-since',
    course,
    discreet: enrolment.discreet,
    main: html`<section class="card narrow">
<h1>${words.say('take.leave')}</h1>
${time === 'written-since' && html`<p class="notice notice-look" role="alert">${words.say('take.written-since')}</p>`}
<ol class="steps">
<li><p>${words.say('take.step-save')}</p>
<p><a class="button" href="${paths.takenHtml(token)}">${words.say('take.save')}</a></p></li>
<li><p>${words.say('take.step-open')}</p></li>
<li><p>${words.say('take.step-delete')}</p>
<form method="post" action="${paths.takeAndErase(token)}"><input type="hidden" name="seen" value="${savedAt}"><button class="button button-destructive" type="submit">${words.say('take.opened')}</button></form></li>
</ol>
<p>${words.say('enrolment.erase.what')}</p>
<p class="quiet">${words.say('enrolment.erase.unsure')} <a href="${paths.take(token)}">${words.say('enrolment.erase.go-back')}</a></p>
</section>`,
  })
}

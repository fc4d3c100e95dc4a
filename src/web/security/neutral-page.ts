import { paths } from '../../core/paths.ts'
import { EMAILED_LINK_MINUTES } from '../../core/security/session.ts'
import type { Words } from '../../core/words.ts'
import type { LessonVisit } from '../../flow/enrolment/viewer.ts'
import type { LinkGoal } from '../../flow/ports/security-ports.ts'
import type { NeutralView } from '../../flow/views.ts'
import { type Html, html, marked } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'

/**
 * What was saved of a form submitted from a page that was still open: everything, or everything but texts that were too
 * long.
 */
export type SavedState = 'text' | 'part' | null

/**
 * The page behind a lesson link without a session of one's own, for learners with short emails. It is the same for
 * every day and URL, and depends only on the learner's choices about emails.
 */
export function neutralPage(words: Words, view: NeutralView, kept: SavedState): Page {
  const { course, discreet, token, stopToken } = view
  const settings = link(paths.settings(token))
  return page({
    title: words.say('security.neutral.title'),
    course,
    discreet,
    footerLinks: [
      { href: paths.settings(token), label: words.say('enrolment.settings.title') },
      { href: paths.stop(stopToken), label: words.say('enrolment.settings.stop') },
    ],
    main: html`<div class="card centre">
<h1>${words.say('security.neutral.title')}</h1>
${kept !== null && html`<p class="notice" role="status">${words.say(kept === 'text' ? 'security.neutral.kept' : 'security.neutral.kept-part')}</p>`}
<p>${discreet ? words.say('security.neutral.wait-discreet') : marked(words.say('security.neutral.wait', { course: course.title }), { b })}</p>
${
  view.webOnly
    ? html`<p>${marked(words.say('security.neutral.no-email'), { link: settings, code: link(paths.lostLink()) })}</p>`
    : linkForm(words, token, 'days', words.say('security.neutral.open'))
}
<p class="quiet">${marked(words.say('security.neutral.also'), { settings, stop: link(paths.stop(stopToken)) })}</p>
</div>`,
  })
}

/** The button that emails a link to the learner, and its explanation. */
export function linkForm(words: Words, token: string, goal: LinkGoal, label: string): Html {
  return html`<form method="post" action="${paths.askToRead(token)}">
<input type="hidden" name="goal" value="${goal}">
<p>${words.say('security.link-what', { minutes: EMAILED_LINK_MINUTES })}</p>
<p><button class="button" type="submit">${label}</button></p>
</form>`
}

/** For pages that require an emailed link first. `body` says why. */
export function linkFirstPage(
  words: Words,
  view: Omit<NeutralView, 'stopToken'>,
  goal: LinkGoal,
  body = words.say('security.link-first.body'),
): Page {
  const { course, discreet, token, webOnly } = view
  return page({
    title: words.say('security.link-first.title'),
    course,
    discreet,
    main: html`<div class="card centre">
<h1>${words.say('security.link-first.title')}</h1>
<p>${body}</p>
${webOnly ? html`<p>${marked(words.say('security.link-first.no-email'), { link: link(paths.settings(token)), code: link(paths.lostLink()) })}</p>` : linkForm(words, token, goal, words.say('enrolment.send-link'))}
<p><a class="text-button" href="${paths.settings(token)}">${words.say('security.link-first.back')}</a></p>
</div>`,
  })
}

/** The same for a page behind a lesson link. */
export function linkFirstFor(words: Words, visit: LessonVisit, goal: LinkGoal, body: string): Page {
  const { course, enrolment, token } = visit
  return linkFirstPage(words, { course, discreet: enrolment.discreet, webOnly: enrolment.webOnly, token }, goal, body)
}

const b = (text: string) => html`<b>${text}</b>`

function link(href: string): (text: string) => Html {
  return (text) => html`<a href="${href}">${text}</a>`
}

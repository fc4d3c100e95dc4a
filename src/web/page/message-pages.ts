import type { ErrorCode } from '../../core/errors.ts'
import { paths } from '../../core/paths.ts'
import type { Words } from '../../core/words.ts'
import { html } from './html.ts'
import { type Page, page } from './page.ts'
import { exitSite } from './quick-exit-site.ts'

/** A code that people can meet on a page; errors that only operators cause look like any other failure. */
export type ShownCode = Exclude<ErrorCode, 'misconfigured'> | 'failed'

/** A page of a link that leads nowhere offers the ways back. */
const LEADS_ON: readonly ShownCode[] = ['link-expired', 'not-found', 'bad-link', 'gone']

/** Names no course, in case somebody else sees the error page. `message`: a sentence in the language of `words`. */
export function errorPage(words: Words, code: ShownCode, message: string): Page {
  const heading = words.say(`page.headings.${code}`)
  return page({
    title: heading,
    main: html`<div class="card centre">
<h1>${heading}</h1>
<p>${message}</p>
${LEADS_ON.includes(code) && html`<p><a class="button button-secondary" href="${paths.home()}">${words.say('page.to-start')}</a></p>\n<p><a href="${paths.lostLink()}">${words.say('learner.lost')}</a></p>`}
${(code === 'failed' || code === 'busy') && html`<p class="quiet">${words.say('page.try-again')}</p>`}
</div>`,
  })
}

/** Shown after the learner closed the notes in this browser. `quickExit`: whether the site has it. */
export function notesClosedPage(words: Words, quickExit: boolean): Page {
  return page({
    title: words.say('page.closed.title'),
    main: html`<div class="card centre">
<h1>${words.say('page.closed.heading')}</h1>
<p>${words.say('page.closed.body')}</p>
<p class="quiet">${words.say('page.closed.history')}</p>
${quickExit && html`<p><a class="button button-secondary" href="${exitSite.url}" rel="nofollow noreferrer">${words.say('page.leave.go', { site: words.say('page.leave.site') })}</a></p>`}
</div>`,
  })
}

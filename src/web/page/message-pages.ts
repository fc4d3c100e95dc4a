import { paths } from '../../core/paths.ts'
import { html } from './html.ts'
import { type Page, page } from './page.ts'
import { exitSite } from './quick-exit-site.ts'

const HEADINGS: Readonly<Record<string, string>> = {
  'bad-input': 'Something was missing',
  'bad-link': "This link doesn't work",
  'link-expired': 'This link has expired',
  'not-yet': 'Not open yet',
  'not-fresh': 'One more step first',
  gone: 'This is no longer here',
  'too-many': 'Please try again later',
  'too-large': 'That was too much at once',
  'not-found': 'There is no such page',
  'cross-site': 'This request came from another site',
  busy: 'One moment, please',
  failed: 'Something went wrong here',
}

/** Names no course, in case somebody else sees the error page. */
export function errorPage(code: string, message: string): Page {
  const heading = HEADINGS[code] ?? HEADINGS.failed ?? ''
  return page({
    title: heading,
    main: html`<div class="card centre">
<h1>${heading}</h1>
<p>${message}</p>
${(code === 'link-expired' || code === 'not-found') && html`<p><a class="button button-secondary" href="${paths.home()}">Go to the start page</a></p>`}
${(code === 'failed' || code === 'busy') && html`<p class="quiet">Please try again in a minute. What was saved before is safe.</p>`}
</div>`,
  })
}

export function tooManyPage(message: string): Page {
  return errorPage('too-many', message)
}

/** Shown after the learner closed the notes in this browser. */
export function notesClosedPage(): Page {
  return page({
    title: 'Closed',
    main: html`<div class="card centre">
<h1>Closed on this device</h1>
<p>This browser no longer shows what was written. It has not been deleted.</p>
<p class="quiet">The pages you visited may still be in the browser's history.</p>
<p><a class="button button-secondary" href="${exitSite.url}" rel="nofollow noreferrer">Go to ${exitSite.name}</a></p>
</div>`,
  })
}

import { paths } from '../../core/paths.ts'
import type { StopView } from '../../flow/views.ts'
import { formatWhen } from '../page/english-time.ts'
import { type Html, html } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'

/** Before stopping, after it, and after restarting. `just`: what this request has done. */
export function stopPage(view: StopView, token: string, just: 'stopped' | 'restarted' | null, now: number): Page {
  const { course, discreet } = view
  if (view.what === 'sign-up') return declinePage(view, token)
  const only = view.what === 'check-ins'
  const footerLinks = [{ href: paths.erase(token), label: 'Delete everything' }]
  if (view.state === 'stopped') {
    return page({
      title: 'Stopped',
      footerLinks,
      course,
      discreet,
      main: html`<div class="card centre">
<h1>Stopped</h1>
<p>${describeStopped(only, just === 'stopped')}</p>
<p>${only ? 'Should you change your mind, the ones still ahead can come again.' : "If you come back, you'll pick up where you left off."}</p>
<form method="post" action="${paths.restart(token)}"><button class="button button-secondary" type="submit">Start again</button></form>
</div>`,
    })
  }
  if (view.state === 'finished') {
    return page({
      title: 'Nothing left to stop',
      footerLinks,
      course,
      discreet,
      main: html`<div class="card centre"><h1>Nothing left to stop</h1><p>Everything has been sent, and nothing more is planned.</p>${allowLinksForm(view, token)}</div>`,
    })
  }
  if (just === 'restarted') {
    return page({
      title: 'Started again',
      course,
      discreet,
      main: html`<div class="card centre">
<h1>Started again</h1>
<p>${next(view, now)} ${discreet || only ? '' : 'The lessons go on where they stopped.'}</p>
<p class="quiet">Tapped by mistake?</p>
${stopButton(token, 'button button-secondary')}
</div>`,
    })
  }
  return page({
    title: only ? 'Stop the check-ins' : 'Stop the lessons',
    footerLinks,
    course,
    discreet,
    main: html`<div class="card centre">
<h1>${only ? 'Stop the weekly check-ins?' : 'Stop the lessons?'}</h1>
<p>One tap stops ${only ? 'every check-in' : 'everything'}. No reason needed, and you can start again later.</p>
${stopButton(token, 'button')}
<p class="quiet">${next(view, now)}</p>
${allowLinksForm(view, token)}
</div>`,
  })
}

/**
 * For people who stopped another course, or declined a sign-up that was not theirs: there is nothing to restart here.
 */
function allowLinksForm({ isQuiet }: StopView, token: string): Html | false {
  return (
    isQuiet &&
    html`<p class="quiet">You stopped something else in the last weeks, or said that you did not ask for it. Until you tap here, we send you no links that you ask for.</p>
<form method="post" action="${paths.restart(token)}"><button class="button button-secondary" type="submit">Send me links again</button></form>`
  )
}

/** Nothing was confirmed, so there is nothing to stop or restart. */
function declinePage({ course, discreet, state, hasCourse }: StopView, token: string): Page {
  const isDone = state === 'stopped'
  const heading = isDone ? 'Nothing will come' : 'You did not ask for this?'
  const forget = html`<form method="post" action="${paths.forgetAddress(token)}"><button class="button button-destructive" type="submit">Delete my address now</button></form>`
  return page({
    title: heading,
    footerLinks: hasCourse ? [{ href: paths.erase(token), label: 'Delete everything' }] : [],
    course,
    discreet,
    main: html`<div class="card centre">
<h1>${heading}</h1>
${
  isDone
    ? html`<p>Nobody has confirmed this sign-up, so nothing was started, and nothing will be sent for it. The button in the email no longer works.</p>`
    : html`<p>Somebody typed your address. Nobody has confirmed it, so nothing comes unless the button in the email is tapped. Tap here, and that button stops working.</p>
<form method="post" action="${paths.stop(token)}"><button class="button" type="submit">I did not ask for this</button></form>`
}
${!hasCourse && html`<p>We still have your address, and will delete it automatically after a while. You can also delete it now.</p>\n${forget}`}
</div>`,
  })
}

/** The same whether it was deleted now or before. */
export function forgottenPage(): Page {
  return page({
    title: 'Your address is deleted',
    main: html`<div class="card centre">
<h1>Your address is deleted</h1>
<p>Nothing will come. The links in the email no longer open anything.</p>
</div>`,
  })
}

function stopButton(token: string, look: string): Html {
  return html`<form method="post" action="${paths.stop(token)}"><button class="${look}" type="submit">Stop now</button></form>`
}

function describeStopped(only: boolean, just: boolean): string {
  const none = only ? 'check-ins' : 'lessons'
  return just ? `It is done. No more ${none} will come.` : `No ${none} will come.`
}

function next(view: StopView, now: number): string {
  if (view.nextAt === null) return ''
  const what = view.what === 'check-ins' ? 'check-in' : 'lesson'
  if (view.nextAt <= now) return `The next ${what} comes in a moment.`
  return `The next ${what} comes ${formatWhen(view.nextAt, view.timeZone, now)}.`
}

import { formatWhen } from '../../core/delivery/local-time.ts'
import { paths } from '../../core/paths.ts'
import type { Words } from '../../core/words.ts'
import type { StopView } from '../../flow/views.ts'
import { describeNext } from '../page/day-list.ts'
import { errorSummary, type FieldErrors } from '../page/error-summary.ts'
import { type Html, html } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import { paceField } from '../sign-up/pace-field.ts'
import { keptAfterStop, quietPeriod } from './kept-view.ts'
import { pauseForm } from './pause-view.ts'

/** Before stopping, after it, and after restarting, pausing or another pace. `just`: what this request has done. */
export function stopPage(
  words: Words,
  view: StopView,
  token: string,
  just: 'stopped' | 'restarted' | 'paused' | 'paced' | null,
  now: number,
  faults: FieldErrors = {},
): Page {
  const { course, discreet } = view
  if (view.what === 'sign-up') return declinePage(words, view, token)
  const only = view.what === 'check-ins'
  const what = only ? 'check-ins' : 'lessons'
  const footerLinks = [{ href: paths.erase(token), label: words.say('enrolment.delete-everything') }]
  if (view.state === 'stopped') {
    return page({
      title: words.say('enrolment.stop.stopped'),
      footerLinks,
      course,
      discreet,
      main: html`<div class="card centre">
<h1>${words.say('enrolment.stop.stopped')}</h1>
<p>${words.say(`enrolment.stop.${what}-${just === 'stopped' ? 'just-stopped' : 'stopped'}`)}</p>
${
  view.hasNewRound
    ? html`<p>${words.say('enrolment.stop.anew')}</p>`
    : html`<p>${words.say(`enrolment.stop.${what}-again`)}</p>
<form method="post" action="${paths.restart(token)}"><button class="button button-secondary" type="submit">${words.say('enrolment.stop.restart')}</button></form>`
}
<p><a href="${paths.lostLink()}">${words.say('learner.lost')}</a></p>
</div>
${keptAfterStop(words, what, view.isQuiet)}`,
    })
  }
  if (view.state === 'finished') {
    return page({
      title: words.say('enrolment.stop.finished'),
      footerLinks,
      course,
      discreet,
      main: html`<div class="card centre"><h1>${words.say('enrolment.stop.finished')}</h1><p>${words.say('enrolment.stop.finished-body')}</p>${allowLinksForm(words, view, token)}</div>`,
    })
  }
  if (just === 'restarted') {
    return page({
      title: words.say('enrolment.stop.restarted'),
      course,
      discreet,
      main: html`<div class="card centre">
<h1>${words.say('enrolment.stop.restarted')}</h1>
<p>${next(words, view, now)} ${!discreet && !only && words.say('enrolment.stop.goes-on')}</p>
<p class="quiet">${words.say('enrolment.stop.by-mistake')}</p>
${stopButton(words, token, 'button button-secondary')}
</div>`,
    })
  }
  if (just === 'paused' || just === 'paced') return insteadPage(words, view, token, just, now)
  return page({
    title: words.say(`enrolment.stop.${what}`),
    isError: Object.keys(faults).length > 0,
    footerLinks,
    course,
    discreet,
    main: html`<div class="card centre">
${errorSummary(words, faults, ['until', 'pace'])}
<h1>${words.say(`enrolment.stop.${what}-heading`)}</h1>
<p>${words.say(`enrolment.stop.${what}-body`)}</p>
${stopButton(words, token, 'button')}
<p class="quiet">${next(words, view, now)}</p>
${allowLinksForm(words, view, token)}
</div>
${insteadForms(words, view, token, faults)}`,
  })
}

/** Below the button, for whoever would rather have less than nothing at all. */
function insteadForms(words: Words, { instead, state }: StopView, token: string, faults: FieldErrors): Html | null {
  if (instead === null) return null
  return html`<section class="card form narrow soft" aria-labelledby="pause">
<h2 id="pause">${words.say('pause.rather')}</h2>
<p>${words.say(instead.webOnly ? 'pause.body-web-only' : 'pause.body')}</p>
${pauseForm(words, { action: paths.pauseInstead(token), dates: instead.pauseDates, isPaused: state === 'paused', faults })}
</section>
<section class="card form narrow soft" aria-labelledby="less">
<h2 id="less">${words.say('pace.rather')}</h2>
<form method="post" action="${paths.paceInstead(token)}">
${paceField(words, instead.pace, faults)}
<p><button class="button button-secondary" type="submit">${words.say('pace.button')}</button></p>
</form>
</section>`
}

/** After a pause or another pace was chosen. */
function insteadPage(words: Words, view: StopView, token: string, just: 'paused' | 'paced', now: number): Page {
  const { course, discreet, instead } = view
  const title = words.say(just === 'paused' ? 'pause.title' : 'enrolment.settings.saved')
  const lead =
    just === 'paced' && instead !== null && words.say('pace.saved', { pace: words.say(`pace.${instead.pace}`) })
  return page({
    title,
    course,
    discreet,
    main: html`<div class="card centre">
<h1>${title}</h1>
<p>${lead} ${describeNext(words, view, now)}</p>
${just === 'paused' && html`<p class="quiet">${words.say('pause.undo')}</p>`}
<p><a class="button button-secondary" href="${paths.stop(token)}">${words.say('enrolment.back')}</a></p>
</div>`,
  })
}

/**
 * For people who stopped another course, or declined a sign-up that was not theirs: there is nothing to restart here.
 */
function allowLinksForm(words: Words, { isQuiet }: StopView, token: string): Html | false {
  return (
    isQuiet &&
    html`<p class="quiet">${words.say('enrolment.stop.links')}</p>
<form method="post" action="${paths.restart(token)}"><button class="button button-secondary" type="submit">${words.say('enrolment.stop.links-button')}</button></form>`
  )
}

/** Nothing was confirmed, so there is nothing to stop or restart. */
function declinePage(words: Words, { course, discreet, state, hasCourse }: StopView, token: string): Page {
  const isDone = state === 'stopped'
  const heading = words.say(isDone ? 'enrolment.stop.declined' : 'enrolment.stop.decline')
  const forget = html`<form method="post" action="${paths.forgetAddress(token)}"><button class="button button-destructive" type="submit">${words.say('enrolment.stop.forget')}</button></form>`
  return page({
    title: heading,
    footerLinks: hasCourse ? [{ href: paths.erase(token), label: words.say('enrolment.delete-everything') }] : [],
    course,
    discreet,
    main: html`<div class="card centre">
<h1>${heading}</h1>
${
  isDone
    ? html`<p>${words.say('enrolment.stop.declined-body')}</p>`
    : html`<p>${words.say('enrolment.stop.decline-body')}</p>
<form method="post" action="${paths.stop(token)}"><button class="button" type="submit">${words.say('enrolment.stop.decline-button')}</button></form>`
}
${!hasCourse && html`<p>${words.say('enrolment.stop.address-kept')}</p>\n${forget}`}
</div>`,
  })
}

/** The same whether it was deleted now or before. */
export function forgottenPage(words: Words): Page {
  return page({
    title: words.say('enrolment.stop.forgotten'),
    main: html`<div class="card centre">
<h1>${words.say('enrolment.stop.forgotten')}</h1>
<p>${words.say('enrolment.stop.forgotten-body')}</p>
<p class="quiet">${quietPeriod(words)}</p>
</div>`,
  })
}

function stopButton(words: Words, token: string, look: string): Html {
  return html`<form method="post" action="${paths.stop(token)}"><button class="${look}" type="submit">${words.say('enrolment.stop.button')}</button></form>`
}

function next(words: Words, view: StopView, now: number): string {
  if (view.nextAt === null) return ''
  const what = view.what === 'check-ins' ? 'check-in' : 'lesson'
  if (view.nextAt <= now) return words.say(`enrolment.stop.next-${what}-soon`)
  return words.say(`enrolment.stop.next-${what}`, { when: formatWhen(words, view.nextAt, view.timeZone, now) })
}

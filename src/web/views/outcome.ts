import type { Assessment, AssessmentResult, Route } from '../../core/assessment.ts'
import type { StartApplied } from '../../flow/apply-starting-point.ts'
import { careText } from './care.ts'
import { type Html, html } from './html.ts'
import { type Page, page } from './page.ts'
import { type SignUpForm, signUpForm } from './sign-up-form.ts'
import { helpPath, START_SCRIPTS, type StartPlace } from './start.ts'

/** What follows the outcome: the form to join, or what it changed for someone who has. */
export type Next =
  | { readonly kind: 'join'; readonly form: SignUpForm }
  /** `stopPath` leads to where a stopped course can be started again; `backPath` to the lesson. */
  | ({ readonly kind: 'learner'; readonly backPath: string; readonly stopPath: string } & StartApplied)
  | { readonly kind: 'nothing' }

/** The outcome, and with it the pages of every route: they have no address of their own, for an address would tell. */
export function outcomePage(assessment: Assessment, place: StartPlace, result: AssessmentResult, next: Next): Page {
  const { course, discreet } = place
  const [before, after] = [result.routes.filter(comesFirst), result.routes.filter((route) => !comesFirst(route))]
  return page({
    title: 'Your starting point',
    course,
    discreet,
    scripts: START_SCRIPTS,
    main: html`<div class="outcome">
<p class="kicker">${assessment.title}</p>
<h1>Your starting point</h1>
<p class="lead recognition" data-outcome>${result.line}</p>
${pages(before, place)}
<div data-outcome>
${result.insights.length > 0 && html`<h2>What stands out</h2>\n<ul class="insights">${result.insights.map((text) => html`<li>${text}</li>\n`)}</ul>`}
${result.plan.length > 0 && html`<h2>${result.access === 'paused' ? 'What to do first' : 'Your plan'}</h2>\n<ol class="steps">${result.plan.map((step) => html`<li>${step}</li>\n`)}</ol>`}
${result.why.length > 0 && html`<h2>Why you got this</h2>\n<ul>${result.why.map((text) => html`<li>${text}</li>\n`)}</ul>`}
<p class="quiet note-last">${result.note}</p>
${helpLine(place)}
</div>
<p class="print-row" data-print hidden><button class="other-button" type="button" data-do="print">Print this page</button></p>
${pages(after, place)}
</div>
${nextView(next, place)}`,
  })
}

/** A route that holds something essential back is read before anything else. */
function comesFirst({ access, off }: Route): boolean {
  return access !== 'open' || off.includes('letters')
}

function pages(routes: readonly Route[], place: StartPlace): readonly Html[] {
  const names = [...new Set(routes.map((route) => route.page))]
  return names.flatMap((name) => {
    const care = place.extras.pages.find((candidate) => candidate.name === name)
    if (care === undefined) return []
    return html`<article class="card prose route" id="${name}"><h2>${care.title}</h2>
${careText(care, place)}
</article>
`
  })
}

function helpLine(place: StartPlace): Html | null {
  const path = helpPath(place)
  return path === null ? null : html`<p class="help-now">Help is always here: <a href="${path}">help page</a>.</p>`
}

function nextView(next: Next, place: StartPlace): Html | null {
  if (next.kind === 'nothing') return null
  if (next.kind === 'join') return html`<div class="narrow join-here">${signUpForm(place.course, next.form)}</div>`
  if (next.state === 'stopped') {
    return html`<div class="card soft"><p>No lessons come now. You can <a href="${next.stopPath}">start again</a> when it suits you. <a href="${next.backPath}">Back to your page</a></p></div>`
  }
  return html`<div class="card soft"><p>${whatFollows(next)}</p>
<p><a class="other-button" href="${next.backPath}">Back to your page</a></p></div>`
}

function whatFollows({ shaped, whole }: StartApplied): string {
  if (!shaped)
    return 'This page is shown once. It does not change the form of your lessons: for that, open the questions with a link from your email.'
  const left = whole ? '' : ' What was left out before stays so until every question has an answer.'
  return `The lessons still to come follow this. Days already sent stay as they were.${left}`
}

import type { Assessment, AssessmentResult, Route } from '../../core/assessment/assessment.ts'
import type { CarePage } from '../../core/course/care-page.ts'
import type { HelpKind } from '../../core/course/help-numbers.ts'
import type { Words } from '../../core/words.ts'
import type { StartApplied } from '../../flow/assessment/answer-starting-point.ts'
import { careText } from '../care/care-page.ts'
import { helpLines } from '../care/help-lines.ts'
import { type Html, html, marked } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import { type SignUpForm, signUpForm } from '../sign-up/sign-up-form.ts'
import { type AssessmentPageContext, helpPath, START_SCRIPTS } from './assessment-view.ts'

/** What follows the outcome: the sign-up form, or what it changed for a learner. */
export type NextStep =
  | { readonly kind: 'join'; readonly form: SignUpForm }
  /** `stopPath`: where a stopped course can be restarted; `backPath`: the lesson. */
  | ({ readonly kind: 'learner'; readonly backPath: string; readonly stopPath: string } & StartApplied)
  | { readonly kind: 'nothing' }

/**
 * The outcome with the pages of every route, which have no address of their own because it would reveal an answer.
 * start.js sends `ticket` (flow/assessment/outcome-ticket.ts) when the page is reloaded.
 */
export function outcomePage(
  assessment: Assessment,
  place: AssessmentPageContext,
  result: AssessmentResult,
  next: NextStep,
  ticket: string,
): Page {
  const { words, course, discreet } = place
  const isPaused = result.access === 'paused'
  const [before, after] = [result.routes.filter(comesFirst), result.routes.filter((route) => !comesFirst(route))]
  return page({
    title: words.say('assessment.outcome.title'),
    course,
    discreet,
    scripts: START_SCRIPTS,
    main: html`<span hidden data-again="${ticket}"></span>
<div class="outcome">
<p class="kicker">${assessment.title}</p>
<h1>${words.say('assessment.outcome.title')}</h1>
<p class="lead recognition" data-outcome>${result.line}</p>
${isPaused && plan(result, place)}
${pages(before, place, isPaused && result.plan.length > 0 ? firstKinds(result, place) : [])}
<div data-outcome>
${result.insights.length > 0 && html`<h2>${words.say('assessment.outcome.insights')}</h2>\n<ul class="insights">${result.insights.map((text) => html`<li>${text}</li>\n`)}</ul>`}
${!isPaused && plan(result, place)}
${result.why.length > 0 && html`<details class="fold why"><summary>${words.say('assessment.outcome.why')}</summary>\n<ul>${result.why.map((text) => html`<li>${text}</li>\n`)}</ul></details>`}
<p class="quiet note-last">${result.note}</p>
${helpLine(place)}
</div>
${mayPrint(result) && html`<p class="print-row" data-print hidden><button class="button button-secondary" type="button" data-do="print">${words.say('assessment.outcome.print')}</button></p>`}
${pages(after, place)}
</div>
${nextView(next, place)}`,
  })
}

/** If the course is paused, the help numbers are shown next to the first step, when they are needed. */
function plan(result: AssessmentResult, place: AssessmentPageContext): Html | null {
  if (result.plan.length === 0) return null
  const isPaused = result.access === 'paused'
  const steps = result.plan.map(
    (step, index) => html`<li>${step}${isPaused && index === 0 && numbers(result, place)}</li>\n`,
  )
  return html`<section class="card plan-card" aria-labelledby="plan-title">
<h2 id="plan-title">${place.words.say(isPaused ? 'assessment.outcome.first' : 'assessment.outcome.plan')}</h2>
<ol class="steps">${steps}</ol>
</section>
`
}

function numbers(result: AssessmentResult, place: AssessmentPageContext): Html | null {
  const kinds = firstKinds(result, place)
  if (place.numbers === null || kinds.length === 0) return null
  return helpLines(place.words, place.numbers, kinds, place.likely, 'lines-first-step')
}

/** The kinds of numbers on the pages that pause the course, without duplicates, most urgent first. */
function firstKinds({ routes }: AssessmentResult, place: AssessmentPageContext): readonly HelpKind[] {
  const pausing = routes.filter(({ access }) => access === 'paused').map((route) => route.page)
  return [...new Set(pausing.flatMap((name) => pageOf(name, place)?.numbers ?? []))]
}

function pageOf(name: string, { resources }: AssessmentPageContext): CarePage | undefined {
  return resources.pages.find((care) => care.name === name)
}

/** A page that reveals a safety answer cannot be printed, because others might find it. */
function mayPrint({ routes }: AssessmentResult): boolean {
  return routes.length === 0
}

/** A route that restricts something essential is shown before anything else. */
function comesFirst({ access, off }: Route): boolean {
  return access !== 'open' || off.includes('letters')
}

/** `shown`: kinds of numbers already shown above, which are not repeated. */
function pages(
  routes: readonly Route[],
  place: AssessmentPageContext,
  shown: readonly HelpKind[] = [],
): readonly Html[] {
  const names = [...new Set(routes.map((route) => route.page))]
  return names.flatMap((name) => {
    const care = pageOf(name, place)
    if (care === undefined) return []
    const repeats = care.numbers.every((kind) => shown.includes(kind))
    return html`<article class="card prose route" id="${name}"><h2>${care.title}</h2>
${careText(care, repeats ? { ...place, numbers: null } : place)}
</article>
`
  })
}

function helpLine(place: AssessmentPageContext): Html | null {
  const path = helpPath(place)
  const link = (text: string) => html`<a href="${path}">${text}</a>`
  return path === null
    ? null
    : html`<p class="help-now">${marked(place.words.say('assessment.outcome.help'), { link })}</p>`
}

function nextView(next: NextStep, place: AssessmentPageContext): Html | null {
  if (next.kind === 'nothing') return null
  const { words, course } = place
  if (next.kind === 'join') return html`<div class="narrow join-here">${signUpForm(words, course, next.form)}</div>`
  if (next.state === 'stopped') {
    const restart = (text: string) => html`<a href="${next.stopPath}">${text}</a>`
    const back = (text: string) => html`<a href="${next.backPath}">${text}</a>`
    return html`<div class="card soft"><p>${marked(words.say('assessment.outcome.stopped'), { restart, back })}</p></div>`
  }
  return html`<div class="card soft"><p>${describeWhatFollows(words, next)}</p>
<p><a class="button button-secondary" href="${next.backPath}">${words.say('assessment.outcome.back')}</a></p></div>`
}

function describeWhatFollows(words: Words, { shaped, whole }: StartApplied): string {
  if (!shaped) return words.say('assessment.outcome.not-shaped')
  const shapedNow = words.say('assessment.outcome.shaped')
  return whole ? shapedNow : `${shapedNow} ${words.say('assessment.outcome.left-out')}`
}

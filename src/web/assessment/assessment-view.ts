import type { Assessment, AssessmentAnswers, AssessmentQuestion } from '../../core/assessment/assessment.ts'
import { isConditional } from '../../core/assessment/score-assessment.ts'
import type { CourseResources } from '../../core/course/parse/parse-resources.ts'
import { HELP, publicPagePath } from '../../core/course/public-pages.ts'
import { paths } from '../../core/paths.ts'
import { FRESH_SESSION } from '../../core/security/session.ts'
import { createMarkdown } from '../../core/text/markdown.ts'
import { type CarePageContext, linked } from '../care/care-page.ts'
import { summaryOf } from '../page/error-summary.ts'
import { type Html, html, marked, raw } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import { exitNote, hasQuickExit } from '../page/quick-exit-site.ts'
import { linkForm } from '../security/neutral-page.ts'
import { questionControlId, questionView, wordingsOf } from './assessment-question.ts'
import { type AssessmentMode, questionFieldName } from './read-assessment-form.ts'

const markdown = createMarkdown()

/** The scripts of all question pages, because with scripts they are shown within one document. */
export const START_SCRIPTS = ['help-lines.js', 'sign-up.js', 'start.js']

/** Where the questions are asked. `action`: the learner's path; null before sign-up, where anybody may answer. */
export interface AssessmentPageContext extends CarePageContext {
  readonly resources: CourseResources
  readonly action: string | null
  /** For learners: whether the answers will change the course, which requires a fresh session of their own. */
  readonly learner?: { readonly token: string; readonly shapes: boolean; readonly webOnly: boolean }
}

/** The page before the first question, where readers choose how to be asked. */
export function startPage(assessment: Assessment, place: AssessmentPageContext): Page {
  const { words, course, discreet } = place
  return page({
    title: assessment.title,
    course,
    discreet,
    scripts: START_SCRIPTS,
    main: html`<h1>${assessment.title}</h1>
${
  !discreet &&
  place.action === null &&
  html`<aside class="card soft plain-name" aria-labelledby="plain-name"><h2 id="plain-name">${words.say('assessment.start.watched')}</h2>
<p>${words.say('assessment.start.plain')}</p>
<p><a class="button button-secondary" href="${publicPagePath(course.name, { kind: 'start' }, true)}">${words.say('assessment.start.plain-button')}</a></p></aside>`
}
<div class="prose">${raw(markdown.toHtml(linked(assessment.intro, place)))}</div>
<form class="start-go" method="post" action="${formActionOf(place)}" autocomplete="off" data-in-place>
<input type="hidden" name="go" value="begin">
<button class="button" name="mode" value="one">${words.say('assessment.start.one')}</button>
<button class="button button-secondary" name="mode" value="all">${words.say('assessment.start.all')}</button>
</form>
${storageNotice(place)}
${helpLink(place)}
${place.action === null && hasQuickExit(course) && html`<p class="quiet">${exitNote(words)}</p>`}`,
  })
}

/** Says what happens to the answers, and what is needed for them to change the course. */
function storageNotice({ words, learner }: AssessmentPageContext): Html {
  if (learner === undefined) return html`<p class="quiet">${words.say('assessment.start.nothing-stored')}</p>`
  if (learner.shapes) return html`<p class="quiet">${words.say('assessment.start.shapes')}</p>`
  const settings = (text: string) => html`<a href="${paths.settings(learner.token)}">${text}</a>`
  return html`<p class="quiet">${words.say('assessment.start.shown-once')}</p>
<section class="card soft" aria-labelledby="shape"><h2 id="shape">${words.say('assessment.start.shape')}</h2>
<p>${words.say('assessment.start.shape-body', { minutes: FRESH_SESSION / 60_000 })}</p>
${learner.webOnly ? html`<p>${marked(words.say('assessment.start.shape-no-email'), { link: settings })}</p>` : linkForm(words, learner.token, 'start', words.say('enrolment.send-link'))}
</section>`
}

/** One question. `fault`: it was neither answered nor skipped. */
export function questionPage(
  assessment: Assessment,
  place: AssessmentPageContext,
  state: { question: AssessmentQuestion; answers: AssessmentAnswers; track: string | null; fault: boolean },
): Page {
  const { question, answers, fault } = state
  const { words } = place
  const number = numberOf(assessment, question)
  const count = assessment.questions.filter((other) => !isConditional(other)).length
  const say = words.say(isConditional(question) ? 'assessment.start.number-more' : 'assessment.start.number', {
    number,
    count,
  })
  const choose = words.say('assessment.start.choose')
  return page({
    title: say,
    isError: fault,
    course: place.course,
    discreet: place.discreet,
    scripts: START_SCRIPTS,
    main: html`<form class="card start-form one" method="post" action="${formActionOf(place)}" autocomplete="off" data-in-place>
${fault && summaryOf(words, [{ id: questionControlId(question.id), text: choose }])}
<p class="kicker">${say}</p>
<progress class="start-progress" max="${count}" value="${number - 1}" aria-hidden="true"></progress>
${hiddenAnswers(answers, question.id, 'one')}
<input type="hidden" name="at" value="${question.id}">
${questionView(question, {
  words: place.words,
  assessment,
  answers,
  fault: fault ? choose : null,
  wordings: wordingsOf(question, place.course, state.track),
  course: place.course,
  all: false,
  number: null,
  help: helpPath(place),
})}
<div class="start-row"><button class="button" name="go" value="next">${words.say('assessment.start.next')}</button> <button class="button button-secondary" name="go" value="skip">${words.say('assessment.start.skip')}</button> ${
      question !== assessment.questions[0] &&
      html`<button class="text-button" name="go" value="back">${words.say('assessment.start.back')}</button>`
    }</div>
</form>
${helpLink(place)}`,
  })
}

/** All questions on one page. `open`: unanswered questions, mentioned once before the outcome. */
export function allQuestionsPage(
  assessment: Assessment,
  place: AssessmentPageContext,
  state: { answers: AssessmentAnswers; open: readonly string[] },
): Page {
  const { answers, open } = state
  const { words } = place
  const { questions } = assessment
  const texts = new Map(
    questions.map((question) => [question.id, `${numberOf(assessment, question)}. ${question.text}`]),
  )
  return page({
    title: assessment.title,
    isError: open.length > 0,
    course: place.course,
    discreet: place.discreet,
    scripts: START_SCRIPTS,
    main: html`<form class="start-form all" method="post" action="${formActionOf(place)}" autocomplete="off" data-in-place>
<h1>${assessment.title}</h1>
${
  open.length > 0 &&
  summaryOf(
    place.words,
    open.map((id) => ({ id: questionControlId(id), text: texts.get(id) ?? '' })),
    words.say('assessment.start.open-more'),
    words.say('assessment.start.open-heading', { count: open.length }),
  )
}
<input type="hidden" name="mode" value="all">
${open.length > 0 && html`<input type="hidden" name="seen" value="1">`}
${questions.map((question) =>
  questionView(question, {
    words: place.words,
    assessment,
    answers,
    fault: open.includes(question.id) ? words.say('assessment.start.open') : null,
    wordings: wordingsOf(question, place.course),
    course: place.course,
    all: true,
    number: isConditional(question) ? null : numberOf(assessment, question),
    help: helpPath(place),
  }),
)}
<div class="start-row"><button class="button" name="go" value="finish">${words.say('assessment.start.finish')}</button></div>
</form>
${helpLink(place)}`,
  })
}

/** Conditional questions have no number and are shown with the previous one. */
function numberOf({ questions }: Assessment, question: AssessmentQuestion): number {
  return questions.slice(0, questions.indexOf(question) + 1).filter((other) => !isConditional(other)).length
}

export function formActionOf({ course, discreet, action }: AssessmentPageContext): string {
  return action ?? publicPagePath(course.name, { kind: 'start' }, discreet)
}

/** Answers from other pages as hidden fields; they are stored nowhere else. */
export function hiddenAnswers(answers: AssessmentAnswers, except: string | null, mode: AssessmentMode): Html {
  return html`<input type="hidden" name="mode" value="${mode}">
${Object.entries(answers).flatMap(([id, given]) =>
  id === except
    ? []
    : [given].flat().map((value) => html`<input type="hidden" name="${questionFieldName(id)}" value="${value}">\n`),
)}`
}

export function helpPath({ course, resources, discreet }: AssessmentPageContext): string | null {
  return resources.pages.some((care) => care.name === HELP.name) ? publicPagePath(course.name, HELP, discreet) : null
}

function helpLink(place: AssessmentPageContext): Html | null {
  const path = helpPath(place)
  const link = (text: string) => html`<a href="${path}">${text}</a>`
  return path === null
    ? null
    : html`<p class="help-now">${marked(place.words.say('assessment.start.help'), { link })}</p>`
}

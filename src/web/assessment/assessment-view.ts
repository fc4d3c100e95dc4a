import type { Assessment, AssessmentAnswers, AssessmentQuestion } from '../../core/assessment/assessment.ts'
import { isConditional } from '../../core/assessment/score-assessment.ts'
import type { CourseResources } from '../../core/course/parse/parse-resources.ts'
import { HELP, publicPagePath } from '../../core/course/public-pages.ts'
import { paths } from '../../core/paths.ts'
import { FRESH_SESSION } from '../../core/security/session.ts'
import { createMarkdown } from '../../core/text/markdown.ts'
import { type CarePageContext, linked } from '../care/care-page.ts'
import { summaryOf } from '../page/error-summary.ts'
import { type Html, html, raw } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import { EXIT_NOTE } from '../page/quick-exit-site.ts'
import { linkForm } from '../security/neutral-page.ts'
import { questionControlId, questionView, wordingsOf } from './assessment-question.ts'
import { type AssessmentMode, questionFieldName } from './read-assessment-form.ts'

const markdown = createMarkdown()
const CHOOSE = 'Choose an answer, or tap “Skip”.'

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
  const { course, discreet } = place
  return page({
    title: assessment.title,
    course,
    discreet,
    scripts: START_SCRIPTS,
    main: html`<h1>${assessment.title}</h1>
${
  !discreet &&
  place.action === null &&
  html`<aside class="card soft plain-name" aria-labelledby="plain-name"><h2 id="plain-name">Could someone look at your screen?</h2>
<p>Use the plain page: its title and address give nothing away. The page you see now may already be in your browser's history.</p>
<p><a class="button button-secondary" href="${publicPagePath(course.name, { kind: 'start' }, true)}">Open the plain page</a></p></aside>`
}
<div class="prose">${raw(markdown.toHtml(linked(assessment.intro, place)))}</div>
<form class="start-go" method="post" action="${formActionOf(place)}" autocomplete="off" data-in-place>
<input type="hidden" name="go" value="begin">
<button class="button" name="mode" value="one">One question at a time</button>
<button class="button button-secondary" name="mode" value="all">All on one page</button>
</form>
${storageNotice(place)}
${helpLink(place)}
${place.action === null && html`<p class="quiet">${EXIT_NOTE}</p>`}`,
  })
}

/** Says what happens to the answers, and what is needed for them to change the course. */
function storageNotice({ learner }: AssessmentPageContext): Html {
  if (learner === undefined)
    return html`<p class="quiet">Nothing you tick is stored. The answers travel with the page, and are gone when you close it.</p>`
  if (learner.shapes)
    return html`<p class="quiet">Your answers are not stored. They shape the lessons still to come, and what does not fit is left out. That is kept encrypted. Days already sent stay as they were.</p>`
  return html`<p class="quiet">Your answers are not stored, and what they mean for you is shown once. All that is kept is what should be left out to keep you safe.</p>
<section class="card soft" aria-labelledby="shape"><h2 id="shape">Should they shape the course?</h2>
<p>Then open these questions with a link from your email first. After that there are ${FRESH_SESSION / 60_000} minutes to answer them.</p>
${learner.webOnly ? html`<p>You chose to get no email, so no link can be sent. Switch emails on in the <a href="${paths.settings(learner.token)}">settings</a> first.</p>` : linkForm(learner.token, 'start', 'Send me the link')}
</section>`
}

/** One question. `fault`: it was neither answered nor skipped. */
export function questionPage(
  assessment: Assessment,
  place: AssessmentPageContext,
  state: { question: AssessmentQuestion; answers: AssessmentAnswers; track: string | null; fault: boolean },
): Page {
  const { question, answers, fault } = state
  const number = numberOf(assessment, question)
  const count = assessment.questions.filter((other) => !isConditional(other)).length
  const say = `Question ${number} of ${count}${isConditional(question) ? ', one more' : ''}`
  return page({
    title: say,
    isError: fault,
    course: place.course,
    discreet: place.discreet,
    scripts: START_SCRIPTS,
    main: html`<form class="card start-form one" method="post" action="${formActionOf(place)}" autocomplete="off" data-in-place>
${fault && summaryOf(place.words, [{ id: questionControlId(question.id), text: CHOOSE }])}
<p class="kicker">${say}</p>
<progress class="start-progress" max="${count}" value="${number - 1}" aria-hidden="true"></progress>
${hiddenAnswers(answers, question.id, 'one')}
<input type="hidden" name="at" value="${question.id}">
${questionView(question, {
  words: place.words,
  assessment,
  answers,
  fault: fault ? CHOOSE : null,
  wordings: wordingsOf(question, place.course, state.track),
  course: place.course,
  all: false,
  number: null,
  help: helpPath(place),
})}
<div class="start-row"><button class="button" name="go" value="next">Next</button> <button class="button button-secondary" name="go" value="skip">Skip</button> ${
      question !== assessment.questions[0] && html`<button class="text-button" name="go" value="back">Back</button>`
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
    'You may leave them open: tap the button once more.',
    open.length === 1 ? 'One question is still open' : `${open.length} questions are still open`,
  )
}
<input type="hidden" name="mode" value="all">
${open.length > 0 && html`<input type="hidden" name="seen" value="1">`}
${questions.map((question) =>
  questionView(question, {
    words: place.words,
    assessment,
    answers,
    fault: open.includes(question.id) ? 'This question is still open.' : null,
    wordings: wordingsOf(question, place.course),
    course: place.course,
    all: true,
    number: isConditional(question) ? null : numberOf(assessment, question),
    help: helpPath(place),
  }),
)}
<div class="start-row"><button class="button" name="go" value="finish">Show my starting point</button></div>
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
  return path === null
    ? null
    : html`<p class="help-now">Need someone now? <a href="${path}">Help page</a>. Nobody reads this live.</p>`
}

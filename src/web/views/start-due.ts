import type { Assessment, AssessmentQuestion } from '../../core/assessment.ts'
import { html } from './html.ts'
import { type Page, page } from './page.ts'
import { actionOf, helpPath, START_SCRIPTS, type StartPlace } from './start.ts'
import { questionView, variantsOf } from './start-question.ts'

/** One question, asked again after some days before the course goes on. Shown only in the browser that wrote before. */
export function dueQuestionPage(assessment: Assessment, place: StartPlace, question: AssessmentQuestion): Page {
  const help = helpPath(place)
  return page({
    title: 'How is it today?',
    course: place.course,
    discreet: place.discreet,
    scripts: START_SCRIPTS,
    main: html`<form class="card start-form one" method="post" action="${actionOf(place)}" autocomplete="off" data-in-place>
<p class="kicker">How is it today?</p>
<input type="hidden" name="again" value="${question.id}">
${questionView(question, {
  assessment,
  answers: {},
  fault: null,
  wordings: variantsOf(question, place.course, null),
  course: place.course,
  all: false,
  number: null,
  help,
})}
<div class="start-row"><button class="main-button" type="submit">Go on</button></div>
<p class="quiet">Your answer is not stored. It decides what comes next.</p>
</form>
${help !== null && html`<p class="help-now">Need someone now? <a href="${help}">Help page</a>. Nobody reads this live.</p>`}`,
  })
}

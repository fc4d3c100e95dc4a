import { paths } from '../../core/paths.ts'
import { createMarkdown } from '../../core/text/markdown.ts'
import type { LessonView } from '../../flow/views.ts'
import { questionFieldset } from '../assessment/question-fieldset.ts'
import { linked } from '../care/care-page.ts'
import { type Html, html, raw } from '../page/html.ts'
import type { LessonPageContext } from './lesson-page-context.ts'

const markdown = createMarkdown()

/** The results so far, and the questions again in a separate form, because these answers are not stored. */
export function checkInPart(view: LessonView, { words, preferNot }: LessonPageContext): Html | null {
  const { checkIn, variant, token } = view
  if (checkIn === null) return null
  return html`${checkIn.says.map((say) => html`<section class="card soft care-says">${raw(markdown.toHtml(linked(say, view)))}</section>\n`)}
${
  checkIn.questions.length > 0 &&
  html`<section class="card again-questions" aria-labelledby="again-title">
<h2 id="again-title">${words.say('exercise.again.heading')}</h2>
<p class="quiet">${words.say('exercise.again.body')}</p>
<form method="post" action="${paths.askAgain(token)}" autocomplete="off">
${checkIn.questions.map((question) => questionFieldset(words, question, variant.track, preferNot))}
<p><button class="button" type="submit">${words.say('exercise.again.go-on')}</button></p>
</form>
</section>`
}`
}

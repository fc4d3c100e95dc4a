import { paths } from '../../core/paths.ts'
import { QUESTION_MAX } from '../../core/question/question.ts'
import { errorSummary, type FieldErrors, fieldError } from '../page/error-summary.ts'
import { type Html, html, marked, on } from '../page/html.ts'
import type { AskContext } from './ask-context.ts'

export interface AskDraft {
  /** What was typed, if it was refused. */
  readonly text: string
  readonly allowsName: boolean
  readonly faults: FieldErrors
}

export const EMPTY_DRAFT: AskDraft = { text: '', allowsName: false, faults: {} }

/** At the end of a lesson and on the page to keep, folded. The same for everybody, whether they asked before or not. */
export function askSection(context: AskContext, about: 'day' | 'course'): Html {
  const { words, token } = context
  return html`<section class="card soft no-print ask" aria-labelledby="ask">
<h2 id="ask">${words.say('question.ask.title')}</h2>
<p>${whoAnswers(context)}</p>
<details class="fold"><summary>${words.say('question.ask.open')}</summary>
${askForm(context, about, EMPTY_DRAFT)}
</details>
<p><a href="${paths.questions(token)}">${words.say('question.own.title')}</a></p>
</section>`
}

/** Everything that somebody should know before sending stands before the field. */
export function askForm(context: AskContext, about: 'day' | 'course', { text, allowsName, faults }: AskDraft): Html {
  const { words, course, token, name } = context
  const { answeredBy: who, deleteAfterDays, doNotSend } = course.questions
  return html`${notLive(context)}
<p>${doNotSend}</p>
<p class="quiet">${words.say('question.ask.who-reads', { who, days: deleteAfterDays })}</p>
<form method="post" action="${paths.ask(token)}" autocomplete="off">
${errorSummary(words, faults, ['question'])}
<input type="hidden" name="about" value="${about}">
${questionField(words, words.say('question.ask.label'), text, faults)}
${
  name !== '' &&
  html`<label class="tick"><input type="checkbox" name="name" value="on"${on('checked', allowsName)}><span>${words.say('question.ask.name', { who, name })}</span></label>
`
}<p><button class="button" type="submit">${words.say('question.ask.send')}</button></p>
</form>`
}

/** That nobody reads along, and who helps sooner: before whatever is sent. */
export function notLive({ words, helpNow }: AskContext): Html {
  return html`<div class="notice">
<p>${marked(words.say('question.ask.not-live'), { b })}</p>
${helpNow('ask-lines')}
</div>`
}

/** The field for a question or for what is added to it. */
export function questionField(words: AskContext['words'], label: string, text: string, faults: FieldErrors): Html {
  const isFaulty = faults.question !== undefined
  return html`<div class="field">
<label for="question">${label}</label>
${fieldError(words, 'question', faults)}
<textarea id="question" name="question" rows="6" required maxlength="${QUESTION_MAX}" aria-describedby="question-hint${isFaulty && ' fault-question'}"${isFaulty && html` aria-invalid="true"`}>${text}</textarea>
<p class="hint" id="question-hint">${words.say('question.ask.length', { most: QUESTION_MAX })}</p>
</div>`
}

export function whoAnswers({ words, course: { questions } }: AskContext): string {
  return words.say('question.ask.who-answers', { who: questions.answeredBy, days: questions.usualDays })
}

const b = (text: string) => html`<b>${text}</b>`

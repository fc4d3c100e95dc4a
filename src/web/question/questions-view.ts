import { formatDate, formatInstant } from '../../core/delivery/local-time.ts'
import { paths } from '../../core/paths.ts'
import { createAnswerMarkdown } from '../../core/text/answer-markdown.ts'
import type { Words } from '../../core/words.ts'
import type { LessonVisit } from '../../flow/enrolment/viewer.ts'
import type { OwnQuestion } from '../../flow/question/read-question.ts'
import type { OpenedMessage } from '../../flow/question/sealed-messages.ts'
import { errorSummary } from '../page/error-summary.ts'
import { type Html, html, raw } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import { linkForm } from '../security/neutral-page.ts'
import type { AskContext } from './ask-context.ts'
import { type AskDraft, notLive, questionField, whoAnswers } from './ask-form.ts'
import { linesOf, writtenBy } from './message-parts.ts'

const markdown = createAnswerMarkdown()
/** Letters of a question in the list. */
const EXCERPT = 80

/** For whoever has no own session: the same page for everybody, whether there is a question or not. */
export function questionsClosedPage(words: Words, { course, enrolment, token }: LessonVisit): Page {
  return page({
    title: words.say('question.own.title'),
    course,
    discreet: enrolment.discreet,
    main: html`<div class="card centre">
<h1>${words.say('question.own.title')}</h1>
<p>${words.say('question.own.closed-here')}</p>
${enrolment.webOnly ? html`<p class="quiet">${words.say('enrolment.settings.no-email')}</p>` : linkForm(words, token, 'questions', words.say('enrolment.send-link'))}
<p><a class="text-button" href="${paths.lesson(token)}">${words.say('writing.back')}</a></p>
</div>`,
  })
}

/** `asks`: whether the course takes questions now. */
export function questionsPage(
  words: Words,
  { course, enrolment, token }: LessonVisit,
  questions: readonly OwnQuestion[],
  { asks, isDeleted }: { asks: boolean; isDeleted: boolean },
): Page {
  const { timeZone } = enrolment
  const item = ({
    id,
    state,
    askedAt,
    messages: [first],
    publishing,
  }: OwnQuestion) => html`<li><a href="${paths.question(token, id)}">${first === undefined ? words.say('question.own.one') : excerptOf(first.text)}</a>
<span class="quiet">${formatDate(words, askedAt, timeZone)} · ${words.say(`question.states.${state}`)}</span>${publishing !== null && html` <a href="${paths.publication(token, id)}">${words.say(`publication.${publishing}`)}</a>`}</li>
`
  return page({
    title: words.say('question.own.title'),
    course,
    discreet: enrolment.discreet,
    main: html`<h1>${words.say('question.own.title')}</h1>
${isDeleted && html`<p class="notice" role="status">${words.say('question.own.deleted')}</p>`}
${questions.length === 0 ? html`<p>${words.say('question.own.none')}</p>` : html`<ul class="shelf">${questions.map(item)}</ul>`}
${asks && html`<p><a class="button" href="${paths.ask(token)}">${words.say('question.ask.title')}</a></p>`}
<p><a class="text-button" href="${paths.lesson(token)}">${words.say('writing.back')}</a></p>`,
  })
}

/** A question with everything written about it. `context`: null where the course takes no questions now. */
export function questionPage(
  words: Words,
  visit: LessonVisit,
  question: OwnQuestion,
  { context, draft, now }: { context: AskContext | null; draft: AskDraft; now: number },
): Page {
  const { course, enrolment, token } = visit
  const lesson = course.lessons.find(({ day }) => day === question.day)
  return page({
    title: words.say('question.own.one'),
    isError: Object.keys(draft.faults).length > 0,
    course,
    discreet: enrolment.discreet,
    main: html`<p class="kicker"><a href="${paths.questions(token)}">${words.say('question.own.title')}</a>${lesson !== undefined && html` · ${lesson.title}`}</p>
<h1>${words.say('question.own.one')}</h1>
${question.publishing !== null && html`<p class="notice"><a href="${paths.publication(token, question.id)}">${words.say(`publication.${question.publishing}`)}</a></p>`}
<div class="stack">
${question.messages.map((message) => messageCard(words, message, visit, now))}
${nextStep(words, token, question, context, draft)}
<p><a class="text-button text-destructive" href="${paths.deleteQuestion(token, question.id)}">${words.say('question.delete.link')}</a></p>
</div>`,
  })
}

function messageCard(words: Words, { id, by, at, text, via }: OpenedMessage, visit: LessonVisit, now: number): Html {
  const { course, enrolment } = visit
  const when = formatInstant(words, at, enrolment.timeZone, now)
  const heading = writtenBy(words, { by, via }, course, when)
  return html`<article class="card${by === 'learner' && ' soft'}" aria-labelledby="message-${id}">
<h2 class="kicker" id="message-${id}">${heading}</h2>
${by === 'author' ? html`<div class="prose">${raw(markdown.toHtml(text))}</div>` : html`<div class="written">${linesOf(text).map((line) => html`<p>${line}</p>\n`)}</div>`}
</article>
`
}

/** What the learner can do with the question now. */
function nextStep(
  words: Words,
  token: string,
  { id, state, mayWrite }: OwnQuestion,
  context: AskContext | null,
  draft: AskDraft,
): Html {
  if (state === 'unconfirmed')
    return html`<section class="notice" aria-labelledby="yours">
<h2 id="yours">${words.say('question.confirm.heading')}</h2>
<p>${words.say('question.confirm.body')}</p>
<form class="button-row" method="post" action="${paths.confirmQuestion(token, id)}">
<button class="button" type="submit" name="word" value="yes">${words.say('question.confirm.yes')}</button>
<button class="button button-secondary" type="submit" name="word" value="no">${words.say('question.confirm.no')}</button>
</form>
</section>`
  if (context === null) return html`<p class="notice">${words.say('question.errors.not-taken')}</p>`
  if (!mayWrite) {
    return html`<div class="notice"><p>${words.say('question.errors.closed')}</p>
<p><a href="${paths.ask(token)}">${words.say('question.ask.title')}</a></p></div>`
  }
  return html`<form class="card" method="post" action="${paths.question(token, id)}#write" id="write" autocomplete="off">
<p class="quiet">${whoAnswers(context)}</p>
${notLive(context)}
${errorSummary(words, draft.faults, ['question'])}
${questionField(words, words.say(state === 'answered' ? 'question.own.write-back' : 'question.own.write-more'), draft.text, draft.faults)}
<p><button class="button" type="submit">${words.say('question.own.send')}</button></p>
</form>`
}

export function deleteQuestionPage(
  words: Words,
  { course, enrolment, token }: LessonVisit,
  { id, publishing }: Pick<OwnQuestion, 'id' | 'publishing'>,
): Page {
  return page({
    title: words.say('question.delete.heading'),
    course,
    discreet: enrolment.discreet,
    main: html`<div class="card narrow">
<h1>${words.say('question.delete.heading')}</h1>
<p>${words.say('question.delete.body')}${publishing === 'published' && html` ${words.say('publication.deleted-too')}`}</p>
<form method="post" action="${paths.deleteQuestion(token, id)}">
<p><button class="button button-destructive" type="submit">${words.say('question.delete.now')}</button></p>
</form>
<p><a class="text-button" href="${paths.question(token, id)}">${words.say('question.delete.go-back')}</a></p>
</div>`,
  })
}

/** The beginning of a question, up to the end of a word. */
export function excerptOf(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  if ([...line].length <= EXCERPT) return line
  return `${[...line]
    .slice(0, EXCERPT)
    .join('')
    .replace(/\s\S*$/, '')} …`
}

import type { Course } from '../../../core/course/course.ts'
import { isOverdue } from '../../../core/desk/answering.ts'
import { deskPaths } from '../../../core/desk/desk-paths.ts'
import { paths } from '../../../core/paths.ts'
import { nextQuestionState, QUESTION_MAX } from '../../../core/question/question.ts'
import type { OpenedQuestion } from '../../../flow/desk/questions/open-question.ts'
import { lessonText } from '../../exercise/lesson-text.ts'
import { type Html, html, on } from '../../page/html.ts'
import type { DeskPage } from '../desk-page.ts'
import type { DeskWords } from '../desk-visit.ts'
import { instant } from '../instant.ts'
import { facts } from '../person-view.ts'
import { authorName, messageCard } from './message-view.ts'
import { looksOf } from './second-look-view.ts'

export interface QuestionView extends OpenedQuestion {
  readonly ownId: number
  /** In the language of the question; null for one that was removed. */
  readonly course: Course | null
  /** Of the learners' pages, without a slash at its end. */
  readonly siteUrl: string
  /** ms UTC. */
  readonly now: number
  /** What was done just now, from the query. */
  readonly done: string
  /** What was wrong, and what was typed; null for the draft. */
  readonly refused: { readonly error: string; readonly text: string | null } | null
}

const DONE = ['saved', 'sent', 'assigned', 'asked', 'looked', 'close', 'reopen', 'spam', 'not-spam'] as const

/** The title names only a number: it stays in the history of the browser. */
export function questionPage(words: DeskWords, view: QuestionView): DeskPage {
  const { question, messages, done, refused } = view
  const known = DONE.find((one) => one === done)
  const isOpen = nextQuestionState('answer', question) !== null
  return {
    title: words.say('desk.questions.number', { id: question.id }),
    main: html`<p><a href="${deskPaths.questions()}">${words.say('desk.questions.back')}</a></p>
<h1>${words.say('desk.questions.number', { id: question.id })} <span class="badge">${words.say(`desk.question-states.${question.state}`)}</span></h1>
${known !== undefined && html`<p class="notice" role="status">${words.say(`desk.questions.done.${known}`)}</p>`}
${refused !== null && html`<p class="notice notice-look" role="alert">${refused.error}</p>`}
<p class="quiet">${words.say('desk.questions.opening')}</p>
${question.urgent && html`<p class="notice notice-look">${words.say('desk.questions.urgent-body')}</p>`}
${factsOf(words, view)}
${dayOf(words, view)}
<h2>${words.say('desk.questions.thread')}</h2>
${messages.map((message) => messageCard(words, message, view))}
${looksOf(words, view)}
${isOpen ? answerForm(words, view) : html`<p>${words.say('desk.questions.not-open')}</p>`}
<div class="after-card">${isOpen && assignForm(words, view)}
${stateForms(words, view)}
${question.answeredAt !== null && html`<p><a href="${deskPaths.publishQuestion(question.id)}">${words.say('desk.publication.title')}</a></p>`}</div>`,
  }
}

function factsOf(words: DeskWords, { question, course, authors, ownId, firstName, now }: QuestionView): Html {
  const { waitingSince, assignedTo, language, urgent } = question
  return facts([
    [words.say('desk.questions.column.course'), course?.title ?? question.course],
    [words.say('desk.person.language'), language],
    [words.say('desk.questions.asked'), instant(words, question.askedAt)],
    ...(waitingSince === null
      ? []
      : [
          [
            words.say('desk.questions.column.since'),
            html`${instant(words, waitingSince)}${isOverdue(question, course?.questions, now) && html` <span class="badge badge-attention">${words.say('desk.questions.overdue')}</span>`}${urgent && html` <span class="badge badge-attention">${words.say('desk.questions.urgent')}</span>`}`,
          ] as const,
        ]),
    [words.say('desk.questions.first-name'), firstName ?? words.say('desk.questions.no-name')],
    [
      words.say('desk.questions.column.assigned'),
      assignedTo === null ? words.say('desk.questions.nobody') : authorName(words, authors, ownId, assignedTo),
    ],
  ])
}

/** The lesson in its common form: what this learner's was like is not the author's to know. */
function dayOf(words: DeskWords, { question, lessonTitle, course, siteUrl, now }: QuestionView): Html | null {
  const { day } = question
  const lesson = course?.lessons.find((one) => one.day === day)
  if (course === null || lesson === undefined || lessonTitle === null) return null
  const reader = { words, variant: { track: null, overlays: [] }, name: '', timeZone: 'UTC', now }
  return html`<details class="fold"><summary>${words.say('desk.questions.of-day', { day: day ?? 0, title: lessonTitle })}</summary>
${day === 1 && course.showsFirstLesson && html`<p><a href="${siteUrl}${paths.firstLesson(course.name)}">${words.say('desk.questions.public-lesson')}</a></p>`}
<div lang="${course.language}">${lessonText(lesson.body, reader)}</div></details>
`
}

/** One form, so that nothing typed is lost whichever button is pressed. */
function answerForm(words: DeskWords, { question, draft, passages, refused }: QuestionView): Html {
  return html`<section class="card after-card" aria-labelledby="answer"><h2 id="answer">${words.say('desk.questions.answer')}</h2>
<form method="post" action="${deskPaths.draftAnswer(question.id)}">
<div class="field"><label for="text">${words.say('desk.questions.text')}</label>
<p class="hint" id="text-hint">${words.say('desk.questions.text-hint')}</p>
<textarea id="text" name="text" rows="12" maxlength="${QUESTION_MAX}" aria-describedby="text-hint">${refused?.text ?? draft}</textarea></div>
${
  passages.length > 0 &&
  html`<div class="field"><label for="passage">${words.say('desk.questions.passage')}</label>
<select id="passage" name="passage">${passages.map(({ id, title }) => html`<option value="${id}">${title}</option>`)}</select></div>
<p><button class="button button-secondary" type="submit" name="as" value="insert">${words.say('desk.questions.insert')}</button></p>`
}
<p class="button-row"><button class="button" type="submit" name="as" value="look">${words.say('desk.questions.look')}</button> <button class="button button-secondary" type="submit" name="as" value="save">${words.say('desk.questions.save')}</button></p>
</form></section>`
}

function assignForm(words: DeskWords, { question, authors, ownId }: QuestionView): Html {
  const others = authors.filter(({ id }) => id !== ownId)
  return html`<details class="fold"><summary>${words.say('desk.questions.assign')}</summary>
<form method="post" action="${deskPaths.assignQuestion(question.id)}">
<div class="field"><label for="to">${words.say('desk.questions.assign-to')}</label>
<select id="to" name="to"><option value="">${words.say('desk.questions.nobody')}</option>${authors.map(({ id }) => html`<option value="${id}"${on('selected', id === (question.assignedTo ?? ownId))}>${authorName(words, authors, ownId, id)}</option>`)}</select></div>
<p><button class="button button-secondary" type="submit">${words.say('desk.questions.assign')}</button></p>
</form></details>
${
  others.length > 0 &&
  html`<details class="fold"><summary>${words.say('desk.questions.second-look')}</summary>
<form method="post" action="${deskPaths.askForLook(question.id)}">
<p>${words.say('desk.questions.second-look-body')}</p>
<div class="field"><label for="of">${words.say('desk.questions.colleague')}</label>
<select id="of" name="of">${others.map(({ id, masked }) => html`<option value="${id}">${masked}</option>`)}</select></div>
<p><button class="button button-secondary" type="submit">${words.say('desk.questions.second-look')}</button></p>
</form></details>`
}`
}

const ACTS_OF_STATE = {
  waiting: ['close', 'spam'],
  answered: ['close', 'spam'],
  closed: ['reopen', 'spam'],
  spam: ['not-spam'],
  unconfirmed: [],
} as const

function stateForms(words: DeskWords, { question }: QuestionView): Html {
  return html`${ACTS_OF_STATE[question.state].map(
    (act) => html`<details class="fold"><summary>${words.say(`desk.questions.act.${act}`)}</summary>
<form method="post" action="${deskPaths.questionState(question.id)}">
<p>${words.say(`desk.questions.act-body.${act}`)}</p>
<p><button class="button${act === 'spam' && ' button-destructive'}" type="submit" name="as" value="${act}">${words.say(`desk.questions.act.${act}`)}</button></p>
</form></details>
`,
  )}`
}

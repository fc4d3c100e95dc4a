import { publicPagePath } from '../../core/course/public-pages.ts'
import { formatDate } from '../../core/delivery/local-time.ts'
import { paths } from '../../core/paths.ts'
import type { PublicationText } from '../../core/publication/publication-text.ts'
import { consentsFor } from '../../core/publication/published-question.ts'
import type { Words } from '../../core/words.ts'
import type { LessonVisit } from '../../flow/enrolment/viewer.ts'
import type { PublicationView } from '../../flow/publication/view-publication.ts'
import { otherLanguage } from '../course/other-language.ts'
import { questionBody } from '../course/question-view.ts'
import { errorSummary, type FieldErrors, fieldError, invalidAttributes } from '../page/error-summary.ts'
import { type Html, html, on } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'

/** What a learner can change, by the names of the fields. */
export const CHANGED_FIELDS = ['question', 'answer', 'followUp', 'secondAnswer'] as const
type ChangedField = (typeof CHANGED_FIELDS)[number]

const LABELS = {
  question: 'publication.question',
  answer: 'publication.answer',
  followUp: 'publication.follow-up',
  secondAnswer: 'publication.second-answer',
} as const satisfies Readonly<Record<ChangedField, string>>

export interface PublicationForm {
  readonly faults: FieldErrors
  /** What was typed and not taken, by field; null: nothing. */
  readonly typed: Readonly<Record<string, string | null>>
  /** The text is not the one that was answered. */
  readonly hasMoved: boolean
  /** ms UTC. */
  readonly now: number
}

/** What is proposed or published of a question, and what the learner can do about it. */
export function publicationPage(words: Words, visit: LessonVisit, view: PublicationView, form: PublicationForm): Page {
  const { course, enrolment, token } = visit
  return page({
    title: words.say('publication.title'),
    isError: Object.keys(form.faults).length > 0,
    course,
    discreet: enrolment.discreet,
    main: html`<div class="narrow">
<h1>${words.say('publication.title')}</h1>
${form.hasMoved && html`<p class="notice notice-look" role="alert">${words.say('publication.moved')}</p>`}
${errorSummary(words, form.faults, [...CHANGED_FIELDS])}
${bodyOf(words, visit, view, form)}
<p><a class="text-button" href="${paths.question(token, view.questionId)}">${words.say('writing.back')}</a></p>
</div>`,
  })
}

function bodyOf(words: Words, visit: LessonVisit, view: PublicationView, form: PublicationForm): Html {
  switch (view.state) {
    case 'proposed':
      return view.text === null ? html`` : proposal(words, visit, view, view.text, form)
    case 'accepted':
      return accepted(words, visit, view)
    default:
      return html`<p>${words.say(`publication.${view.state}`)}</p>`
  }
}

function proposal(
  words: Words,
  visit: LessonVisit,
  view: PublicationView,
  text: PublicationText,
  form: PublicationForm,
): Html {
  const { course, version, isChanged } = view
  const action = paths.publication(visit.token, view.questionId)
  const date = formatDate(words, view.until, visit.enrolment.timeZone)
  return html`<p>${words.say('publication.ask')} ${words.say('publication.until', { date })}</p>
<h2 id="text">${words.say('publication.exactly')}</h2>
${isChanged && html`<p>${words.say('publication.in-your-words')}</p>`}
<div class="stack">${shownText(words, visit, view, text)}
<p>${words.say('publication.under', { situation: situationOf(words, view, text) })}</p></div>
<h2>${words.say('publication.where')}</h2>
<p>${words.say(course.library === 'open' ? 'publication.where-open' : 'publication.where-members', { course: course.title })}</p>
<p>${words.say('publication.where-else')}</p>
<form method="post" action="${action}">
<input type="hidden" name="version" value="${version}"><input type="hidden" name="library" value="${course.library}">
<fieldset class="field ticks"><legend>${words.say('publication.erased')}</legend>
<label class="tick"><input type="radio" name="erased" value="too" checked><span>${words.say('publication.erased-too')}</span></label>
<label class="tick"><input type="radio" name="erased" value="stays"><span>${words.say('publication.erased-stays')}</span></label>
</fieldset>
<p class="button-row"><button class="button" type="submit" name="do" value="yes">${words.say('publication.yes')}</button> <button class="button button-secondary" type="submit" name="do" value="no">${words.say('publication.no')}</button></p>
</form>
<details class="fold"${on('open', Object.keys(form.faults).length > 0)}><summary>${words.say('publication.change')}</summary>
<form class="form" method="post" action="${action}" autocomplete="off">
<input type="hidden" name="version" value="${version}">
<p class="hint">${words.say('publication.change-hint')}</p>
${CHANGED_FIELDS.map((name) => textField(words, name, form.typed[name] ?? text[name], text.language, form.faults))}
<p><button class="button button-secondary" type="submit" name="do" value="change">${words.say('publication.show')}</button></p>
</form></details>`
}

function textField(words: Words, name: ChangedField, value: string, language: string, faults: FieldErrors): Html {
  const rows = name === 'question' || name === 'followUp' ? 2 : 10
  return html`<div class="field"><label for="${name}">${words.say(LABELS[name])}</label>
${fieldError(words, name, faults)}<textarea id="${name}" name="${name}" rows="${rows}" lang="${language}"${invalidAttributes(name, faults)}>
${value}</textarea></div>
`
}

function accepted(words: Words, visit: LessonVisit, view: PublicationView): Html {
  const { course, place, questionId } = view
  if (place === null) return html`<p>${words.say('publication.nothing')}</p>`
  const { discreet, timeZone } = visit.enrolment
  const isShown = consentsFor(course.library).includes(place.library)
  const href = publicPagePath(course.name, { kind: 'question', name: place.id }, discreet)
  return html`<h2 id="text">${words.say('publication.accepted')}</h2>
<p>${words.say('publication.accepted-on', { date: formatDate(words, place.publishedAt, timeZone) })}</p>
<div class="stack">${shownText(words, visit, view, place.text)}
${isShown ? html`<p><a href="${href}">${words.say('publication.read')}</a></p>` : html`<p class="notice">${words.say('publication.accepted-hidden')}</p>`}</div>
<p>${words.say(place.staysWhenErased ? 'publication.accepted-stays' : 'publication.accepted-too')}</p>
<form method="post" action="${paths.publication(visit.token, questionId)}">
<p>${words.say('publication.withdraw-hint')}</p>
<p><button class="button button-secondary" type="submit" name="do" value="withdraw">${words.say('publication.withdraw')}</button></p>
</form>`
}

/** The heading of the library under which it stands. */
function situationOf(words: Words, { course }: PublicationView, { situation }: PublicationText): string {
  return course.tracks.find(({ name }) => name === situation)?.summary ?? words.say('course.library.everyone')
}

/** As it stands in the library. */
function shownText(words: Words, visit: LessonVisit, view: PublicationView, text: PublicationText): Html {
  const { course, resources } = view
  const { discreet } = visit.enrolment
  return html`<article class="card prose"${otherLanguage(visit.course, text.language)} aria-labelledby="text">
<h3>${text.question}</h3>
${questionBody({ words, course, resources, discreet, whole: true }, text, 'h4')}
</article>`
}

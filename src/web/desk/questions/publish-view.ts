import { publicPagePath } from '../../../core/course/public-pages.ts'
import { formatDate } from '../../../core/delivery/local-time.ts'
import { deskPaths } from '../../../core/desk/desk-paths.ts'
import { directionOf, ownName } from '../../../core/language/languages.ts'
import type { IdentifyingDetail } from '../../../core/publication/identifying-details.ts'
import type { PublicationText } from '../../../core/publication/publication-text.ts'
import { type StartingText, startFromThread } from '../../../core/publication/start-from-thread.ts'
import type { Words } from '../../../core/words.ts'
import type { OpenedQuestion } from '../../../flow/desk/questions/open-question.ts'
import type { AuthorsPublication } from '../../../flow/publication/authors-publication.ts'
import { questionBody } from '../../course/question-view.ts'
import { errorSummary, fieldError, invalidAttributes } from '../../page/error-summary.ts'
import { type Html, html, on } from '../../page/html.ts'
import type { DeskPage } from '../desk-page.ts'
import type { DeskWords } from '../desk-visit.ts'
import { messageCard } from './message-view.ts'

const TEXTS = [
  { name: 'question', label: 'desk.publication.question', rows: 2 },
  { name: 'answer', label: 'desk.publication.answer', rows: 12 },
  { name: 'followUp', label: 'desk.publication.follow-up', rows: 2 },
  { name: 'secondAnswer', label: 'desk.publication.second-answer', rows: 12 },
] as const
export const PUBLISH_FIELDS = [...TEXTS.map(({ name }) => name), 'situation', 'language', 'article'] as const

export interface PublishView extends OpenedQuestion, AuthorsPublication {
  readonly ownId: number
  /** Of the learners' pages, without a slash at its end. */
  readonly siteUrl: string
  readonly courseWords: Words
  /** '' for none. */
  readonly error: string
  readonly faults: Readonly<Record<string, string>>
  readonly details: readonly IdentifyingDetail[]
  readonly typed: Readonly<Record<string, string>> | null
  readonly preview: PublicationText | null
}

/** What is proposed or published of a question, and the form for it beside the thread. */
export function publishPage(words: DeskWords, view: PublishView): DeskPage {
  const { question, messages, place, preview, error, faults, state } = view
  return {
    title: words.say('desk.publication.title'),
    main: html`<p><a href="${deskPaths.question(question.id)}">${words.say('desk.publication.back')}</a></p>
<h1>${words.say('desk.publication.title')}</h1>
<p>${words.say('desk.publication.body')}</p>
${Object.keys(faults).length > 0 ? errorSummary(words, faults, [...PUBLISH_FIELDS]) : error !== '' && html`<p class="notice notice-look" role="alert">${error}</p>`}
<p class="notice">${stateSentence(words, view)}</p>
${place !== null && inLibrary(words, view, place.id, place.text)}
${(state === 'proposed' || state === 'accepted') && removeForm(words, view)}
${preview !== null && html`<section aria-labelledby="preview"><h2 id="preview">${words.say('desk.publication.preview')}</h2>\n${shownText(view, preview)}</section>`}
${view.canPropose && proposalForm(words, view)}
<section aria-labelledby="thread"><h2 id="thread">${words.say('desk.publication.thread')}</h2>
${messages.map((message) => messageCard(words, message, view))}</section>`,
  }
}

function stateSentence(words: DeskWords, { state, until, place }: PublishView): string {
  switch (state) {
    case 'proposed':
      return words.say('desk.publication.state.proposed', { date: formatDate(words, until, words.timeZone) })
    case 'accepted':
      return words.say('desk.publication.state.accepted', {
        date: formatDate(words, place?.publishedAt ?? 0, words.timeZone),
      })
    default:
      return words.say(`desk.publication.state.${state}`)
  }
}

function inLibrary(words: Words, view: PublishView, id: string, text: PublicationText): Html {
  const { course, siteUrl, isInLearnersWords } = view
  const href = `${siteUrl}${publicPagePath(course.name, { kind: 'question', name: id }, false)}`
  return html`<section aria-labelledby="in-library"><h2 id="in-library">${words.say(isInLearnersWords ? 'desk.publication.in-learners-words' : 'desk.publication.in-library')}</h2>
${shownText(view, text)}
<p><a href="${href}">${words.say('desk.publication.read')}</a></p></section>`
}

/** As it stands in the library. */
function shownText({ course, resources, courseWords }: PublishView, text: PublicationText): Html {
  const surroundings = { words: courseWords, course, resources, discreet: false, whole: true }
  return html`<article class="card prose" lang="${text.language}" dir="${directionOf(text.language)}">
<h3>${text.question}</h3>
${questionBody(surroundings, text, 'h4')}
</article>`
}

function removeForm(words: Words, { question, state }: PublishView): Html {
  const label = words.say(state === 'accepted' ? 'desk.publication.take-out' : 'desk.publication.take-back')
  return html`<form method="post" action="${deskPaths.publishQuestion(question.id)}">
<p><button class="button button-secondary" type="submit" name="do" value="remove">${label}</button></p>
</form>`
}

function proposalForm(words: Words, view: PublishView): Html {
  const { question, course, choices, version, state, faults, details } = view
  const values = valuesOf(view)
  const option = (name: string, value: string, label: string) =>
    html`<option value="${value}"${on('selected', values[name] === value)}>${label}</option>`
  return html`<form class="form after-card" method="post" action="${deskPaths.publishQuestion(question.id)}" autocomplete="off">
<input type="hidden" name="version" value="${version}">
${details.length > 0 && warnings(words, details)}
<p class="hint" id="markdown-hint">${words.say('desk.publication.markdown')}</p>
${TEXTS.map(({ name, label, rows }) => textField(words, view, name, words.say(label), rows, values[name] ?? ''))}
${select('situation', words.say('desk.publication.situation'), [option('situation', '', words.say('desk.publication.everyone')), ...course.tracks.map(({ name, title, summary }) => option('situation', name, `${title}: ${summary}`))])}
${select(
  'language',
  words.say('desk.publication.language'),
  choices.languages.map((language) => option('language', language, ownName(language))),
)}
${select('article', words.say('desk.publication.article'), [option('article', '', words.say('desk.publication.no-article')), ...view.resources.articles.map(({ name, title }) => option('article', name, title))])}
<p class="button-row"><button class="button button-secondary" type="submit" name="do" value="look">${words.say('desk.publication.look')}</button> <button class="button" type="submit" name="do" value="propose">${words.say(state === 'proposed' ? 'desk.publication.propose-anew' : 'desk.publication.propose')}</button></p>
</form>`

  function select(name: string, label: string, options: readonly Html[]): Html {
    return html`<div class="field"><label for="${name}">${label}</label>
${fieldError(words, name, faults)}<select id="${name}" name="${name}"${invalidAttributes(name, faults)}>${options}</select></div>`
  }
}

function textField(
  words: Words,
  { faults, question }: PublishView,
  name: string,
  label: string,
  rows: number,
  value: string,
): Html {
  return html`<div class="field"><label for="${name}">${label}</label>
${fieldError(words, name, faults)}<textarea id="${name}" name="${name}" rows="${rows}" lang="${question.language}"${invalidAttributes(name, faults)}>
${value}</textarea></div>
`
}

function warnings(words: Words, details: readonly IdentifyingDetail[]): Html {
  return html`<div class="notice notice-look" role="alert"><h2>${words.say('desk.publication.warnings')}</h2>
<ul>${details.map((detail) => html`<li>${words.say(`desk.publication.detail.${detail}`)}</li>`)}</ul>
<label class="tick"><input type="checkbox" name="sure" value="yes"><span>${words.say('desk.publication.sure')}</span></label></div>`
}

/** What was typed; otherwise the text that was proposed last, or the beginning of the thread. */
function valuesOf({ typed, proposed, messages, question, choices }: PublishView): Readonly<Record<string, string>> {
  if (typed !== null) return typed
  if (proposed !== null) return { ...proposed, situation: proposed.situation ?? '', article: proposed.article ?? '' }
  const start: StartingText = startFromThread(messages)
  const language = choices.languages.includes(question.language) ? question.language : (choices.languages[0] ?? '')
  return { ...start, language, situation: '', article: '' }
}

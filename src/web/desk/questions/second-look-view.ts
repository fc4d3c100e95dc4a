import { QUESTION_NOTE_MAX } from '../../../core/desk/answering.ts'
import { deskPaths } from '../../../core/desk/desk-paths.ts'
import type { OpenedQuestion } from '../../../flow/desk/questions/open-question.ts'
import { type Html, html } from '../../page/html.ts'
import type { DeskWords } from '../desk-visit.ts'
import { instant } from '../instant.ts'
import { answerHtml, authorName } from './message-view.ts'

type LooksView = OpenedQuestion & { readonly ownId: number }

/** What colleagues said about a draft, and the drafts that this operator is asked to look at. */
export function looksOf(words: DeskWords, view: LooksView): Html | null {
  const { looks, authors, ownId } = view
  if (looks.length === 0) return null
  return html`<h2>${words.say('desk.questions.looks')}</h2>
${looks.map((look) => {
  if (look.askedOf === ownId && look.doneAt === null) return lookForm(words, view, look)
  const who = authorName(words, authors, ownId, look.askedOf)
  if (look.doneAt === null)
    return html`<p>${words.say('desk.questions.look-waits', { who })} ${instant(words, look.at)}</p>
`
  return html`<div class="card after-card"><p class="quiet">${words.say('desk.questions.looked', { who })} ${instant(words, look.doneAt)}</p>
<p class="as-written">${look.note ?? words.say('desk.questions.nothing-said')}</p></div>
`
})}`
}

function lookForm(
  words: DeskWords,
  { question, authors, ownId, othersDrafts }: LooksView,
  { id, askedBy }: LooksView['looks'][number],
): Html {
  const who = authorName(words, authors, ownId, askedBy)
  const draft = othersDrafts.get(askedBy) ?? ''
  return html`<section class="card after-card" aria-labelledby="look-${id}"><h3 id="look-${id}">${words.say('desk.questions.asks-you', { who })}</h3>
${draft === '' ? html`<p>${words.say('desk.questions.no-draft')}</p>` : html`<div class="prose" lang="${question.language}">${answerHtml(draft)}</div>`}
<form method="post" action="${deskPaths.giveLook(question.id)}"><input type="hidden" name="look" value="${id}">
<div class="field"><label for="note-${id}">${words.say('desk.questions.note')}</label>
<textarea id="note-${id}" name="note" rows="4" maxlength="${QUESTION_NOTE_MAX}"></textarea></div>
<p><button class="button" type="submit">${words.say('desk.questions.looked-button')}</button></p>
</form></section>
`
}

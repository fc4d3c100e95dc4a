import { deskPaths } from '../../../core/desk/desk-paths.ts'
import { nextQuestionState } from '../../../core/question/question.ts'
import type { OpenedQuestion } from '../../../flow/desk/questions/open-question.ts'
import { html } from '../../page/html.ts'
import type { DeskPage } from '../desk-page.ts'
import type { DeskWords } from '../desk-visit.ts'
import { answerHtml, messageCard } from './message-view.ts'

export interface LookView extends OpenedQuestion {
  readonly ownId: number
  /** What is about to be sent. */
  readonly text: string
  /** Set where something was written after the last message that its author had seen. */
  readonly meanwhile: { readonly after: number } | null
}

/** The answer as the learner will see it, below what it answers. Sending says which message was the last one seen. */
export function lookPage(words: DeskWords, view: LookView): DeskPage {
  const { question, messages, text, meanwhile } = view
  const answered = messages.findLastIndex(({ by }) => by === 'author')
  const shown = meanwhile === null ? messages.slice(answered + 1) : messages.filter(({ id }) => id > meanwhile.after)
  const isOpen = nextQuestionState('answer', question) !== null
  return {
    title: words.say('desk.questions.look-title'),
    main: html`<p><a href="${deskPaths.question(question.id)}#answer">${words.say('desk.questions.change')}</a></p>
<h1>${words.say('desk.questions.look-title')}</h1>
${meanwhile !== null && html`<div class="notice notice-look" role="alert"><p>${words.say('desk.questions.meanwhile')}</p></div>`}
<h2>${words.say(meanwhile === null ? 'desk.questions.answers-to' : 'desk.questions.written-meanwhile')}</h2>
${shown.map((message) => messageCard(words, message, view))}
<section aria-labelledby="as-sent"><h2 id="as-sent">${words.say('desk.questions.as-sent')}</h2>
<div class="card prose"${text !== '' && html` lang="${question.language}"`}>${text === '' ? html`<p>${words.say('desk.errors.answer-empty')}</p>` : answerHtml(text)}</div>
${
  text !== '' &&
  isOpen &&
  html`<p class="quiet after-card">${words.say('desk.questions.send-body')}</p>
<form method="post" action="${deskPaths.sendAnswer(question.id)}">
<input type="hidden" name="text" value="${text}"><input type="hidden" name="seen" value="${messages.at(-1)?.id ?? 0}">
<p class="button-row"><button class="button" type="submit">${words.say('desk.questions.send')}</button> <a class="button button-secondary" href="${deskPaths.question(question.id)}#answer">${words.say('desk.questions.change')}</a></p>
</form>`
}
${!isOpen && html`<p class="notice notice-look">${words.say('desk.questions.not-open')}</p>`}
</section>`,
  }
}

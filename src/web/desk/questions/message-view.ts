import type { Question } from '../../../core/question/question.ts'
import { createAnswerMarkdown } from '../../../core/text/answer-markdown.ts'
import type { Author } from '../../../flow/desk/questions/open-question.ts'
import type { OpenedMessage } from '../../../flow/question/sealed-messages.ts'
import { type Html, html, raw } from '../../page/html.ts'
import type { DeskWords } from '../desk-visit.ts'
import { instant } from '../instant.ts'

const markdown = createAnswerMarkdown()

/** An answer as its learner sees it. */
export function answerHtml(text: string): Html {
  return raw(markdown.toHtml(text))
}

interface Reader {
  readonly authors: readonly Author[]
  readonly ownId: number
  /** Null where the learner does not allow it. */
  readonly firstName: string | null
  readonly question: Pick<Question, 'language'>
}

/** One message of a thread. What a learner wrote is text, not Markdown. */
export function messageCard(words: DeskWords, { id, by, operatorId, at, text }: OpenedMessage, reader: Reader): Html {
  const heading =
    by === 'author' && operatorId === reader.ownId
      ? words.say('desk.questions.you-wrote')
      : words.say('desk.questions.wrote', {
          who:
            by === 'learner'
              ? (reader.firstName ?? words.say('desk.questions.the-learner'))
              : authorName(words, reader.authors, reader.ownId, operatorId),
        })
  return html`<article class="card after-card" aria-labelledby="message-${id}"><h3 id="message-${id}">${heading}</h3>
<p class="quiet">${instant(words, at)}</p>
<div lang="${reader.question.language}">${by === 'learner' ? html`<p class="as-written">${text}</p>` : answerHtml(text)}</div>
</article>
`
}

export function authorName(words: DeskWords, authors: readonly Author[], ownId: number, id: number | null): string {
  if (id === ownId) return words.say('desk.operators.you')
  return authors.find((author) => author.id === id)?.masked ?? words.say('desk.questions.an-author')
}

import { publicPagePath } from '../../../core/course/public-pages.ts'
import { deskPaths } from '../../../core/desk/desk-paths.ts'
import type { Words } from '../../../core/words.ts'
import type { PublishedEntry } from '../../../flow/ports/publication-ports.ts'
import { type Html, html } from '../../page/html.ts'
import type { DeskPage } from '../desk-page.ts'
import { deskTable } from '../desk-table.ts'
import type { DeskWords } from '../desk-visit.ts'
import { instant } from '../instant.ts'

/** `siteUrl`: of the learners' pages, without a slash at its end. */
export function publishedPage(words: DeskWords, entries: readonly PublishedEntry[], siteUrl: string): DeskPage {
  const column = (key: 'question' | 'course' | 'since' | 'act') => words.say(`desk.published.column.${key}`)
  return {
    title: words.say('desk.published.title'),
    main: html`<p><a href="${deskPaths.questions()}">${words.say('desk.questions.back')}</a></p>
<h1>${words.say('desk.published.title')}</h1>
<p>${words.say('desk.published.body')}</p>
${
  entries.length === 0
    ? html`<p class="notice">${words.say('desk.published.none')}</p>`
    : deskTable(
        words.say('desk.published.title'),
        [column('question'), column('course'), column('since'), column('act')],
        entries.map((entry) => [
          html`<a href="${siteUrl}${publicPagePath(entry.course, { kind: 'question', name: entry.id }, false)}">${entry.question}</a>`,
          entry.course,
          instant(words, entry.publishedAt),
          actOf(words, entry),
        ]),
      )
}`,
  }
}

/** Where its question still exists, the text is taken out on that page. */
function actOf(words: Words, { id, questionId }: PublishedEntry): Html {
  if (questionId !== null)
    return html`<a href="${deskPaths.publishQuestion(questionId)}">${words.say('desk.questions.number', { id: questionId })}</a>`
  return html`<form method="post" action="${deskPaths.removePublished()}"><input type="hidden" name="published" value="${id}"><button class="text-button" type="submit">${words.say('desk.publication.take-out')}</button></form>`
}

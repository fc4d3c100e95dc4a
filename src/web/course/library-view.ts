import type { Course } from '../../core/course/course.ts'
import { type Article, firstParagraph, type LibraryQuestion } from '../../core/course/library.ts'
import { publicPagePath } from '../../core/course/public-pages.ts'
import { createMarkdown } from '../../core/text/markdown.ts'
import type { Words } from '../../core/words.ts'
import { linked } from '../care/care-page.ts'
import { type Html, html, marked, raw } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import type { LibraryContext } from './library-context.ts'
import { type LibrarySearched, searchForm, searchResults } from './library-search-view.ts'
import { howToReadOn } from './members-note.ts'
import { articleCode, readMarks } from './read-marks.ts'

const markdown = createMarkdown()

/** All articles and questions, or what a search found. `searched`: null without a search. */
export function libraryPage(context: LibraryContext, searched: LibrarySearched | null): Page {
  const { words, course, discreet, whole } = context
  const hasFound = searched !== null && searched.hits.length > 0
  return page({
    title: words.say('course.library.title'),
    course,
    discreet,
    scripts: ['library.js'],
    main: html`<h1>${words.say('course.library.title')}</h1>
<p class="lead">${words.say('course.library.lead')}</p>
${!whole && html`<div class="notice"><p>${words.say('course.library.members.list')}</p>\n${howToReadOn(context)}</div>`}
${searchForm(context, searched)}
${searched !== null && searchResults(context, searched)}
${!hasFound && everything(context)}
${whole && course.questions !== null && howToAsk(context)}`,
  })
}

/** Where somebody who takes the course asks what the library does not answer. */
function howToAsk({ words, ask }: LibraryContext): Html {
  const link = (text: string) => (ask === null ? html`${text}` : html`<a href="${ask}">${text}</a>`)
  return html`<p class="notice">${marked(words.say(ask === null ? 'question.library.where' : 'question.library.ask'), { link })}</p>`
}

function everything(context: LibraryContext): Html {
  const { words, resources, discreet } = context
  const { questions } = resources
  return html`${!discreet && readMarks(words)}
${bySituation(context).map(
  (
    { id, title, articles },
    _,
    all,
  ) => html`<section class="situation"${all.length > 1 && html` aria-labelledby="${id}"`}>
${all.length > 1 && html`<h2 id="${id}">${title}</h2>`}
<ul class="shelf">${articles.map((article) => shelfEntry(context, article))}</ul>
</section>
`,
)}
${
  questions.length > 0 &&
  html`<section aria-labelledby="questions"><h2 id="questions">${words.say('course.library.questions')}</h2>
${questions.map((question) => questionView(context, question))}</section>`
}`
}

interface Situation {
  readonly id: string
  readonly title: string
  readonly articles: readonly Article[]
}

/** By the track that an article suits, under each of several; then what suits everyone. */
function bySituation({ words, course: { tracks }, resources: { articles } }: LibraryContext): readonly Situation[] {
  const suits = (article: Article, track: string) => article.audiences.includes(track)
  return [
    ...tracks.map(({ name, summary }) => ({
      id: `for-${name}`,
      title: summary,
      articles: articles.filter((article) => suits(article, name)),
    })),
    {
      id: 'for-everyone',
      title: words.say('course.library.everyone'),
      articles: articles.filter((article) => !tracks.some(({ name }) => suits(article, name))),
    },
  ].filter((situation) => situation.articles.length > 0)
}

function shelfEntry({ words, course, discreet }: LibraryContext, { name, title, summary, minutes }: Article): Html {
  return html`<li data-article="${articleCode(course, name)}"><a href="${publicPagePath(course.name, { kind: 'article', name }, discreet)}">${title}</a>
<span>${summary}</span> <span class="quiet">${words.say('course.library.minutes', { minutes })}</span></li>
`
}

function questionView(
  context: LibraryContext,
  { id, question, answer, followUp, secondAnswer, article }: LibraryQuestion,
): Html {
  const { words, course, resources, discreet, whole } = context
  const text = (source: string) => raw(markdown.toHtml(linked(source, { course, discreet })))
  const more = resources.articles.find(({ name }) => name === article)
  return html`<details class="question" id="${id}"><summary>${question}</summary>
<div class="prose">
${text(whole ? answer : firstParagraph(answer))}
${
  whole &&
  html`<h3>${followUp}</h3>
${text(secondAnswer)}
${more && readOn(words, course, more, discreet)}`
}
</div></details>
`
}

function readOn(words: Words, course: Course, { name, title }: Article, discreet: boolean): Html {
  const href = publicPagePath(course.name, { kind: 'article', name }, discreet)
  const link = (text: string) => html`<a href="${href}">${text}</a>`
  return html`<p>${marked(words.say('course.library.read-on', { title }), { link })}</p>`
}

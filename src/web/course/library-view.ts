import type { Article } from '../../core/course/library.ts'
import { publicPagePath } from '../../core/course/public-pages.ts'
import type { ListedQuestion } from '../../core/publication/published-question.ts'
import { type Html, html, marked } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import type { LibraryContext } from './library-context.ts'
import { type LibrarySearched, searchForm, searchResults } from './library-search-view.ts'
import { howToReadOn } from './members-note.ts'
import { otherLanguage } from './other-language.ts'
import { articleCode, readMarks } from './read-marks.ts'

/** All articles and questions, or what a search found. `searched`: null without a search. */
export function libraryPage(
  context: LibraryContext,
  questions: readonly ListedQuestion[],
  searched: LibrarySearched | null,
): Page {
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
${!hasFound && everything(context, questions)}
${whole && course.questions !== null && howToAsk(context)}`,
  })
}

/** Where somebody who takes the course asks what the library does not answer. */
function howToAsk({ words, ask }: LibraryContext): Html {
  const link = (text: string) => (ask === null ? html`${text}` : html`<a href="${ask}">${text}</a>`)
  return html`<p class="notice">${marked(words.say(ask === null ? 'question.library.where' : 'question.library.ask'), { link })}</p>`
}

function everything(context: LibraryContext, questions: readonly ListedQuestion[]): Html {
  const { words, resources, discreet } = context
  return html`${!discreet && readMarks(words)}
${bySituation(context, resources.articles).map(
  (
    { name, title, pieces },
    _,
    all,
  ) => html`<section class="situation"${all.length > 1 && html` aria-labelledby="for-${name}"`}>
${all.length > 1 && html`<h2 id="for-${name}">${title}</h2>`}
<ul class="shelf">${pieces.map((article) => articleEntry(context, article))}</ul>
</section>
`,
)}
${
  questions.length > 0 &&
  html`<section class="situation" aria-labelledby="questions"><h2 id="questions">${words.say('course.library.questions')}</h2>
${questionList(context, questions)}</section>`
}`
}

interface Situation<Piece> {
  readonly name: string
  readonly title: string
  readonly pieces: readonly Piece[]
}

/** By the track that a piece suits, under each of several; then what suits everyone. */
function bySituation<Piece extends { readonly audiences: readonly string[] }>(
  { words, course: { tracks } }: LibraryContext,
  pieces: readonly Piece[],
): readonly Situation<Piece>[] {
  const suits = ({ audiences }: Piece, track: string) => audiences.includes(track)
  return [
    ...tracks.map(({ name, summary }) => ({
      name,
      title: summary,
      pieces: pieces.filter((piece) => suits(piece, name)),
    })),
    {
      name: 'everyone',
      title: words.say('course.library.everyone'),
      pieces: pieces.filter((piece) => !tracks.some(({ name }) => suits(piece, name))),
    },
  ].filter((situation) => situation.pieces.length > 0)
}

function articleEntry({ words, course, discreet }: LibraryContext, { name, title, summary, minutes }: Article): Html {
  return html`<li data-article="${articleCode(course, name)}"><a href="${publicPagePath(course.name, { kind: 'article', name }, discreet)}">${title}</a>
<span>${summary}</span> <span class="quiet">${words.say('course.library.minutes', { minutes })}</span></li>
`
}

function questionList(context: LibraryContext, questions: readonly ListedQuestion[]): Html {
  // Emails that were sent lead to a question's place in this page, which is where it stands first.
  const placed = new Set<string>()
  return html`${bySituation(context, questions).map(
    ({ name, title, pieces }, _, all) => html`${all.length > 1 && html`<h3 id="questions-${name}">${title}</h3>`}
<ul class="shelf shelf-close"${all.length > 1 && html` aria-labelledby="questions-${name}"`}>${pieces.map(
      (question) => {
        const isFirst = !placed.has(question.id)
        placed.add(question.id)
        return questionEntry(context, question, isFirst)
      },
    )}</ul>
`,
  )}`
}

function questionEntry(
  { course, discreet }: LibraryContext,
  { id, question, language }: ListedQuestion,
  isFirst: boolean,
): Html {
  const href = publicPagePath(course.name, { kind: 'question', name: id }, discreet)
  return html`<li${isFirst && html` id="${id}"`}><a href="${href}"${otherLanguage(course, language)}>${question}</a></li>
`
}

import type { Course } from '../../core/course/course.ts'
import type { Article, LibraryQuestion } from '../../core/course/library.ts'
import type { CourseResources } from '../../core/course/parse/parse-resources.ts'
import { publicPagePath } from '../../core/course/public-pages.ts'
import { createMarkdown } from '../../core/text/markdown.ts'
import { linked } from '../care/care-page.ts'
import { type Html, html, raw } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'

const markdown = createMarkdown()

/** All articles, and all questions with answer, follow-up and second answer. */
export function libraryPage(course: Course, resources: CourseResources, discreet: boolean): Page {
  const { articles, questions } = resources
  return page({
    title: 'Library',
    course,
    discreet,
    main: html`<h1>Library</h1>
<p class="lead">Short pieces to read when you want to. None of them is homework.</p>
${bySituation(course, articles).map(
  (
    { id, title, articles },
    _,
    all,
  ) => html`<section class="situation"${all.length > 1 && html` aria-labelledby="${id}"`}>
${all.length > 1 && html`<h2 id="${id}">${title}</h2>`}
<ul class="shelf">${articles.map((article) => shelfEntry(course, article, discreet))}</ul>
</section>
`,
)}
${
  questions.length > 0 &&
  html`<section aria-labelledby="questions"><h2 id="questions">Questions people ask</h2>
${questions.map((question) => questionView(question, course, articles, discreet))}</section>`
}`,
  })
}

interface Situation {
  readonly id: string
  readonly title: string
  readonly articles: readonly Article[]
}

/** By the track that an article suits, under each of several; then what suits everyone. */
function bySituation({ tracks }: Course, articles: readonly Article[]): readonly Situation[] {
  const suits = (article: Article, track: string) => article.audiences.includes(track)
  return [
    ...tracks.map(({ name, summary }) => ({
      id: `for-${name}`,
      title: summary,
      articles: articles.filter((article) => suits(article, name)),
    })),
    {
      id: 'for-everyone',
      title: 'For everyone',
      articles: articles.filter((article) => !tracks.some(({ name }) => suits(article, name))),
    },
  ].filter((situation) => situation.articles.length > 0)
}

function shelfEntry(course: Course, { name, title, summary, minutes }: Article, discreet: boolean): Html {
  return html`<li><a href="${publicPagePath(course.name, { kind: 'article', name }, discreet)}">${title}</a>
<span>${summary}</span> <span class="quiet">${minutes}\u00a0min</span></li>
`
}

export function articlePage(course: Course, article: Article, discreet: boolean): Page {
  return page({
    title: article.title,
    course,
    discreet,
    main: html`<p class="kicker"><a href="${publicPagePath(course.name, { kind: 'library' }, discreet)}">Library</a> · ${article.minutes} min to read</p>
<article class="prose article">
<h1>${article.title}</h1>
<p class="lead">${article.summary}</p>
${raw(markdown.toHtml(linked(article.markdown, { course, discreet })))}
</article>`,
  })
}

function questionView(
  { id, question, answer, followUp, secondAnswer, article }: LibraryQuestion,
  course: Course,
  articles: readonly Article[],
  discreet: boolean,
): Html {
  const text = (source: string) => raw(markdown.toHtml(linked(source, { course, discreet })))
  const more = articles.find(({ name }) => name === article)
  return html`<details class="question" id="${id}"><summary>${question}</summary>
<div class="prose">
${text(answer)}
<h3>${followUp}</h3>
${text(secondAnswer)}
${more && html`<p>Read on: <a href="${publicPagePath(course.name, { kind: 'article', name: more.name }, discreet)}">${more.title}</a></p>`}
</div></details>
`
}

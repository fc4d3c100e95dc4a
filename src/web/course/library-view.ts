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
${
  articles.length > 0 &&
  html`<ul class="shelf">${articles.map(
    (
      article,
    ) => html`<li><a href="${publicPagePath(course.name, { kind: 'article', name: article.name }, discreet)}">${article.title}</a>
<span>${article.summary}</span> <span class="quiet">${article.minutes}\u00a0min</span></li>
`,
  )}</ul>`
}
${
  questions.length > 0 &&
  html`<section aria-labelledby="questions"><h2 id="questions">Questions people ask</h2>
${questions.map((question) => questionView(question, course, articles, discreet))}</section>`
}`,
  })
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

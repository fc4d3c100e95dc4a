import type { Course } from '../../core/course/course.ts'
import type { Article, LibraryQuestion } from '../../core/course/library.ts'
import type { CourseResources } from '../../core/course/parse/parse-resources.ts'
import { publicPagePath } from '../../core/course/public-pages.ts'
import { createMarkdown } from '../../core/text/markdown.ts'
import type { Words } from '../../core/words.ts'
import { linked } from '../care/care-page.ts'
import { type Html, html, marked, raw } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'

const markdown = createMarkdown()

/** All articles, and all questions with answer, follow-up and second answer. */
export function libraryPage(words: Words, course: Course, resources: CourseResources, discreet: boolean): Page {
  const { articles, questions } = resources
  return page({
    title: words.say('course.library.title'),
    course,
    discreet,
    main: html`<h1>${words.say('course.library.title')}</h1>
<p class="lead">${words.say('course.library.lead')}</p>
${bySituation(words, course, articles).map(
  (
    { id, title, articles },
    _,
    all,
  ) => html`<section class="situation"${all.length > 1 && html` aria-labelledby="${id}"`}>
${all.length > 1 && html`<h2 id="${id}">${title}</h2>`}
<ul class="shelf">${articles.map((article) => shelfEntry(words, course, article, discreet))}</ul>
</section>
`,
)}
${
  questions.length > 0 &&
  html`<section aria-labelledby="questions"><h2 id="questions">${words.say('course.library.questions')}</h2>
${questions.map((question) => questionView(words, question, course, articles, discreet))}</section>`
}`,
  })
}

interface Situation {
  readonly id: string
  readonly title: string
  readonly articles: readonly Article[]
}

/** By the track that an article suits, under each of several; then what suits everyone. */
function bySituation(words: Words, { tracks }: Course, articles: readonly Article[]): readonly Situation[] {
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

function shelfEntry(words: Words, course: Course, { name, title, summary, minutes }: Article, discreet: boolean): Html {
  return html`<li><a href="${publicPagePath(course.name, { kind: 'article', name }, discreet)}">${title}</a>
<span>${summary}</span> <span class="quiet">${words.say('course.library.minutes', { minutes })}</span></li>
`
}

export function articlePage(words: Words, course: Course, article: Article, discreet: boolean): Page {
  return page({
    title: article.title,
    course,
    discreet,
    main: html`<p class="kicker"><a href="${publicPagePath(course.name, { kind: 'library' }, discreet)}">${words.say('course.library.title')}</a> · ${words.say('course.library.minutes-to-read', { minutes: article.minutes })}</p>
<article class="prose article">
<h1>${article.title}</h1>
<p class="lead">${article.summary}</p>
${raw(markdown.toHtml(linked(article.markdown, { course, discreet })))}
</article>`,
  })
}

function questionView(
  words: Words,
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
${more && readOn(words, course, more, discreet)}
</div></details>
`
}

function readOn(words: Words, course: Course, { name, title }: Article, discreet: boolean): Html {
  const href = publicPagePath(course.name, { kind: 'article', name }, discreet)
  const link = (text: string) => html`<a href="${href}">${text}</a>`
  return html`<p>${marked(words.say('course.library.read-on', { title }), { link })}</p>`
}

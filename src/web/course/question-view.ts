import type { Course } from '../../core/course/course.ts'
import { firstParagraph, type LibraryQuestion } from '../../core/course/library.ts'
import type { CourseResources } from '../../core/course/parse/parse-resources.ts'
import { publicPagePath } from '../../core/course/public-pages.ts'
import type { PublishedQuestion } from '../../core/publication/published-question.ts'
import { createMarkdown } from '../../core/text/markdown.ts'
import type { Words } from '../../core/words.ts'
import { linked } from '../care/care-page.ts'
import { type Html, html, marked, raw } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import type { LibraryContext } from './library-context.ts'
import { howToReadOn } from './members-note.ts'
import { otherLanguage } from './other-language.ts'

const markdown = createMarkdown()

/** A question with its answers, or only how its answer begins. */
export function questionPage(context: LibraryContext, question: PublishedQuestion): Page {
  const { words, course, discreet, whole } = context
  return page({
    title: question.question,
    course,
    discreet,
    main: html`<p class="kicker"><a href="${publicPagePath(course.name, { kind: 'library' }, discreet)}">${words.say('course.library.title')}</a> · ${words.say(question.isFromLearner ? 'course.library.asked' : 'course.library.question')}</p>
<article class="prose article"${otherLanguage(course, question.language)}>
<h1>${question.question}</h1>
${questionBody(context, question)}
</article>
${!whole && html`<div class="notice"><p>${words.say('course.library.members.article')}</p>\n${howToReadOn(context)}</div>`}`,
  })
}

/** What a text of the library is shown with. */
export interface QuestionSurroundings {
  readonly words: Words
  readonly course: Course
  readonly resources: CourseResources
  readonly discreet: boolean
  /** False: only how the answer begins. */
  readonly whole: boolean
}

/** All below the question itself. `heading`: of the follow-up. */
export function questionBody(
  { words, course, resources, discreet, whole }: QuestionSurroundings,
  {
    answer,
    followUp,
    secondAnswer,
    article,
  }: Pick<LibraryQuestion, 'answer' | 'followUp' | 'secondAnswer' | 'article'>,
  heading: 'h2' | 'h4' = 'h2',
): Html {
  const text = (source: string) => raw(markdown.toHtml(linked(source, { course, discreet })))
  const more = resources.articles.find(({ name }) => name === article)
  if (!whole) return text(firstParagraph(answer))
  return html`${text(answer)}
${followUp !== '' && html`${raw(`<${heading}>`)}${followUp}${raw(`</${heading}>`)}\n`}${text(secondAnswer)}
${more && readOn(words, course, more, discreet)}`
}

function readOn(
  words: Words,
  course: Course,
  { name, title }: CourseResources['articles'][number],
  discreet: boolean,
): Html {
  const href = publicPagePath(course.name, { kind: 'article', name }, discreet)
  const link = (text: string) => html`<a href="${href}">${text}</a>`
  return html`<p>${marked(words.say('course.library.read-on', { title }), { link })}</p>`
}

import { type Article, firstParagraph } from '../../core/course/library.ts'
import { publicPagePath } from '../../core/course/public-pages.ts'
import { createMarkdown } from '../../core/text/markdown.ts'
import { linked } from '../care/care-page.ts'
import { html, raw } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import type { LibraryContext } from './library-context.ts'
import { howToReadOn } from './members-note.ts'
import { articleCode } from './read-marks.ts'

const markdown = createMarkdown()

/** An article, or only how it begins. */
export function articlePage(context: LibraryContext, article: Article): Page {
  const { words, course, discreet, whole } = context
  const text = whole ? article.markdown : firstParagraph(article.markdown)
  return page({
    title: article.title,
    course,
    discreet,
    scripts: whole && !discreet ? ['library.js'] : [],
    main: html`<p class="kicker"><a href="${publicPagePath(course.name, { kind: 'library' }, discreet)}">${words.say('course.library.title')}</a> · ${words.say('course.library.minutes-to-read', { minutes: article.minutes })}</p>
<article class="prose article"${whole && html` data-reads="${articleCode(course, article.name)}"`}>
<h1>${article.title}</h1>
<p class="lead">${article.summary}</p>
${raw(markdown.toHtml(linked(text, { course, discreet })))}
</article>
${!whole && html`<div class="notice"><p>${words.say('course.library.members.article')}</p>\n${howToReadOn(context)}</div>`}`,
  })
}

import { type CarePage, withPageLinks } from '../../core/course/care-page.ts'
import type { Course } from '../../core/course/course.ts'
import type { HelpNumbers } from '../../core/course/help-numbers.ts'
import { HELP, publicPagePath } from '../../core/course/public-pages.ts'
import { createMarkdown } from '../../core/text/markdown.ts'
import type { Words } from '../../core/words.ts'
import { type Html, html, raw } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import { helpLines } from './help-lines.ts'

const markdown = createMarkdown()

/** What a care page needs to know about its reader; nothing is stored. */
export interface CarePageContext {
  readonly words: Words
  readonly course: Course
  readonly numbers: HelpNumbers | null
  readonly discreet: boolean
  /** The id of the place whose numbers are shown first, or null. */
  readonly likely: string | null
}

/** A care page with its own address. */
export function carePage(care: CarePage, reader: CarePageContext): Page {
  const { course, discreet } = reader
  return page({
    title: care.title,
    course,
    discreet,
    scripts: ['help-lines.js'],
    main: html`<article class="prose care-page">
<h1>${care.title}</h1>
${careText(care, reader)}
${carePageFootnote(reader.words, care)}
</article>`,
  })
}

/** The text of a care page: first paragraph, numbers, and the rest. */
export function careText(care: CarePage, reader: CarePageContext): Html {
  const { words, numbers, likely } = reader
  const text = (source: string) => raw(markdown.toHtml(linked(source, reader)))
  return html`${text(care.lead)}
${numbers !== null && care.numbers.length > 0 && helpLines(words, numbers, care.numbers, likely, `lines-${care.name}`)}
${text(care.rest)}`
}

/** Markdown with its links to care pages resolved. */
export function linked(source: string, { course, discreet }: Pick<CarePageContext, 'course' | 'discreet'>): string {
  return withPageLinks(source, (name) => publicPagePath(course.name, { kind: 'page', name }, discreet))
}

function carePageFootnote(words: Words, { name }: CarePage): Html | null {
  if (name !== HELP.name) return null
  return html`<p class="notice">${words.say('care.trace')}</p>`
}

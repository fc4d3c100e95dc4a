import { type CarePage, withPageLinks } from '../../core/course/care-page.ts'
import type { Course } from '../../core/course/course.ts'
import type { HelpNumbers } from '../../core/course/help-numbers.ts'
import { HELP, publicPagePath } from '../../core/course/public-pages.ts'
import { createMarkdown } from '../../core/text/markdown.ts'
import { type Html, html, raw } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import { helpLines } from './help-lines.ts'

const markdown = createMarkdown()

/** What pages of care need to know of their reader; nothing of it is stored. */
export interface CarePageContext {
  readonly course: Course
  readonly numbers: HelpNumbers | null
  readonly discreet: boolean
  /** The id of the place whose numbers come first, or null. */
  readonly likely: string | null
}

/** A care page with an address of its own. */
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
${carePageFootnote(care)}
</article>`,
  })
}

/** The text of a care page: its first paragraph, its numbers, and the rest. */
export function careText(care: CarePage, reader: CarePageContext): Html {
  const { numbers, likely } = reader
  const text = (source: string) => raw(markdown.toHtml(linked(source, reader)))
  return html`${text(care.lead)}
${numbers !== null && care.numbers.length > 0 && helpLines(numbers, care.numbers, likely, `lines-${care.name}`)}
${text(care.rest)}`
}

/** Markdown of the course with its links to care pages leading somewhere. */
export function linked(source: string, { course, discreet }: Pick<CarePageContext, 'course' | 'discreet'>): string {
  return withPageLinks(source, (name) => publicPagePath(course.name, { kind: 'page', name }, discreet))
}

function carePageFootnote({ name }: CarePage): Html | null {
  if (name !== HELP.name) return null
  return html`<p class="notice">Visiting this page leaves a trace: your browser history is not erased when you leave. Delete it yourself, if that is safe for you.</p>`
}

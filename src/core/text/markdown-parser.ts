import createParser, { type MarkdownIt } from 'markdown-it'

/** The Markdown of courses: raw HTML is text, bare addresses are not linked, and quotation marks are unchanged. */
export function createMarkdownParser(): MarkdownIt {
  return createParser({ html: false, linkify: false, typographer: false })
}

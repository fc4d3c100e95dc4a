import createParser, { type MarkdownIt } from 'markdown-it'

/** Markdown as courses use it: raw HTML is text, only written links are links, quotation marks stay as typed. */
export function createMarkdownParser(): MarkdownIt {
  return createParser({ html: false, linkify: false, typographer: false })
}

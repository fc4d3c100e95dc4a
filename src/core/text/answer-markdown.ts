import { createMarkdownParser } from './markdown-parser.ts'

/**
 * Renders answers to questions: the Markdown of courses without images, which would tell others when an answer is read, and with
 * links that say nothing of where they are followed from.
 */
export function createAnswerMarkdown(): { toHtml(markdown: string): string } {
  const parser = createMarkdownParser().disable('image')
  const { rules } = parser.renderer
  rules.link_open = (tokens, index, options, _env, renderer) => {
    tokens[index]?.attrSet('rel', 'noopener noreferrer nofollow')
    return renderer.renderToken(tokens, index, options)
  }
  return { toHtml: (markdown) => parser.render(markdown) }
}

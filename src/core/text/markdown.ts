import { createMarkdownParser } from './markdown-parser.ts'
import { toPlainText } from './plain-text.ts'

/** Inline styles by tag, for mail programs that read no style sheets. */
export type MailStyles = Partial<Record<'p' | 'h2' | 'h3' | 'ul' | 'ol' | 'li' | 'blockquote' | 'a' | 'strong', string>>

export interface Markdown {
  /** HTML for a page. Raw HTML in the text is shown as text; a link to `javascript:` and the like stays text. */
  toHtml(markdown: string): string
  /** HTML for a mail: the same, with a style attribute on each tag that `styles` names. */
  toMailHtml(markdown: string, styles: MailStyles): string
  /** Text that reads well without any markup, a line for each paragraph, LF at line ends. */
  toText(markdown: string): string
}

/** Renders what authors write. Placeholders pass through untouched and are to be filled in what comes out. */
export function createMarkdown(): Markdown {
  const parser = createMarkdownParser()
  return {
    toHtml: (markdown) => parser.render(markdown),

    toMailHtml(markdown, styles) {
      const tokens = parser.parse(markdown, {})
      for (const token of tokens.flatMap((block) => [block, ...(block.children ?? [])])) {
        const style = styles[token.tag as keyof MailStyles]
        if (style !== undefined && token.nesting === 1) token.attrSet('style', style)
      }
      return parser.renderer.render(tokens, parser.options, {})
    },

    toText: (markdown) => toPlainText(parser.parse(markdown, {})),
  }
}

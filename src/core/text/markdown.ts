import { createMarkdownParser } from './markdown-parser.ts'
import { toPlainText } from './plain-text.ts'

/** Inline styles by tag, for email clients that do not support style sheets. */
export type MailStyles = Partial<Record<'p' | 'h2' | 'h3' | 'ul' | 'ol' | 'li' | 'blockquote' | 'a' | 'strong', string>>

export interface Markdown {
  /** HTML for a page. Raw HTML is escaped; links to `javascript:` and similar schemes remain text. */
  toHtml(markdown: string): string
  /** HTML for an email: the same, with a style attribute on each tag in `styles`. */
  toMailHtml(markdown: string, styles: MailStyles): string
  /** Readable plain text without markup, one line per paragraph, with LF line endings. */
  toText(markdown: string): string
}

/** Renders authors' Markdown. Placeholders are left unchanged, to be filled in the output. */
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

import type { Block } from '../../core/course/course.ts'
import { blocksFor } from '../../core/course/variant.ts'
import type { Variant } from '../../core/model.ts'
import { escapeHtml } from '../../core/text/escape-html.ts'
import { createMarkdown, type MailStyles } from '../../core/text/markdown.ts'
import { bindValues, parseTemplate, type TemplateText } from './template-text.ts'

/** The same content for the HTML part and for the text part. */
export interface Body {
  readonly html: TemplateText
  readonly text: TemplateText
}

const markdown = createMarkdown()

const SERIF =
  "font-family: Georgia, 'Iowan Old Style', 'Times New Roman', serif; font-weight: 700; line-height: 1.3; color: #27302f;"

/** Repeats emails/partials/style.css for mail clients that ignore style sheets. */
const BODY_STYLES: MailStyles = {
  p: 'margin: 0 0 18px;',
  h2: `margin: 30px 0 10px; font-size: 22px; ${SERIF}`,
  h3: `margin: 26px 0 8px; font-size: 18px; ${SERIF}`,
  ul: 'margin: 0 0 18px; padding: 0 0 0 22px;',
  ol: 'margin: 0 0 18px; padding: 0 0 0 22px;',
  li: 'margin: 0 0 8px;',
  blockquote: 'margin: 0 0 18px; padding: 2px 0 2px 18px; border-left: 3px solid #ddd5c6;',
  a: 'color: #2b6058; text-decoration: underline;',
}

const SMALL_STYLES: MailStyles = {
  p: 'margin: 0 0 10px;',
  a: 'color: #56615e; text-decoration: underline;',
}

/** The blocks that this reader gets in the email, above or below the button; blocks for the page only are left out. */
export function renderBlocks(body: readonly Block[], variant: Variant, where: { readonly after: boolean }): Body {
  const shown = blocksFor(body, variant, { page: false, ...where }).map(({ text }) => text.markdown.trim())
  return renderBody(shown.filter((text) => text !== '').join('\n\n'))
}

export function renderBody(source: string): Body {
  return render(source, BODY_STYLES)
}

/** The small print. */
export function renderSmall(source: string): Body {
  return render(source, SMALL_STYLES)
}

/** Inserts the course's values into text that all courses share. */
export function bindBody({ html, text }: Body, values: Readonly<Record<string, string>>): Body {
  const escaped = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, escapeHtml(value)]))
  return { html: bindValues(html, escaped), text: bindValues(text, values) }
}

function render(source: string, styles: MailStyles): Body {
  return {
    html: parseTemplate(markdown.toMailHtml(source, styles).trim()),
    text: parseTemplate(markdown.toText(source)),
  }
}

import type { Block, Variant } from '../../core/course.ts'
import { weekdayOf } from '../../core/local-time.ts'
import { createMarkdown } from '../../core/markdown.ts'
import { fillPlaceholdersInHtml } from '../../core/placeholders.ts'
import { blocksFor } from '../../core/variant.ts'
import { type Html, raw } from './html.ts'

const markdown = createMarkdown()

export interface Reader {
  readonly variant: Variant
  /** May be empty. */
  readonly name: string
  readonly timeZone: string
  /** ms UTC; the weekday is the reader's own. */
  readonly now: number
}

/** A body as this reader sees it on the page, above the exercise or below it. Names are escaped, and never read as Markdown. */
export function lessonText(body: readonly Block[], reader: Reader, where: { readonly after?: boolean } = {}): Html {
  const text = blocksFor(body, reader.variant, { page: true, ...where })
    .map((block) => markdown.toHtml(block.text.markdown))
    .join('\n')
  return raw(fillPlaceholdersInHtml(text, { name: reader.name, weekday: weekdayOf(reader.now, reader.timeZone) }))
}

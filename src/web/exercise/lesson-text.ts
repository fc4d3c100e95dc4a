import type { Block } from '../../core/course/course.ts'
import { blocksFor } from '../../core/course/variant.ts'
import { formatWeekday } from '../../core/delivery/local-time.ts'
import type { Variant } from '../../core/model.ts'
import { createMarkdown } from '../../core/text/markdown.ts'
import { fillPlaceholdersInHtml } from '../../core/text/placeholders.ts'
import type { Words } from '../../core/words.ts'
import { type Html, raw } from '../page/html.ts'

const markdown = createMarkdown()

export interface LessonTextContext {
  readonly words: Words
  readonly variant: Variant
  /** May be empty. */
  readonly name: string
  readonly timeZone: string
  /** ms UTC; the weekday is in the reader's time zone. */
  readonly now: number
}

/**
 * A body as this reader sees it on the page, above or below the exercise. Names are escaped and never parsed as
 * Markdown.
 */
export function lessonText(
  body: readonly Block[],
  reader: LessonTextContext,
  where: { readonly after?: boolean } = {},
): Html {
  const text = blocksFor(body, reader.variant, { page: true, ...where })
    .map((block) => markdown.toHtml(block.text.markdown))
    .join('\n')
  return raw(
    fillPlaceholdersInHtml(text, {
      name: reader.name,
      weekday: formatWeekday(reader.words, reader.now, reader.timeZone),
    }),
  )
}

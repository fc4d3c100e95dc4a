import { accessOf, disabledFeatures, type StartingPoint } from '../assessment/starting-point.ts'
import type { Problem } from '../errors.ts'
import { at, plain } from '../text/read-text.ts'
import { nameOf, type PageLink, pageLinks, readPage } from './care-page.ts'
import type { SourceFile } from './parse/parse-lesson.ts'

/** Restrictions that can have replacement pages, strictest first; each is the name of a folder under `instead/`. */
const RESTRICTIONS = ['paused', 'first-day', 'letters'] as const
export type RestrictionFolder = (typeof RESTRICTIONS)[number]

/**
 * What is replaced: a day, the closing, or a check-in. `number` null: all that have no replacement page of their own.
 */
export interface ReplacedPage {
  readonly kind: 'day' | 'closing' | 'week'
  readonly number: number | null
}

/** A page shown instead of a restricted one (`instead/<restriction>/`). */
export interface ReplacementPage extends ReplacedPage {
  readonly restriction: RestrictionFolder
  readonly file: string
  readonly title: string
  readonly markdown: string
  readonly links: readonly PageLink[]
}

/**
 * Parses `instead/<restriction>/day.md`, `day-2.md`, `closing.md`, `week.md` or `week-1.md`. Null if it cannot be
 * parsed.
 */
export function parseReplacementPage(
  source: SourceFile & { readonly path: string },
  problems: Problem[],
): ReplacementPage | null {
  const restriction = RESTRICTIONS.find((name) => source.path.startsWith(`instead/${name}/`))
  const match = /^(?:(day|week)(?:-([1-9]\d{0,2}))?|closing)$/.exec(nameOf(source.file))
  if (restriction === undefined || match === null || source.path.split('/').length !== 3) {
    const fix = `Use instead/<${RESTRICTIONS.join(' | ')}>/ and day.md, day-2.md, closing.md, week.md or week-1.md.`
    problems.push({ file: source.file, what: 'This file name is not a page that can be replaced.', fix })
    return null
  }
  return readPage(source, problems, (reader, parts) => ({
    restriction,
    kind: (match[1] as 'day' | 'week' | undefined) ?? 'closing',
    number: match[2] === undefined ? null : Number(match[2]),
    file: source.file,
    title: plain(at(reader.keys(['title']), 'title')),
    markdown: parts.body.trim(),
    links: pageLinks(parts.body, parts.bodyLine),
  }))
}

/** The replacement for this page under the restrictions in force at this time; null if there is none. */
export function replacementFor(
  replacementPages: readonly ReplacementPage[],
  { start, at: instant }: { readonly start: StartingPoint; readonly at: number },
  wanted: ReplacedPage,
): ReplacementPage | null {
  const access = accessOf(start, instant)
  const off = disabledFeatures(start, instant)
  const inForce = RESTRICTIONS.filter((name) => name === access || (name === 'letters' && off.includes(name)))
  for (const restriction of inForce) {
    const own = replacementPages.filter((one) => one.restriction === restriction && one.kind === wanted.kind)
    const found = own.find(({ number }) => number === wanted.number) ?? own.find(({ number }) => number === null)
    if (found !== undefined) return found
  }
  return null
}

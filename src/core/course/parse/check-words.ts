import type { Assessment } from '../../assessment/assessment.ts'
import type { Problem } from '../../errors.ts'
import { hasReadingGrade } from '../../language/languages.ts'
import type { Variant } from '../../model.ts'
import { createMarkdown } from '../../text/markdown.ts'
import { fillPlaceholders } from '../../text/placeholders.ts'
import { measureText } from '../../text/readability.ts'
import type { Block, Course } from '../course.ts'
import { blocksFor } from '../variant.ts'
import type { ForbiddenPhrase, Length, WordRules } from '../word-rules.ts'
import type { SourceFile } from './parse-lesson.ts'
import type { CourseResources } from './parse-resources.ts'

const markdown = createMarkdown()
/** With more overlays, checks each alone and all together rather than every combination. */
const MAX_OVERLAYS = 5

/**
 * Checks a course against its word rules: length and reading grade of every email in every variant, the longest
 * outcome, and forbidden words in every file. Reports one problem per file and rule, for the worst variant.
 */
export function checkWords(
  course: Course,
  resources: CourseResources,
  files: readonly (SourceFile & { readonly path: string })[],
  rules: WordRules,
): Problem[] {
  const variants = variantsOf(course)
  const limits = hasReadingGrade(course.language) ? rules : { ...rules, grade: Number.POSITIVE_INFINITY }
  const problems = [
    ...course.lessons.flatMap((lesson) => checkBody(lesson, variants, rules.lesson, limits)),
    ...checkBody(course.closing, variants, rules.closing, limits),
    ...resources.checkIns.flatMap((checkIn) => checkBody(checkIn, variants, rules.checkIn, limits)),
  ]
  const assessment = files.find(({ path }) => path === 'assessment.yaml')
  if (resources.assessment && assessment)
    problems.push(...checkOutcome(resources.assessment, assessment.file, rules.outcome))
  for (const file of files) if (file.path !== 'words.yaml') problems.push(...checkNever(file, rules.never))
  return problems
}

/** Every variant of the course: each track and none, with every combination of overlays. */
export function variantsOf({ tracks, overlays }: Pick<Course, 'tracks' | 'overlays'>): Variant[] {
  const names = overlays.map(({ name }) => name)
  const sets = names.length > MAX_OVERLAYS ? [[], names, ...names.map((name) => [name])] : subsetsOf(names)
  return [null, ...tracks.map(({ name }) => name)].flatMap((track) => sets.map((set) => ({ track, overlays: set })))
}

function subsetsOf(names: readonly string[]): string[][] {
  const sets: string[][] = [[]]
  for (const name of names) sets.push(...sets.map((set) => [...set, name]))
  return sets
}

interface Written {
  readonly file: string
  readonly body: readonly Block[]
}

function checkBody(
  { file, body }: Written,
  variants: readonly Variant[],
  length: Length,
  { grade }: WordRules,
): Problem[] {
  const line = body[0]?.text.line ?? 1
  const read = variants.map((variant) => ({ variant, ...measureText(textOf(body, variant)) }))
  const longest = read.reduce((most, one) => (one.words > most.words ? one : most))
  const shortest = read.reduce((least, one) => (one.words < least.words ? one : least))
  const hardest = read.reduce((most, one) => (one.grade > most.grade ? one : most))
  const problems: Problem[] = []
  const note = (what: string, fix: string) => problems.push({ file, line, what, fix })
  if (longest.words > length.to)
    note(`${longest.words} words ${describeReader(longest.variant)}.`, `Shorten it to at most ${length.to}.`)
  if (shortest.words < length.from)
    note(`${shortest.words} words ${describeReader(shortest.variant)}.`, `Write ${length.from} or more.`)
  if (hardest.grade > grade)
    note(
      `Reading grade ${hardest.grade.toFixed(1)} ${describeReader(hardest.variant)}.`,
      `Reduce it to ${grade} or below with shorter sentences and words.`,
    )
  return problems
}

/** The text of the email for this variant, as plain text. */
function textOf(body: readonly Block[], variant: Variant): string {
  const text = blocksFor(body, variant, { page: false })
    .map((block) => markdown.toText(block.text.markdown))
    .join('\n\n')
  return fillPlaceholders(text, { name: 'Ada', weekday: 'Monday' })
}

function describeReader({ track, overlays }: Variant): string {
  return `for ${[track ?? 'common', ...overlays].join(' with ')}`
}

/** The sum of the longest parts, as an upper bound for any reader. */
function checkOutcome({ outcome }: Assessment, file: string, { to }: Length): Problem[] {
  const words = (text: string) => measureText(text).words
  const most = (texts: readonly string[], count: number) =>
    texts
      .map(words)
      .sort((one, other) => other - one)
      .slice(0, count)
      .reduce((sum, length) => sum + length, 0)
  const texts = (entries: readonly { readonly text: string }[]) => entries.map(({ text }) => text)
  const total =
    most(texts(outcome.line), 1) +
    most(texts(outcome.insights), 3) +
    most(
      outcome.plan.map(({ steps }) => steps.join(' ')),
      1,
    ) +
    most(texts(outcome.why), 3) +
    words(outcome.note)
  if (total <= to) return []
  return [{ file, what: `An outcome may reach ${total} words.`, fix: `Shorten the longest parts to ${to} in total.` }]
}

/** Ignores case, line breaks and the form of apostrophes. */
function checkNever({ file, text }: SourceFile, never: readonly ForbiddenPhrase[]): Problem[] {
  const said = withoutLists(text)
  return never.flatMap(({ say, because }) =>
    [...said.matchAll(patternOf(say))].map((match) => ({
      file,
      line: said.slice(0, match.index).split('\n').length,
      what: `"${say}" is a forbidden phrase.`,
      fix: because,
    })),
  )
}

function patternOf(say: string): RegExp {
  const words = say
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/['’]/g, "['’]"))
  return new RegExp(`(?<![\\p{L}\\p{N}-])${words.join('[\\s>*_]+')}(?:s|'s|’s)?(?![\\p{L}\\p{N}-])`, 'giu')
}

/** Blanks out the lists of words that are marked while a learner writes, and keeps the line numbers. */
function withoutLists(text: string): string {
  const blank = (match: string) => match.replace(/[^\n]/g, ' ')
  return text
    .replace(/^([ \t-]*)(?:highlight|words):[ \t]*\[[^\]]*\]/gm, blank)
    .replace(/^([ \t]*(?:- )?)(?:highlight|words):[ \t]*\n(?:[ \t]*-[ \t].*\n?)+/gm, blank)
}

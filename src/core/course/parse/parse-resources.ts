import type { Assessment } from '../../assessment/assessment.ts'
import { parseAssessment } from '../../assessment/parse/parse-assessment.ts'
import type { Fault } from '../../errors.ts'
import type { Reading } from '../../text/read-text.ts'
import { type CarePage, nameOf, type PageLink, pageLinks, parseCarePage } from '../care-page.ts'
import { type CheckIn, type CheckInRule, parseCheckIn, parseCheckInRules } from '../check-in.ts'
import type { Course } from '../course.ts'
import { type HelpNumbers, parseHelpNumbers } from '../help-numbers.ts'
import { type Article, type LibraryQuestion, parseArticle, parseLibraryQuestions } from '../library.ts'
import { parseStandIn, type StandIn } from '../replacement-pages.ts'
import type { SourceFile } from './parse-lesson.ts'

/** What a course has beside its lessons; each part may be missing. */
export interface CourseExtras {
  readonly assessment: Assessment | null
  readonly helpNumbers: HelpNumbers | null
  readonly pages: readonly CarePage[]
  /** In order; `checkIns[0]` is week 1. */
  readonly checkIns: readonly CheckIn[]
  readonly checkInRules: readonly CheckInRule[]
  /** In the order of the list. */
  readonly articles: readonly Article[]
  readonly questions: readonly LibraryQuestion[]
  /** What stands in the place of pages that a restriction holds back (`instead/`). */
  readonly standIns: readonly StandIn[]
}

/** A course that is nothing but its lessons. */
export const NO_EXTRAS: CourseExtras = {
  assessment: null,
  helpNumbers: null,
  pages: [],
  checkIns: [],
  checkInRules: [],
  articles: [],
  questions: [],
  standIns: [],
}

export type ParsedExtras = { readonly extras: CourseExtras } | { readonly faults: readonly Fault[] }

/** Care pages that every course with care pages has: others link to them. */
const EXPECTED = ['help', 'grounding']

/**
 * Reads everything of a course beside its lessons (docs/course-format-assessment.md). `files` have paths relative to the
 * course's folder in `path`, and the path to name in faults in `file`. Gives all parts, or every fault; never both.
 */
export function parseExtras(
  course: Pick<Course, 'tracks' | 'overlays' | 'discreet'> & Partial<Pick<Course, 'lessons'>>,
  files: readonly (SourceFile & { readonly path: string })[],
): ParsedExtras {
  const faults: Fault[] = []
  const reading = readingOf(course)
  const one = (path: string) => files.find((file) => file.path === path)
  const inside = (folder: string) => files.filter(({ path }) => path.startsWith(folder) && path.endsWith('.md'))

  const pages = inside('pages/').flatMap((file) => parseCarePage(file, faults) ?? [])
  const assessment = parseOne(one('assessment.yaml'), faults, (file) =>
    parseAssessment(file.file, file.text, {
      tracks: reading.tracks,
      overlays: reading.overlays,
      pages: inside('pages/').map(({ file: name }) => nameOf(name)),
    }),
  )
  const helpNumbers = parseOne(one('help-numbers.yaml'), faults, (file) => parseHelpNumbers(file.file, file.text))
  const questionIds = assessment?.questions.map(({ id }) => id) ?? []
  const checkIns = weeksOf(inside('check-ins/'), faults).flatMap(
    ([week, file]) => parseCheckIn(file, week, questionIds, course, reading, faults) ?? [],
  )
  const rules = one('check-ins/rules.yaml')
  const checkInRules = rules === undefined ? [] : parseCheckInRules(rules, checkIns, faults)
  const articles = inside('library/').flatMap((file) => parseArticle(file, reading, faults) ?? [])
  const asked = one('library/questions.yaml')
  const names = inside('library/').map(({ file }) => nameOf(file))
  const questions = asked === undefined ? [] : parseLibraryQuestions(asked, names, reading, faults)

  const extras: CourseExtras = {
    assessment,
    helpNumbers,
    pages,
    checkIns,
    checkInRules,
    articles: articles.toSorted((a, b) => a.order - b.order),
    questions,
    standIns: inside('instead/').flatMap((file) => parseStandIn(file, faults) ?? []),
  }
  checkReadOn(course.lessons ?? [], extras, faults)
  checkPages(extras, { rules: rules?.file ?? '', questions: asked?.file ?? '' }, faults)
  return faults.length > 0 ? { faults } : { extras }
}

/** The care pages with an address of their own: one that a route names would tell an answer by its address. */
export function publicPages(extras: CourseExtras): readonly CarePage[] {
  const ofRoutes = new Set(
    extras.assessment?.routes.flatMap(({ page, beside }) => [page, ...(beside == null ? [] : [beside.page])]),
  )
  return extras.pages.filter(({ name }) => !ofRoutes.has(name))
}

function readingOf({ tracks, overlays }: Pick<Course, 'tracks' | 'overlays'>): Reading {
  const names = { tracks: tracks.map(({ name }) => name), overlays: overlays.map(({ name }) => name) }
  return { ...names, audiences: ['common', ...names.tracks, ...names.overlays], places: new Map() }
}

function parseOne<T>(
  file: SourceFile | undefined,
  faults: Fault[],
  parse: (file: SourceFile) => { readonly value: T | null; readonly faults: readonly Fault[] },
): T | null {
  if (file === undefined) return null
  const parsed = parse(file)
  faults.push(...parsed.faults)
  return parsed.value
}

function weeksOf(files: readonly SourceFile[], faults: Fault[]): [number, SourceFile][] {
  const weeks = files.flatMap((file): [number, SourceFile][] => {
    const number = /^week-([1-9]\d?)$/.exec(nameOf(file.file))?.[1]
    if (number !== undefined) return [[Number(number), file]]
    faults.push({
      file: file.file,
      what: 'This is no check-in.',
      cure: 'Name check-ins week-1.md, week-2.md and so on.',
    })
    return []
  })
  weeks.sort(([one], [other]) => one - other)
  const gap = weeks.find(([week], index) => week !== index + 1)
  if (gap !== undefined) {
    faults.push({
      file: gap[1].file,
      what: 'A week before this one is missing.',
      cure: 'Number weeks from 1 without gaps.',
    })
  }
  return weeks
}

/** Every piece that a lesson names is in the library. */
function checkReadOn(lessons: Course['lessons'], { articles, questions }: CourseExtras, faults: Fault[]): void {
  const known = [...articles.map(({ name }) => name), ...questions.map(({ id }) => id)]
  for (const { file, readOn = [] } of lessons) {
    for (const { piece } of readOn.filter((one) => !known.includes(one.piece))) {
      faults.push({ file, what: `The library has no "${piece}" to read on.`, cure: `Use one of: ${known.join(', ')}.` })
    }
  }
}

/** Every link to a care page leads to one that exists and has an address; the expected pages are there. */
function checkPages(extras: CourseExtras, files: { rules: string; questions: string }, faults: Fault[]): void {
  const known = publicPages(extras).map(({ name }) => name)
  const folder = extras.pages[0]?.file.replace(/[^/]*$/, '') ?? ''
  for (const name of extras.pages.length === 0 ? [] : EXPECTED) {
    if (known.includes(name)) continue
    faults.push({
      file: `${folder}${name}.md`,
      what: `There is no page "${name}".`,
      cure: 'Write it; no route may name it.',
    })
  }
  const check = (file: string, links: readonly PageLink[]) => {
    for (const { page, line } of links) {
      if (known.includes(page)) continue
      faults.push({ file, line, what: `A link leads to no page "${page}".`, cure: `Use one of: ${known.join(', ')}.` })
    }
  }
  for (const { file, links } of [...extras.pages, ...extras.articles, ...extras.standIns]) check(file, links)
  for (const { links } of extras.questions) check(files.questions, links)
  for (const { say } of extras.checkInRules) check(files.rules, pageLinks(say, 1))
}

import type { Assessment } from '../../assessment/assessment.ts'
import { parseAssessment } from '../../assessment/parse/parse-assessment.ts'
import type { Problem } from '../../errors.ts'
import type { ReadContext } from '../../text/read-text.ts'
import { type CarePage, nameOf, type PageLink, pageLinks, parseCarePage } from '../care-page.ts'
import { type CheckIn, type CheckInRule, parseCheckIn, parseCheckInRules } from '../check-in.ts'
import type { Course } from '../course.ts'
import { type HelpNumbers, parseHelpNumbers } from '../help-numbers.ts'
import { type Article, type LibraryQuestion, parseArticle, parseLibraryQuestions } from '../library.ts'
import { parseReplacementPage, type ReplacementPage } from '../replacement-pages.ts'
import type { SourceFile } from './parse-lesson.ts'

/** Everything of a course besides its lessons; each part is optional. */
export interface CourseResources {
  readonly assessment: Assessment | null
  readonly helpNumbers: HelpNumbers | null
  readonly pages: readonly CarePage[]
  /** In order; `checkIns[0]` is week 1. */
  readonly checkIns: readonly CheckIn[]
  readonly checkInRules: readonly CheckInRule[]
  /** In display order. */
  readonly articles: readonly Article[]
  readonly questions: readonly LibraryQuestion[]
  /** Pages shown instead of restricted ones (`instead/`). */
  readonly replacementPages: readonly ReplacementPage[]
}

/** For a course that has only lessons. */
export const NO_RESOURCES: CourseResources = {
  assessment: null,
  helpNumbers: null,
  pages: [],
  checkIns: [],
  checkInRules: [],
  articles: [],
  questions: [],
  replacementPages: [],
}

export type ParsedResources = { readonly resources: CourseResources } | { readonly problems: readonly Problem[] }

/** Required in every course with care pages, because other pages link to them. */
const EXPECTED = ['help', 'grounding']

/**
 * Parses everything of a course besides its lessons (docs/course-format-assessment.md). In `files`, `path` is relative
 * to the course's folder, and `file` is the path shown in problems. Returns either all parts or all problems.
 */
export function parseResources(
  course: Pick<Course, 'tracks' | 'overlays' | 'discreet'> & Partial<Pick<Course, 'lessons'>>,
  files: readonly (SourceFile & { readonly path: string })[],
): ParsedResources {
  const problems: Problem[] = []
  const context = readContextOf(course)
  const one = (path: string) => files.find((file) => file.path === path)
  const inside = (folder: string) => files.filter(({ path }) => path.startsWith(folder) && path.endsWith('.md'))

  const pages = inside('pages/').flatMap((file) => parseCarePage(file, problems) ?? [])
  const assessment = parseOne(one('assessment.yaml'), problems, (file) =>
    parseAssessment(file.file, file.text, {
      tracks: context.tracks,
      overlays: context.overlays,
      pages: inside('pages/').map(({ file: name }) => nameOf(name)),
    }),
  )
  const helpNumbers = parseOne(one('help-numbers.yaml'), problems, (file) => parseHelpNumbers(file.file, file.text))
  const questionIds = assessment?.questions.map(({ id }) => id) ?? []
  const checkIns = weeksOf(inside('check-ins/'), problems).flatMap(
    ([week, file]) => parseCheckIn(file, week, questionIds, course, context, problems) ?? [],
  )
  const rules = one('check-ins/rules.yaml')
  const checkInRules = rules === undefined ? [] : parseCheckInRules(rules, checkIns, problems)
  const articles = inside('library/').flatMap((file) => parseArticle(file, context, problems) ?? [])
  const asked = one('library/questions.yaml')
  const names = inside('library/').map(({ file }) => nameOf(file))
  const questions = asked === undefined ? [] : parseLibraryQuestions(asked, names, context, problems)

  const resources: CourseResources = {
    assessment,
    helpNumbers,
    pages,
    checkIns,
    checkInRules,
    articles: articles.toSorted((a, b) => a.order - b.order),
    questions,
    replacementPages: inside('instead/').flatMap((file) => parseReplacementPage(file, problems) ?? []),
  }
  checkReadOn(course.lessons ?? [], resources, problems)
  checkPages(resources, { rules: rules?.file ?? '', questions: asked?.file ?? '' }, problems)
  return problems.length > 0 ? { problems } : { resources }
}

/**
 * The care pages with a public address. A page named by a route has none, because its address would reveal an answer.
 */
export function publicCarePages(resources: CourseResources): readonly CarePage[] {
  const ofRoutes = new Set(
    resources.assessment?.routes.flatMap(({ page, beside }) => [page, ...(beside == null ? [] : [beside.page])]),
  )
  return resources.pages.filter(({ name }) => !ofRoutes.has(name))
}

function readContextOf({ tracks, overlays }: Pick<Course, 'tracks' | 'overlays'>): ReadContext {
  const names = { tracks: tracks.map(({ name }) => name), overlays: overlays.map(({ name }) => name) }
  return { ...names, audiences: ['common', ...names.tracks, ...names.overlays], positions: new Map() }
}

function parseOne<T>(
  file: SourceFile | undefined,
  problems: Problem[],
  parse: (file: SourceFile) => { readonly value: T | null; readonly problems: readonly Problem[] },
): T | null {
  if (file === undefined) return null
  const parsed = parse(file)
  problems.push(...parsed.problems)
  return parsed.value
}

function weeksOf(files: readonly SourceFile[], problems: Problem[]): [number, SourceFile][] {
  const weeks = files.flatMap((file): [number, SourceFile][] => {
    const number = /^week-([1-9]\d?)$/.exec(nameOf(file.file))?.[1]
    if (number !== undefined) return [[Number(number), file]]
    problems.push({
      file: file.file,
      what: 'This is not a check-in.',
      fix: 'Name check-ins week-1.md, week-2.md and so on.',
    })
    return []
  })
  weeks.sort(([one], [other]) => one - other)
  const gap = weeks.find(([week], index) => week !== index + 1)
  if (gap !== undefined) {
    problems.push({
      file: gap[1].file,
      what: 'A week before this one is missing.',
      fix: 'Number weeks from 1 without gaps.',
    })
  }
  return weeks
}

/** Checks that everything a lesson suggests for reading is in the library. */
function checkReadOn(lessons: Course['lessons'], { articles, questions }: CourseResources, problems: Problem[]): void {
  const known = [...articles.map(({ name }) => name), ...questions.map(({ id }) => id)]
  for (const { file, readOn = [] } of lessons) {
    for (const { piece } of readOn.filter((one) => !known.includes(one.piece))) {
      problems.push({
        file,
        what: `The library has no "${piece}".`,
        fix: `Use one of: ${known.join(', ')}.`,
      })
    }
  }
}

/** Checks that every link to a care page leads to an existing public page, and that the expected pages exist. */
function checkPages(
  resources: CourseResources,
  files: { rules: string; questions: string },
  problems: Problem[],
): void {
  const known = publicCarePages(resources).map(({ name }) => name)
  const folder = resources.pages[0]?.file.replace(/[^/]*$/, '') ?? ''
  for (const name of resources.pages.length === 0 ? [] : EXPECTED) {
    if (known.includes(name)) continue
    problems.push({
      file: `${folder}${name}.md`,
      what: `There is no page "${name}".`,
      fix: 'Create it; no route may use it.',
    })
  }
  const check = (file: string, links: readonly PageLink[]) => {
    for (const { page, line } of links) {
      if (known.includes(page)) continue
      problems.push({ file, line, what: `A link leads to no page "${page}".`, fix: `Use one of: ${known.join(', ')}.` })
    }
  }
  for (const { file, links } of [...resources.pages, ...resources.articles, ...resources.replacementPages])
    check(file, links)
  for (const { links } of resources.questions) check(files.questions, links)
  for (const { say } of resources.checkInRules) check(files.rules, pageLinks(say, 1))
}

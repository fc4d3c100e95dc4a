import type { Problem } from '../../errors.ts'
import type { ReadContext } from '../../text/read-text.ts'
import type { SourcePositions } from '../../text/yaml-reader.ts'
import type { Course, Edition, Lesson } from '../course.ts'
import { definitionOf, type Field } from '../fields/field-types.ts'
import { audiencesOf, type CourseFile, parseCourseFile } from './parse-course-file.ts'
import { parseClosing, parseLesson, type SourceFile } from './parse-lesson.ts'

export type ParsedCourse = { readonly course: Course } | { readonly problems: readonly Problem[] }

/** Other files at the top of a course's folder, parsed elsewhere or not at all. */
const OTHERS = ['assessment.yaml', 'help-numbers.yaml', 'words.yaml', 'README.md']

/**
 * Parses a course from its files (docs/course-format.md). `name` is the folder's name; `file` of each source is the
 * path shown in problems. Returns either the course or all problems, sorted by file and line.
 */
export function parseCourse(name: string, files: readonly SourceFile[]): ParsedCourse {
  const problems: Problem[] = []
  const folder = folderOf(name, files)
  const own = new Map(
    files.filter(({ file }) => isInside(file, folder)).map((one) => [one.file.slice(folder.length), one]),
  )
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
    const fix = 'Use lower-case letters, digits and hyphens.'
    problems.push({ file: folder || name, what: `"${name}" is not a valid course name.`, fix })
  }
  checkFileNames(own, problems)

  const positions: SourcePositions = new Map()
  const courseSource = own.get('course.yaml')
  const course = courseSource === undefined ? null : parseCourseFile(courseSource, positions, problems)
  if (courseSource === undefined) problems.push(missing(`${folder}course.yaml`))

  const context: ReadContext = { ...audiencesOf(course), positions }
  const defaults = { discreet: course?.discreet ?? { sender: '', title: '', subject: '', preheader: '' } }
  const now = parseDays(own, folder, { defaults, context, problems })
  const earlier = earlierFolders(folder, files).map(([version, sources]) => {
    const days = parseDays(sources, `${folder}${EARLIER}${version}/`, { defaults, context, problems })
    return { version, ...days }
  })
  if (problems.length > 0 || course === null || now.closing === null) return { problems: inOrder(problems) }
  return { course: assemble(name, course, now as Days, earlier as Edition[]) }
}

type Days = Pick<Course, 'lessons' | 'closing'>

function assemble(name: string, course: CourseFile, days: Days, earlier: readonly Edition[]): Course {
  return { name, ...course, ...days, days: days.lessons.length, ...(earlier.length > 0 && { earlier }) }
}

/**
 * The days and the closing of one folder. The closing is null, with a problem, if it is missing or cannot be parsed.
 */
function parseDays(
  own: ReadonlyMap<string, SourceFile>,
  folder: string,
  { defaults, context, problems }: { defaults: Pick<Course, 'discreet'>; context: ReadContext; problems: Problem[] },
): { lessons: readonly Lesson[]; closing: Course['closing'] | null } {
  const lessons = daysOf(own, folder, problems).map(([day, source]) =>
    parseLesson(source, day, defaults, context, problems),
  )
  const closingSource = own.get('closing.md')
  const closing = closingSource === undefined ? null : parseClosing(closingSource, defaults, context, problems)
  if (closingSource === undefined) problems.push(missing(`${folder}closing.md`))
  const read = lessons.filter((lesson) => lesson !== null)
  return { lessons: linkEarlierDays(read, read.length === lessons.length, context.positions, problems), closing }
}

/** Folder of earlier versions of the days, one subfolder per version. */
const EARLIER = 'earlier/'

/** The files of each earlier version, sorted by version. */
function earlierFolders(folder: string, files: readonly SourceFile[]): [string, Map<string, SourceFile>][] {
  const found = new Map<string, Map<string, SourceFile>>()
  for (const source of files) {
    if (!source.file.startsWith(folder + EARLIER)) continue
    const [version = '', name, ...deeper] = source.file.slice(folder.length + EARLIER.length).split('/')
    if (name === undefined || deeper.length > 0) continue
    found.set(version, (found.get(version) ?? new Map<string, SourceFile>()).set(name, source))
  }
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1))
}

/** The path of the course's folder with a trailing slash, derived from course.yaml or the folder's name. */
function folderOf(name: string, files: readonly SourceFile[]): string {
  const main = files.map(({ file }) => file).filter((file) => /(^|\/)course\.yaml$/.test(file))
  const nearest = main.sort((one, other) => one.length - other.length)[0]
  if (nearest !== undefined) return nearest.slice(0, -'course.yaml'.length)
  const around = files.map(({ file }) => `/${file}`.indexOf(`/${name}/`)).find((index) => index !== -1)
  const first = files.find(({ file }) => `/${file}`.indexOf(`/${name}/`) === around)
  return around === undefined || first === undefined ? '' : first.file.slice(0, around + name.length + 1)
}

/** Only files directly in the folder; subfolders are parsed elsewhere. */
function isInside(file: string, folder: string): boolean {
  return file.startsWith(folder) && !file.slice(folder.length).includes('/')
}

function checkFileNames(own: ReadonlyMap<string, SourceFile>, problems: Problem[]): void {
  for (const [name, { file }] of own) {
    const known =
      name === 'course.yaml' || name === 'closing.md' || OTHERS.includes(name) || dayInFileName(name) !== null
    if (known || !/\.(md|ya?ml)$/i.test(name)) continue
    const fix = 'Name days day-1.md, day-2.md and so on; see docs/course-format.md for the others.'
    problems.push({ file, what: 'A course has no file of this name.', fix })
  }
}

function dayInFileName(name: string): number | null {
  const match = /^day-([1-9]\d{0,2})\.md$/.exec(name)
  return match === null ? null : Number(match[1])
}

/** The existing days in order, with a problem for each missing one before the last. */
function daysOf(own: ReadonlyMap<string, SourceFile>, folder: string, problems: Problem[]): [number, SourceFile][] {
  const days = [...own]
    .map(([name, source]): [number | null, SourceFile] => [dayInFileName(name), source])
    .filter((entry): entry is [number, SourceFile] => entry[0] !== null)
    .sort(([one], [other]) => one - other)
  const numbers = new Set(days.map(([day]) => day))
  const last = Math.max(1, ...numbers)
  for (let day = 1; day <= last; day += 1) {
    if (!numbers.has(day)) problems.push(missing(`${folder}day-${day}.md`))
  }
  return days
}

function missing(file: string): Problem {
  return { file, what: 'This file is missing.', fix: 'Create it as described in docs/course-format.md.' }
}

/** Copies the earlier day's sliders into each `repeat` field. */
function linkEarlierDays(
  lessons: readonly Lesson[],
  complete: boolean,
  positions: SourcePositions,
  problems: Problem[],
): Lesson[] {
  const link = (field: Field, lesson: Lesson): Field => {
    const { earlierDay, withEarlierFields } = definitionOf(field.type)
    const number = earlierDay?.(field)
    if (number === undefined || withEarlierFields === undefined) return field
    const earlier = lessons.find(({ day }) => day === number)
    // The reader's own list was handed over when its file was done.
    const isWhole = !problems.some(({ file }) => file === earlier?.file)
    const fields = earlier !== undefined && number < lesson.day ? earlier.exercise.fields : null
    return withEarlierFields(field, fields, (what, fix) => {
      const position = positions.get(field)
      if (position && complete && isWhole) problems.push(position.problemHere(what, fix))
    })
  }
  return lessons.map((lesson) => ({
    ...lesson,
    exercise: { ...lesson.exercise, fields: lesson.exercise.fields.map((field) => link(field, lesson)) },
  }))
}

function inOrder(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((one, other) => {
    if (one.file !== other.file) return one.file < other.file ? -1 : 1
    return (one.line ?? 0) - (other.line ?? 0)
  })
}

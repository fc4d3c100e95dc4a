import { type CourseInLanguage, compareLanguages } from '../core/course/parse/compare-languages.ts'
import { parseCourse } from '../core/course/parse/parse-course.ts'
import { NO_RESOURCES, parseResources } from '../core/course/parse/parse-resources.ts'
import { type Problem, ProblemsError } from '../core/errors.ts'
import type { Courses } from '../flow/ports/ports.ts'
import { displayPath } from './display-path.ts'
import { parseWithCache } from './parsed-cache.ts'
import { type CourseFolder, readCourseFolders } from './read-course-files.ts'

/**
 * Reads and checks every course with its resources. Each folder under `lessonsDir` is a course of that name, or its
 * translation: `<course>.<language>`. Throws ProblemsError with all problems of all courses.
 */
export async function loadCourses(lessonsDir: string, parse: ParseFolders = parseFolders): Promise<Courses> {
  const { courses, problems } = await readCourses(lessonsDir, parse)
  if (problems.length > 0) throw new ProblemsError(problems)
  return courses
}

export interface CoursesRead {
  /** Courses without problems. */
  readonly courses: Courses
  /** Problems of all courses. */
  readonly problems: readonly Problem[]
  /** Problems by course name; courses without problems are left out. */
  readonly problemsByCourse: ReadonlyMap<string, readonly Problem[]>
}

/**
 * Like `loadCourses`, for callers such as the preview that can work with the valid courses while others have problems.
 */
export async function readCourses(lessonsDir: string, parse: ParseFolders = parseFolders): Promise<CoursesRead> {
  const problems: Problem[] = []
  const problemsByCourse = new Map<string, readonly Problem[]>()
  const courses = new Map<string, CourseInLanguage[]>()
  for (const { name, read } of await parse(await readCourseFolders(lessonsDir, problems))) {
    if ('problems' in read) {
      problems.push(...read.problems)
      problemsByCourse.set(name, [...(problemsByCourse.get(name) ?? []), ...read.problems])
    } else courses.set(name, [...(courses.get(name) ?? []), read])
  }
  for (const [name, each] of courses) {
    const languages = each.map(({ course }) => course.language)
    if (languages.length < 2) continue
    const inEach = each.map(({ course, resources }) => ({ course: { ...course, languages }, resources }))
    courses.set(name, inEach)
  }
  return { courses: coursesFrom(courses), problems, problemsByCourse }
}

export interface ParsedFolder {
  /** Of the course; a translation has that of its course. */
  readonly name: string
  readonly folder: CourseFolder
  readonly read: FolderRead
}

type ParseFolders = (folders: readonly CourseFolder[]) => readonly ParsedFolder[] | Promise<readonly ParsedFolder[]>

/** Every course, and after all of them their translations. A translation of a course with problems is left out. */
export function parseFolders(folders: readonly CourseFolder[]): ParsedFolder[] {
  const isTranslation = ({ name }: CourseFolder) => translationIn(name) !== null
  const originals = folders
    .filter((folder) => !isTranslation(folder))
    .map((folder) => ({ name: folder.name, folder, read: parseFolder(folder.name, folder.files) }))
  const translations = folders.filter(isTranslation).flatMap((folder) => {
    const { name, language } = translationIn(folder.name) ?? { name: folder.name, language: '' }
    const original = originals.find((one) => one.name === name)
    if (original !== undefined && 'problems' in original.read) return []
    return [{ name, folder, read: parseTranslation(folder, language, original) }]
  })
  return [...originals, ...translations]
}

/** Does the same as `parseFolders`, at once for files that were parsed before. */
export async function parseFoldersWithCache(folders: readonly CourseFolder[]): Promise<readonly ParsedFolder[]> {
  const texts = folders.flatMap(({ name, path, files }) => [
    name,
    path,
    ...files.flatMap((one) => [one.file, one.path, one.text]),
  ])
  const parsed = await parseWithCache(
    texts,
    () => parseFolders(folders).map(({ name, folder, read }) => ({ name, index: folders.indexOf(folder), read })),
    (all) => all.every(({ read }) => !('problems' in read)),
  )
  return parsed.map(({ name, index, read }) => ({ name, folder: folders[index] as CourseFolder, read }))
}

/** The first of each course is the one in its first language. */
function coursesFrom(courses: ReadonlyMap<string, readonly CourseInLanguage[]>): Courses {
  const all = [...courses.values()].flatMap(([first]) => (first === undefined ? [] : [first.course]))
  const everyLanguage = [...courses.values()].flat().map(({ course }) => course)
  const find = (name: string, language: string | null | undefined) => {
    const each = courses.get(name) ?? []
    return each.find(({ course }) => course.language === language) ?? each[0]
  }
  return {
    get: (name, language) => find(name, language)?.course ?? null,
    all: () => all,
    inEveryLanguage: () => everyLanguage,
    resourcesOf: (name, language) => find(name, language)?.resources ?? NO_RESOURCES,
  }
}

type FolderRead = CourseInLanguage | { readonly problems: readonly Problem[] }

function parseFolder(name: string, files: CourseFolder['files']): FolderRead {
  const parsed = parseCourse(name, files)
  // If the course itself has problems (say, no tracks), checking its resources would report many misleading ones.
  const found = 'problems' in parsed ? parsed : parseResources(parsed.course, files)
  if ('problems' in found) return found
  return 'course' in parsed ? { course: parsed.course, resources: found.resources } : parsed
}

/** `calm-mornings.de` is the German translation of `calm-mornings`. */
function translationIn(folder: string): { readonly name: string; readonly language: string } | null {
  const match = /^([^.]+)\.([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)$/.exec(folder)
  return match?.[1] === undefined || match[2] === undefined ? null : { name: match[1], language: match[2] }
}

/** What the translation lacks comes in the first language. */
function parseTranslation(folder: CourseFolder, language: string, original: ParsedFolder | undefined): FolderRead {
  const own = folder.files.find(({ path }) => path === 'course.yaml')
  const place = displayPath(folder.path)
  if (original === undefined || 'problems' in original.read) {
    const fix = 'Name the folder of the first language without a language, and translations <course>.<language>.'
    return { problems: [{ file: place, what: 'There is no course that this translates.', fix }] }
  }
  if (own === undefined) {
    const fix = 'Translate course.yaml first; days that are missing come in the first language.'
    return { problems: [{ file: `${place}/course.yaml`, what: 'This file is missing.', fix }] }
  }
  const translated = new Set(folder.files.map(({ path }) => path))
  // Days of earlier versions were sent before there was a translation.
  const rest = original.folder.files.filter(({ path }) => !translated.has(path) && !path.startsWith('earlier/'))
  const root = own.file.slice(0, -own.path.length)
  const files = [...folder.files, ...rest.map((file) => ({ ...file, file: root + file.path }))]
  const read = parseFolder(original.name, files)
  if ('problems' in read) return read
  const problems = compareLanguages(original.read, read, place)
  if (read.course.language !== language) {
    const fix = `Write "language: ${language}", or rename the folder.`
    problems.push({ file: own.file, what: `Its language is ${read.course.language}.`, fix })
  }
  return problems.length > 0 ? { problems } : read
}

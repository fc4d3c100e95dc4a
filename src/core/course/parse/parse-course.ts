import type { Fault } from '../../errors.ts'
import type { Reading } from '../../text/read-text.ts'
import type { Places } from '../../text/yaml-reader.ts'
import type { Course, Edition, Field, Lesson } from '../course.ts'
import { audienceNames, type CourseFile, parseCourseFile } from './parse-course-file.ts'
import { parseClosing, parseLesson, type SourceFile } from './parse-lesson.ts'

export type ParsedCourse = { readonly course: Course } | { readonly faults: readonly Fault[] }

/** Files at the top of a course's folder that others read, or nobody. */
const OTHERS = ['assessment.yaml', 'help-numbers.yaml', 'words.yaml', 'README.md']

/**
 * Reads a course from its files (docs/course-format.md). `name` is its folder's name; each `file` is the path that
 * faults are to name. Gives the course, or every fault found, in the order of files and lines; never both.
 */
export function parseCourse(name: string, files: readonly SourceFile[]): ParsedCourse {
  const faults: Fault[] = []
  const folder = folderOf(name, files)
  const own = new Map(
    files.filter(({ file }) => isInside(file, folder)).map((one) => [one.file.slice(folder.length), one]),
  )
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
    const cure = 'Use lower-case letters, digits and hyphens.'
    faults.push({ file: folder || name, what: `"${name}" cannot name a course.`, cure })
  }
  checkFileNames(own, faults)

  const places: Places = new Map()
  const courseSource = own.get('course.yaml')
  const course = courseSource === undefined ? null : parseCourseFile(courseSource, places, faults)
  if (courseSource === undefined) faults.push(missing(`${folder}course.yaml`))

  const reading: Reading = { ...audienceNames(course), places }
  const defaults = { discreet: course?.discreet ?? { sender: '', title: '', subject: '', preheader: '' } }
  const now = parseDays(own, folder, { defaults, reading, faults })
  const earlier = earlierFolders(folder, files).map(([version, sources]) => {
    const days = parseDays(sources, `${folder}${EARLIER}${version}/`, { defaults, reading, faults })
    return { version, ...days }
  })
  if (faults.length > 0 || course === null || now.closing === null) return { faults: inOrder(faults) }
  return { course: assemble(name, course, now as Days, earlier as Edition[]) }
}

type Days = Pick<Course, 'lessons' | 'closing'>

function assemble(name: string, course: CourseFile, days: Days, earlier: readonly Edition[]): Course {
  return { name, ...course, ...days, ...(earlier.length > 0 && { earlier }) }
}

/** The days and the closing of one folder. A closing that is missing or cannot be read is null, and a fault. */
function parseDays(
  own: ReadonlyMap<string, SourceFile>,
  folder: string,
  { defaults, reading, faults }: { defaults: Pick<Course, 'discreet'>; reading: Reading; faults: Fault[] },
): { lessons: readonly Lesson[]; closing: Course['closing'] | null } {
  const lessons = daysOf(own, folder, faults).map(([day, source]) =>
    parseLesson(source, day, defaults, reading, faults),
  )
  const closingSource = own.get('closing.md')
  const closing = closingSource === undefined ? null : parseClosing(closingSource, defaults, reading, faults)
  if (closingSource === undefined) faults.push(missing(`${folder}closing.md`))
  const read = lessons.filter((lesson) => lesson !== null)
  return { lessons: resolveRepeats(read, read.length === lessons.length, reading.places, faults), closing }
}

/** What days were before the course was rewritten: one folder a version. */
const EARLIER = 'earlier/'

/** The files of each earlier version by name, the versions in the order of their names. */
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

/** The path of the course's folder with its last slash: where course.yaml is, or where its name stands. */
function folderOf(name: string, files: readonly SourceFile[]): string {
  const main = files.map(({ file }) => file).filter((file) => /(^|\/)course\.yaml$/.test(file))
  const nearest = main.sort((one, other) => one.length - other.length)[0]
  if (nearest !== undefined) return nearest.slice(0, -'course.yaml'.length)
  const around = files.map(({ file }) => `/${file}`.indexOf(`/${name}/`)).find((index) => index !== -1)
  const first = files.find(({ file }) => `/${file}`.indexOf(`/${name}/`) === around)
  return around === undefined || first === undefined ? '' : first.file.slice(0, around + name.length + 1)
}

/** Only files at the top of the folder are read here; subfolders belong to others. */
function isInside(file: string, folder: string): boolean {
  return file.startsWith(folder) && !file.slice(folder.length).includes('/')
}

function checkFileNames(own: ReadonlyMap<string, SourceFile>, faults: Fault[]): void {
  for (const [name, { file }] of own) {
    const known = name === 'course.yaml' || name === 'closing.md' || OTHERS.includes(name) || dayOf(name) !== null
    if (known || !/\.(md|ya?ml)$/i.test(name)) continue
    const cure = 'Name days day-1.md, day-2.md and so on; see docs/course-format.md for the others.'
    faults.push({ file, what: 'No part of a course has this name.', cure })
  }
}

function dayOf(name: string): number | null {
  const match = /^day-([1-9]\d{0,2})\.md$/.exec(name)
  return match === null ? null : Number(match[1])
}

/** The days there are, in order; a fault for each that is missing before the last. */
function daysOf(own: ReadonlyMap<string, SourceFile>, folder: string, faults: Fault[]): [number, SourceFile][] {
  const days = [...own]
    .map(([name, source]): [number | null, SourceFile] => [dayOf(name), source])
    .filter((entry): entry is [number, SourceFile] => entry[0] !== null)
    .sort(([one], [other]) => one - other)
  const numbers = new Set(days.map(([day]) => day))
  const last = Math.max(1, ...numbers)
  for (let day = 1; day <= last; day += 1) {
    if (!numbers.has(day)) faults.push(missing(`${folder}day-${day}.md`))
  }
  return days
}

function missing(file: string): Fault {
  return { file, what: 'This file is missing.', cure: 'Write it; docs/course-format.md says how.' }
}

/** Puts the earlier day's sliders into each `repeat` field. */
function resolveRepeats(lessons: readonly Lesson[], complete: boolean, places: Places, faults: Fault[]): Lesson[] {
  return lessons.map((lesson) => ({
    ...lesson,
    exercise: {
      ...lesson.exercise,
      fields: lesson.exercise.fields.map((field) => {
        if (field.type !== 'repeat') return field
        const scales = scalesOf(field, lesson, lessons, (what, cure) => {
          const place = places.get(field)
          // The reader's own list was handed over when its file was done.
          const isWhole = !faults.some(({ file }) => file === lessons.find(({ day }) => day === field.day)?.file)
          if (place && complete && isWhole) faults.push(place.faultHere(what, cure))
        })
        return { ...field, scales }
      }),
    },
  }))
}

function scalesOf(
  repeat: Extract<Field, { type: 'repeat' }>,
  lesson: Lesson,
  lessons: readonly Lesson[],
  note: (what: string, cure: string) => void,
) {
  const earlier = lessons.find(({ day }) => day === repeat.day && day < lesson.day)
  if (earlier === undefined) {
    note(`"${repeat.id}" repeats day ${repeat.day}, which is no earlier day.`, 'Name an earlier day.')
    return []
  }
  return repeat.fields.flatMap((id) => {
    const field = earlier.exercise.fields.find((one) => one.id === id)
    if (field?.type === 'scale') return [field]
    note(`Day ${repeat.day} has no slider "${id}" to repeat.`, 'Name fields of type scale of that day.')
    return []
  })
}

function inOrder(faults: readonly Fault[]): Fault[] {
  return faults.toSorted((one, other) => {
    if (one.file !== other.file) return one.file < other.file ? -1 : 1
    return (one.line ?? 0) - (other.line ?? 0)
  })
}

import type { Course } from '../core/course/course.ts'
import { parseCourse } from '../core/course/parse/parse-course.ts'
import { type CourseExtras, NO_EXTRAS, parseExtras } from '../core/course/parse/parse-resources.ts'
import { type Fault, FaultsError } from '../core/errors.ts'
import type { Courses } from '../flow/ports/ports.ts'
import { readCourseFolders } from './read-course-files.ts'

/**
 * Reads and checks every course, with what it has beside its lessons: each folder under `lessonsDir` is one, by its name.
 * Throws FaultsError with every fault of every course.
 */
export async function loadCourses(lessonsDir: string): Promise<Courses> {
  const { courses, faults } = await readCourses(lessonsDir)
  if (faults.length > 0) throw new FaultsError(faults)
  return courses
}

export interface ReadCourses {
  /** Those that are right. */
  readonly courses: Courses
  /** Every fault of every course. */
  readonly faults: readonly Fault[]
  /** The faults of each course that has some, by its name. */
  readonly faultsOf: ReadonlyMap<string, readonly Fault[]>
}

/** The same for whoever can use the courses that are right while others are not. */
export async function readCourses(lessonsDir: string): Promise<ReadCourses> {
  const faults: Fault[] = []
  const faultsOf = new Map<string, readonly Fault[]>()
  const courses = new Map<string, Course>()
  const extras = new Map<string, CourseExtras>()
  for (const { name, files } of await readCourseFolders(lessonsDir, faults)) {
    const parsed = parseCourse(name, files)
    // Without its tracks, everything beside the lessons would seem wrong too.
    const beside = 'faults' in parsed ? parsed : parseExtras(parsed.course, files)
    if ('faults' in beside) {
      faults.push(...beside.faults)
      faultsOf.set(name, beside.faults)
    } else if ('course' in parsed) {
      courses.set(name, parsed.course)
      extras.set(name, beside.extras)
    }
  }
  const all = [...courses.values()]
  return {
    courses: {
      get: (name) => courses.get(name) ?? null,
      all: () => all,
      extrasOf: (name) => extras.get(name) ?? NO_EXTRAS,
    },
    faults,
    faultsOf,
  }
}

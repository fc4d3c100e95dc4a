import type { Course } from '../core/course.ts'
import { type Fault, FaultsError } from '../core/errors.ts'
import { parseCourse } from '../core/parse-course.ts'
import { type CourseExtras, NO_EXTRAS, parseExtras } from '../core/parse-extras.ts'
import type { Courses } from '../flow/ports.ts'
import { readCourseFolders } from './read-course-files.ts'

/**
 * Reads and checks every course, with what it has beside its lessons: each folder under `lessonsDir` is one, by its name.
 * Throws FaultsError with every fault of every course.
 */
export async function loadCourses(lessonsDir: string): Promise<Courses> {
  const faults: Fault[] = []
  const courses = new Map<string, Course>()
  const extras = new Map<string, CourseExtras>()
  for (const { name, files } of await readCourseFolders(lessonsDir, faults)) {
    const parsed = parseCourse(name, files)
    if ('faults' in parsed) {
      // Without its tracks, everything beside the lessons would seem wrong too.
      faults.push(...parsed.faults)
      continue
    }
    courses.set(name, parsed.course)
    const beside = parseExtras(parsed.course, files)
    if ('faults' in beside) faults.push(...beside.faults)
    else extras.set(name, beside.extras)
  }
  if (faults.length > 0) throw new FaultsError(faults)
  const all = [...courses.values()]
  return { get: (name) => courses.get(name) ?? null, all: () => all, extrasOf: (name) => extras.get(name) ?? NO_EXTRAS }
}

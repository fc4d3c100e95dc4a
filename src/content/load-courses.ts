import type { Course } from '../core/course.ts'
import { type Fault, FaultsError } from '../core/errors.ts'
import { parseCourse } from '../core/parse-course.ts'
import type { Courses } from '../flow/ports.ts'
import { readCourseFolders } from './read-course-files.ts'

/**
 * Reads and checks every course: each folder under `lessonsDir` is one, by its name.
 * Throws FaultsError with every fault of every course.
 */
export async function loadCourses(lessonsDir: string): Promise<Courses> {
  const faults: Fault[] = []
  const courses = new Map<string, Course>()
  for (const { name, files } of await readCourseFolders(lessonsDir, faults)) {
    const parsed = parseCourse(name, files)
    if ('faults' in parsed) faults.push(...parsed.faults)
    else courses.set(name, parsed.course)
  }
  if (faults.length > 0) throw new FaultsError(faults)
  const all = [...courses.values()]
  return { get: (name) => courses.get(name) ?? null, all: () => all }
}

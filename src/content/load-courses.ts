import type { Course } from '../core/course/course.ts'
import { parseCourse } from '../core/course/parse/parse-course.ts'
import { type CourseResources, NO_RESOURCES, parseResources } from '../core/course/parse/parse-resources.ts'
import { type Problem, ProblemsError } from '../core/errors.ts'
import type { Courses } from '../flow/ports/ports.ts'
import { readCourseFolders } from './read-course-files.ts'

/**
 * Reads and checks every course with its resources. Each folder under `lessonsDir` is a course of that name. Throws
 * ProblemsError with all problems of all courses.
 */
export async function loadCourses(lessonsDir: string): Promise<Courses> {
  const { courses, problems } = await readCourses(lessonsDir)
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
export async function readCourses(lessonsDir: string): Promise<CoursesRead> {
  const problems: Problem[] = []
  const problemsByCourse = new Map<string, readonly Problem[]>()
  const courses = new Map<string, Course>()
  const resources = new Map<string, CourseResources>()
  for (const { name, files } of await readCourseFolders(lessonsDir, problems)) {
    const parsed = parseCourse(name, files)
    // If the course itself has problems (say, no tracks), checking its resources would report many misleading ones.
    const found = 'problems' in parsed ? parsed : parseResources(parsed.course, files)
    if ('problems' in found) {
      problems.push(...found.problems)
      problemsByCourse.set(name, found.problems)
    } else if ('course' in parsed) {
      courses.set(name, parsed.course)
      resources.set(name, found.resources)
    }
  }
  const all = [...courses.values()]
  return {
    courses: {
      get: (name) => courses.get(name) ?? null,
      all: () => all,
      resourcesOf: (name) => resources.get(name) ?? NO_RESOURCES,
    },
    problems,
    problemsByCourse,
  }
}

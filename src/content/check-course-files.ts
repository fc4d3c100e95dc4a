import type { CourseCheck } from '../flow/ports/course-ports.ts'
import { checkCourseWords } from './check-course-words.ts'
import { displayPath } from './display-path.ts'
import { readCourseFolders } from './read-course-files.ts'

/** The files of every course in a folder, and what `npm run words` says about them. */
export async function checkCourseFiles(lessonsDir: string): Promise<CourseCheck> {
  const folders = await readCourseFolders(lessonsDir, [])
  const { problems, notMeasured } = await checkCourseWords(lessonsDir)
  return {
    folders: folders.map(({ name, path, files }) => ({
      name,
      path: displayPath(path),
      files: files.map((file) => file.path).toSorted(),
    })),
    problems,
    notMeasured,
  }
}

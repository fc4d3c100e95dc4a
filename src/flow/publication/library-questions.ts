import type { Course } from '../../core/course/course.ts'
import type { CourseResources } from '../../core/course/parse/parse-resources.ts'
import {
  type ListedQuestion,
  type PublishedQuestion,
  shippedQuestion,
} from '../../core/publication/published-question.ts'
import type { Ports } from '../ports/ports.ts'

/** All questions of a course's library: those that come with the course, then those of learners, oldest first. */
export async function listLibraryQuestions(
  ports: Pick<Ports, 'store'>,
  course: Course,
  { questions }: Pick<CourseResources, 'questions'>,
): Promise<readonly ListedQuestion[]> {
  const published = await ports.store.publishedQuestions.list(course)
  return [...questions.map((question) => shippedQuestion(question, course)), ...published]
}

/** One question of the library; null if it is not there, or no longer. */
export async function findLibraryQuestion(
  ports: Pick<Ports, 'store'>,
  course: Course,
  { questions }: Pick<CourseResources, 'questions'>,
  id: string,
): Promise<PublishedQuestion | null> {
  const shipped = questions.find((question) => question.id === id)
  if (shipped !== undefined) return shippedQuestion(shipped, course)
  return (await ports.store.publishedQuestions.find(course, [id]))[0] ?? null
}

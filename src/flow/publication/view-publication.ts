import type { Course } from '../../core/course/course.ts'
import type { CourseResources } from '../../core/course/parse/parse-resources.ts'
import type { LessonVisit } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'
import { type OwnPublication, readOwnPublication, requireOwnQuestion } from './own-publication.ts'

/** What a learner decides about. */
export interface PublicationView extends OwnPublication {
  readonly questionId: number
  /** The course whose library it is for. */
  readonly course: Course
  readonly resources: CourseResources
}

/**
 * What is proposed or published of a question, for the learner who asked it. Changes nothing. Fails as requireOwnQuestion
 * does.
 */
export async function viewPublication(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'sealer'>,
  visit: LessonVisit,
  questionId: number,
): Promise<PublicationView> {
  const question = await requireOwnQuestion(ports.store, visit, questionId)
  // The page is about the library, which is in the first language of the course.
  const course = ports.courses.get(question.course) ?? visit.course
  const resources = ports.courses.resourcesOf(course.name)
  return { questionId, course, resources, ...(await readOwnPublication(ports, question)) }
}

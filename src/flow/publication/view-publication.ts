import type { Course } from '../../core/course/course.ts'
import type { CourseResources } from '../../core/course/parse/parse-resources.ts'
import { isOpenProposal, type PublicationState } from '../../core/publication/publication.ts'
import type { PublicationText } from '../../core/publication/publication-text.ts'
import { PROPOSAL_MS } from '../../core/retention.ts'
import type { LessonVisit } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'
import type { PublishedPlace } from '../ports/publication-ports.ts'
import { openPublication, requireOwnQuestion } from './own-publication.ts'

/** What a learner decides about. */
export interface PublicationView {
  readonly questionId: number
  /** The course whose library it is for. */
  readonly course: Course
  readonly resources: CourseResources
  readonly state: 'nothing' | PublicationState
  /** Of the text that is proposed; a yes names it. */
  readonly version: number
  /** The text that is proposed, in the learner's words if they changed it; or the one in the library. Null: there is none. */
  readonly text: PublicationText | null
  readonly isChanged: boolean
  /** Until when a proposal waits for an answer, ms UTC. */
  readonly until: number
  /** Null: it is not in the library. */
  readonly place: PublishedPlace | null
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
  const { store } = ports
  const question = await requireOwnQuestion(store, visit, questionId)
  const publication = await store.publications.find(questionId)
  const place = await store.publishedQuestions.ofQuestion(questionId)
  // The page is about the library, which is in the first language of the course.
  const course = ports.courses.get(question.course) ?? visit.course
  const common = { questionId, course, resources: ports.courses.resourcesOf(course.name), place }
  if (publication === null) return { ...common, state: 'nothing', version: 0, text: null, isChanged: false, until: 0 }
  const isOpen = isOpenProposal(publication, ports.clock.now())
  const texts = isOpen ? await openPublication(ports, store, question.learnerId, publication) : null
  return {
    ...common,
    // What nobody answered in time counts as declined before upkeep writes it down.
    state: publication.state === 'proposed' && !isOpen ? 'declined' : publication.state,
    version: publication.version,
    text: texts?.changed ?? texts?.proposed ?? place?.text ?? null,
    isChanged: texts?.changed != null,
    until: publication.proposedAt + PROPOSAL_MS,
  }
}

import type { Course } from '../../core/course/course.ts'
import { type CourseResources, publicCarePages } from '../../core/course/parse/parse-resources.ts'
import { publicPagesOf } from '../../core/course/public-pages.ts'
import { AppError } from '../../core/errors.ts'
import { canPropose, isOpenProposal, type PublicationState } from '../../core/publication/publication.ts'
import type { PublicationChoices, PublicationText } from '../../core/publication/publication-text.ts'
import type { Question } from '../../core/question/question.ts'
import { PROPOSAL_MS } from '../../core/retention.ts'
import { phrase } from '../../core/words.ts'
import type { Ports } from '../ports/ports.ts'
import type { PublishedPlace } from '../ports/publication-ports.ts'
import { openPublication } from './own-publication.ts'

/** What an author sees of the publication of a question. */
export interface AuthorsPublication {
  readonly course: Course
  readonly resources: CourseResources
  readonly choices: PublicationChoices
  readonly state: 'nothing' | PublicationState
  readonly canPropose: boolean
  /** The text that the author proposed last; null if nothing was proposed. Never what a learner has not said yes to. */
  readonly proposed: PublicationText | null
  readonly version: number
  /** Until when a proposal waits, ms UTC. */
  readonly until: number
  /** What stands in the library, in the words that the learner agreed to; null if nothing does. */
  readonly place: PublishedPlace | null
  readonly isInLearnersWords: boolean
}

/**
 * Changes nothing. The caller has checked that the author answers for the course. Fails with `not-found`, or with `gone` if
 * the course is.
 */
export async function viewAuthorsPublication(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'sealer'>,
  { id, learnerId, course: name }: Pick<Question, 'id' | 'learnerId' | 'course'>,
): Promise<AuthorsPublication> {
  const { store } = ports
  const surroundings = findSurroundings(ports, name)
  const publication = await store.publications.find(id)
  const place = await store.publishedQuestions.ofQuestion(id)
  const now = ports.clock.now()
  const isOpen = publication !== null && isOpenProposal(publication, now)
  const texts = publication && (await openPublication(ports, store, learnerId, publication))
  return {
    ...surroundings,
    state:
      publication === null ? 'nothing' : publication.state === 'proposed' && !isOpen ? 'declined' : publication.state,
    canPropose: canPropose(publication, now) && hasLibrary(surroundings.resources),
    proposed: texts?.proposed ?? null,
    version: publication?.version ?? 0,
    until: publication === null ? 0 : publication.proposedAt + PROPOSAL_MS,
    place,
    isInLearnersWords: place !== null && texts?.changed != null,
  }
}

/** The course of a question, with what a text for its library may name. Fails with `gone`. */
export function findSurroundings(
  { courses }: Pick<Ports, 'courses'>,
  name: string,
): { readonly course: Course; readonly resources: CourseResources; readonly choices: PublicationChoices } {
  const course = courses.get(name)
  if (course === null) throw new AppError('gone', phrase('errors.no-course'))
  const resources = courses.resourcesOf(name)
  return {
    course,
    resources,
    choices: {
      situations: course.tracks.map((track) => track.name),
      languages: course.languages ?? [course.language],
      articles: resources.articles.map((article) => article.name),
      pages: publicCarePages(resources).map((page) => page.name),
    },
  }
}

/** Without one, there is no page on which a question could stand. */
export function hasLibrary(resources: CourseResources): boolean {
  return publicPagesOf(resources).some(({ kind }) => kind === 'library')
}

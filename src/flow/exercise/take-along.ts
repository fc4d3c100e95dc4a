import type { Delivery } from '../../core/model.ts'
import { hasShortEmails } from '../enrolment/short-emails.ts'
import type { LessonVisit } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'
import type { ConsentRecord } from '../ports/sign-up-ports.ts'
import { type OwnPublication, readOwnPublication } from '../publication/own-publication.ts'
import { type OwnQuestion, openOwnQuestion } from '../question/read-question.ts'
import { requireFreshSession } from '../security/sessions.ts'
import { gatherCourse, type WrittenCourse } from './gather-writing.ts'

/** A question with its answers, and what is proposed or published of it. */
export interface TakenQuestion extends OwnQuestion {
  readonly publication: OwnPublication
}

/** Everything a learner can take along, of every course they ever took with this address. */
export interface Taken {
  readonly address: string
  readonly hasReadingWord: boolean
  /** Whether an email may bring a way back to this person, who reads on the web only. */
  readonly allowsWayBackEmail: boolean
  /** In the order in which they were begun. */
  readonly courses: readonly (WrittenCourse & {
    readonly shortEmails: boolean
    readonly questions: readonly TakenQuestion[]
  })[]
  readonly consents: readonly ConsentRecord[]
  readonly deliveries: readonly Delivery[]
}

/**
 * Gathers it for a fresh own session. Leaves out what follows from the answers of the assessment: track, overlays,
 * restrictions and plan. Changes nothing. Fails with `not-fresh`.
 */
export async function takeAlong(
  ports: Pick<Ports, 'store' | 'clock' | 'courses' | 'sealer' | 'keys'>,
  { enrolment: { learnerId }, viewer }: LessonVisit,
): Promise<Taken> {
  requireFreshSession(ports, viewer.session)
  const { store } = ports
  const courses: Taken['courses'][number][] = []
  for (const enrolment of await store.enrolments.ofLearner(learnerId)) {
    const shortEmails = await hasShortEmails(ports, store, enrolment)
    const asked = await store.questions.ofEnrolment(enrolment.id)
    const questions = await Promise.all(
      asked.map(async (question) => ({
        ...(await openOwnQuestion(ports, question)),
        publication: await readOwnPublication(ports, question),
      })),
    )
    courses.push({ ...(await gatherCourse(ports, enrolment, viewer)), shortEmails, questions })
  }
  return {
    address: (await store.learners.byId(learnerId))?.address ?? '',
    hasReadingWord: (await store.learners.readingWord(learnerId)) !== null,
    allowsWayBackEmail: await store.learners.allowsWayBackEmail(learnerId),
    courses,
    consents: await store.signUps.consentsOf(learnerId),
    deliveries: await store.deliveries.ofLearner(learnerId),
  }
}

/** What the page that offers the file shows. */
export interface TakeView {
  /** When anything was last saved, ms UTC; 0 if nothing was. */
  readonly savedAt: number
}

/** Changes nothing. Fails with `not-fresh`. */
export async function viewTake(
  ports: Pick<Ports, 'store' | 'clock'>,
  { enrolment, viewer }: LessonVisit,
): Promise<TakeView> {
  requireFreshSession(ports, viewer.session)
  return { savedAt: await ports.store.answers.lastSavedAt(enrolment.learnerId) }
}

import type { Course } from '../../core/course/course.ts'
import { publicationHash, publishedCode } from '../../core/publication/publication.ts'
import type { LessonVisit } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { oldestOpenProposal, openPublication, proposalMoved, requireOwnQuestion } from './own-publication.ts'

const ID_BYTES = 9

export interface Consent {
  /** The text that was shown. */
  readonly version: number
  /** Who may read the library, as the page said. */
  readonly library: Course['library']
  /** Whether the text stays when the learner deletes everything. */
  readonly staysWhenErased: boolean
}

/**
 * The learner's yes: exactly the text of this version stands in the library from the commit on. Fails as requireOwnQuestion
 * does, and with `not-yet` if the text was changed, answered or taken back since, if it waited too long, or if others may
 * read the library by now.
 */
export async function acceptPublication(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'sealer' | 'randomBytes'>,
  visit: LessonVisit,
  questionId: number,
  { version, library, staysWhenErased }: Consent,
): Promise<void> {
  const id = Buffer.from(ports.randomBytes(ID_BYTES)).toString('hex')
  const now = ports.clock.now()
  await ports.store.transaction(async (unit) => {
    const { learnerId, course } = await requireOwnQuestion(unit, visit, questionId)
    if (ports.courses.get(course)?.library !== library) throw proposalMoved()
    await decide(ports, unit, questionId, version, 'accepted')
    // Read after the update, which keeps everybody else from this row until the commit.
    const publication = await unit.publications.find(questionId)
    if (publication === null) throw proposalMoved()
    const { proposed, changed } = await openPublication(ports, unit, learnerId, publication)
    const text = changed ?? proposed
    await unit.publishedQuestions.add({
      ...{ id, code: publishedCode(course, id), questionId, staysWhenErased, course, text, library, now },
      textHash: publicationHash(text, library),
    })
  })
}

/** The learner's no. Fails as acceptPublication does. */
export async function declinePublication(
  ports: Pick<Ports, 'clock' | 'store'>,
  visit: LessonVisit,
  questionId: number,
  version: number,
): Promise<void> {
  await ports.store.transaction(async (unit) => {
    await requireOwnQuestion(unit, visit, questionId)
    await decide(ports, unit, questionId, version, 'declined')
  })
}

async function decide(
  ports: Pick<Ports, 'clock'>,
  unit: Repositories,
  questionId: number,
  version: number,
  state: 'accepted' | 'declined',
): Promise<void> {
  const now = ports.clock.now()
  const row = { questionId, version, state, proposedAfter: oldestOpenProposal(ports), now }
  if (!(await unit.publications.decide(row))) throw proposalMoved()
}

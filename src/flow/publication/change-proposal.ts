import { AppError } from '../../core/errors.ts'
import { isOpenProposal, publicationContext } from '../../core/publication/publication.ts'
import { readChangedWords } from '../../core/publication/publication-text.ts'
import { phrase } from '../../core/words.ts'
import type { LessonVisit } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'
import { learnerSealer } from '../security/learner-sealer.ts'
import { oldestOpenProposal, openPublication, proposalMoved, requireOwnQuestion } from './own-publication.ts'

/**
 * Stores a proposed text in the learner's own words, for them to look at and say yes to; the author does not see it before.
 * `version`: the text they changed. Fails as requireOwnQuestion does, with `bad-input` and its fields, and with `not-yet` if
 * there is another version by now.
 */
export async function changeProposal(
  ports: Pick<Ports, 'clock' | 'store' | 'sealer'>,
  visit: LessonVisit,
  questionId: number,
  { version, typed }: { readonly version: number; readonly typed: Readonly<Record<string, unknown>> },
): Promise<void> {
  await ports.store.transaction(async (unit) => {
    const { learnerId } = await requireOwnQuestion(unit, visit, questionId)
    const publication = await unit.publications.find(questionId)
    if (publication === null || !isOpenProposal(publication, ports.clock.now())) throw proposalMoved()
    const { proposed } = await openPublication(ports, unit, learnerId, publication)
    const read = readChangedWords(typed, proposed)
    if ('fields' in read) throw new AppError('bad-input', phrase('publication.look-again'), { fields: read.fields })
    const context = publicationContext(questionId, 'learner')
    const changed = await learnerSealer(ports, unit, learnerId).seal(context, JSON.stringify(read.text))
    const row = { questionId, version, changed, proposedAfter: oldestOpenProposal(ports) }
    if (!(await unit.publications.change(row))) throw proposalMoved()
  })
}

import { draftContext, questionNoteContext } from '../../../core/desk/answering.ts'
import { maskAddress } from '../../../core/desk/mask-address.ts'
import type { QuestionNote, SavedPassage } from '../../ports/answering-ports.ts'
import type { Ports } from '../../ports/ports.ts'
import type { Repositories } from '../../ports/store-ports.ts'
import { type AuthorsQuestion, openQuestionForAuthor } from '../../question/open-question-for-author.ts'
import { learnerSealer } from '../../security/learner-sealer.ts'
import { type RecordPorts, recordAct } from '../record-act.ts'
import { authorsOf, questionFor } from './question-access.ts'

/** Somebody who answers for the course, by a masked address. */
export interface Author {
  readonly id: number
  readonly masked: string
}

/** One question at the desk, with what its authors work with. */
export interface OpenedQuestion extends AuthorsQuestion {
  /** The operator's own; '' for none. */
  readonly draft: string
  /** Colleagues who were asked for a second look, and what they said; null for nothing. */
  readonly looks: readonly (Omit<QuestionNote, 'sealed'> & { readonly note: string | null })[]
  /** The drafts that this operator is asked to look at. */
  readonly othersDrafts: ReadonlyMap<number, string>
  readonly passages: readonly SavedPassage[]
  readonly authors: readonly Author[]
}

/**
 * Opens one question. Reading it and the line in the audit log that says so commit together. Fails with `not-found` if the
 * operator does not answer for its course.
 */
export async function openQuestion(
  ports: RecordPorts & Pick<Ports, 'courses' | 'store'>,
  operatorId: number,
  questionId: number,
): Promise<OpenedQuestion> {
  return ports.store.transaction(async (unit) => {
    const { learnerId, course } = await questionFor(unit, operatorId, questionId)
    await recordAct(ports, unit, {
      ...{ operatorId, learnerId, act: 'open-question' },
      details: { question: questionId, course },
    })
    const learner = learnerSealer(ports, unit, learnerId)
    const draftOf = async (id: number) => {
      const draft = await unit.questionDrafts.of(questionId, id)
      return draft === null ? '' : learner.open(draftContext(questionId, id), draft.sealed)
    }
    const looks: (Omit<QuestionNote, 'sealed'> & { readonly note: string | null })[] = []
    const othersDrafts = new Map<number, string>()
    for (const { sealed, ...look } of await unit.questionNotes.ofQuestion(questionId)) {
      const note = sealed === null ? null : await learner.open(questionNoteContext(questionId, look.id), sealed)
      looks.push({ ...look, note })
      if (look.askedOf === operatorId && look.doneAt === null)
        othersDrafts.set(look.askedBy, await draftOf(look.askedBy))
    }
    return {
      ...(await openQuestionForAuthor(ports, unit, questionId)),
      draft: await draftOf(operatorId),
      looks,
      othersDrafts,
      passages: await unit.savedPassages.ofCourses([course]),
      authors: await namedAuthors(unit, course),
    }
  })
}

async function namedAuthors(unit: Repositories, course: string): Promise<readonly Author[]> {
  const authors = await authorsOf(unit, course)
  const all = await unit.operators.all()
  return all
    .filter(({ id }) => authors.includes(id))
    .map(({ id, address }) => ({ id, masked: maskAddress(address ?? '') }))
}

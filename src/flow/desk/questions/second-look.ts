import { QUESTION_NOTE_MAX, questionNoteContext } from '../../../core/desk/answering.ts'
import { AppError } from '../../../core/errors.ts'
import { phrase } from '../../../core/words.ts'
import type { Ports } from '../../ports/ports.ts'
import { learnerSealer } from '../../security/learner-sealer.ts'
import { deskUrlOf } from '../desk-url.ts'
import { type OperatorEmailPorts, sendOperatorEmail } from '../operator-email.ts'
import { type RecordPorts, recordAct } from '../record-act.ts'
import { authorsOf, questionFor } from './question-access.ts'

type LookPorts = OperatorEmailPorts & RecordPorts & Pick<Ports, 'store'>

/**
 * Asks a colleague who answers for the course to look at the draft. They get an email without a word of it. Asking again while they
 * have not looked changes nothing. Fails with `not-found`, and with `bad-input` for anybody else.
 */
export async function askForSecondLook(
  ports: LookPorts,
  operatorId: number,
  questionId: number,
  colleague: number,
): Promise<void> {
  const isNew = await ports.store.transaction(async (unit) => {
    const { course, learnerId } = await questionFor(unit, operatorId, questionId)
    if (colleague === operatorId || !(await authorsOf(unit, course)).includes(colleague))
      throw new AppError('bad-input', phrase('desk.errors.not-author'))
    const row = { questionId, askedBy: operatorId, askedOf: colleague, at: ports.clock.now() }
    if (!(await unit.questionNotes.ask(row))) return false
    const details = { question: questionId, of: colleague }
    await recordAct(ports, unit, { operatorId, act: 'ask-second-look', learnerId, details })
    return true
  })
  const address = isNew ? ((await ports.store.operators.byId(colleague))?.address ?? null) : null
  if (address === null) return
  // Without a retry: what a colleague asks for also stands above the list of questions.
  await sendOperatorEmail(ports, 'second-look', address, { link: deskUrlOf(ports, 'questions') })
}

/** The colleague has looked; `note` is what they say about it, '' for nothing. Fails as `askForSecondLook` does. */
export async function finishSecondLook(
  ports: RecordPorts & Pick<Ports, 'store'>,
  operatorId: number,
  questionId: number,
  noteId: number,
  note: string,
): Promise<void> {
  if (note.length > QUESTION_NOTE_MAX)
    throw new AppError('bad-input', phrase('desk.errors.note-long', { most: QUESTION_NOTE_MAX }))
  await ports.store.transaction(async (unit) => {
    const { learnerId } = await questionFor(unit, operatorId, questionId)
    const asked = (await unit.questionNotes.ofQuestion(questionId)).some(({ id }) => id === noteId)
    const learner = learnerSealer(ports, unit, learnerId)
    const sealed = note === '' ? null : await learner.seal(questionNoteContext(questionId, noteId), note)
    if (!asked || !(await unit.questionNotes.finish(noteId, operatorId, sealed, ports.clock.now())))
      throw new AppError('bad-input', phrase('desk.errors.changes-nothing'))
    await recordAct(ports, unit, { operatorId, act: 'give-second-look', learnerId, details: { question: questionId } })
  })
}

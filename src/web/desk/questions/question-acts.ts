import { deskPaths } from '../../../core/desk/desk-paths.ts'
import { AppError } from '../../../core/errors.ts'
import { phrase } from '../../../core/words.ts'
import { assignQuestion } from '../../../flow/desk/questions/assign-question.ts'
import { CLOSING_ACTS, closeAtDesk } from '../../../flow/desk/questions/close-at-desk.ts'
import { askForSecondLook, finishSecondLook } from '../../../flow/desk/questions/second-look.ts'
import { sendAnswer } from '../../../flow/desk/questions/send-answer.ts'
import { writeDraft } from '../../../flow/desk/questions/write-draft.ts'
import { messageOf } from '../../page/site.ts'
import { fieldOf, numberIn, type OperatorVisit, textOf } from '../desk-visit.ts'
import { questionIdOf, showLook, showQuestion } from './questions.ts'

/** What an author does with a question. */
export const questionActs = {
  /** Every button below the text keeps it. */
  'post /desk/questions/:id/draft': (visit: OperatorVisit) =>
    work(visit, textOf(visit, 'text'), async (operatorId, id) => {
      const as = fieldOf(visit, 'as')
      const passage = as === 'insert' ? numberIn(fieldOf(visit, 'passage')) : null
      await writeDraft(visit.site.ports, operatorId, id, textOf(visit, 'text'), passage)
      return as === 'look' ? deskPaths.lookAtAnswer(id) : `${deskPaths.question(id)}?done=saved#answer`
    }),

  'post /desk/questions/:id/answer': (visit: OperatorVisit) => {
    const text = textOf(visit, 'text')
    return work(visit, text, async (operatorId, questionId) => {
      const seen = numberIn(fieldOf(visit, 'seen')) ?? 0
      const sent = await sendAnswer(visit.site.ports, { operatorId, questionId, text, seen })
      if (sent) return `${deskPaths.question(questionId)}?done=sent`
      await showLook(visit, 409, { text, after: seen })
      return null
    })
  },

  'post /desk/questions/:id/assign': (visit: OperatorVisit) =>
    work(visit, null, async (operatorId, id) => {
      await assignQuestion(visit.site.ports, operatorId, id, numberIn(fieldOf(visit, 'to')))
      return `${deskPaths.question(id)}?done=assigned`
    }),

  'post /desk/questions/:id/ask-look': (visit: OperatorVisit) =>
    work(visit, null, async (operatorId, id) => {
      await askForSecondLook(visit.site.ports, operatorId, id, numberIn(fieldOf(visit, 'of')) ?? 0)
      return `${deskPaths.question(id)}?done=asked`
    }),

  'post /desk/questions/:id/give-look': (visit: OperatorVisit) =>
    work(visit, null, async (operatorId, id) => {
      const look = numberIn(fieldOf(visit, 'look')) ?? 0
      await finishSecondLook(visit.site.ports, operatorId, id, look, textOf(visit, 'note'))
      return `${deskPaths.question(id)}?done=looked`
    }),

  'post /desk/questions/:id/state': (visit: OperatorVisit) =>
    work(visit, null, async (operatorId, id) => {
      const act = CLOSING_ACTS.find((one) => one === fieldOf(visit, 'as'))
      if (act === undefined) throw new AppError('bad-input', phrase('desk.errors.no-choice'))
      await closeAtDesk(visit.site.ports, operatorId, id, act)
      return `${deskPaths.question(id)}?done=${act}`
    }),
}

/** Goes on to the path that `act` returns. What is refused is shown on the question's page, with the answer that was typed. */
async function work(
  visit: OperatorVisit,
  text: string | null,
  act: (operatorId: number, questionId: number) => Promise<string | null>,
): Promise<void> {
  try {
    const path = await act(visit.signedIn.operator.id, questionIdOf(visit))
    if (path !== null) visit.response.redirect(303, path)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'bad-input') throw error
    await showQuestion(visit, 400, { error: messageOf(error, visit.words), text })
  }
}

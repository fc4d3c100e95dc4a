import { messageContext, type Question, type QuestionMessage } from '../../core/question/question.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { learnerSealer } from '../security/learner-sealer.ts'

/** A message as its reader sees it. */
export interface OpenedMessage extends Omit<QuestionMessage, 'sealed'> {
  readonly text: string
}

interface MessageToSeal {
  readonly by: QuestionMessage['by']
  readonly via: QuestionMessage['via']
  readonly text: string
  /** ms UTC. */
  readonly at: number
  readonly operatorId?: number
  readonly deliveryId?: number | null
}

/** A message of this question, sealed under its learner's key, to be stored. */
export async function sealMessage(
  ports: Pick<Ports, 'sealer'>,
  unit: Repositories,
  { id: questionId, learnerId }: Pick<Question, 'id' | 'learnerId'>,
  { by, via, text, at, operatorId = undefined, deliveryId = null }: MessageToSeal,
): Promise<Omit<QuestionMessage, 'id'> & { readonly learnerId: number }> {
  const sealed = await learnerSealer(ports, unit, learnerId).seal(messageContext({ questionId, by, at }), text)
  return { questionId, learnerId, by, operatorId: operatorId ?? null, sealed, via, at, deliveryId }
}

/** Every message of the question, in the order in which they were written. The caller has checked who reads them. */
export async function openMessages(
  ports: Pick<Ports, 'sealer'>,
  unit: Repositories,
  { id, learnerId }: Pick<Question, 'id' | 'learnerId'>,
): Promise<readonly OpenedMessage[]> {
  const sealer = learnerSealer(ports, unit, learnerId)
  const messages = await unit.questions.messages(id)
  return Promise.all(
    messages.map(async ({ sealed, ...message }) => ({
      ...message,
      text: await sealer.open(messageContext(message), sealed),
    })),
  )
}

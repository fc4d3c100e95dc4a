import { AppError } from '../../core/errors.ts'
import { type Delivery, type Enrolment, isStillToCome } from '../../core/model.ts'
import { nextQuestionState, type Question } from '../../core/question/question.ts'
import { phrase } from '../../core/words.ts'
import { courseOfEnrolment } from '../course-of-enrolment.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { requireText } from './ask-question.ts'
import { currentRound } from './current-round.ts'
import { questionGone } from './find-own-question.ts'
import { hasStoppedSince } from './has-stopped-since.ts'
import { sealMessage } from './sealed-messages.ts'

const DAY_MS = 86_400_000

/**
 * Adds an answer, within the caller's transaction: one email tells of it, and where the course asks how it is some time
 * later, that email is planned or moved. Neither is planned for a learner who has stopped since they wrote; the answer then
 * only stands on their page. Returns the email, or null. The caller has checked that this operator answers for the course.
 * Fails with `gone` if the question no longer exists or takes no answer, and `bad-input` for an empty or too long text.
 */
export async function answerQuestion(
  ports: Pick<Ports, 'clock' | 'sealer' | 'courses' | 'calendar'>,
  unit: Repositories,
  input: { readonly questionId: number; readonly operatorId: number; readonly text: string },
): Promise<Delivery | null> {
  const text = requireText(input.text)
  const question = await unit.questions.byId(input.questionId)
  const enrolment = question && (await currentRound(unit, question.enrolmentId))
  if (question === null || enrolment === null) throw questionGone()
  const state = nextQuestionState('answer', question)
  if (state === null) throw new AppError('gone', phrase('question.errors.cannot'))
  const at = ports.clock.now()
  const isTold = !hasStoppedSince(enrolment, await unit.questions.messages(question.id))
  const email = isTold ? await planEmail(unit, enrolment, 'answer', at, at) : null
  await unit.questions.addMessage(
    await sealMessage(ports, unit, question, {
      by: 'author',
      via: 'form',
      operatorId: input.operatorId,
      deliveryId: email?.id ?? null,
      ...{ text, at },
    }),
  )
  const changes = { state, waitingSince: null, answeredAt: at, touchedAt: at }
  if (!(await unit.questions.set(question.id, [question.state], changes)))
    throw new AppError('gone', phrase('question.errors.cannot'))
  if (isTold) await planFollowUp(ports, unit, question, enrolment, at)
  return email
}

async function planEmail(
  unit: Repositories,
  { id: enrolmentId, learnerId }: Enrolment,
  kind: 'answer' | 'follow-up',
  dueAt: number,
  now: number,
): Promise<Delivery | null> {
  const row = { learnerId, kind, enrolmentId, signUpId: null, day: null, dueAt }
  const [email] = await unit.deliveries.plan([row], now)
  return email ?? null
}

/** At the learner's hour on the day that the course says, counted from the latest answer. Once, and never after a stop. */
async function planFollowUp(
  ports: Pick<Ports, 'courses' | 'calendar'>,
  unit: Repositories,
  question: Question,
  enrolment: Enrolment,
  now: number,
): Promise<void> {
  const days = courseOfEnrolment(ports, enrolment)?.questions?.followUpAfterDays ?? null
  if (days === null) return
  const dueAt = ports.calendar.firstSendTime({ ...enrolment, pace: 'daily' }, now + days * DAY_MS)
  if (question.followUpDeliveryId !== null) {
    const planned = await unit.deliveries.byId(question.followUpDeliveryId)
    if (planned !== null && isStillToCome(planned)) await unit.deliveries.postpone(planned.id, dueAt)
    return
  }
  const email = await planEmail(unit, enrolment, 'follow-up', dueAt, now)
  await unit.questions.set(question.id, ['answered'], { followUpDeliveryId: email?.id ?? null })
}

import type { Course } from '../../core/course/course.ts'
import { AppError } from '../../core/errors.ts'
import type { Enrolment } from '../../core/model.ts'
import { hasDangerWords } from '../../core/question/danger-words.ts'
import { nextQuestionState, QUESTION_MAX, type Question, type QuestionVia } from '../../core/question/question.ts'
import { phrase } from '../../core/words.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { findOwnQuestion, questionGone } from './find-own-question.ts'
import { sealMessage } from './sealed-messages.ts'

const DAY_MS = 86_400_000
/** Messages of one learner within 24 hours, in all courses: questions and what they add to them. */
export const MOST_MESSAGES_A_DAY = 10
/** The same for messages that came in the learner's name and wait for their yes. */
export const MOST_UNCONFIRMED_A_DAY = 3

export interface AskInput {
  readonly enrolment: Enrolment
  /** In the learner's language. */
  readonly course: Course
  /** The position in the course where it is asked; null: about the course as a whole. */
  readonly day: number | null
  /** As typed. */
  readonly text: string
  readonly allowsName: boolean
  readonly via: QuestionVia
  /** An open question of this learner to which it is added; left out for a new one. */
  readonly questionId?: number
  /** False: nobody knows whether the learner wrote it, and it waits for their yes. Only of new questions. */
  readonly isConfirmed: boolean
}

export interface Asked {
  readonly questionId: number
  /** Help stands first on the page that follows. */
  readonly showsHelp: boolean
}

/**
 * Stores a question, or a further message of an open one. Whoever holds a lesson link may ask; only an own session reads it.
 * Fails with `bad-input` for an empty or too long text, `too-many`, `not-yet` where the course takes no questions or none
 * of this learner, and `gone` for a question that is not this learner's or closed.
 */
export async function askQuestion(ports: Pick<Ports, 'clock' | 'store' | 'sealer'>, input: AskInput): Promise<Asked> {
  return ports.store.transaction((unit) => addQuestion(ports, unit, input))
}

/** The same within the caller's transaction, which has written nothing when it fails. */
export async function addQuestion(
  ports: Pick<Ports, 'clock' | 'sealer'>,
  unit: Repositories,
  input: AskInput,
): Promise<Asked> {
  const text = requireText(input.text)
  const now = ports.clock.now()
  const { enrolment, course, via } = input
  await requireAccepted(unit, input, now)
  const showsHelp = hasDangerWords(text, course.language, course.questions?.dangerWords ?? [])
  const question =
    input.questionId === undefined
      ? await unit.questions.add({
          learnerId: enrolment.learnerId,
          enrolmentId: enrolment.id,
          course: course.name,
          language: course.language,
          day: input.day,
          via,
          state: input.isConfirmed ? 'waiting' : 'unconfirmed',
          urgent: showsHelp,
          allowsName: input.allowsName,
          askedAt: now,
        })
      : await writeFurther(unit, enrolment, { id: input.questionId, isUrgent: showsHelp, now })
  await unit.questions.addMessage(await sealMessage(ports, unit, question, { by: 'learner', via, text, at: now }))
  return { questionId: question.id, showsHelp }
}

/** The text without what no reader sees. Fails with `bad-input`. */
export function requireText(typed: string): string {
  const text = typed
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .trim()
  if (text === '') throw new AppError('bad-input', phrase('question.errors.empty'))
  if ([...text].length > QUESTION_MAX)
    throw new AppError('bad-input', phrase('question.errors.too-long', { most: QUESTION_MAX }))
  return text
}

async function requireAccepted(
  unit: Repositories,
  { enrolment: { learnerId }, course, isConfirmed }: AskInput,
  now: number,
): Promise<void> {
  // In the same words, so that nobody is told that they were shut out.
  if (course.questions === null || (await unit.questions.isBlocked(learnerId, course.name))) throw notTaken()
  const most = isConfirmed ? MOST_MESSAGES_A_DAY : MOST_UNCONFIRMED_A_DAY
  const asked = await unit.questions.countAsked(learnerId, now - DAY_MS, isConfirmed ? 'confirmed' : 'unconfirmed')
  if (asked >= most) throw new AppError('too-many', phrase('question.errors.too-many', { most }))
}

export function notTaken(): AppError {
  return new AppError('not-yet', phrase('question.errors.not-taken'))
}

async function writeFurther(
  unit: Repositories,
  enrolment: Enrolment,
  { id, isUrgent, now }: { readonly id: number; readonly isUrgent: boolean; readonly now: number },
): Promise<Question> {
  const question = await findOwnQuestion(unit, enrolment, id)
  const state = nextQuestionState('write', question)
  if (state === null) throw new AppError('gone', phrase('question.errors.closed'))
  const changes = {
    state,
    urgent: question.urgent || isUrgent,
    waitingSince: question.waitingSince ?? now,
    touchedAt: now,
  }
  if (!(await unit.questions.set(id, [question.state], changes))) throw questionGone()
  // Who was told of a question that could wait is not told of it again otherwise.
  if (isUrgent && !question.urgent) await unit.questionDuty.tellAgain(id)
  await callOffFollowUp(unit, question, now)
  return question
}

/** The learner has said how it is before being asked. The next answer is followed by another one. */
async function callOffFollowUp(
  unit: Repositories,
  { id, followUpDeliveryId: deliveryId }: Question,
  now: number,
): Promise<void> {
  if (deliveryId === null) return
  if (await unit.deliveries.cancelWaiting(deliveryId, 'the learner has written since', now))
    await unit.questions.set(id, ['waiting'], { followUpDeliveryId: null })
}

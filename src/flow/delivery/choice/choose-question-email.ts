import type { DeliveryKind, Enrolment } from '../../../core/model.ts'
import { COMMON_VARIANT } from '../../../core/model.ts'
import { courseOfEnrolment } from '../../course-of-enrolment.ts'
import type { Ports } from '../../ports/ports.ts'
import { hasStoppedSince } from '../../question/has-stopped-since.ts'
import { type ChoiceRequest, type EmailContent, type NoEmail, noEmail } from './email-choice.ts'

type ChoicePorts = Pick<Ports, 'store' | 'courses'>
type QuestionKind = Extract<DeliveryKind, 'answer' | 'question-received' | 'follow-up' | 'publication'>

/** Leads to the learner's questions and says nothing of what is written there. */
export async function chooseQuestionEmail<Kind extends QuestionKind>(
  ports: ChoicePorts,
  { kind, enrolment }: ChoiceRequest<Kind>,
): Promise<EmailContent<Kind> | NoEmail> {
  const course = enrolment && courseOfEnrolment(ports, enrolment)
  if (!enrolment || !course) return noEmail('the course no longer exists')
  return {
    kind,
    course,
    day: null,
    variant: COMMON_VARIANT,
    discreet: enrolment.discreet,
    name: enrolment.name,
    timeZone: enrolment.timeZone,
    open: { enrolmentId: enrolment.id, day: 1 },
    stop: { enrolmentId: enrolment.id },
    nextLessonAt: null,
  } as EmailContent<Kind>
}

/** None if the learner has deleted the question, or has stopped since. */
export async function chooseAnswerEmail(
  ports: ChoicePorts,
  request: ChoiceRequest<'answer'>,
): Promise<EmailContent<'answer'> | NoEmail> {
  const question = await ports.store.questions.ofDelivery(request.row.id)
  if (question === null) return noEmail('the question was deleted')
  if (await isStopped(ports, request.enrolment, question.id)) return noEmail('stopped by the learner')
  return chooseQuestionEmail(ports, request)
}

/** None besides if there is nothing to ask about: the learner has written since, or the question was closed. */
export async function chooseFollowUpEmail(
  ports: ChoicePorts,
  request: ChoiceRequest<'follow-up'>,
): Promise<EmailContent<'follow-up'> | NoEmail> {
  const { row, enrolment } = request
  const question = await ports.store.questions.ofDelivery(row.id)
  if (question === null) return noEmail('the question was deleted')
  // A second copy repeats the first, whatever happened to the question.
  if (row.firstHandoverAt === null && question.state !== 'answered') return noEmail('the question has gone on or ended')
  if (await isStopped(ports, enrolment, question.id)) return noEmail('stopped by the learner')
  return chooseQuestionEmail(ports, request)
}

/** None if the text was taken back, or the learner has answered or stopped since. */
export async function choosePublicationEmail(
  ports: ChoicePorts,
  request: ChoiceRequest<'publication'>,
): Promise<EmailContent<'publication'> | NoEmail> {
  const { row } = request
  const publication = await ports.store.publications.ofDelivery(row.id)
  if (publication === null) return noEmail('the question was deleted')
  // A second copy repeats the first, whatever the learner has said meanwhile.
  if (row.firstHandoverAt === null && publication.state !== 'proposed') return noEmail('there is nothing to ask')
  return chooseQuestionEmail(ports, request)
}

async function isStopped({ store }: ChoicePorts, enrolment: Enrolment | null, questionId: number): Promise<boolean> {
  return enrolment !== null && hasStoppedSince(enrolment, await store.questions.messages(questionId))
}

import type { Ports } from '../../ports/ports.ts'
import { chooseCourseEmail } from './choose-course-email.ts'
import { type ChoiceRequest, type EmailContent, type NoEmail, noEmail } from './email-choice.ts'

/** The lesson that this row sends again, in the variant and the version in which it was sent. */
export async function chooseResendEmail(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'sealer'>,
  request: ChoiceRequest<'resend'>,
): Promise<EmailContent<'resend'> | NoEmail> {
  const { resendOf } = request.row
  const sent = resendOf === null ? null : await ports.store.deliveries.byId(resendOf)
  if (sent === null) return noEmail('the lesson no longer exists')
  const lesson = await chooseCourseEmail(ports, { ...request, kind: 'lesson', row: sent })
  return lesson.kind === 'none' ? lesson : { ...lesson, kind: 'resend' }
}

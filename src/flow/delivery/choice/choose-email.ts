import type { Course } from '../../../core/course/course.ts'
import { DELIVERY_KINDS, EMAIL_KINDS, type EmailKind, type EmailKindOf } from '../../../core/delivery/email-kinds.ts'
import type { Delivery, DeliveryKind, Learner } from '../../../core/model.ts'
import { paths } from '../../../core/paths.ts'
import { replyAddress } from '../../../core/question/reply-address.ts'
import { deliveryTag, returnPathOf, unsubscribeAddress } from '../../../core/reports/return-address.ts'
import { LINKS, type LinkKind, makeLink } from '../../../core/security/links.ts'
import type { DeliveryDetails } from '../../ports/delivery-ports.ts'
import type { EmailToCompose, Ports } from '../../ports/ports.ts'
import type { LearnerSealer } from '../../security/learner-sealer.ts'
import { chooseAddressChangedEmail, chooseAddressLinkEmail } from './choose-address-email.ts'
import { chooseCourseEmail } from './choose-course-email.ts'
import { chooseLinkEmail } from './choose-link-email.ts'
import { choosePauseEmail } from './choose-pause-email.ts'
import {
  chooseAnswerEmail,
  chooseFollowUpEmail,
  choosePublicationEmail,
  chooseQuestionEmail,
} from './choose-question-email.ts'
import { chooseReminderEmail } from './choose-reminder-email.ts'
import { chooseResendEmail } from './choose-resend-email.ts'
import { chooseSignUpEmail } from './choose-sign-up-email.ts'
import { chooseWayBackEmail } from './choose-way-back-email.ts'
import { type ChoiceRequest, type EmailChoice, type EmailContent, type NoEmail, noEmail } from './email-choice.ts'

type ChoicePorts = Pick<Ports, 'clock' | 'store' | 'courses' | 'calendar' | 'keys' | 'sealer' | 'settings'>

/** How to choose the email for each kind of row. */
const CHOOSE: {
  readonly [Kind in DeliveryKind]: (
    ports: ChoicePorts,
    request: ChoiceRequest<Kind>,
  ) => Promise<EmailContent<EmailKindOf<Kind>> | NoEmail>
} = {
  'sign-up': chooseSignUpEmail,
  lesson: chooseCourseEmail,
  closing: chooseCourseEmail,
  'check-in': chooseCourseEmail,
  'pause-ending': choosePauseEmail,
  reminder: chooseReminderEmail,
  resend: chooseResendEmail,
  'reading-link': chooseLinkEmail,
  'erase-link': chooseLinkEmail,
  'way-back': chooseWayBackEmail,
  'address-link': chooseAddressLinkEmail,
  'address-changed': chooseAddressChangedEmail,
  answer: chooseAnswerEmail,
  'question-received': chooseQuestionEmail,
  'follow-up': chooseFollowUpEmail,
  publication: choosePublicationEmail,
}

/**
 * Chooses what this row sends. This happens when the row is due, so that the email is up to date. `sealer` belongs to
 * its learner. `endsAt`: when the email's own link expires, ms UTC, if the email was sent before; otherwise the
 * lifetime starts now.
 */
export async function chooseEmail(
  ports: ChoicePorts,
  { row, enrolment, learner, start }: Omit<DeliveryDetails, 'dataKey'>,
  sealer: LearnerSealer,
  endsAt: number | null = null,
): Promise<EmailChoice> {
  const { resend, webOnly } = DELIVERY_KINDS[row.kind]
  if (row.resends > 0 && !resend) return noEmail('no second copy of it is sent')
  const content = await chooseContent(ports, row.kind, { row, enrolment, start, sealer })
  if (content.kind === 'none') return content
  if (enrolment?.webOnly && webOnly === 'cancel') return noEmail('this learner reads on the web only')
  if (enrolment?.webOnly && webOnly === 'settle')
    return { kind: 'web-only', course: content.course, variant: content.variant }
  return addressEmail(ports, row, learner, content, endsAt)
}

function chooseContent<Kind extends DeliveryKind>(
  ports: ChoicePorts,
  kind: Kind,
  request: Omit<ChoiceRequest, 'kind'>,
): Promise<EmailContent<EmailKindOf<Kind>> | NoEmail> {
  return CHOOSE[kind](ports, { ...request, kind })
}

function addressEmail<Kind extends EmailKind>(
  ports: ChoicePorts,
  row: Delivery,
  learner: Learner,
  { open, stop, help, ...content }: EmailContent<Kind>,
  sentEndsAt: number | null,
): EmailChoice {
  const { keys } = ports
  const { publicUrl, returnPathDomain, replyDomain } = ports.settings
  const rules = EMAIL_KINDS[content.kind]
  const { lifetimeMs } = LINKS[rules.open]
  const endsAt = lifetimeMs === null ? null : (sentEndsAt ?? ports.clock.now() + lifetimeMs)
  const openLink = makeLink(keys, rules.open, open, endsAt ?? undefined)
  const ownToken = ownTokenOf(ports, row, rules.open, openLink.token)
  const stopLink = makeLink(keys, rules.stop, stop)
  const view = { deliveryId: row.id, emailNumber: rules.number, ...(endsAt !== null && { endsAt }) }
  return {
    kind: 'email',
    email: {
      ...content,
      links: {
        open: publicUrl + openLink.path,
        stop: publicUrl + stopLink.path,
        oneClickStop: publicUrl + stopLink.path,
        ...(returnPathDomain !== null && { mailToStop: unsubscribeAddress(stopLink.token, returnPathDomain) }),
        ...(help !== undefined && { help: publicUrl + help }),
        ...(ownToken !== null && {
          own: { days: publicUrl + paths.lesson(ownToken), settings: publicUrl + paths.settings(ownToken) },
        }),
        view: publicUrl + makeLink(keys, 'view', view).path,
      },
      to: learner.address,
      // The date of the first attempt, so that a resent copy is identical byte for byte.
      date: row.firstAttemptAt ?? ports.clock.now(),
      messageId: row.messageId ?? '',
      deliveryTag: deliveryTag(keys, row.id),
      ...(returnPathDomain !== null && { envelopeFrom: returnPathOf(keys, row.id, returnPathDomain) }),
      ...(replyDomain !== null &&
        takesReplies(row, content.course, lifetimeMs) && { replyTo: replyAddress(keys, row.id, replyDomain) }),
    } satisfies EmailToCompose,
  }
}

/** A reply to an email of the course is a question. One whose link expires is about that link alone. */
function takesReplies({ enrolmentId }: Delivery, { questions }: Course, lifetimeMs: number | null): boolean {
  return enrolmentId !== null && questions !== null && lifetimeMs === null
}

/** The token of the links to days and settings; null before there are any. */
function ownTokenOf(
  { keys }: Pick<Ports, 'keys'>,
  { enrolmentId }: Delivery,
  open: LinkKind,
  token: string,
): string | null {
  // The link of the button is signed already, and leads to a day.
  if (open === 'lesson' || open === 'settings' || open === 'questions') return token
  return enrolmentId === null ? null : LINKS.lesson.make(keys, { enrolmentId, day: 1 })
}

import type { Course } from '../../core/course/course.ts'
import { navigationLinks } from '../../core/course/public-pages.ts'
import { COMMON_VARIANT, type Delivery, type Enrolment, isStillToCome, type Variant } from '../../core/model.ts'
import { paths } from '../../core/paths.ts'
import { deliveryTag, returnPathOf, unsubscribeAddress } from '../../core/reports/return-address.ts'
import { CONFIRMATION_LINK_MS } from '../../core/retention.ts'
import { tokenOf } from '../../core/security/confirmation-token.ts'
import { checkInAt } from '../enrolment/check-ins.ts'
import { hasShortEmails } from '../enrolment/short-emails.ts'
import { startingPointOfEnrolment } from '../enrolment/starting-point.ts'
import {
  checkInsStopToken,
  declineToken,
  EMAILED_LINK_LIFETIME_MS,
  eraseToken,
  lessonToken,
  readingToken,
  stopToken,
  viewToken,
} from '../find-by-link.ts'
import type { EmailToCompose, Ports } from '../ports/ports.ts'
import type { LearnerSealer } from '../security/learner-sealer.ts'
import { isDiscreetSignUp } from '../sending/requested-email.ts'
import { courseForDelivery, sentVariant } from './sent-variant.ts'

export type EmailChoice =
  | { readonly kind: 'mail'; readonly mail: EmailToCompose }
  | { readonly kind: 'web-only'; readonly course: Course; readonly variant: Variant }
  | { readonly kind: 'none'; readonly reason: string }

/**
 * What this row sends, decided when it is due, so that it is true when it arrives. `sealer`: that of its learner. `endsAt`: of the mail's own link, ms UTC,
 * where it was sent already; otherwise that is counted from now.
 */
export async function chooseEmail(
  ports: Ports,
  row: Delivery,
  enrolment: Enrolment | null,
  sealer: LearnerSealer,
  endsAt: number | null = null,
): Promise<EmailChoice> {
  if (row.kind === 'sign-up') return chooseSignUpMail(ports, row, sealer)
  if (row.kind === 'reading-link' || row.kind === 'erase-link')
    return chooseLinkMail(ports, row, row.kind, enrolment, endsAt ?? ports.clock.now() + EMAILED_LINK_LIFETIME_MS)
  const current = enrolment && ports.courses.get(enrolment.course)
  if (!enrolment || !current || row.day === null) return { kind: 'none', reason: 'the course no longer exists' }
  const start = await startingPointOfEnrolment(ports, ports.store, enrolment, sealer)
  const variant = await sentVariant(sealer, row, start)
  const course = courseForDelivery(current, row, variant)
  if (enrolment.webOnly) return { kind: 'web-only', course, variant }
  if (row.kind === 'lesson' && !course.lessons.some((lesson) => lesson.day === row.day))
    return { kind: 'none', reason: 'the course no longer has this day' }
  const checkIn = row.kind === 'check-in' ? checkInAt(ports, course, row.day) : null
  if (row.kind === 'check-in' && checkIn === null)
    return { kind: 'none', reason: 'the course no longer has this check-in' }
  const stop = row.kind === 'check-in' ? checkInsStopToken(ports, enrolment.id) : stopToken(ports, enrolment.id)
  // The one thing that what is held back may change of a mail: a safety answer shapes none in any other way.
  const short = await hasShortEmails(ports, ports.store, enrolment)
  return mailTo(ports, row, {
    kind: row.kind,
    course,
    day: row.kind === 'lesson' ? row.day : null,
    ...(checkIn && { checkIn: { ...checkIn, of: ports.courses.resourcesOf(course.name).checkIns.length } }),
    variant,
    discreet: enrolment.discreet,
    short,
    ...(!short && start.plan && start.planDay === row.day && { plan: start.plan }),
    name: enrolment.name,
    timeZone: enrolment.timeZone,
    links: {
      ...linksOf(ports, paths.lesson(lessonToken(ports, enrolment.id, row.day)), stop),
      ...helpOf(ports, course, enrolment.discreet),
    },
    nextLessonAt: null,
  })
}

/** The help page, where the course has one. */
function helpOf(ports: Ports, course: Course, discreet: boolean): { help?: string } {
  const { help } = navigationLinks(course.name, ports.courses.resourcesOf(course.name), discreet)
  return help === null ? {} : { help: ports.settings.publicUrl + help }
}

/** The way in, or the second proof, made anew at every try before the last bytes, so that it arrives with its time ahead of it. */
async function chooseLinkMail(
  ports: Ports,
  row: Delivery,
  kind: 'reading-link' | 'erase-link',
  enrolment: Enrolment | null,
  endsAt: number,
): Promise<EmailChoice> {
  const course = enrolment && ports.courses.get(enrolment.course)
  if (!enrolment || !course) return { kind: 'none', reason: 'the course no longer exists' }
  // Who wants no mail may still ask for the one that deletes everything.
  if (kind === 'reading-link' && enrolment.webOnly)
    return { kind: 'none', reason: 'this learner reads on the web only' }
  if (row.resends > 0) return { kind: 'none', reason: 'the link has expired' }
  const open =
    kind === 'reading-link'
      ? paths.read(readingToken(ports, enrolment.id, row.id, endsAt))
      : paths.eraseNow(eraseToken(ports, enrolment.id, row.id, endsAt))
  return mailTo(ports, row, {
    kind,
    endsAt,
    course,
    day: null,
    variant: COMMON_VARIANT,
    discreet: enrolment.discreet,
    name: enrolment.name,
    timeZone: enrolment.timeZone,
    links: linksOf(ports, open, stopToken(ports, enrolment.id)),
    nextLessonAt: null,
  })
}

/** Decided here, away from the request, so that a sign-up's answer and its timing are the same for every address. */
async function chooseSignUpMail(ports: Ports, row: Delivery, sealer: LearnerSealer): Promise<EmailChoice> {
  const { store } = ports
  const now = ports.clock.now()
  const signUp = row.signUpId === null ? null : await store.signUps.byId(row.signUpId)
  const course = signUp && ports.courses.get(signUp.course)
  if (!signUp || !course) return { kind: 'none', reason: 'the course no longer exists' }
  if (signUp.confirmedAt !== null) return { kind: 'none', reason: 'confirmed already' }
  if (signUp.declinedAt !== null) return { kind: 'none', reason: 'declined' }
  if (now >= signUp.createdAt + CONFIRMATION_LINK_MS) return { kind: 'none', reason: 'the link has expired' }
  const discreet = await isDiscreetSignUp(ports, store, signUp)

  const enrolment = await store.enrolments.latest(row.learnerId, course.name)
  if (enrolment?.state === 'active') {
    const deliveries = await store.deliveries.ofEnrolment(enrolment.id)
    const latest = deliveries.findLast((delivery) => delivery.day !== null && delivery.firstHandoverAt !== null)
    return mailTo(ports, row, {
      kind: 'already-active',
      course,
      day: null,
      variant: (await startingPointOfEnrolment(ports, store, enrolment, sealer)).variant,
      discreet: enrolment.discreet || discreet,
      name: enrolment.name,
      timeZone: enrolment.timeZone,
      links: linksOf(
        ports,
        paths.lesson(lessonToken(ports, enrolment.id, latest?.day ?? 1)),
        stopToken(ports, enrolment.id),
      ),
      nextLessonAt: deliveries.find((delivery) => delivery.day !== null && isStillToCome(delivery))?.dueAt ?? null,
    })
  }
  return mailTo(ports, row, {
    kind: 'confirm',
    course,
    day: null,
    variant: COMMON_VARIANT,
    discreet,
    name: signUp.preferences.name,
    timeZone: signUp.preferences.timeZone,
    links: linksOf(ports, paths.confirm(tokenOf(ports.keys, signUp.nonce)), declineToken(ports, signUp.id)),
    // A stopped course goes on at the learner's next hour; anything else begins at once.
    nextLessonAt:
      enrolment?.state === 'stopped'
        ? ports.calendar.nextSendTime({ ...signUp.preferences, confirmedAt: now }, now)
        : null,
  })
}

/** `endsAt`: when the mail's own link ends, ms UTC, where it does. */
type MailParts = Omit<EmailToCompose, 'to' | 'date' | 'messageId'> & { readonly endsAt?: number }

async function mailTo(ports: Ports, row: Delivery, { endsAt, ...parts }: MailParts): Promise<EmailChoice> {
  const learner = await ports.store.learners.byId(row.learnerId)
  if (!learner) return { kind: 'none', reason: 'the learner no longer exists' }
  const { publicUrl, returnPathDomain } = ports.settings
  const view = publicUrl + paths.mail(viewToken(ports, row.id, parts.kind, endsAt ?? null))
  return {
    kind: 'mail',
    mail: {
      ...parts,
      links: { ...parts.links, view },
      to: learner.address,
      // Of the first attempt, so that a resent copy is the same to the byte.
      date: row.firstAttemptAt ?? ports.clock.now(),
      messageId: row.messageId ?? '',
      deliveryTag: deliveryTag(ports.keys, row.id),
      ...(returnPathDomain !== null && { envelopeFrom: returnPathOf(ports.keys, row.id, returnPathDomain) }),
    },
  }
}

function linksOf(ports: Ports, open: string, stop: string): EmailToCompose['links'] {
  const { publicUrl, returnPathDomain } = ports.settings
  return {
    open: publicUrl + open,
    stop: publicUrl + paths.stop(stop),
    oneClickStop: publicUrl + paths.stop(stop),
    ...(returnPathDomain !== null && { mailToStop: unsubscribeAddress(stop, returnPathDomain) }),
  }
}

import { COMMON_VARIANT } from '../../../core/model.ts'
import { ADDRESS_UNDO_MS } from '../../../core/retention.ts'
import { latestWithCourse } from '../../course-of-enrolment.ts'
import type { AddressChange } from '../../ports/address-ports.ts'
import type { Ports } from '../../ports/ports.ts'
import { type ChoiceRequest, type EmailContent, isLinkOver, type NoEmail, noEmail } from './email-choice.ts'

type AddressPorts = Pick<Ports, 'clock' | 'store' | 'courses'>

/**
 * Asks an address whether it is the learner's new one. An address that takes a course of its own gets nothing, which the
 * page does not show. Without a name, because the address may be somebody else's.
 */
export async function chooseAddressLinkEmail<Kind extends 'address-link'>(
  ports: AddressPorts,
  { kind, row }: ChoiceRequest<Kind>,
): Promise<EmailContent<Kind> | NoEmail> {
  const { addressChanges } = ports.store
  // After an undo, the learner's own row asks again.
  const change = (await addressChanges.find(row.id)) ?? (await addressChanges.undone(row.learnerId)).at(-1)
  const about = change && (await learnerOf(ports, change))
  if (!change || !about) return noEmail('the change of address no longer exists')
  if (await isLinkOver(ports, row)) return noEmail('the link has been used')
  const isAgain = change.undoneAt !== null && change.confirmedAgainAt === null && change.learnerId === row.learnerId
  if (!isAgain) {
    if (change.changedAt !== null) return noEmail('the address has been changed')
    if ((await ports.store.enrolments.ofLearner(row.learnerId)).length > 0)
      return noEmail('the address takes a course of its own')
  }
  return {
    kind,
    ...about.content,
    open: { changeId: change.id, deliveryId: row.id },
    stop: { changeId: change.id },
  }
}

/** Tells the former address, without the new one. */
export async function chooseAddressChangedEmail<Kind extends 'address-changed'>(
  ports: AddressPorts,
  { kind, row }: ChoiceRequest<Kind>,
): Promise<EmailContent<Kind> | NoEmail> {
  const change = await ports.store.addressChanges.byFormer(row.learnerId)
  const about = change && (await learnerOf(ports, change))
  if (!change || !about || change.changedAt === null) return noEmail('the change of address no longer exists')
  if (ports.clock.now() >= change.changedAt + ADDRESS_UNDO_MS) return noEmail('the change can no longer be undone')
  return { kind, ...about.content, open: { changeId: change.id }, stop: { enrolmentId: about.latest.id } }
}

async function learnerOf(ports: AddressPorts, change: AddressChange) {
  const enrolments = await ports.store.enrolments.ofLearner(change.learnerId)
  const latest = latestWithCourse(ports, enrolments)
  if (latest === null) return null
  const content = {
    course: latest.course,
    day: null,
    variant: COMMON_VARIANT,
    discreet: enrolments.some(({ discreet }) => discreet),
    name: '',
    timeZone: latest.enrolment.timeZone,
    nextLessonAt: null,
  }
  return { latest: latest.enrolment, content }
}

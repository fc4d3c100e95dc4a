import type { Course } from '../../core/course/course.ts'
import { AppError } from '../../core/errors.ts'
import { ADDRESS_UNDO_MS } from '../../core/retention.ts'
import { addressKey, mailboxKey } from '../../core/security/keys.ts'
import { LINKS } from '../../core/security/links.ts'
import { phrase } from '../../core/words.ts'
import { courseOfEnrolment, latestWithCourse } from '../course-of-enrolment.ts'
import { resumeCheckIns, resumeEnrolment } from '../enrolment/resume-enrolment.ts'
import { findForViewer } from '../enrolment/viewer.ts'
import { linkExpired } from '../find-by-link.ts'
import type { AddressChange } from '../ports/address-ports.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { recoveryCodeOfChange, setRecoveryCodeOfChange } from '../security/recovery-code.ts'
import { requireFreshSession } from '../security/sessions.ts'

type AddressPorts = Pick<Ports, 'clock' | 'store' | 'courses' | 'calendar' | 'keys' | 'sealer'>

/** The course whose language and form a page about an address has. */
export interface AddressView {
  readonly course: Course
  readonly discreet: boolean
}

export interface AddressAsked extends AddressView {
  /** The learner's recovery code once the new address has confirmed; null for somebody who has none. */
  readonly recoveryCode: string | null
}

/** Shows the form for a new address, to a fresh own session. Fails with `not-fresh`. */
export async function viewNewAddress(ports: AddressPorts, token: string, session: string | null): Promise<AddressView> {
  const { enrolment, course, viewer } = await findForViewer(ports, token, session)
  requireFreshSession(ports, viewer.session)
  return { course, discreet: enrolment.discreet }
}

/**
 * Asks a new address to confirm; until it does, nothing changes. The same rows are written whatever is known of that
 * address; whether it gets an email is decided when the email is due (choose-address-email.ts). A later request replaces
 * an earlier one. Fails with `not-fresh`, and with `bad-input` for the address that the learner has.
 */
export async function requestAddressChange(
  ports: AddressPorts,
  token: string,
  session: string | null,
  address: string,
): Promise<AddressAsked> {
  const { enrolment, course, viewer } = await findForViewer(ports, token, session)
  requireFreshSession(ports, viewer.session)
  const now = ports.clock.now()
  const { learnerId } = enrolment
  const recoveryCode = await ports.store.transaction(async (unit) => {
    const id = await askAddress(ports, unit, { learnerId, address, isCorrection: false }, now)
    if (id === null)
      throw new AppError('bad-input', phrase('errors.check-form'), { fields: { email: phrase('address.same') } })
    return recoveryCodeOfChange(ports, unit, learnerId, id)
  })
  return { course, discreet: enrolment.discreet, recoveryCode }
}

/**
 * Asks a new address to confirm, within the caller's transaction. `isCorrection`: an operator asks. Returns the change; null,
 * changing nothing, for the address that the learner has.
 */
export async function askAddress(
  ports: Pick<Ports, 'keys'>,
  unit: Repositories,
  asked: { readonly learnerId: number; readonly address: string; readonly isCorrection: boolean },
  now: number,
): Promise<number | null> {
  const { learnerId, address, isCorrection } = asked
  const other = await unit.learners.ensure({
    address,
    addressKey: addressKey(ports.keys, address),
    mailboxKey: mailboxKey(ports.keys, address),
    now,
  })
  if (other.id === learnerId) return null
  const id = await planLink(unit, other.id, now)
  await unit.addressChanges.ask({ id, learnerId, otherId: other.id, isCorrection, now })
  return id
}

/** What the page behind the link to the new address shows. Changes nothing. Fails with `link-expired`. */
export async function viewAddressLink(ports: AddressPorts, token: string): Promise<AddressView> {
  return viewOf(ports, (await findLink(ports, token)).change)
}

/**
 * The new address confirms, once: the addresses change, every session and every emailed link that is still open ends, and
 * the former address is told. After an undo, what was stopped then goes on. Fails with `link-expired`, also where the
 * new address has taken a course of its own meanwhile.
 */
export async function confirmAddress(ports: AddressPorts, token: string): Promise<AddressView> {
  const { change, deliveryId } = await findLink(ports, token)
  const view = await viewOf(ports, change)
  const now = ports.clock.now()
  await ports.store.transaction(async (unit) => {
    if (!(await unit.emailedLinks.use(deliveryId, now))) throw linkExpired()
    if (change.undoneAt === null) await makeChange(ports, unit, change, now)
    await goOn(ports, unit, change.learnerId, now)
  })
  return view
}

async function makeChange(
  ports: AddressPorts,
  unit: Repositories,
  { id, learnerId, otherId, isCorrection }: AddressChange,
  now: number,
): Promise<void> {
  if (otherId === null || (await unit.enrolments.ofLearner(otherId)).length > 0) throw linkExpired()
  if (!(await unit.addressChanges.make(id, now))) throw linkExpired()
  // Links to the former mailbox that could still open something, and what was asked for the new one by others.
  for (const person of [learnerId, otherId]) {
    await unit.signUps.forgetUnconfirmedOf(person)
    await unit.emailedLinks.useAll(person, now)
  }
  await unit.sessions.endAll(learnerId)
  // An operator decides who gets the emails, never who reads what was written. The recovery code, which they never see, stays.
  if (isCorrection) await unit.learners.setLinksReadFrom(learnerId, now + ADDRESS_UNDO_MS)
  else {
    await unit.learners.setLinksReadFrom(learnerId, null)
    // Whoever read the former mailbox may have looked at it.
    await setRecoveryCodeOfChange(ports, unit, learnerId, id)
  }
  await unit.deliveries.plan([{ ...ON_REQUEST, learnerId: otherId, kind: 'address-changed', dueAt: now }], now)
}

/** Ends every undo that waits for the learner's address, and resumes what these undos stopped. */
async function goOn(ports: AddressPorts, unit: Repositories, learnerId: number, now: number): Promise<void> {
  const undone = await unit.addressChanges.undone(learnerId)
  for (const { id } of undone) await unit.addressChanges.confirmAgain(id, now)
  const stops = undone.map(({ undoneAt }) => undoneAt)
  for (const enrolment of await unit.enrolments.ofLearner(learnerId)) {
    if (!stops.includes(enrolment.checkInsStoppedAt)) continue
    const course = courseOfEnrolment(ports, enrolment)
    if (enrolment.state === 'stopped') await resumeEnrolment(ports, unit, enrolment, now)
    else if (course !== null) await resumeCheckIns(ports, unit, enrolment, course, now)
  }
}

/** Plans the email that asks an address to confirm. Returns its delivery. Runs in the caller's transaction. */
export async function planLink(unit: Repositories, learnerId: number, now: number): Promise<number> {
  const [row] = await unit.deliveries.plan([{ ...ON_REQUEST, learnerId, kind: 'address-link', dueAt: now }], now)
  if (row === undefined) throw new Error('a delivery was not planned')
  await unit.emailedLinks.add({ deliveryId: row.id, learnerId, day: null, goal: 'address', now })
  return row.id
}

const ON_REQUEST = { enrolmentId: null, signUpId: null, day: null } as const

async function findLink(ports: AddressPorts, token: string) {
  const signed = LINKS.address.read(ports.keys, token, ports.clock.now())
  const change = signed && (await ports.store.addressChanges.find(signed.changeId))
  const link = signed && (await ports.store.emailedLinks.find(signed.deliveryId))
  if (!signed || !change || !link || link.isUsed || link.goal !== 'address') throw linkExpired()
  return { change, deliveryId: signed.deliveryId }
}

/** Fails with `link-expired` if the learner takes no course any more. */
export async function viewOf(ports: Pick<Ports, 'store' | 'courses'>, change: AddressChange): Promise<AddressView> {
  const enrolments = await ports.store.enrolments.ofLearner(change.learnerId)
  const latest = latestWithCourse(ports, enrolments)
  if (latest === null) throw linkExpired()
  return { course: latest.course, discreet: enrolments.some(({ discreet }) => discreet) }
}

import { AppError } from '../../core/errors.ts'
import type { Enrolment } from '../../core/model.ts'
import { addressKey } from '../../core/security/keys.ts'
import { isFresh } from '../../core/security/session.ts'
import { phrase } from '../../core/words.ts'
import { findByEmailedLink, findByStopLink, learnerOf, linkExpired, type StopTarget } from '../find-by-link.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { scrubRecoveryLog } from '../scrub-recovery-log.ts'
import { findSession } from '../security/sessions.ts'
import { countRequestedEmail, mailboxKeyOf, recordStop } from '../sending/requested-email.ts'
import type { StopView } from '../views.ts'
import { viewStopTarget } from './stop.ts'

export type ErasureView = Pick<StopView, 'course' | 'discreet'>

/** What the page shows before everything is deleted. Changes nothing. Fails with `bad-link` or `gone`. */
export async function viewErasure(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'keys'>,
  token: string,
  session: string | null,
) {
  const found = await findByStopLink(ports, token)
  return { ...(await viewStopTarget(ports, found)), atOnce: (await eraseAuthority(ports, found, session)).atOnce }
}

export interface Erasure extends ErasureView {
  /**
   * `erased`: done. `asked`: an email with a deletion link is on its way. `unreachable`: email to this address has
   * bounced, so none is sent.
   */
  readonly state: 'erased' | 'asked' | 'unreachable'
}

/**
 * Deletes the learner behind a stop link at once in a fresh own session, or if nobody has confirmed anything. Otherwise
 * the link alone is not enough, and an email with a second link is sent. Fails with `bad-link`, `gone` or `too-many`.
 */
export async function requestErasure(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'keys' | 'log'>,
  token: string,
  session: string | null,
): Promise<Erasure> {
  const found = await findByStopLink(ports, token)
  const { course, discreet } = await viewStopTarget(ports, found)
  const { learnerId, enrolment, atOnce } = await eraseAuthority(ports, found, session)
  if (atOnce) {
    await eraseLearner(ports, learnerId)
    return { course, discreet, state: 'erased' }
  }
  if (enrolment === null || (await isUnreachable(ports, learnerId))) return { course, discreet, state: 'unreachable' }
  await ports.store.transaction((unit) => planEraseLink(ports, unit, enrolment))
  return { course, discreet, state: 'asked' }
}

/** What the page behind the emailed link shows. Changes nothing. Fails with `link-expired` or `gone`. */
export async function viewEraseLink(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'keys'>,
  token: string,
): Promise<ErasureView> {
  const { enrolment, course } = await findByEmailedLink(ports, 'erase', token)
  return { course, discreet: enrolment.discreet }
}

/**
 * Deletes everything. The reading word is not required: it protects what was written, and nothing is shown here. Fails
 * with `link-expired` or `gone`.
 */
export async function eraseByLink(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'keys' | 'log'>,
  token: string,
): Promise<ErasureView> {
  const { enrolment, course, deliveryId } = await findByEmailedLink(ports, 'erase', token)
  await eraseLearner(ports, enrolment.learnerId, async (unit) => {
    if (!(await unit.emailedLinks.use(deliveryId, ports.clock.now()))) throw linkExpired()
    return null
  })
  return { course, discreet: enrolment.discreet }
}

/** Deletes at once in a fresh own session, or for someone who never confirmed anything and so has nothing to lose. */
async function eraseAuthority(
  ports: Pick<Ports, 'clock' | 'store' | 'courses'>,
  found: StopTarget,
  session: string | null,
) {
  const learnerId = learnerOf(found)
  const enrolments = await ports.store.enrolments.ofLearner(learnerId)
  const own = await findSession(ports, ports.store, learnerId, session)
  const known = enrolments.filter(({ course }) => ports.courses.get(course) !== null)
  return {
    learnerId,
    // If the learner has a discreet course, the email is discreet too.
    enrolment: known.findLast(({ discreet }) => discreet) ?? known.at(-1) ?? null,
    atOnce: enrolments.length === 0 || (own !== null && isFresh(own, ports.clock.now())),
  }
}

async function isUnreachable(ports: Pick<Ports, 'store' | 'keys'>, learnerId: number): Promise<boolean> {
  const learner = await ports.store.learners.byId(learnerId)
  const suppressed = learner && (await ports.store.suppressions.byKey(addressKey(ports.keys, learner.address)))
  return suppressed !== null && suppressed.reason !== 'complaint'
}

async function planEraseLink(
  ports: Pick<Ports, 'clock' | 'keys'>,
  unit: Repositories,
  { id, learnerId }: Enrolment,
): Promise<void> {
  const now = ports.clock.now()
  const rows = await unit.deliveries.plan(
    [{ learnerId, kind: 'erase-link', enrolmentId: id, signUpId: null, day: null, dueAt: now }],
    now,
  )
  const key = await mailboxKeyOf(ports, unit, learnerId)
  for (const row of rows) {
    if (key === null || !(await countRequestedEmail(unit, row, key, now)))
      throw new AppError('too-many', phrase('errors.too-many-links'))
    await unit.emailedLinks.add({ deliveryId: row.id, learnerId, day: null, goal: 'erase', now })
  }
}

/**
 * Deletes address, sign-ups, enrolments, answers and deliveries with their history in one commit. Nothing is sent after
 * it, because the handover of a message in progress is rejected. Only keyed hashes are kept: those of addresses that
 * bounced or complained, so that no email is sent to them again, and for a while that of the mailbox. `refuse` is asked
 * within the same transaction: if it returns why not, nothing is deleted, and that is the result; otherwise null.
 */
export async function eraseLearner<Reason = never>(
  ports: Pick<Ports, 'clock' | 'store' | 'keys' | 'log'>,
  learnerId: number,
  refuse: (unit: Repositories) => Promise<Reason | null> = async () => null,
): Promise<Reason | null> {
  const reason = await ports.store.transaction(async (unit) => {
    const why = await refuse(unit)
    if (why !== null) return why
    // Keeps a keyed hash with a time, so that nobody can make the service email this mailbox again right away.
    await recordStop(ports, unit, learnerId, ports.clock.now())
    await unit.learners.erase(learnerId)
    return null
  })
  if (reason === null) await scrubRecoveryLog(ports)
  return reason
}

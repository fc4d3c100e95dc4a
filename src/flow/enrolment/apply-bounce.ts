import { REPORTED_REPLY } from '../../core/delivery/no-email-replies.ts'
import type { Delivery } from '../../core/model.ts'
import type { Consequence } from '../../core/reports/bounce-reason.ts'
import type { MailEvent } from '../../core/reports/mail-event.ts'
import { addresseeOf } from '../addressee.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { utcDay } from '../sending/reputation.ts'
import { stopEnrolment, stopLearner } from './stop-enrolment.ts'

/** After this many lessons in a row, or this long, with a full mailbox, nothing more is sent to it. */
const MAX_FULL_LESSONS = 3
const MAX_FULL_MS = 14 * 86_400_000

/**
 * Applies what a bounce or complaint means for the learner and their deliveries, within the caller's transaction. One from a
 * former address concerns that address, and not the courses whose emails go to the present one.
 */
export async function applyBounce(
  unit: Repositories,
  delivery: Delivery,
  consequence: Consequence,
  event: Pick<MailEvent, 'reason' | 'permanent'>,
  now: number,
): Promise<void> {
  const addressee = await addresseeOf(unit, delivery)
  const isFirst = await unit.reports.note(delivery, consequence, event.reason, now)
  if (consequence === 'dead') {
    if (addressee !== null) await suppressDeadAddress(unit, addressee, now)
    if (isFirst) await unit.reputation.count(utcDay(now), 'bounced')
  }
  if (consequence === 'complaint') {
    if (addressee !== null) await stopAndSuppress(unit, addressee, now)
    if (isFirst) await unit.reputation.count(utcDay(now), 'complained')
    return
  }
  if (consequence === 'full' && addressee === delivery.learnerId) await pauseIfFullForLong(unit, delivery, now)
  await settleUnconfirmed(unit, delivery, consequence, event, now)
}

/** The address does not exist, so nothing more is sent to it and pending deliveries are cancelled. */
export async function suppressDeadAddress(unit: Repositories, learnerId: number, now: number): Promise<void> {
  await unit.suppressions.add(learnerId, 'dead-address', now)
  await stopLearner(unit, learnerId, 'dead-address', now)
}

/** A complaint stops email from every course. */
export async function stopAndSuppress(unit: Repositories, learnerId: number, now: number): Promise<void> {
  await unit.suppressions.add(learnerId, 'complaint', now)
  await stopLearner(unit, learnerId, 'complaint', now)
}

/** Pauses the course as if its learner had stopped it, so that the stop page can resume it. Returns whether it did. */
export async function pauseIfFullForLong(unit: Repositories, delivery: Delivery, now: number): Promise<boolean> {
  if (delivery.enrolmentId === null) return false
  // What an earlier address of the learner refused says nothing about the present one.
  const changedAt = (await unit.addressChanges.latest(delivery.learnerId))?.changedAt ?? null
  const { lessons, since } = await unit.reports.fullInARow(delivery, changedAt)
  const isLong = lessons >= MAX_FULL_LESSONS || (lessons > 0 && since !== null && now - since >= MAX_FULL_MS)
  if (isLong) await stopEnrolment(unit, { id: delivery.enrolmentId }, 'full-mailbox', now)
  return isLong
}

/**
 * A bounce of an `unconfirmed` message proves that the relay accepted it and that it did not arrive. After a permanent
 * bounce a second copy would fail too, so the row becomes `failed`; otherwise its one resend stays planned.
 */
async function settleUnconfirmed(
  unit: Repositories,
  delivery: Delivery,
  consequence: Consequence,
  event: Pick<MailEvent, 'reason' | 'permanent'>,
  now: number,
): Promise<void> {
  const isLost = consequence === 'dead' || (event.permanent && consequence !== 'stream')
  if (isLost) await unit.reports.resolveUnconfirmed(delivery.id, 'failed', `came back: ${event.reason}`, now)
}

/** A server confirmed that it has the message, so an `unconfirmed` row becomes `sent` and needs no resend. */
export async function recordProofOfArrival(
  unit: Repositories,
  delivery: Delivery,
  how: 'delivered' | 'delayed',
  now: number,
): Promise<void> {
  await unit.reports.resolveUnconfirmed(delivery.id, 'sent', REPORTED_REPLY + how, now)
}

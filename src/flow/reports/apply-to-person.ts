import { type Consequence, consequenceOf } from '../../core/reports/bounce-reason.ts'
import type { MailEvent } from '../../core/reports/mail-event.ts'
import { stopAndSuppress, suppressDeadAddress } from '../enrolment/apply-bounce.ts'
import { stopLearner } from '../enrolment/stop-enrolment.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { utcDay } from '../sending/reputation.ts'

/**
 * Applies a verified event that names an address but no message: a complaint stops every course and suppresses the
 * address, a permanent bounce for a dead address suppresses it, an unsubscribe stops every course. Other events concern
 * one message and change nothing without it. Runs in the caller's transaction.
 */
export async function applyToPerson(
  unit: Repositories,
  learnerId: number,
  event: MailEvent,
  now: number,
): Promise<Consequence | null> {
  switch (event.kind) {
    case 'complained':
      return suppressCounted(unit, learnerId, 'complaint', now)
    case 'bounced':
      return consequenceOf(event.reason, event.permanent) === 'dead'
        ? suppressCounted(unit, learnerId, 'dead', now)
        : null
    case 'unsubscribed':
      await stopLearner(unit, learnerId, 'provider', now)
      return null
    case 'suppressed':
      return applySuppression(unit, learnerId, event, now)
    case 'delivered':
    case 'delayed':
    case 'noted':
      return null
  }
}

/**
 * The relay has suppressed this address, so every course stops. The bounce or complaint behind it is a separate event
 * that counts towards the reputation; this one does not.
 */
export async function applySuppression(
  unit: Repositories,
  learnerId: number,
  event: MailEvent,
  now: number,
): Promise<Consequence | null> {
  await stopLearner(unit, learnerId, 'suppressed-by-relay', now)
  const consequence = consequenceOf(event.reason, event.permanent)
  if (consequence === 'complaint') await stopAndSuppress(unit, learnerId, now)
  if (consequence === 'dead') await suppressDeadAddress(unit, learnerId, now)
  return consequence
}

/** Without a message to record it on, the event counts only if it is the one that suppresses the address. */
async function suppressCounted(
  unit: Repositories,
  learnerId: number,
  consequence: 'dead' | 'complaint',
  now: number,
): Promise<Consequence> {
  const isFirst = !(await unit.suppressions.hasLearner(learnerId))
  if (consequence === 'dead') await suppressDeadAddress(unit, learnerId, now)
  else await stopAndSuppress(unit, learnerId, now)
  if (isFirst) await unit.reputation.count(utcDay(now), consequence === 'dead' ? 'bounced' : 'complained')
  return consequence
}

import { DELIVERY_KINDS, deliveryKindsWith } from '../../core/delivery/email-kinds.ts'
import type { Delivery, SignUp } from '../../core/model.ts'
import { QUIET_AFTER_STOP_MS, REQUESTED_EMAIL_WINDOW_MS } from '../../core/retention.ts'
import { mailboxKey } from '../../core/security/keys.ts'
import { pauseAfterSlice } from '../pause-after-slice.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'

const QUIET_KINDS = deliveryKindsWith(({ onRequest }) => onRequest !== null && !onRequest.afterStop)

/**
 * Why this email must not be sent to its mailbox now; null if it may, in which case it counts towards the limit.
 * Checked by the worker before every attempt, so that the response to the request does not depend on it.
 */
export async function withheldReason(
  ports: Pick<Ports, 'clock' | 'store' | 'keys'>,
  row: Delivery,
): Promise<string | null> {
  const { onRequest } = DELIVERY_KINDS[row.kind]
  if (onRequest === null) return null
  const key = await mailboxKeyOf(ports, ports.store, row.learnerId)
  if (key === null) return 'the learner no longer exists'
  const now = ports.clock.now()
  if (!onRequest.afterStop && (await isQuiet(ports.store, key, now))) return 'this person has unsubscribed'
  return (await countRequestedEmail(ports.store, row, key, now)) ? null : 'the daily limit for this mailbox is reached'
}

/** Counts the email towards its mailbox's limit, once per delivery; false if the limit is reached. */
export async function countRequestedEmail(
  unit: Repositories,
  row: Delivery,
  key: string,
  now: number,
): Promise<boolean> {
  const limit = DELIVERY_KINDS[row.kind].onRequest?.limit ?? Number.POSITIVE_INFINITY
  return unit.mailboxes.take({
    deliveryId: row.id,
    mailboxKey: key,
    kind: row.kind,
    now,
    since: now - REQUESTED_EMAIL_WINDOW_MS,
    limit,
  })
}

/** Records that this person has unsubscribed. Runs in the caller's transaction. */
export async function recordStop(
  ports: Pick<Ports, 'keys'>,
  unit: Repositories,
  learnerId: number,
  now: number,
): Promise<void> {
  const key = await mailboxKeyOf(ports, unit, learnerId)
  if (key !== null) await unit.mailboxes.stop(key, QUIET_KINDS, now)
}

/**
 * Records that this person has returned, through a link that only their mailbox received. Runs in the caller's
 * transaction.
 */
export async function recordReturn(ports: Pick<Ports, 'keys'>, unit: Repositories, learnerId: number): Promise<void> {
  const key = await mailboxKeyOf(ports, unit, learnerId)
  if (key !== null) await unit.mailboxes.resume(key)
}

/**
 * Whether emails about a sign-up are discreet: yes if this person has ever chosen it, because anybody may have entered
 * their address this time.
 */
export async function isDiscreetSignUp(
  ports: Pick<Ports, 'keys'>,
  unit: Repositories,
  signUp: SignUp,
): Promise<boolean> {
  if (signUp.preferences.discreet) return true
  const key = await mailboxKeyOf(ports, unit, signUp.learnerId)
  return key !== null && unit.mailboxes.isDiscreet(key, signUp.learnerId, signUp.id)
}

/** Deletes what is older than any limit's window. */
export async function forgetMailboxes(ports: Pick<Ports, 'clock' | 'store'>): Promise<void> {
  const now = ports.clock.now()
  await ports.store.mailboxes.forget({ stops: now - QUIET_AFTER_STOP_MS, emails: now - REQUESTED_EMAIL_WINDOW_MS })
}

const SLICE = 200

/**
 * Fills in the mailbox keys of learners from earlier versions, in slices while the service runs. Safe to run
 * concurrently and to interrupt. Returns how many were filled in.
 */
export async function backfillMailboxKeys(ports: Pick<Ports, 'store' | 'keys'>, signal: AbortSignal): Promise<number> {
  let known = 0
  while (!signal.aborted) {
    const start = performance.now()
    const slice = await ports.store.mailboxes.withoutKey(SLICE)
    if (slice.length === 0) break
    await ports.store.transaction(async (unit) => {
      for (const { id, address } of slice) await unit.mailboxes.setKey(id, mailboxKey(ports.keys, address))
    })
    known += slice.length
    await pauseAfterSlice(start, signal)
  }
  return known
}

/** Whether this person has unsubscribed recently, so that no requested emails are sent. */
export async function isQuietLearner(
  ports: Pick<Ports, 'clock' | 'store' | 'keys'>,
  learnerId: number,
): Promise<boolean> {
  const key = await mailboxKeyOf(ports, ports.store, learnerId)
  return key !== null && isQuiet(ports.store, key, ports.clock.now())
}

async function isQuiet(unit: Repositories, key: string, now: number): Promise<boolean> {
  const stoppedAt = await unit.mailboxes.stoppedAt(key)
  return stoppedAt !== null && now < stoppedAt + QUIET_AFTER_STOP_MS
}

export async function mailboxKeyOf(
  ports: Pick<Ports, 'keys'>,
  unit: Repositories,
  learnerId: number,
): Promise<string | null> {
  const learner = await unit.learners.byId(learnerId)
  return learner && mailboxKey(ports.keys, learner.address)
}

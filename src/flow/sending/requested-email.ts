import { DELIVERY_KINDS, deliveryKindsWith } from '../../core/delivery/email-kinds.ts'
import type { Delivery, SignUp } from '../../core/model.ts'
import { QUIET_AFTER_STOP_MS, REQUESTED_EMAIL_WINDOW_MS } from '../../core/retention.ts'
import { mailboxKey } from '../../core/security/keys.ts'
import { pauseAfterSlice } from '../pause-after-slice.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'

const QUIET_KINDS = deliveryKindsWith(({ onRequest }) => onRequest !== null && !onRequest.afterStop)

/**
 * Why this email must not be sent to its mailbox now; null where it may, which counts it against the limit. Asked before
 * every attempt, by the worker: the answer to the request never depends on it.
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

/** Counts the email against the limit of its mailbox; false where that is reached. Once for each delivery. */
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

/** Within the caller's transaction: this person said stop, in whatever way. */
export async function recordStop(
  ports: Pick<Ports, 'keys'>,
  unit: Repositories,
  learnerId: number,
  now: number,
): Promise<void> {
  const key = await mailboxKeyOf(ports, unit, learnerId)
  if (key !== null) await unit.mailboxes.stop(key, QUIET_KINDS, now)
}

/** Within the caller's transaction: this person has come back, by a link that only their mailbox got. */
export async function recordReturn(ports: Pick<Ports, 'keys'>, unit: Repositories, learnerId: number): Promise<void> {
  const key = await mailboxKeyOf(ports, unit, learnerId)
  if (key !== null) await unit.mailboxes.resume(key)
}

/**
 * Whether what follows from a sign-up is written in the discreet form: whoever chose it once gets it, since anybody may have
 * typed their address now.
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

/** Forgets what is older than any limit asks for. */
export async function forgetMailboxes(ports: Pick<Ports, 'clock' | 'store'>): Promise<void> {
  const now = ports.clock.now()
  await ports.store.mailboxes.forget({ stops: now - QUIET_AFTER_STOP_MS, emails: now - REQUESTED_EMAIL_WINDOW_MS })
}

const SLICE = 200

/**
 * Fills in the mailboxes of learners of earlier versions, a slice at a time while the service runs; may run in several
 * processes, and be ended at any time. Returns how many.
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

/** Whether this person said stop, so that nothing is sent to them on request. */
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

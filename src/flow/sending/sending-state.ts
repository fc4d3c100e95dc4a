import { refusalCode } from '../../core/delivery/classify-reply.ts'
import type { Delivery } from '../../core/model.ts'
import { meetsThreshold, REFUSALS_PAUSE, registrableDomain } from '../../core/sending/pause-evidence.ts'
import { withoutAddresses } from '../../core/text/redact-addresses.ts'
import type { Refusal } from '../ports/delivery-ports.ts'
import type { Ports } from '../ports/ports.ts'
import type { PauseCause } from '../ports/sending-ports.ts'

type SendingStatePorts = Pick<Ports, 'clock' | 'store' | 'log'>

export type Permit =
  | { readonly kind: 'open' | 'probe' }
  /** `probe`: the message to send as a probe instead of this one, if any. */
  | { readonly kind: 'closed'; readonly until: number; readonly probe: number | null }

/** Consecutive attempts without a connection to the relay before sending pauses. */
export const FAILURES_BEFORE_PAUSE = 5
const MINUTE_MS = 60_000
const PROBE_EVERY_MS = MINUTE_MS
/** A learner whose message was rejected longer ago than this may be used for a probe again. */
const REFUSAL_MEMORY_MS = 24 * 60 * MINUTE_MS
/** Only the newest rejections are examined. */
const MAX_REFUSALS = 200

/**
 * Whether this worker may send this message now. While sending is paused, one message per minute is sent as a probe:
 * preferably one for a confirmed learner, never one for a learner whose message was rejected, because that says nothing
 * about the relay. If no other messages are waiting, sending resumes. `isProbe`: whether this message was chosen as a
 * probe.
 */
export async function acquireSendPermit(
  ports: Pick<Ports, 'store' | 'log'>,
  row: Delivery,
  now: number,
  isProbe = false,
): Promise<Permit> {
  const { sendingState, deliveries } = ports.store
  const status = await sendingState.status()
  if (status.state === 'open') return { kind: 'open' }
  const closed = { kind: 'closed', until: Math.max(status.probeAt ?? 0, now + PROBE_EVERY_MS), probe: null } as const
  if (status.state !== 'paused' || status.probeAt === null || status.probeAt > now) return closed
  const takeProbe = async (): Promise<Permit> =>
    (await sendingState.takeProbe(now, now + PROBE_EVERY_MS)) ? { kind: 'probe' } : closed
  if (isProbe) return takeProbe()
  // A message due before the next probe but one is worth waiting for.
  const best = await deliveries.nextProbe(now, now + 2 * PROBE_EVERY_MS, now - REFUSAL_MEMORY_MS)
  if (best?.id === row.id) return takeProbe()
  if (best !== null && best.dueAt <= now) return { ...closed, probe: best.id }
  if (!(await deliveries.wasRefused(row.learnerId, now - REFUSAL_MEMORY_MS))) return takeProbe()
  if (best !== null) return closed
  if (await sendingState.open('paused', now))
    ports.log.warn({ pausedFor: now - status.since }, 'sending resumed: only refused messages are waiting')
  return { kind: 'open' }
}

/** The probe did not reach the relay after all, so the next message may probe immediately. */
export async function returnProbe(ports: Pick<Ports, 'store'>, takenAt: number): Promise<void> {
  await ports.store.sendingState.moveProbe(takenAt + PROBE_EVERY_MS, takenAt)
}

/** About twenty probes in the first five minutes of a pause, and six an hour after half an hour. */
function waitAfterRefusedProbe(pausedFor: number): number {
  if (pausedFor < 5 * MINUTE_MS) return MINUTE_MS / 4
  return (pausedFor < 30 * MINUTE_MS ? 2 : 10) * MINUTE_MS
}

/**
 * The probe was rejected for policy after its recipient was named, which shows that the relay works. If sending is
 * paused because recipients' servers reject it, that proves nothing, and another probe follows: soon at first, in case
 * a few addresses caused the pause, and rarely later, because each may use up a message's 24 hours.
 */
export async function recordRefusedProbe(ports: SendingStatePorts): Promise<void> {
  const { state, cause, since, probeAt } = await ports.store.sendingState.status()
  if (state !== 'paused' || probeAt === null) return
  if (cause === 'relay' || cause === null) return recordRelaySuccess(ports, { accepted: false })
  const now = ports.clock.now()
  await ports.store.sendingState.moveProbe(probeAt, now + waitAfterRefusedProbe(now - since))
}

/** The relay accepted a message or, with `accepted` false, rejected an address: it works. */
export async function recordRelaySuccess(ports: SendingStatePorts, { accepted }: { accepted: boolean }): Promise<void> {
  const status = await ports.store.sendingState.status()
  if (status.failures > 0) await ports.store.sendingState.clearFailures()
  if (accepted && status.refusedSince !== null) await ports.store.sendingState.clearRefusals()
  // A pause without probes is due to reports about our email, which an accepting relay does not disprove.
  if (status.state !== 'paused' || status.probeAt === null) return
  if (await ports.store.sendingState.open('paused', ports.clock.now()))
    ports.log.warn({ pausedFor: ports.clock.now() - status.since }, 'sending resumed: the relay accepted a message')
}

/**
 * Pauses sending because of the relay: at once if it rejects the sender, and after several failures in a row if it is
 * unavailable.
 */
export async function recordRelayFailure(
  ports: SendingStatePorts,
  reason: string,
  options: { atOnce: boolean },
): Promise<void> {
  const failures = await ports.store.sendingState.countFailure()
  if (!options.atOnce && failures < FAILURES_BEFORE_PAUSE) return
  await pause(ports, reason, 'relay')
}

/**
 * Called after a policy rejection. Pauses sending if the same reply went to enough confirmed learners at different
 * domains, and nothing was accepted since the first of them.
 */
export async function pauseIfEverybodyIsRefused(ports: SendingStatePorts): Promise<void> {
  const status = await ports.store.sendingState.status()
  if (status.state !== 'open' || status.refusedSince === null) return
  const same = sameRefusals(await ports.store.deliveries.refusals(status.refusedSince, MAX_REFUSALS))
  const found = same.find((refusals) => coversEveryRecipient(refusals.filter(({ isConfirmed }) => isConfirmed)))
  if (found) await pause(ports, `the relay refuses every recipient: ${found[0]?.reply ?? ''}`, 'refusals')
}

/** A sentence about rejections that do not pause sending; null if there are none. */
export async function describeRefusals(ports: Pick<Ports, 'store'>): Promise<string | null> {
  const { refusedSince } = await ports.store.sendingState.status()
  if (refusedSince === null) return null
  const same = sameRefusals(await ports.store.deliveries.refusals(refusedSince, MAX_REFUSALS))
  const found = same.find(coversEveryRecipient)
  if (!found) return null
  const since = new Date(refusedSince).toISOString()
  return `since ${since} the relay has accepted nothing and refused ${found.length} recipients: ${withoutAddresses(found[0]?.reply ?? '')}`
}

/**
 * Pauses sending because recipients' servers, not the relay, reject it: for `waitMs` until the first probe, or until an
 * operator resumes it (null).
 */
export async function pauseForRejections(
  ports: SendingStatePorts,
  reason: string,
  waitMs: number | null,
): Promise<void> {
  const now = ports.clock.now()
  const { sendingState } = ports.store
  const paused =
    waitMs === null
      ? await sendingState.pauseForPerson(reason, now)
      : await sendingState.pause(reason, 'reports', now, now + waitMs)
  if (!paused) return
  ports.log.error(
    { reason },
    waitMs === null
      ? 'sending is paused until an operator resumes it: fix the cause, then run: npm run mail -- resume'
      : `sending is paused for ${Math.round(waitMs / 60_000)} minutes: recipients' servers reject messages because of their sender or content`,
  )
}

async function pause(ports: SendingStatePorts, reason: string, cause: PauseCause): Promise<void> {
  const now = ports.clock.now()
  const shown = withoutAddresses(reason)
  if (await ports.store.sendingState.pause(shown, cause, now, now + PROBE_EVERY_MS))
    ports.log.error(
      { reason: shown },
      'sending is paused: the mail relay rejects messages or cannot be reached. One probe a minute; sending resumes when one succeeds',
    )
}

/** Groups rejections by reply code, one per learner in each group. */
function sameRefusals(refusals: readonly Refusal[]): Refusal[][] {
  const byCode = new Map<string, Map<number, Refusal>>()
  for (const refusal of refusals) {
    const code = refusalCode(Number(refusal.reply.slice(0, 3)), refusal.reply)
    const learners = byCode.get(code) ?? new Map<number, Refusal>()
    byCode.set(code, learners.set(refusal.learnerId, refusal))
  }
  return [...byCode.values()].map((learners) => [...learners.values()])
}

function coversEveryRecipient(refusals: readonly Refusal[]): boolean {
  const domains = new Set(refusals.map(({ domain }) => registrableDomain(domain)))
  // Nothing was accepted since the first of them, so they are all of the volume.
  return meetsThreshold({ learners: refusals.length, domains: domains.size, sent: refusals.length }, REFUSALS_PAUSE)
}

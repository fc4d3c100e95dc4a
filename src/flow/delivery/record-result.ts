import { classifyReply, isBeforeRecipient, REFUSED_AT_MAIL } from '../../core/delivery/classify-reply.ts'
import { retryAt } from '../../core/delivery/retry.ts'
import { AppError, errorForLog } from '../../core/errors.ts'
import { type Delivery, type Enrolment, NEVER } from '../../core/model.ts'
import { withoutAddresses } from '../../core/text/redact-addresses.ts'
import { holderOfAddress } from '../addressee.ts'
import { pauseIfFullForLong, suppressDeadAddress } from '../enrolment/apply-bounce.ts'
import { continueEnrolment, isFollowedByNothing } from '../enrolment/continue-enrolment.ts'
import { isFollowedByReminder, planReminder } from '../enrolment/plan-reminder.ts'
import type { Settlement } from '../ports/delivery-ports.ts'
import type { Outcome } from '../ports/outcome.ts'
import type { Ports, SmtpResult } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { checkReputation, utcDay } from '../sending/reputation.ts'
import {
  pauseIfEverybodyIsRefused,
  recordRefusedProbe,
  recordRelayFailure,
  recordRelaySuccess,
} from '../sending/sending-state.ts'
import { recordAccepted } from './record-accepted.ts'
import { recordAttempt } from './record-attempt.ts'
import { retryWhileBusy } from './retry-while-busy.ts'

type ResultPorts = Pick<Ports, 'clock' | 'store' | 'courses' | 'calendar' | 'log' | 'random' | 'settings'>

/** A full mailbox does not count as a dead address; the message is retried after this time. */
const MAILBOX_FULL_RETRY_MS = 4 * 3_600_000
/** If the database could not record the handover, the message is retried soon. */
const UNMARKED_RETRY_MS = 15_000
/** A paused relay is probed at this interval. */
const RELAY_RETRY_MS = 60_000

/** No message was sent to a server: the learner reads on the web only, and the page is open. */
export interface WebOnly {
  readonly kind: 'web-only'
}

/**
 * Records the result of a message, guarded by the fence, and applies its consequences. `enrolment`, as it was read for this
 * delivery, lets an accepted message without consequences share its transaction with others.
 */
export async function recordResult(
  ports: ResultPorts,
  row: Delivery,
  result: SmtpResult | WebOnly,
  pass: 'open' | 'probe',
  enrolment: Enrolment | null = null,
): Promise<Outcome> {
  switch (result.kind) {
    case 'web-only':
      await settle(ports, row, { state: 'sent', webOnly: true })
      return { kind: 'sent' }
    case 'accepted':
      // A second attempt may have to forget that the first could not be built.
      if (row.attempt === 1 && isFollowedByNothing(ports, row, enrolment) && !isFollowedByReminder(row, enrolment))
        await recordAccepted(ports, row, result.reply)
      else
        await settle(ports, row, { state: 'sent', reply: result.reply }, async (unit, now) => {
          await unit.reputation.count(utcDay(now), 'sent')
          await planReminder(ports, unit, row, now)
        })
      await recordRelaySuccess(ports, { accepted: true })
      return { kind: 'sent' }
    case 'withdrawn':
      return recordWithdrawn(ports, row)
    case 'unsendable':
      await settle(ports, row, { state: 'failed', reply: result.reply })
      ports.log.warn({ delivery: row.id }, `a message cannot be sent: ${withoutAddresses(result.reply)}`)
      return { kind: 'failed' }
    case 'lost':
      if (result.stage === 'after-dot') return recordUnconfirmed(ports, row, result.reason)
      await recordRelayFailure(ports, `no connection to the mail relay (${result.stage}): ${result.reason}`, {
        // Missing or untrusted TLS is a configuration error, not an outage.
        atOnce: pass === 'probe' || result.stage === 'tls',
      })
      return deferForRelay(ports, row, `${result.stage}: ${result.reason}`)
    case 'refused':
      return recordRefused(ports, row, result, pass)
  }
}

/** Cancels the message: preparing it showed that it must not be sent. */
export async function recordCancelled(ports: ResultPorts, row: Delivery, reason: string): Promise<Outcome> {
  await settle(ports, row, { state: 'cancelled', reply: reason })
  return { kind: 'cancelled' }
}

/** The message content could not be read. Retried, because the database may have been busy. */
export async function recordPreparationFailure(ports: ResultPorts, row: Delivery, error: unknown): Promise<Outcome> {
  ports.log.error({ delivery: row.id, kind: row.kind, error: errorForLog(error) }, 'could not prepare a message')
  return recordDeferred(ports, row, 'could not prepare the message', { expires: true })
}

/** After 1, 5 and 15 minutes: someone may be editing the course files and may have saved only some of them. */
const BUILD_ATTEMPTS = 4

/**
 * The message could not be built, and retrying for a day would not help. After a few attempts it is set aside, so that
 * the following lessons are still sent. Workers try it again when they start.
 */
export async function recordBuildFailure(ports: ResultPorts, row: Delivery, error: unknown): Promise<Outcome> {
  const reason = error instanceof AppError ? error.message : `unexpected ${errorOrigin(error)}`
  const about = { delivery: row.id, kind: row.kind, day: row.day, reason }
  const note: SettleStep = (unit, now) => unit.unbuiltMessages.note(row.id, reason, now)
  const now = ports.clock.now()
  const until = row.attempt < BUILD_ATTEMPTS ? retryAt(row.attempt, row.firstAttemptAt ?? now, now, ports.random) : null
  const reply = `the message could not be built: ${reason}`
  if (until !== null) {
    ports.log.warn(about, 'a message could not be built; it is tried again')
    await settle(ports, row, { state: 'deferred', dueAt: until, reply }, note)
    return { kind: 'deferred', until }
  }
  ports.log.error(about, 'message could not be built and was set aside; later lessons continue')
  await settle(ports, row, { state: 'failed', reply }, note)
  return { kind: 'set-aside' }
}

/** The kind of an error and where it was thrown. The message is left out because it may quote what a learner wrote. */
function errorOrigin(error: unknown): string {
  if (!(error instanceof Error)) return 'error'
  const frame = /\n\s+at ([^\n]*)/.exec(error.stack ?? '')?.[1] ?? 'somewhere'
  return `${error.name} at ${frame.slice(0, 200)}`
}

async function recordRefused(
  ports: ResultPorts,
  row: Delivery,
  result: Extract<SmtpResult, { kind: 'refused' }>,
  pass: 'open' | 'probe',
): Promise<Outcome> {
  const verdict = classifyReply({ code: result.code, text: result.reply, stage: result.stage })
  switch (verdict) {
    case 'sender':
      if (result.stage === 'mail' && pass === 'open' && wasRefusedAlone(row))
        return recordPolicyRefusal(ports, row, result.reply, pass)
      await recordRelayFailure(ports, result.reply, { atOnce: true })
      return deferForRelay(ports, row, (result.stage === 'mail' ? REFUSED_AT_MAIL : '') + result.reply)
    case 'policy':
      return recordPolicyRefusal(ports, row, result.reply, pass)
    case 'retry':
      if (isBeforeRecipient(result.stage)) {
        await recordRelayFailure(ports, result.reply, { atOnce: false })
        return deferForRelay(ports, row, result.reply)
      }
      return recordDeferred(ports, row, result.reply, { expires: true })
    case 'mailbox-full':
      await recordRelaySuccess(ports, { accepted: false })
      return recordDeferred(
        ports,
        row,
        result.reply,
        { expires: true, waitMs: MAILBOX_FULL_RETRY_MS },
        recordFullMailbox(row),
      )
    case 'dead-address':
      await recordRelaySuccess(ports, { accepted: false })
      await settle(ports, row, { state: 'failed', reply: result.reply }, async (unit, now) => {
        // As it was when this attempt began.
        const claimedAt = row.leaseUntil === null ? now : row.leaseUntil - ports.settings.leaseMs
        const holder = await holderOfAddress(unit, row.learnerId, claimedAt)
        if (holder !== null) await suppressDeadAddress(unit, holder, now)
        if (await unit.reports.note(row, 'dead', 'smtp', now)) await unit.reputation.count(utcDay(now), 'bounced')
      })
      await checkReputation(ports)
      return { kind: 'failed' }
    case 'failed':
      await recordRelaySuccess(ports, { accepted: false })
      await settle(ports, row, { state: 'failed', reply: result.reply })
      return { kind: 'failed' }
  }
}

/**
 * The handover was refused, or its answer was lost, and the last byte was held back: nothing was sent. A row this worker still
 * holds is released, also where the handover turns out to be committed.
 */
async function recordWithdrawn(ports: ResultPorts, row: Delivery): Promise<Outcome> {
  const current = await retryWhileBusy(ports.log, () => ports.store.deliveries.byId(row.id))
  if (current?.state === 'cancelled') return { kind: 'cancelled' }
  const holdsLease = current?.state === 'leased' && current.fence === row.fence
  if (!holdsLease || (current.leaseUntil ?? 0) <= ports.clock.now()) return { kind: 'taken' }
  return recordDeferred(ports, row, 'the handover could not be recorded', {
    expires: true,
    waitMs: UNMARKED_RETRY_MS,
  })
}

/**
 * Its last attempt paused sending, or it was refused for policy, while other messages have been accepted since. So the
 * problem is this message, not the sender.
 */
function wasRefusedAlone(row: Delivery): boolean {
  return row.refusedAt !== null || (row.reply ?? '').startsWith(REFUSED_AT_MAIL)
}

/**
 * Refused for policy after RCPT TO: the message is retried with the usual delays, within its 24 hours, and other
 * messages are sent meanwhile. Sending pauses only when all recipients are refused.
 */
async function recordPolicyRefusal(
  ports: ResultPorts,
  row: Delivery,
  reply: string,
  pass: 'open' | 'probe',
): Promise<Outcome> {
  const outcome = await recordDeferred(ports, row, reply, { expires: true, isRefused: true })
  if (pass === 'probe') await recordRefusedProbe(ports)
  await pauseIfEverybodyIsRefused(ports)
  return outcome
}

/**
 * While sending is paused, rows stay due soon. There is always one to probe with, none waits for hours after the relay
 * recovers, and the outage does not count against the message.
 */
async function deferForRelay(ports: ResultPorts, row: Delivery, reply: string): Promise<Outcome> {
  const isPaused = (await ports.store.sendingState.status()).state !== 'open'
  if (!isPaused || row.refusedAt !== null) return recordDeferred(ports, row, reply, { expires: true })
  return recordDeferred(ports, row, reply, { expires: false, waitMs: RELAY_RETRY_MS, counts: false })
}

async function recordDeferred(
  ports: ResultPorts,
  row: Delivery,
  reply: string,
  options: { expires: boolean; waitMs?: number; counts?: boolean; isRefused?: boolean },
  onExpiry?: SettleStep,
): Promise<Outcome> {
  const now = ports.clock.now()
  const first = row.firstAttemptAt ?? now
  const planned = retryAt(row.attempt, first, now, ports.random)
  if (planned === null && options.expires) {
    await settle(ports, row, { state: 'expired', reply }, onExpiry)
    return { kind: 'expired' }
  }
  const until = options.waitMs === undefined ? (planned ?? now + MAILBOX_FULL_RETRY_MS) : now + options.waitMs
  const refusedAt = options.isRefused ? { refusedAt: now } : {}
  await settle(
    ports,
    row,
    { state: 'deferred', dueAt: until, reply, counts: options.counts ?? true, ...refusedAt },
    async (unit) => {
      if (options.isRefused) await unit.sendingState.recordRefusal(now)
    },
  )
  return { kind: 'deferred', until }
}

async function recordUnconfirmed(ports: ResultPorts, row: Delivery, reason: string): Promise<Outcome> {
  const dueAt = row.resends === 0 ? ports.clock.now() + ports.settings.resendAfterMs : NEVER
  await settle(ports, row, { state: 'unconfirmed', dueAt, reply: `no reply after handover: ${reason}` })
  ports.log.warn(
    { delivery: row.id, resends: row.resends },
    dueAt === NEVER
      ? 'no reply a second time; waiting for an operator to decide'
      : 'no reply after handover; an identical copy will be sent in 15 minutes',
  )
  return { kind: 'unconfirmed' }
}

/** If the mailbox was full for a whole day, the lesson counts towards the limit at which the course is paused. */
function recordFullMailbox(row: Delivery): SettleStep {
  return async (unit, now) => {
    await unit.reports.note(row, 'full', 'smtp', now)
    await pauseIfFullForLong(unit, row, now)
  }
}

type SettleStep = (unit: Repositories, now: number) => Promise<void>

/** One transaction for the new state, the caller's step and the consequences for the enrolment. */
async function settle(
  ports: ResultPorts,
  row: Delivery,
  settlement: Settlement,
  also: SettleStep = async () => {},
): Promise<void> {
  const now = ports.clock.now()
  await retryWhileBusy(ports.log, () =>
    ports.store.transaction(async (unit) => {
      if (!(await unit.deliveries.settle(row.id, row.fence, settlement, now))) return
      await recordAttempt(unit, row.id, settlement, now)
      // Forgets earlier build failures. If this attempt could not be built either, recordBuildFailure records it again.
      if (settlement.state !== 'deferred' && row.attempt > 1) await unit.unbuiltMessages.forget(row.id)
      await also(unit, now)
      if (settlement.state !== 'deferred') await continueEnrolment(ports, unit, row, now)
    }),
  )
}

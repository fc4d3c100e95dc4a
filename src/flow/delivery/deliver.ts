import { messageIdOf } from '../../core/delivery/message-id.ts'
import type { Delivery, Enrolment } from '../../core/model.ts'
import { endPause } from '../enrolment/pause.ts'
import { lastLessonAt, nextSendTimes } from '../enrolment/send-times.ts'
import type { DeliveryDetails, Window } from '../ports/delivery-ports.ts'
import type { Outcome } from '../ports/outcome.ts'
import type { OutgoingMessage, Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { type LearnerSealer, learnerSealer } from '../security/learner-sealer.ts'
import { holdBack } from '../sending/hold-back.ts'
import { withheldReason } from '../sending/requested-email.ts'
import { acquireSendPermit, returnProbe } from '../sending/sending-state.ts'
import { withinWarmUp } from '../sending/warm-up.ts'
import { chooseEmail } from './choice/choose-email.ts'
import type { EmailChoice } from './choice/email-choice.ts'
import { keepConfirmation } from './kept/keep-confirmation.ts'
import { recordBuildFailure, recordCancelled, recordPreparationFailure, recordResult } from './record-result.ts'
import { sealSentVariant } from './sent-variant.ts'

/** What a delivery takes from claim to result. */
export type DeliverPorts = Pick<
  Ports,
  | ('archive' | 'calendar' | 'clock' | 'composer' | 'courses' | 'handoverLog' | 'keys' | 'log')
  | ('mailer' | 'onClaim' | 'random' | 'sealer' | 'settings' | 'store')
>

/** Renewals per lease. One late renewal must not lose the lease. */
const RENEWALS_IN_A_LEASE = 3
/** Clocks of workers may differ by this much, ms; `npm run doctor` compares them with that of the database. */
const CLOCKS_APART_MS = 30_000
/** How many probes are tried before this message has to wait. */
const PROBES_AT_ONCE = 20

/**
 * Delivers one row: claim, render, send, record. Safe to call at any time, any number of times, from any number of
 * workers: the row decides. Returns a named outcome and throws only when the database cannot be reached.
 */
export function deliver(ports: DeliverPorts, id: number): Promise<Outcome> {
  return tryToDeliver(ports, id, false)
}

async function tryToDeliver(ports: DeliverPorts, id: number, isProbe: boolean): Promise<Outcome> {
  const { store, clock } = ports
  let details = await store.deliveries.details(id)
  if (!details || isSettled(details.row)) return { kind: 'settled' }
  const { row } = details
  const now = clock.now()
  if (row.state !== 'leased' && row.dueAt > now) return { kind: 'early', until: row.dueAt }

  let permit = await acquireSendPermit(ports, row, now, isProbe)
  // A chosen probe may turn out not to be claimable. Then try the next one.
  for (let tries = 0; permit.kind === 'closed' && permit.probe !== null && tries < PROBES_AT_ONCE; tries += 1) {
    await tryToDeliver(ports, permit.probe, true)
    permit = await acquireSendPermit(ports, row, now)
    // Sending the probe took a while.
    details = await store.deliveries.details(id)
    if (!details) return { kind: 'settled' }
  }
  if (permit.kind === 'closed') return { kind: 'held', until: permit.until }

  const pass: Pass = { kind: permit.kind, hasReachedRelay: false }
  const current = details
  try {
    return await withinWarmUp(ports, row, current.enrolment, now, () => claimAndSend(ports, current, now, pass))
  } finally {
    if (pass.kind === 'probe' && !pass.hasReachedRelay) await returnProbe(ports, now)
  }
}

/** The permit of one message, and whether the message has reached a relay. */
interface Pass {
  readonly kind: 'open' | 'probe'
  hasReachedRelay: boolean
}

async function claimAndSend(ports: DeliverPorts, details: DeliveryDetails, now: number, pass: Pass): Promise<Outcome> {
  const { row, enrolment } = details
  const claimed = await ports.store.deliveries.claim(row.id, {
    now,
    leaseUntil: now + ports.settings.leaseMs,
    owner: ports.settings.worker,
    messageId: messageIdOf(ports.keys, row.id, ports.settings.hostname),
    day: enrolment && row.day !== null ? dayOf(ports, enrolment, now) : null,
  })
  if (!claimed) return explainRejectedClaim(ports, row, now)
  ports.onClaim(now)

  const stopRenewing = keepLease(ports, claimed)
  try {
    return await send(ports, { ...details, row: claimed }, pass)
  } finally {
    stopRenewing()
  }
}

/** The learner's day, with what a worker whose clock is ahead may have dated just after it. */
function dayOf({ calendar }: Pick<Ports, 'calendar'>, enrolment: Enrolment, now: number): Window {
  const { start, end } = calendar.localDayWindow(enrolment, now)
  return { start, end: end + CLOCKS_APART_MS }
}

async function send(ports: DeliverPorts, details: DeliveryDetails, pass: Pass): Promise<Outcome> {
  const { row: claimed, enrolment } = details
  const sealer = learnerSealer(ports, ports.store, claimed.learnerId, details.dataKey)
  let variant: Uint8Array | null = null
  const confirmHandover = async () => {
    const at = ports.clock.now()
    const marked = await ports.store.deliveries.markHandedOver(claimed.id, claimed.fence, at, variant)
    if (marked) ports.handoverLog.note({ deliveryId: claimed.id, fence: claimed.fence, at })
    return marked
  }
  // Errors here happen before anything is sent; the mailer itself never throws.
  let choice: EmailChoice
  let isHandedOver = false
  try {
    choice = await chooseEmail(ports, details, sealer)
    const withheld = choice.kind === 'none' ? choice.reason : await withheldReason(ports, claimed)
    if (choice.kind === 'none' || withheld !== null) return await recordCancelled(ports, claimed, withheld ?? '')
    variant = await variantOfChoice(sealer, claimed, choice)
    if (choice.kind === 'web-only') isHandedOver = await confirmHandover()
  } catch (error) {
    return await recordPreparationFailure(ports, claimed, error)
  }
  if (choice.kind === 'web-only')
    return recordResult(ports, claimed, { kind: isHandedOver ? 'web-only' : 'withdrawn' }, pass.kind)
  let message: OutgoingMessage
  try {
    message = await ports.composer.compose(choice.email)
  } catch (error) {
    return await recordBuildFailure(ports, claimed, error)
  }
  try {
    await keepConfirmation(ports, sealer, claimed, choice.email, message)
  } catch (error) {
    message.release?.()
    return await recordPreparationFailure(ports, claimed, error)
  }
  const result = await ports.mailer.send(message, confirmHandover)
  pass.hasReachedRelay = result.kind !== 'unsendable' && result.kind !== 'withdrawn'
  return recordResult(ports, claimed, result, pass.kind, enrolment)
}

function variantOfChoice(sealer: LearnerSealer, row: Delivery, choice: Exclude<EmailChoice, { kind: 'none' }>) {
  const { variant, course } = choice.kind === 'email' ? choice.email : choice
  return sealSentVariant(sealer, row, variant, course)
}

/**
 * Explains why the claim was rejected. If the learner has already had a lesson today, moves the row to the next local
 * day.
 */
async function explainRejectedClaim(
  ports: Pick<Ports, 'calendar' | 'store'>,
  row: Delivery,
  now: number,
): Promise<Outcome> {
  const { deliveries, enrolments } = ports.store
  const current = await deliveries.byId(row.id)
  if (!current || isSettled(current)) return { kind: 'settled' }
  if (current.state === 'leased') return { kind: 'taken' }
  // Read again, because it may have been paused or stopped since the row was read.
  const enrolment = row.enrolmentId === null ? null : await enrolments.byId(row.enrolmentId)
  if (enrolment && enrolment.state !== 'stopped' && current.day !== null) {
    if (enrolment.pause !== null) return explainPaused(ports, current, enrolment, enrolment.pause.until, now)
    const today = dayOf(ports, enrolment, now)
    const mustWait =
      (await deliveries.sentWithin(enrolment.id, row.id, today)) ||
      (await deliveries.earlierPendingLesson(enrolment.id, current.day)) !== null
    if (mustWait) {
      const until = ports.calendar.nextSendTime(enrolment, now)
      return (await holdBack(ports, row.id, 'not-its-day', { now, until }))
        ? { kind: 'early', until }
        : { kind: 'settled' }
    }
  }
  return ports.store.transaction((unit) => cancelIfForbidden(unit, current, now))
}

async function cancelIfForbidden(unit: Repositories, row: Delivery, now: number): Promise<Outcome> {
  const enrolment = row.enrolmentId === null ? null : await unit.enrolments.byId(row.enrolmentId)
  // Another worker claimed and released the row between our claim and this read, or a pause began. It is due, so the
  // next worker gets it.
  const waits = enrolment !== null && enrolment.pause !== null && row.day !== null
  if (row.dueAt > now || waits || (await unit.deliveries.mayBeSent(row.id))) return { kind: 'taken' }
  await unit.deliveries.cancelWaiting(row.id, 'the address is suppressed or the enrolment is not active', now)
  return { kind: 'cancelled' }
}

/** The first lesson that is due after a pause ends it; during the pause, a row waits for that time. */
async function explainPaused(
  ports: Pick<Ports, 'calendar' | 'store'>,
  row: Delivery,
  enrolment: Enrolment,
  pausedUntil: number,
  now: number,
): Promise<Outcome> {
  const { deliveries } = ports.store
  if (pausedUntil <= now) {
    await ports.store.transaction((unit) => endPause(ports, unit, enrolment, now))
    return { kind: 'early', until: now }
  }
  const last = lastLessonAt(await deliveries.ofEnrolment(enrolment.id))
  const [until = pausedUntil] = nextSendTimes(ports.calendar, enrolment, { from: pausedUntil, last, count: 1 })
  return (await deliveries.hold(row.id, until)) ? { kind: 'early', until } : { kind: 'settled' }
}

function isSettled(row: Delivery): boolean {
  return row.state === 'sent' || row.state === 'failed' || row.state === 'expired' || row.state === 'cancelled'
}

function keepLease(ports: Pick<Ports, 'clock' | 'log' | 'settings' | 'store'>, claimed: Delivery): () => void {
  const { leaseMs } = ports.settings
  const timer = setInterval(() => {
    const now = ports.clock.now()
    ports.store.deliveries.renew(claimed.id, claimed.fence, now, now + leaseMs).catch((error: unknown) => {
      // Losing the lease is safe: the handover is rejected and another worker sends the message.
      ports.log.warn({ delivery: claimed.id, error: String(error) }, 'could not renew a lease')
    })
  }, leaseMs / RENEWALS_IN_A_LEASE)
  timer.unref()
  return () => clearInterval(timer)
}

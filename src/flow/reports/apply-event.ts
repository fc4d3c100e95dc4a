import { AppError } from '../../core/errors.ts'
import type { Delivery } from '../../core/model.ts'
import { type Consequence, consequenceOf } from '../../core/reports/bounce-reason.ts'
import { type MailEvent, noted, UNKNOWN_MESSAGE } from '../../core/reports/mail-event.ts'
import { readReturnAddress } from '../../core/reports/return-address.ts'
import { addresseeOf } from '../addressee.ts'
import { applyBounce, recordProofOfArrival } from '../enrolment/apply-bounce.ts'
import { declineSignUp } from '../enrolment/decline-sign-up.ts'
import { stop } from '../enrolment/stop.ts'
import { stopEnrolment } from '../enrolment/stop-enrolment.ts'
import { errorName } from '../error-name.ts'
import { findByStopLink, learnerOf } from '../find-by-link.ts'
import type { Ports } from '../ports/ports.ts'
import type { StoredEvent } from '../ports/report-ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { pauseForPolicyReports } from '../sending/pause-for-policy-reports.ts'
import { checkReputation } from '../sending/reputation.ts'
import { recordStop } from '../sending/requested-email.ts'
import { applySuppression, applyToPerson } from './apply-to-person.ts'
import { type EventContent, openContent, sealContent } from './event-content.ts'
import { findReported, namesAMessage, ownerOf } from './find-reported.ts'

type ApplyPorts = Pick<
  Ports,
  'clock' | 'courses' | 'hooks' | 'keys' | 'log' | 'randomBytes' | 'readReport' | 'settings' | 'store'
>

const BATCH = 100
const SLOW_MS = 1_000
/** Longer than parsing a report can take: an attempt still open after that was made by a process that has exited. */
const ATTEMPT_MS = 60_000
/** Waits after the first and second failed attempt; after the third, the event is set aside. */
const RETRY_AFTER_MS = [60_000, 10 * 60_000]
const MAX_ATTEMPTS = RETRY_AFTER_MS.length + 1
/** A busy database does not count as a failed attempt. */
const BUSY_RETRY_MS = 15_000
/** Outcomes have no content. Kept as long as a provider could resend the event, and for looking into disputes. */
export const OUTCOME_KEPT_MS = 30 * 86_400_000
/** Events that could not be applied contain an address: kept long enough for an operator to return from a holiday. */
export const SET_ASIDE_KEPT_MS = 7 * 86_400_000

/**
 * Applies all waiting events, each once even with several processes, and returns how many. After a slow one it lists
 * them again, so that quick events that have arrived since go first. Stops between two events when `signal` is aborted.
 */
export async function applyEvents(ports: ApplyPorts, signal?: AbortSignal): Promise<number> {
  let applied = 0
  for (;;) {
    const waiting = await ports.store.mailEvents.waiting(BATCH, ports.clock.now())
    let tried = 0
    for (const event of waiting) {
      if (signal?.aborted) return applied
      const start = performance.now()
      const result = await attempt(ports, event)
      if (result !== 'taken') tried += 1
      if (result === 'applied') applied += 1
      if (performance.now() - start > SLOW_MS) break
    }
    // Events taken by another process may still be listed.
    if (tried === 0) return applied
  }
}

type Attempt = 'applied' | 'failed' | 'taken'

/**
 * One bad event must not block the others: attempts are counted before they are made, so that those that crash the
 * process count too, and after three the event is set aside.
 */
async function attempt(ports: ApplyPorts, event: StoredEvent): Promise<Attempt> {
  const { mailEvents } = ports.store
  const now = ports.clock.now()
  if (event.attempts >= MAX_ATTEMPTS) return setAside(ports, event)
  if (!(await mailEvents.claim(event, now, now + ATTEMPT_MS))) return 'taken'
  try {
    await applyEvent(ports, event)
    return 'applied'
  } catch (error) {
    const isBusy = error instanceof AppError && error.code === 'busy'
    const facts = { event: event.id, source: event.source, attempt: event.attempts + 1, error: errorName(error) }
    ports.log.error(
      facts,
      isBusy ? 'the database is busy; the report will be retried' : 'a report could not be applied',
    )
    if (isBusy) await mailEvents.retryAt(event.id, now + BUSY_RETRY_MS, event.attempts)
    else if (event.attempts + 1 >= MAX_ATTEMPTS) return setAside(ports, event)
    else await mailEvents.retryAt(event.id, now + (RETRY_AFTER_MS[event.attempts] ?? 0), event.attempts + 1)
    return 'failed'
  }
}

async function setAside(
  ports: Pick<Ports, 'clock' | 'keys' | 'log' | 'randomBytes' | 'settings' | 'store'>,
  event: StoredEvent,
): Promise<Attempt> {
  if (!event.isSealed) await sealEarlier(ports, event)
  await ports.store.mailEvents.setAside(event.id, ports.clock.now())
  const facts = { event: event.id, source: event.source }
  ports.log.error(facts, 'a report failed three times and was set aside; see: npm run mail -- reports')
  return 'failed'
}

/**
 * Earlier versions stored events unencrypted. Encrypts them, and links them to their learner, so that erasure includes
 * them.
 */
async function sealEarlier(
  ports: Pick<Ports, 'keys' | 'randomBytes' | 'settings' | 'store'>,
  event: StoredEvent,
): Promise<void> {
  let content: EventContent
  try {
    content = openContent(ports, event)
  } catch {
    // From an unknown provider, so no version could apply it, and it must not be stored unencrypted.
    content = { form: 'event', event: noted(UNKNOWN_MESSAGE), addressKey: null }
  }
  const owner = await ownerOf(ports, ports.store, content)
  await ports.store.mailEvents.seal(event.id, { sealed: sealContent(ports, event, content), ...owner })
}

/** Deletes events set aside and outcomes after their retention times. */
export async function forgetEvents(ports: Pick<Ports, 'clock' | 'store'>): Promise<void> {
  const now = ports.clock.now()
  await ports.store.mailEvents.dropSetAside(now - SET_ASIDE_KEPT_MS, now)
  await ports.store.mailEvents.forget(now - OUTCOME_KEPT_MS)
}

/** Events after which this person must get no more email. */
const STOPPING_KINDS: readonly MailEvent['kind'][] = ['unsubscribed', 'complained', 'suppressed']

async function applyEvent(ports: Omit<ApplyPorts, 'randomBytes'>, stored: StoredEvent): Promise<void> {
  const content = openContent(ports, stored)
  switch (content.form) {
    case 'mail':
      return applyMail(ports, stored, content)
    case 'event':
      return applyReport(ports, stored, content.event, { proven: null, addressKey: content.addressKey })
    case 'email':
      await ports.store.mailEvents.settle(stored.id, 'email', null, ports.clock.now())
      return
    case 'subscription':
      return confirmSubscription(ports, stored, content.url)
  }
}

async function applyMail(
  ports: Omit<ApplyPorts, 'randomBytes' | 'hooks'>,
  stored: StoredEvent,
  { recipient, raw }: EventContent & { form: 'mail' },
): Promise<void> {
  const address = readReturnAddress(ports.keys, recipient, ports.settings.returnPathDomain ?? '')
  if (address?.kind === 'unsubscribe') return stopByMail(ports, stored, address.token)
  const proven = address?.kind === 'bounce' ? address.deliveryId : null
  await applyReport(ports, stored, await ports.readReport(raw), { proven, addressKey: null })
}

/** `proven`: the delivery named by a signed address; `addressKey`: of the address in a webhook. */
async function applyReport(
  ports: Pick<Ports, 'clock' | 'keys' | 'log' | 'store'>,
  stored: StoredEvent,
  event: MailEvent,
  { proven, addressKey }: { proven: number | null; addressKey: string | null },
): Promise<void> {
  const now = ports.clock.now()
  const result = await ports.store.transaction(async (unit) => {
    const delivery = await findReported(ports, unit, event.about, proven)
    // A message that is named but not found belongs to another service or is forged, so its recipient is no evidence.
    const isPersonal = delivery === null && addressKey !== null && !namesAMessage(event.about)
    const learnerId = delivery?.learnerId ?? (isPersonal ? await unit.reports.learnerByKey(addressKey) : null)
    const outcome = learnerId === null ? 'unknown delivery' : `${event.kind} ${event.reason}`
    if (!(await unit.mailEvents.settle(stored.id, outcome, learnerId, now))) return null
    if (learnerId === null) return { delivery, learnerId, consequence: null }
    const addressee = delivery === null ? learnerId : await addresseeOf(unit, delivery)
    if (STOPPING_KINDS.includes(event.kind) && addressee !== null) await recordStop(ports, unit, addressee, now)
    const consequence =
      delivery === null
        ? await applyToPerson(unit, learnerId, event, now)
        : await applyTo(ports, unit, { delivery, addressee }, event, now)
    return { delivery, learnerId, consequence }
  })
  if (result !== null) await reportOutcome(ports, stored, event, result)
}

async function applyTo(
  ports: Pick<Ports, 'keys'>,
  unit: Repositories,
  { delivery, addressee }: { readonly delivery: Delivery; readonly addressee: number | null },
  event: MailEvent,
  now: number,
): Promise<Consequence | null> {
  switch (event.kind) {
    case 'bounced':
    case 'complained': {
      const consequence = event.kind === 'complained' ? 'complaint' : consequenceOf(event.reason, event.permanent)
      await applyBounce(unit, delivery, consequence, event, now)
      return consequence
    }
    case 'unsubscribed':
      await unsubscribe(ports, unit, delivery, now)
      return null
    case 'suppressed':
      return addressee === null ? null : applySuppression(unit, addressee, event, now)
    case 'delivered':
    case 'delayed':
      // Both prove that a server has the message, so another copy must not be sent.
      await recordProofOfArrival(unit, delivery, event.kind, now)
      return null
    case 'noted':
      return null
  }
}

/** An unsubscribe names a message: its course ends, including the enrolment that a sign-up has become. */
async function unsubscribe(
  ports: Pick<Ports, 'keys'>,
  unit: Repositories,
  delivery: Delivery,
  now: number,
): Promise<void> {
  const signUp = delivery.signUpId === null ? null : await unit.signUps.byId(delivery.signUpId)
  const id = delivery.enrolmentId ?? signUp?.enrolmentId ?? null
  if (id !== null) await stopEnrolment(unit, { id }, 'provider', now)
  else if (signUp !== null) await declineSignUp(ports, unit, signUp, now)
}

/** After the commit: logs, and checks that concern all sending. */
async function reportOutcome(
  ports: Pick<Ports, 'clock' | 'log' | 'store'>,
  stored: StoredEvent,
  event: MailEvent,
  result: {
    readonly delivery: Delivery | null
    readonly learnerId: number | null
    readonly consequence: Consequence | null
  },
): Promise<void> {
  const { delivery, learnerId, consequence } = result
  const facts = { event: stored.id, source: stored.source, kind: event.kind, reason: event.reason }
  if (learnerId === null) {
    ports.log.warn(facts, 'report ignored: it refers to no known delivery')
    return
  }
  ports.log.info({ ...facts, delivery: delivery?.id ?? null, consequence }, 'a report on a delivery was applied')
  if (delivery !== null && consequence === 'stream') await pauseForPolicyReports(ports)
  if (consequence === 'dead' || consequence === 'complaint') await checkReputation(ports)
}

/** RFC 2369 section 3.2: any email to the unsubscribe address is a request to stop. */
async function stopByMail(
  ports: Pick<Ports, 'clock' | 'courses' | 'keys' | 'log' | 'store'>,
  stored: StoredEvent,
  token: string,
): Promise<void> {
  const now = ports.clock.now()
  let learnerId: number | null = null
  try {
    const found = await findByStopLink(ports, token)
    learnerId = learnerOf(found)
    await stop(ports, token)
  } catch (error) {
    if (!(error instanceof AppError) || !['gone', 'bad-link'].includes(error.code)) throw error
    ports.log.info({ event: stored.id }, 'unsubscribe email ignored: nothing is active')
    await ports.store.mailEvents.settle(stored.id, 'nothing to stop', null, now)
    return
  }
  await ports.store.mailEvents.settle(stored.id, 'unsubscribed by mail', learnerId, now)
}

/**
 * Signature, topic and URL were verified on receipt (docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.confirm.html).
 */
async function confirmSubscription(
  ports: Pick<Ports, 'clock' | 'hooks' | 'log' | 'store'>,
  stored: StoredEvent,
  url: string,
): Promise<void> {
  await ports.hooks.fetch(url)
  await ports.store.mailEvents.settle(stored.id, 'subscription confirmed', null, ports.clock.now())
  ports.log.info({}, 'the subscription of an SNS topic is confirmed')
}

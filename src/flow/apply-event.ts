import { type Consequence, consequenceOf } from '../core/bounce-reason.ts'
import { readMailgun } from '../core/hooks/mailgun.ts'
import { readPostmark } from '../core/hooks/postmark.ts'
import { readSendgrid } from '../core/hooks/sendgrid.ts'
import { readSes } from '../core/hooks/ses.ts'
import { readSnsEnvelope } from '../core/hooks/sns.ts'
import type { MailEvent } from '../core/mail-event.ts'
import type { Delivery } from '../core/model.ts'
import { readDeliveryTag, readReturnAddress } from '../core/verp.ts'
import { bearSetback, noteProof } from './bear-setback.ts'
import type { Ports } from './ports.ts'
import type { StoredEvent } from './report-ports.ts'
import { checkReputation } from './reputation.ts'
import { stop } from './stop.ts'
import type { Repositories } from './store-ports.ts'
import { streamMinded } from './stream.ts'

const BATCH = 100
/** Long enough to look into what a provider said, and no longer: reports hold addresses. */
const KEPT_MS = 30 * 86_400_000
/** A single report on the whole stream pauses it this long; more of them, from different people, until a person looks. */
const ONE_REPORT_PAUSE_MS = 15 * 60_000
const PEOPLE_BEFORE_HOLD = 3
const DAY_MS = 86_400_000

/** Applies every event that is kept and not applied, each once, by whichever process comes first. Returns how many. */
export async function applyEvents(ports: Ports): Promise<number> {
  let applied = 0
  for (;;) {
    const waiting = await ports.store.mailEvents.waiting(BATCH)
    const before = applied
    for (const event of waiting) if (await tryToApply(ports, event)) applied += 1
    if (waiting.length < BATCH || applied === before) return applied
  }
}

/** One event that cannot be applied must not hold up the others. */
async function tryToApply(ports: Ports, event: StoredEvent): Promise<boolean> {
  try {
    await applyEvent(ports, event)
    return true
  } catch (error) {
    ports.log.error({ event: event.id, source: event.source, error: String(error) }, 'a report could not be applied')
    return false
  }
}

/** Forgets what was applied a month ago. */
export async function forgetEvents(ports: Ports): Promise<void> {
  await ports.store.mailEvents.forget(ports.clock.now() - KEPT_MS)
}

async function applyEvent(ports: Ports, stored: StoredEvent): Promise<void> {
  const now = ports.clock.now()
  const close = (outcome: string) => ports.store.mailEvents.settle(stored.id, outcome, null, now)
  const address =
    stored.recipient === null
      ? null
      : readReturnAddress(ports.keys, stored.recipient, ports.settings.returnPathDomain ?? '')
  if (address?.kind === 'unsubscribe') {
    await close(await stopByMail(ports, address.token))
    return
  }
  const subscription = subscriptionOf(stored)
  if (subscription !== null) {
    await close(await confirmSubscription(ports, subscription))
    return
  }
  const event = await readEvent(ports, stored)
  const proven = address?.kind === 'bounce' ? address.deliveryId : null
  const result = await ports.store.transaction(async (unit) => {
    const delivery = await findDelivery(ports, unit, event, proven)
    const outcome = delivery === null ? 'unknown delivery' : `${event.kind} ${event.reason}`
    if (!(await unit.mailEvents.settle(stored.id, outcome, delivery?.learnerId ?? null, now))) return null
    if (delivery === null) return { delivery, consequence: null }
    return { delivery, consequence: await applyTo(unit, delivery, event, now) }
  })
  if (result === null) return
  await tell(ports, stored, event, result.delivery, result.consequence)
}

/** The delivery an event speaks of: by the MAC of the address it came to, of a tag, or by the Message-ID. */
async function findDelivery(
  ports: Ports,
  unit: Repositories,
  event: MailEvent,
  proven: number | null,
): Promise<Delivery | null> {
  const tagged = event.about.tag === null ? null : readDeliveryTag(ports.keys, event.about.tag)
  const id = proven ?? tagged
  if (id !== null) return unit.deliveries.byId(id)
  // A tag that was changed is a forgery, whatever else the report names.
  if (event.about.tag !== null || event.about.messageId === null) return null
  // Its left part is a keyed hash: only who has had the message knows it.
  return unit.reports.byMessageId(event.about.messageId)
}

async function applyTo(
  unit: Repositories,
  delivery: Delivery,
  event: MailEvent,
  now: number,
): Promise<Consequence | null> {
  switch (event.kind) {
    case 'bounced':
    case 'complained': {
      const consequence = event.kind === 'complained' ? 'complaint' : consequenceOf(event.reason, event.permanent)
      await bearSetback(unit, delivery, consequence, event, now)
      return consequence
    }
    case 'unsubscribed':
      if (delivery.enrolmentId !== null && (await unit.enrolments.move(delivery.enrolmentId, 'active', 'stopped', now)))
        await unit.deliveries.cancelEnrolment(delivery.enrolmentId, now)
      return null
    case 'delivered':
    case 'delayed':
      // Both prove that a server has the message, and a second copy would only be one too many.
      await noteProof(unit, delivery, event.kind, now)
      return null
    case 'noted':
      return null
  }
}

/** After the commit: the log, and what concerns everybody's mail. */
async function tell(
  ports: Ports,
  stored: StoredEvent,
  event: MailEvent,
  delivery: Delivery | null,
  consequence: Consequence | null,
): Promise<void> {
  const facts = { event: stored.id, source: stored.source, kind: event.kind, reason: event.reason }
  if (delivery === null) {
    ports.log.warn(facts, 'a report names no delivery of ours: nothing changes')
    return
  }
  ports.log.info({ ...facts, delivery: delivery.id, consequence }, 'a report on a delivery was applied')
  if (consequence === 'stream') {
    const people = await ports.store.reports.countLearners('stream', ports.clock.now() - DAY_MS)
    const isMany = people >= PEOPLE_BEFORE_HOLD
    await streamMinded(
      ports,
      `${isMany ? `servers of ${people} recipients` : "a recipient's server"} refused mail for good: ${event.reason}`,
      isMany ? null : ONE_REPORT_PAUSE_MS,
    )
  }
  if (consequence === 'dead' || consequence === 'complaint') await checkReputation(ports)
}

async function readEvent(ports: Ports, stored: StoredEvent): Promise<MailEvent> {
  const text = () => Buffer.from(stored.raw).toString('utf8')
  switch (stored.source) {
    case 'smtp':
      return ports.readReport(stored.raw)
    case 'ses':
      return readSes(readSnsEnvelope(text())?.Message ?? '')
    case 'postmark':
      return readPostmark(text())
    case 'mailgun':
      return readMailgun(text())
    case 'sendgrid':
      return readSendgrid(text())
  }
}

/** RFC 2369 section 3.2: a mail to this address, whatever it says, is the wish to stop. */
async function stopByMail(ports: Ports, token: string): Promise<string> {
  try {
    await stop(ports, token)
    return 'unsubscribed by mail'
  } catch (error) {
    ports.log.info({ error: String(error) }, 'a wish to stop by mail found nothing to stop')
    return 'nothing to stop'
  }
}

function subscriptionOf(stored: StoredEvent): string | null {
  if (stored.source !== 'ses') return null
  const envelope = readSnsEnvelope(Buffer.from(stored.raw).toString('utf8'))
  return envelope?.Type === 'SubscriptionConfirmation' ? (envelope.SubscribeURL ?? null) : null
}

/** Its signature, topic and address were checked when it arrived (docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.confirm.html). */
async function confirmSubscription(ports: Ports, address: string): Promise<string> {
  try {
    await ports.hooks.fetch(address)
    ports.log.info({}, 'the subscription of an SNS topic is confirmed')
    return 'subscription confirmed'
  } catch (error) {
    ports.log.error({ error: String(error) }, 'SNS could not be reached to confirm: ask it for another confirmation')
    return 'subscription not confirmed'
  }
}

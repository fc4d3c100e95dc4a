import { type Delivery, NEVER } from '../core/model.ts'
import { retryAt } from '../core/retry.ts'
import { classifyReply } from '../core/smtp-outcome.ts'
import { planCheckIns } from './check-ins.ts'
import type { Outcome } from './outcome.ts'
import { persist } from './persist.ts'
import type { Ports, Repositories, Settlement, SmtpResult } from './ports.ts'
import { streamFails, streamWorks } from './stream.ts'

/** A full mailbox is asked again this much later, and no person is written off for it. */
const MAILBOX_FULL_RETRY_MS = 4 * 3_600_000

/** Writes down what became of a message, guarded by the fence, and draws the consequences. */
export async function recordResult(
  ports: Ports,
  row: Delivery,
  result: SmtpResult,
  pass: 'open' | 'probe',
): Promise<Outcome> {
  switch (result.kind) {
    case 'accepted':
      await settle(ports, row, { state: 'sent', reply: result.reply })
      if (result.reply !== WEB_ONLY_REPLY) await streamWorks(ports)
      return { kind: 'sent' }
    case 'withdrawn':
      return { kind: (await ports.store.deliveries.byId(row.id))?.state === 'cancelled' ? 'cancelled' : 'taken' }
    case 'lost':
      if (result.stage === 'after-dot') return recordUnconfirmed(ports, row, result.reason)
      await streamFails(ports, `no connection to the mail relay (${result.stage}): ${result.reason}`, {
        atOnce: pass === 'probe',
      })
      return recordDeferred(ports, row, `${result.stage}: ${result.reason}`, { expires: false })
    case 'refused':
      return recordRefused(ports, row, result)
  }
}

/** The text that stands for a reply where the learner wants no mail. */
export const WEB_ONLY_REPLY = 'web only: no mail'

/** No mail is to be sent after all: known only once the row is looked at. */
export async function recordSkipped(ports: Ports, row: Delivery, reason: string): Promise<Outcome> {
  await settle(ports, row, { state: 'cancelled', reply: reason })
  return { kind: 'cancelled' }
}

/** The message could not be made. It is tried again, so that a mended file or setting still delivers it. */
export async function recordUnable(ports: Ports, row: Delivery, error: unknown): Promise<Outcome> {
  ports.log.error({ delivery: row.id, kind: row.kind, error: String(error) }, 'a message could not be made')
  return recordDeferred(ports, row, 'the message could not be made', { expires: true })
}

async function recordRefused(
  ports: Ports,
  row: Delivery,
  result: Extract<SmtpResult, { kind: 'refused' }>,
): Promise<Outcome> {
  const verdict = classifyReply({ code: result.code, text: result.reply, stage: result.stage })
  switch (verdict) {
    case 'stream':
      await streamFails(ports, result.reply, { atOnce: true })
      return recordDeferred(ports, row, result.reply, { expires: false })
    case 'retry':
      return recordDeferred(ports, row, result.reply, { expires: true })
    case 'mailbox-full':
      await streamWorks(ports)
      return recordDeferred(ports, row, result.reply, { expires: true, waitMs: MAILBOX_FULL_RETRY_MS })
    case 'dead-address':
      await streamWorks(ports)
      await settle(ports, row, { state: 'failed', reply: result.reply }, (unit) =>
        unit.suppressions.add(row.learnerId, 'dead-address', ports.clock.now()),
      )
      return { kind: 'failed' }
    case 'failed':
      await streamWorks(ports)
      await settle(ports, row, { state: 'failed', reply: result.reply })
      return { kind: 'failed' }
  }
}

async function recordDeferred(
  ports: Ports,
  row: Delivery,
  reply: string,
  options: { expires: boolean; waitMs?: number },
): Promise<Outcome> {
  const now = ports.clock.now()
  const first = row.firstAttemptAt ?? now
  const planned = retryAt(row.attempt, first, now, ports.random)
  if (planned === null && options.expires) {
    await settle(ports, row, { state: 'expired', reply })
    return { kind: 'expired' }
  }
  const until = options.waitMs === undefined ? (planned ?? now + MAILBOX_FULL_RETRY_MS) : now + options.waitMs
  await settle(ports, row, { state: 'deferred', dueAt: until, reply })
  return { kind: 'deferred', until }
}

async function recordUnconfirmed(ports: Ports, row: Delivery, reason: string): Promise<Outcome> {
  const dueAt = row.resends === 0 ? ports.clock.now() + ports.settings.resendAfterMs : NEVER
  await settle(ports, row, { state: 'unconfirmed', dueAt, reply: `no reply after the last bytes: ${reason}` })
  ports.log.warn(
    { delivery: row.id, resends: row.resends },
    dueAt === NEVER
      ? 'no reply for the second time: the message waits for a person to decide'
      : 'no reply after the last bytes: the identical message goes out once more in 15 minutes',
  )
  return { kind: 'unconfirmed' }
}

/** One transaction: the state, what the caller adds, and what follows for the enrolment. */
async function settle(
  ports: Ports,
  row: Delivery,
  settlement: Settlement,
  also: (unit: Repositories) => Promise<void> = async () => {},
): Promise<void> {
  const now = ports.clock.now()
  const planned = await persist(ports.log, () =>
    ports.store.transaction(async (unit) => {
      if (!(await unit.deliveries.settle(row.id, row.fence, settlement, now))) return []
      await also(unit)
      return settlement.state === 'deferred' ? [] : continueEnrolment(ports, unit, row, now)
    }),
  )
  await ports.wakeUps.plan(planned)
}

/** After the last lesson, whatever became of it, comes the closing mail; after that the course is over and weekly check-ins follow. */
export async function continueEnrolment(
  ports: Ports,
  unit: Repositories,
  row: Delivery,
  now: number,
): Promise<readonly Delivery[]> {
  if (row.enrolmentId === null || row.day === null) return []
  const enrolment = await unit.enrolments.byId(row.enrolmentId)
  const course = enrolment && ports.courses.get(enrolment.course)
  if (!enrolment || !course || enrolment.state !== 'active') return []
  if (row.kind === 'closing') {
    await unit.enrolments.move(enrolment.id, 'active', 'finished', now)
    return planCheckIns(ports, unit, enrolment, course, now)
  }
  if (row.kind !== 'lesson' || row.day !== course.lessons.length) return []
  const sentAt = (await unit.deliveries.byId(row.id))?.firstDotAt ?? now
  return unit.deliveries.plan(
    [
      {
        learnerId: row.learnerId,
        kind: 'closing',
        enrolmentId: enrolment.id,
        signUpId: null,
        day: row.day + 1,
        dueAt: ports.calendar.nextSlot(enrolment, sentAt),
      },
    ],
    now,
  )
}

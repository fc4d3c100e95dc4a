import { DELIVERY_KINDS } from '../../core/delivery/email-kinds.ts'
import type { Delivery, Enrolment } from '../../core/model.ts'
import type { Outcome } from '../ports/outcome.ts'
import type { Ports } from '../ports/ports.ts'
import { holdBack } from './hold-back.ts'
import { utcDay } from './reputation.ts'

const DAY_MS = 86_400_000

/** The state of the warm-up plan today; null without a plan, or after its end. */
export interface WarmUp {
  /** 1 on the first day. */
  readonly day: number
  readonly days: number
  readonly quota: number
}

/**
 * Today's part of a warm-up plan, because mailbox providers build up trust in a new sender gradually. Days are in UTC,
 * counted from the first message under the plan.
 */
export async function warmUpToday(ports: Pick<Ports, 'store' | 'settings'>, now: number): Promise<WarmUp | null> {
  const plan = ports.settings.warmUp
  if (plan === null) return null
  const today = utcDay(now)
  const first = (await ports.store.reputation.firstWarmUpDay()) ?? today
  const quota = plan[today - first]
  return quota === undefined ? null : { day: today - first + 1, days: plan.length, quota }
}

/**
 * Sends within the day's quota. Messages beyond it wait for the learner's next send time, or for the next UTC day if
 * they have none. Emails requested just now (such as confirmations) are always sent, and use the quota if there is any
 * left. A message that was not sent returns its share.
 */
export async function withinWarmUp(
  ports: Pick<Ports, 'store' | 'calendar' | 'log' | 'settings'>,
  row: Delivery,
  enrolment: Enrolment | null,
  now: number,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  const plan = await warmUpToday(ports, now)
  // A repeated message that has already used the quota, or no message at all.
  if (plan === null || row.firstHandoverAt !== null || enrolment?.webOnly) return work()
  const today = utcDay(now)
  const hasQuota = await ports.store.reputation.takeQuota(today, plan.quota)
  const isAskedFor = DELIVERY_KINDS[row.kind].onRequest !== null
  if (!hasQuota && !isAskedFor) return waitForNextDay(ports, row, enrolment, now)
  const outcome = await work()
  const hasLeft = outcome.kind === 'sent' || outcome.kind === 'unconfirmed'
  if (hasQuota && !hasLeft) await ports.store.reputation.returnQuota(today)
  return outcome
}

async function waitForNextDay(
  ports: Pick<Ports, 'store' | 'calendar' | 'log'>,
  row: Delivery,
  enrolment: Enrolment | null,
  now: number,
): Promise<Outcome> {
  const nextDay = (utcDay(now) + 1) * DAY_MS
  // A lesson that has to wait comes on the next day of its learner's pace, not a whole week later.
  const sendTimeAfter = (schedule: Enrolment, instant: number) =>
    ports.calendar.firstSendTime(schedule, ports.calendar.localDayWindow(schedule, instant).end)
  const sendTime = enrolment === null ? nextDay : sendTimeAfter(enrolment, now)
  // The learner's next send time may be on the same UTC day; then use the one after.
  const until =
    enrolment === null || sendTime >= nextDay ? sendTime : Math.max(nextDay, sendTimeAfter(enrolment, sendTime))
  ports.log.info({ delivery: row.id, until }, 'warm-up quota used up: a message waits for another day')
  return (await holdBack(ports, row.id, 'warm-up', { now, until })) ? { kind: 'early', until } : { kind: 'settled' }
}

/** A line for the operator; null without a plan. */
export async function describeWarmUp(ports: Pick<Ports, 'clock' | 'store' | 'settings'>): Promise<string | null> {
  if (ports.settings.warmUp === null) return null
  const now = ports.clock.now()
  const plan = await warmUpToday(ports, now)
  if (plan === null) return 'Warm-up: finished, no limit applies.'
  const taken = await ports.store.reputation.quotaUsed(utcDay(now))
  const rest = taken >= plan.quota ? 'what else is due waits for another day' : 'the rest is available'
  return `Warm-up: day ${plan.day} of ${plan.days}, ${taken} of ${plan.quota} messages taken; ${rest}.`
}

import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { REPLY_OUTCOMES } from '../../core/question/reply-outcome.ts'
import { overdueQuestions } from '../../flow/desk/questions/overdue-questions.ts'
import type { Ports } from '../../flow/ports/ports.ts'
import { senderReputation, utcDay } from '../../flow/sending/reputation.ts'
import { warmUpToday } from '../../flow/sending/warm-up.ts'

const LEVELS = ['fine', 'warn', 'pause'] as const

/** Prometheus text about this process and the deliveries. Numbers only: no addresses or names, and no course but
 * that which has questions. */
export function createMetrics(ports: Ports): () => Promise<string> {
  const registry = new Registry()
  const countDeliveries = cachedWhileCostly(() => ports.store.deliveries.countByState())
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'bootcamp_deliveries',
    help: 'Deliveries by state',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      this.reset()
      for (const [state, count] of Object.entries(await countDeliveries())) this.set({ state }, count)
    },
  })
  new Gauge({
    name: 'bootcamp_oldest_due_seconds',
    help: 'Age of the oldest due delivery, in seconds',
    registers: [registry],
    async collect() {
      const now = ports.clock.now()
      const oldest = await ports.store.deliveries.oldestDue(now)
      this.set(oldest === null ? 0 : (now - oldest) / 1000)
    },
  })
  new Gauge({
    name: 'bootcamp_mail_stream_open',
    help: '1 while sending is on, 0 while it is paused or held',
    registers: [registry],
    async collect() {
      this.set((await ports.store.sendingState.status()).state === 'open' ? 1 : 0)
    },
  })
  new Gauge({
    name: 'bootcamp_mail_reputation',
    help: 'Last seven days: messages sent, and complaints and dead addresses for each of them',
    labelNames: ['figure'],
    registers: [registry],
    async collect() {
      const now = await senderReputation(ports, ports.clock.now())
      this.set({ figure: 'sent' }, now.sent)
      this.set({ figure: 'complaint_rate' }, now.complaintRate)
      this.set({ figure: 'bounce_rate' }, now.bounceRate)
    },
  })
  new Gauge({
    name: 'bootcamp_mail_reputation_level',
    help: '0: fine. 1: look at who signs up and how, and at the last subjects. 2: sending pauses; fix the cause, then: npm run mail -- resume',
    registers: [registry],
    async collect() {
      this.set(LEVELS.indexOf((await senderReputation(ports, ports.clock.now())).level))
    },
  })
  new Gauge({
    name: 'bootcamp_reports_set_aside',
    help: 'Reports on sent emails that failed three times and wait for an operator: npm run mail -- reports',
    registers: [registry],
    async collect() {
      this.set(await ports.store.mailEvents.countSetAside())
    },
  })
  new Gauge({
    name: 'bootcamp_replies',
    help: 'Replies to emails of a course that came within the last seven days and were read, by what became of them',
    labelNames: ['outcome'],
    registers: [registry],
    async collect() {
      this.reset()
      const counts = await ports.store.replies.countByOutcome()
      for (const outcome of REPLY_OUTCOMES) this.set({ outcome }, counts[outcome] ?? 0)
    },
  })
  new Gauge({
    name: 'bootcamp_questions_overdue',
    help: 'Questions that wait for longer than their course says is usual; absent for courses that take none',
    labelNames: ['course'],
    registers: [registry],
    async collect() {
      this.reset()
      for (const { course, count } of await overdueQuestions(ports)) this.set({ course }, count)
    },
  })
  new Gauge({
    name: 'bootcamp_warm_up_places',
    help: 'Places of today in the warm-up plan, and how many are taken; absent without a plan',
    labelNames: ['kind'],
    registers: [registry],
    async collect() {
      this.reset()
      const now = ports.clock.now()
      const plan = await warmUpToday(ports, now)
      if (plan === null) return
      this.set({ kind: 'all' }, plan.quota)
      this.set({ kind: 'taken' }, await ports.store.reputation.quotaUsed(utcDay(now)))
    },
  })
  return () => registry.metrics()
}

/** Queries slower than this, ms, are cached for this many times their duration. */
const CHEAP_MS = 250
const CACHE_FACTOR = 50

/** Fast counts are made each time; counts of millions of rows use at most a fiftieth of the time. */
function cachedWhileCostly<T>(find: () => Promise<T>): () => Promise<T> {
  let kept: { readonly answer: T; readonly until: number } | null = null
  return async () => {
    const start = performance.now()
    if (kept !== null && start < kept.until) return kept.answer
    const answer = await find()
    const end = performance.now()
    if (end - start > CHEAP_MS) kept = { answer, until: end + CACHE_FACTOR * (end - start) }
    return answer
  }
}

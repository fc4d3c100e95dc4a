import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { Delivery } from '../../../src/core/model.ts'
import { deliver } from '../../../src/flow/delivery/deliver.ts'
import { sweep } from '../../../src/flow/delivery/sweep.ts'
import type { Mailer, Ports } from '../../../src/flow/ports/ports.ts'
import type { OpenDatabase } from '../../../src/store/database/database.ts'
import { createStore } from '../../../src/store/store.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createTestStore, PREFERENCES, type TestStore } from '../../support/test-store.ts'
import { waitFor } from '../../support/wait-for.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** As far apart as clocks may be. */
const APART_MS = 30_000

let stored: TestStore
let parts: TestApp
let opened: OpenDatabase[]
/** Address of every message that was sent, and the time by the clock of its worker. */
let sent: { readonly to: string; readonly at: number }[]
let people = 0

beforeAll(async () => {
  stored = await createTestStore()
  parts = await createTestApp({
    env: { DATABASE_URL: stored.url, COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
  })
  opened = []
})
beforeEach(() => {
  sent = []
})
afterAll(async () => {
  for (const database of opened) await database.close()
  await parts.close()
  await stored.close()
})

interface TestWorker {
  readonly ports: Ports
  readonly clock: ManualClock
  /** Holds back the last byte of the messages it sends from now on, until the returned function is called. */
  holdMessages(): () => void
}

/** A worker with a connection to the database and a clock of its own. */
function addWorker(now: number): TestWorker {
  const database = stored.openAgain()
  const by = opened.push(database)
  const clock = createManualClock(now)
  let gate: Promise<void> = Promise.resolve()
  const mailer: Mailer = {
    async send(message, confirmHandover) {
      await gate
      if (!(await confirmHandover())) return { kind: 'withdrawn' }
      sent.push({ to: message.to, at: clock.now() })
      return { kind: 'accepted', reply: '250 ok' }
    },
  }
  return {
    ports: {
      ...parts.app.ports,
      clock,
      mailer,
      store: createStore(database),
      settings: { ...parts.app.ports.settings, worker: `test/${by}/1` },
    } as Ports,
    clock,
    holdMessages() {
      let open = () => {}
      gate = new Promise((resolve) => {
        open = resolve
      })
      return open
    },
  }
}

/** An active enrolment with lessons that are all due. */
async function enrol(now: number, days: number): Promise<{ address: string; rows: readonly Delivery[] }> {
  people += 1
  const address = `reader-${people}@example.test`
  const rows = await parts.app.ports.store.transaction(async (unit) => {
    const learner = await unit.learners.ensure({ address, addressKey: `key of ${address}`, now })
    const enrolment = await unit.enrolments.add({
      ...PREFERENCES,
      timeZone: 'UTC',
      hour: 0,
      learnerId: learner.id,
      course: 'three-days',
      days: null,
      now,
    })
    const lesson = { learnerId: learner.id, kind: 'lesson' as const, enrolmentId: enrolment.id, signUpId: null }
    return unit.deliveries.plan(
      Array.from({ length: days }, (_, index) => ({ ...lesson, day: index + 1, dueAt: now - HOUR })),
      now,
    )
  })
  return { address, rows }
}

const stateOf = async ({ id }: Delivery) => (await parts.app.ports.store.deliveries.byId(id))?.state

test('a clock that is 30 s ahead takes no lease away before it has expired, and a late handover is refused', async () => {
  const start = parts.clock.now()
  const behind = addWorker(start)
  const ahead = addWorker(start + APART_MS)
  const { rows } = await enrol(start, 1)
  const row = rows[0] as Delivery
  const letGo = behind.holdMessages()
  const late = deliver(behind.ports, row.id)
  await waitFor(async () => (await stateOf(row)) === 'leased', 'the claim')

  // A lease lasts two minutes and is renewed every 40 s; here one renewal is missing.
  for (const worker of [behind, ahead]) worker.clock.advance(80_000)
  expect(await sweep(ahead.ports, { concurrency: 2 })).toEqual({ delivered: 0, unconfirmed: 0 })
  expect(sent).toEqual([])

  // Now two are missing: the other worker sends, and the first one must not.
  for (const worker of [behind, ahead]) worker.clock.advance(MINUTE)
  expect(await sweep(ahead.ports, { concurrency: 2 })).toMatchObject({ delivered: 1 })
  letGo()
  expect(await late).toEqual({ kind: 'taken' })
  expect(sent).toHaveLength(1)
})

test('before midnight one lesson is sent, although a worker whose clock is 30 s ahead has dated it tomorrow', async () => {
  const midnight = Math.ceil(parts.clock.now() / (24 * HOUR)) * 24 * HOUR
  const right = addWorker(midnight - 10_000)
  const ahead = addWorker(midnight - 10_000 + APART_MS)
  // Three lessons wait, as after an outage.
  const { rows } = await enrol(midnight - 10_000, 3)
  expect(await deliver(ahead.ports, (rows[0] as Delivery).id)).toEqual({ kind: 'sent' })
  await sweep(right.ports, { concurrency: 2 })
  expect(sent).toHaveLength(1)
  // Minutes later it is that day for both, and it has had its lesson.
  for (const worker of [right, ahead]) worker.clock.advance(5 * MINUTE)
  await Promise.all([right, ahead].map(({ ports }) => sweep(ports, { concurrency: 2 })))
  expect(sent).toHaveLength(1)
  for (const worker of [right, ahead]) worker.clock.advance(24 * HOUR)
  await Promise.all([right, ahead].map(({ ports }) => sweep(ports, { concurrency: 2 })))
  expect(sent).toHaveLength(2)
  for (const row of rows) await parts.app.ports.store.deliveries.cancelWaiting(row.id, 'the test is over', midnight)
})

test('four sweeps at once: none waits for another one that is sending, and each lesson is sent once', async () => {
  const now = parts.clock.now()
  const workers = Array.from({ length: 4 }, () => addWorker(now))
  const [slow, ...others] = workers as [TestWorker, ...TestWorker[]]
  const lessons = 24
  const letGo = slow.holdMessages()
  for (let index = 0; index < lessons; index += 1) await enrol(now, 1)

  const held = sweep(slow.ports, { concurrency: 2 })
  const dueNow = () => parts.app.ports.store.deliveries.countByState()
  await waitFor(async () => (await dueNow()).leased === 2, 'two messages to be held back')
  await Promise.all(others.map(({ ports }) => sweep(ports, { concurrency: 2 })))
  // Theirs are done while the first one is still sending its two.
  expect(sent).toHaveLength(lessons - 2)
  letGo()
  await held
  expect(sent).toHaveLength(lessons)
  expect(new Set(sent.map(({ to }) => to)).size).toBe(lessons)
})

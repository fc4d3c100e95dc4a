import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { applyBounce } from '../../../src/flow/enrolment/apply-bounce.ts'
import { createSmtpMailer } from '../../../src/mail/smtp/smtp-mailer.ts'
import { queryRows, waitUntilIdle } from '../../support/database/database-rows.ts'
import { relayAt } from '../../support/parse-servers.ts'
import { type ScriptedMailServer, startScriptedMailServer } from '../../support/scripted-mail-server.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createTestStore, enrolForTest, type TestStore } from '../../support/test-store.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const FULL = { reason: 'mailboxfull', permanent: true } as const
let relay: ScriptedMailServer
let parts: TestApp
let stored: TestStore

beforeAll(async () => {
  relay = await startScriptedMailServer()
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  stored = await createTestStore()
})

afterAll(async () => {
  await parts?.close()
  await relay?.close()
  await stored?.close()
})

test('three lessons in a row that the relay could not place for a day pause the course', async () => {
  const { address } = await join(parts, 'full@example.test')
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  const state = () =>
    queryRows(
      parts.dataDir,
      'select e.state from enrolment e join learner l on l.id = e.learner_id where l.address = ?',
      address,
    )[0]?.state
  const deliveries = () =>
    queryRows(parts.dataDir, 'select day, state from delivery where day is not null order by day')
  // From the second lesson on, the mailbox is full.
  relay.script = (verb) => (verb === 'rcpt' ? { reply: '452 4.2.2 The mailbox is full' } : 'go-on')
  const mailer = createSmtpMailer({
    server: relayAt(relay.url),
    clientName: 'course.example',
    socketTimeoutMs: 5_000,
    connections: 2,
  })
  Object.assign(parts.app.ports, { mailer })
  for (let step = 0; step < 60 && state() === 'active'; step += 1) {
    parts.clock.advance(3 * HOUR)
    await waitUntilIdle(parts.dataDir, parts.clock.now())
    const expired = deliveries().filter((row) => row.state === 'expired').length
    expect({ expired, state: state() }).toEqual({ expired, state: expired < 3 ? 'active' : 'stopped' })
  }
  await mailer.close()
  expect(state()).toBe('stopped')
  expect(deliveries()).toEqual([
    { day: 1, state: 'sent' },
    { day: 2, state: 'expired' },
    { day: 3, state: 'expired' },
    { day: 4, state: 'expired' },
  ])
  expect(queryRows(parts.dataDir, 'select * from suppression')).toEqual([])
})

/** Sends a day's lesson, as far as the rows tell. */
async function sent(id: number, at: number): Promise<void> {
  const claim = { now: at, leaseUntil: at + 60_000, owner: 'test', messageId: `${id}@test`, day: null }
  const row = await stored.store.deliveries.claim(id, claim)
  expect(await stored.store.deliveries.markHandedOver(id, row?.fence ?? 0, at)).toBe(true)
  expect(await stored.store.deliveries.settle(id, row?.fence ?? 0, { state: 'sent', reply: '250 ok' }, at)).toBe(true)
}

test.each([
  ['two bounces within 14 days leave the course running', [0, 13 * DAY], 'active'],
  ['two bounces 14 days apart pause it', [0, 14 * DAY], 'stopped'],
  ['three bounces in three days pause it', [0, DAY, 2 * DAY], 'stopped'],
] as const)('%s', async (what, times, expected) => {
  const start = Date.parse('2026-03-02T09:00:00Z')
  const { enrolment, deliveries } = await enrolForTest(stored.store, {
    now: start,
    days: 3,
    address: `${what}@example.test`,
  })
  for (const [index, after] of times.entries()) {
    const id = deliveries[index]?.id ?? 0
    await sent(id, start + after + index * 1_000)
    const row = await stored.store.deliveries.byId(id)
    await stored.store.transaction((unit) =>
      applyBounce(unit, row as never, 'full', FULL, start + after + index * 1_000),
    )
  }
  expect((await stored.store.enrolments.byId(enrolment.id))?.state).toBe(expected)
})

test('a lesson that arrived in between begins the count again', async () => {
  const start = Date.parse('2026-03-02T09:00:00Z')
  const { enrolment, deliveries } = await enrolForTest(stored.store, {
    now: start,
    days: 4,
    address: 'between@example.test',
  })
  for (const [index, bounces] of [true, true, false, true].entries()) {
    const at = start + index * DAY + 10_000
    const id = deliveries[index]?.id ?? 0
    await sent(id, at)
    const row = await stored.store.deliveries.byId(id)
    if (bounces) await stored.store.transaction((unit) => applyBounce(unit, row as never, 'full', FULL, at))
  }
  expect((await stored.store.enrolments.byId(enrolment.id))?.state).toBe('active')
})

test('a mailbox that the learner left does not count towards that of the new address', async () => {
  const start = Date.parse('2026-03-02T09:00:00Z')
  const { enrolment, learner, deliveries } = await enrolForTest(stored.store, {
    now: start,
    days: 4,
    address: 'left@example.test',
  })
  const { addressChanges, learners } = stored.store
  const other = await learners.ensure({ address: 'taken@example.test', addressKey: 'taken', now: start })
  const state = async () => (await stored.store.enrolments.byId(enrolment.id))?.state
  for (const index of deliveries.keys()) {
    const at = start + index * DAY + 10_000
    const id = deliveries[index]?.id ?? 0
    await sent(id, at)
    if (index === 1) {
      await addressChanges.ask({ id, learnerId: learner.id, otherId: other.id, now: at + 1_000 })
      expect(await addressChanges.make(id, at + 1_000)).toBe(true)
    }
    // The second report comes after the change, from the former mailbox.
    const row = await stored.store.deliveries.byId(id)
    await stored.store.transaction((unit) => applyBounce(unit, row as never, 'full', FULL, at + 2_000))
  }
  expect(await state()).toBe('active')
})

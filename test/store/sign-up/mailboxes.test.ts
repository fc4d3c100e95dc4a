import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createStore } from '../../../src/store/store.ts'
import { createTestStore, enrolForTest, PREFERENCES, type TestStore } from '../../support/test-store.ts'

const NOW = Date.UTC(2026, 10, 27, 9)
const DAY = 86_400_000
let parts: TestStore

beforeAll(async () => {
  parts = await createTestStore()
})
afterAll(() => parts.close())

const place = (deliveryId: number, mailboxKey: string, now = NOW, limit = 3) => ({
  deliveryId,
  mailboxKey,
  kind: 'sign-up' as const,
  now,
  since: now - DAY,
  limit,
})

test('of many that ask at once, in two processes, as many as the limit get a place', async () => {
  const other = parts.openAgain()
  const stores = [parts.store, createStore(other)]
  const taken = await Promise.all(
    Array.from({ length: 40 }, (_, index) => stores[index % 2]?.mailboxes.take(place(index + 1, 'race'))),
  )
  await other.close()
  expect(taken.filter(Boolean)).toHaveLength(3)
})

test('a delivery that is tried again keeps its place, and the place ends with its window', async () => {
  const { mailboxes } = parts.store
  for (const id of [101, 102, 103]) expect(await mailboxes.take(place(id, 'again', NOW + id))).toBe(true)
  expect(await mailboxes.take(place(104, 'again', NOW + 200))).toBe(false)
  expect(await mailboxes.take(place(102, 'again', NOW + 300))).toBe(true)
  expect(await mailboxes.take(place(104, 'again', NOW + 100 + DAY))).toBe(false)
  expect(await mailboxes.take(place(104, 'again', NOW + 101 + DAY))).toBe(true)
  expect(await mailboxes.take(place(105, 'another'))).toBe(true)
})

test('a stop cancels what was asked for by any spelling, and nothing else', async () => {
  const { store } = parts
  const { enrolment, learner, deliveries } = await enrolForTest(store, {
    now: NOW,
    days: 1,
    address: 'one@example.test',
  })
  await store.mailboxes.setKey(learner.id, 'box')
  const same = await store.learners.ensure({ address: 'o', addressKey: 'other', mailboxKey: 'box', now: NOW })
  const plan = async (learnerId: number, kind: 'sign-up' | 'reading-link') =>
    (
      await store.deliveries.plan([{ learnerId, kind, enrolmentId: null, signUpId: null, day: null, dueAt: NOW }], NOW)
    )[0]?.id ?? 0
  const rows = [await plan(same.id, 'sign-up'), await plan(learner.id, 'reading-link'), deliveries[0]?.id ?? 0]
  const leased = rows[0] ?? 0
  const claim = { now: NOW, leaseUntil: NOW + 1_000, owner: 'w', messageId: 'm', day: null, variant: null }
  const claimed = await store.deliveries.claim(leased, claim)
  await store.mailboxes.stop('box', ['sign-up', 'reading-link'], NOW)
  const states = await Promise.all(rows.map(async (id) => (await store.deliveries.byId(id))?.state))
  expect(states).toEqual(['cancelled', 'cancelled', 'planned'])
  expect(await store.deliveries.markHandedOver(leased, claimed?.fence ?? 0, NOW)).toBe(false)
  expect(await store.mailboxes.stoppedAt('box')).toBe(NOW)
  await store.mailboxes.stop('box', ['sign-up'], NOW + 5)
  expect(await store.mailboxes.stoppedAt('box')).toBe(NOW + 5)
  expect((await store.enrolments.byId(enrolment.id))?.state).toBe('active')
  await store.mailboxes.resume('box')
  expect(await store.mailboxes.stoppedAt('box')).toBeNull()
})

test('discreet is whoever chose it in any spelling or course, before', async () => {
  const { store } = parts
  const learner = (name: string, mailboxKey: string) =>
    store.learners.ensure({ address: name, addressKey: name, mailboxKey, now: NOW })
  const [open, quiet, third] = [await learner('a', 'd1'), await learner('b', 'd1'), await learner('c', 'd2')]
  const signUp = (learnerId: number, discreet: boolean, token: string) =>
    store.signUps.add({
      learnerId,
      course: 'x',
      preferences: { ...PREFERENCES, discreet },
      wording: 'w',
      nonce: token,
      tokenHash: token,
      now: NOW,
    })
  const before = await signUp(open.id, false, 't1')
  const chosen = await signUp(quiet.id, true, 't2')
  expect(await store.mailboxes.isDiscreet('d1', open.id, before)).toBe(false)
  expect(await store.mailboxes.isDiscreet('d1', open.id, chosen)).toBe(true)
  expect(await store.mailboxes.isDiscreet('d2', third.id, chosen)).toBe(false)
  await store.enrolments.add({ ...PREFERENCES, discreet: true, learnerId: third.id, course: 'y', days: null, now: NOW })
  expect(await store.mailboxes.isDiscreet('d2', third.id, 0)).toBe(true)
  // A learner of an earlier version, whose mailbox is not known yet.
  expect(await store.mailboxes.isDiscreet('unknown', third.id, 0)).toBe(true)
})

test('it forgets in time, and holds no address', async () => {
  const { mailboxes } = parts.store
  await mailboxes.stop('old', [], NOW - 31 * DAY)
  await mailboxes.stop('new', [], NOW - 29 * DAY)
  await mailboxes.take(place(900, 'old', NOW - 2 * DAY))
  await mailboxes.forget({ stops: NOW - 30 * DAY, emails: NOW - DAY })
  expect(await mailboxes.stoppedAt('old')).toBeNull()
  expect(await mailboxes.stoppedAt('new')).toBe(NOW - 29 * DAY)
  const rows = await parts.database.db
    .selectFrom('mailbox_mail')
    .select('delivery_id')
    .where('delivery_id', '=', 900)
    .execute()
  expect(rows).toEqual([])
})

test('learners of an earlier version are found until their mailbox is known', async () => {
  const { store } = parts
  const old = await store.learners.ensure({ address: 'old@example.test', addressKey: 'old one', now: NOW })
  expect((await store.mailboxes.withoutKey(1_000)).map(({ id }) => id)).toContain(old.id)
  await store.mailboxes.setKey(old.id, 'found')
  expect((await store.mailboxes.withoutKey(1_000)).map(({ id }) => id)).not.toContain(old.id)
})

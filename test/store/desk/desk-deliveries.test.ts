import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { DeliveryFilter, DeskCursor } from '../../../src/flow/ports/desk-ports.ts'
import { createTestStore, enrolForTest, PREFERENCES, type TestStore } from '../../support/test-store.ts'

const NOW = 1_800_000_000_000
const HOUR = 3_600_000
const DAY = 24 * HOUR
let parts: TestStore

beforeAll(async () => {
  parts = await createTestStore()
  const { deliveries } = parts.store
  const names = ['ada', 'bob', 'carla', 'dora', 'emil']
  const rows = new Map<string, readonly { id: number }[]>()
  for (const [index, name] of names.entries()) {
    const planned = await enrolForTest(parts.store, {
      now: NOW + index * HOUR,
      days: 3,
      address: `${name}@example.test`,
    })
    rows.set(name, planned.deliveries)
  }
  const id = (name: string, day: number) => rows.get(name)?.[day - 1]?.id ?? 0
  const claim = (one: number) =>
    deliveries.claim(one, { now: NOW + DAY, leaseUntil: NOW + DAY + HOUR, owner: 'w', messageId: `m${one}`, day: null })
  for (const name of ['ada', 'bob', 'carla', 'emil']) await claim(id(name, 1))
  await deliveries.markHandedOver(id('ada', 1), 1, NOW + DAY)
  await deliveries.settle(id('ada', 1), 1, { state: 'sent', reply: '250 ok' }, NOW + DAY)
  await deliveries.settle(id('bob', 1), 1, { state: 'failed', reply: '550 no' }, NOW + DAY)
  await deliveries.settle(id('carla', 1), 1, { state: 'deferred', dueAt: NOW + 2 * DAY, reply: '451' }, NOW + DAY)
  await deliveries.presumeSent(NOW + 3 * HOUR)
  await deliveries.cancelWaiting(id('emil', 3), 'a test', NOW + DAY + HOUR)
  const waiting = await parts.store.learners.ensure({ address: 'finn@example.test', addressKey: 'finn', now: NOW })
  const signUpId = await parts.store.signUps.add({
    ...{ learnerId: waiting.id, course: 'another', preferences: PREFERENCES, wording: 'v1', nonce: 'n' },
    ...{ tokenHash: 'h', now: NOW },
  })
  const email = { learnerId: waiting.id, kind: 'sign-up', enrolmentId: null, day: null, dueAt: NOW + 9 * HOUR } as const
  await deliveries.plan([{ ...email, signUpId }], NOW)
})
afterAll(() => parts?.close())

/** What every page lists, as many as fit on each. */
async function pagesOf(filter: DeliveryFilter, limit = 100, now = NOW + DAY): Promise<string[][]> {
  const pages: string[][] = []
  let after: DeskCursor | null = null
  do {
    const { rows, next } = await parts.store.deskDeliveries.page(filter, now, after, limit)
    pages.push(rows.map(({ address, day }) => `${address.replace('@example.test', '')} ${day ?? 'sign-up'}`))
    after = next
  } while (after !== null)
  return pages
}

describe('a list of deliveries', () => {
  test.each<[DeliveryFilter, string[]]>([
    [{ state: 'sent' }, ['ada 1']],
    [{ state: 'failed' }, ['bob 1']],
    [{ state: 'cancelled' }, ['emil 3']],
    [{ state: 'deferred' }, ['carla 1']],
    [{ state: 'leased' }, ['emil 1']],
    [{ state: 'expired' }, []],
    [{ state: 'planned' }, ['dora 2', 'dora 3', 'emil 2', 'finn sign-up']],
    [{ state: 'planned', course: 'another' }, ['finn sign-up']],
    [{ state: 'planned', day: 2 }, ['dora 2', 'emil 2']],
    [{ state: 'sent', day: 2 }, []],
    [{ state: 'failed', within: { start: NOW + DAY, end: NOW + DAY + 1 } }, ['bob 1']],
    [{ state: 'failed', within: { start: NOW, end: NOW + DAY } }, []],
    [{ state: 'planned', within: { start: NOW + 8 * HOUR, end: NOW + DAY } }, ['finn sign-up']],
    [{ day: 1, course: 'three-days' }, ['emil 1', 'bob 1', 'ada 1']],
  ])('of %j', async (filter, lines) => {
    expect(await pagesOf(filter)).toEqual([lines])
    expect((await pagesOf(filter, 1)).flat()).toEqual(lines)
  })

  test('of those that wait for a decision goes on beyond a time that never comes', async () => {
    const pages = [['ada 2', 'ada 3', 'bob 2'], ['bob 3', 'carla 2', 'carla 3'], ['dora 1']]
    expect(await pagesOf({ state: 'unconfirmed' }, 3)).toEqual(pages)
  })

  test('ends at now, newest first, where no state is chosen', async () => {
    const [lines] = await pagesOf({}, 100, NOW + 9 * HOUR)
    expect(lines?.[0]).toBe('finn sign-up')
    expect(await pagesOf({}, 100, NOW - 1)).toEqual([[]])
  })

  test('says of each whose it is, when it was due and when it was settled', async () => {
    const { rows } = await parts.store.deskDeliveries.page({ state: 'failed' }, NOW + DAY, null, 10)
    expect(rows).toMatchObject([
      { address: 'bob@example.test', course: 'three-days', kind: 'lesson', day: 1, settledAt: NOW + DAY },
    ])
  })
})

test('a lesson is planned once more, once, and only if it was sent', async () => {
  const { rows } = await parts.store.deskDeliveries.page({ state: 'sent' }, NOW + DAY, null, 10)
  const id = rows[0]?.id ?? 0
  const row = { kind: 'resend', resendOf: id, day: null, state: 'planned', dueAt: NOW + DAY }
  expect(await parts.store.deliveries.planResend(id, NOW + DAY)).toMatchObject(row)
  expect(await parts.store.deliveries.planResend(id, NOW + DAY)).toBeNull()
  const { rows: failed } = await parts.store.deskDeliveries.page({ state: 'failed' }, NOW + DAY, null, 10)
  expect(await parts.store.deliveries.planResend(failed[0]?.id ?? 0, NOW + DAY)).toBeNull()
})

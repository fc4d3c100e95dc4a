import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { holderOfAddress } from '../../../src/flow/addressee.ts'
import { createStore } from '../../../src/store/store.ts'
import { createTestStore, PREFERENCES, type TestStore } from '../../support/test-store.ts'

const NOW = 1_800_000_000_000

let parts: TestStore
beforeEach(async () => {
  parts = await createTestStore()
})
afterEach(() => parts.close())

const rows = () => parts.database.db.selectFrom('learner').selectAll().orderBy('id').execute()

const ensure = (address: string, addressKey: string, now = NOW) =>
  parts.store.learners.ensure({ address, addressKey, now })

describe('a learner', () => {
  test('is made once for each address key, and keeps the address that was typed first', async () => {
    const first = await ensure('Ada@example.test', 'ada')
    await parts.store.learners.dataKey(first.id, () => Buffer.from('a wrapped key'))
    const before = await rows()
    expect(await ensure('ADA@example.test', 'ada', NOW + 1)).toEqual(first)
    expect(first).toEqual({ id: first.id, address: 'Ada@example.test' })
    expect(await rows()).toEqual(before)

    const other = await ensure('bea@example.test', 'bea')
    expect(other.id).toBeGreaterThan(first.id)
    expect(await rows()).toHaveLength(2)
  })

  test('is one for many who sign up with one address at once', async () => {
    const found = await Promise.all(Array.from({ length: 20 }, (_, index) => ensure(`ada${index}@example.test`, 'ada')))
    expect(new Set(found.map(({ id }) => id)).size).toBe(1)
    expect(await rows()).toMatchObject([found[0] ?? {}])
  })
})

describe('the address of an email', () => {
  const change = async (id: number, learnerId: number, otherId: number, now: number) => {
    await parts.store.addressChanges.ask({ id, learnerId, otherId, now })
    expect(await parts.store.addressChanges.make(id, now)).toBe(true)
  }
  const holder = (learnerId: number, sentAt: number) => holderOfAddress(parts.store, learnerId, sentAt)

  test('is followed through every change, also back again', async () => {
    const [learner, second, third] = await Promise.all(
      ['first', 'second', 'third'].map(async (name) => (await ensure(`${name}@example.test`, name)).id),
    )
    if (learner === undefined || second === undefined || third === undefined) throw new Error('not written')
    await change(1, learner, second, NOW + 10)
    await change(2, learner, third, NOW + 20)
    const held = async (sentAt: number) => {
      const id = await holder(learner, sentAt)
      return (await rows()).find((row) => row.id === id)?.address
    }
    expect([await held(NOW), await held(NOW + 15), await held(NOW + 25)]).toEqual([
      'first@example.test',
      'second@example.test',
      'third@example.test',
    ])
    // The row `second` has the first address now.
    await change(3, learner, second, NOW + 30)
    expect([await held(NOW), await held(NOW + 15), await held(NOW + 25), await held(NOW + 35)]).toEqual([
      'first@example.test',
      'second@example.test',
      'third@example.test',
      'first@example.test',
    ])
  })

  test('is forgotten with the former address, while it stays known that there was another', async () => {
    const [learner, other, asked] = await Promise.all(
      ['new', 'former', 'asked'].map(async (name) => (await ensure(`${name}@example.test`, name)).id),
    )
    if (learner === undefined || other === undefined || asked === undefined) throw new Error('not written')
    const { addressChanges } = parts.store
    await change(1, learner, other, NOW)
    await addressChanges.ask({ id: 2, learnerId: learner, otherId: asked, now: NOW })
    await addressChanges.forget({ madeBefore: NOW, keptSince: NOW - 1 })
    expect(await rows()).toHaveLength(3)
    await addressChanges.forget({ madeBefore: NOW + 1, keptSince: NOW })
    expect((await rows()).map(({ id }) => id)).toEqual([learner])
    expect([await holder(learner, NOW - 1), await holder(learner, NOW + 1)]).toEqual([null, learner])
    await addressChanges.forget({ madeBefore: NOW + 1, keptSince: NOW + 1 })
    expect(await addressChanges.find(1)).toBeNull()
  })

  test('that others asked for too is asked no more once somebody has it', async () => {
    const [learner, rival, other] = await Promise.all(
      ['learner', 'rival', 'other'].map(async (name) => (await ensure(`${name}@example.test`, name)).id),
    )
    if (learner === undefined || rival === undefined || other === undefined) throw new Error('not written')
    await parts.store.addressChanges.ask({ id: 1, learnerId: rival, otherId: other, now: NOW })
    await change(2, learner, other, NOW + 1)
    expect(await parts.store.addressChanges.find(1)).toBeNull()
    expect(await parts.store.addressChanges.make(1, NOW + 2)).toBe(false)
  })
})

describe('erasing', () => {
  test('takes a former address and one that was asked for along, but nobody who has a course', async () => {
    const { addressChanges, enrolments, learners } = parts.store
    const [learner, former, asked, owner] = await Promise.all(
      ['new', 'former', 'asked', 'owner'].map((name) => ensure(`${name}@example.test`, name)),
    )
    const learnerId = learner?.id ?? 0
    await enrolments.add({ ...PREFERENCES, learnerId: owner?.id ?? 0, course: 'three-days', days: null, now: NOW })
    await addressChanges.ask({ id: 1, learnerId, otherId: former?.id ?? 0, now: NOW })
    expect(await addressChanges.make(1, NOW + 1)).toBe(true)
    await addressChanges.ask({ id: 2, learnerId, otherId: asked?.id ?? 0, now: NOW + 2 })
    await addressChanges.ask({ id: 3, learnerId, otherId: owner?.id ?? 0, now: NOW + 3 })
    await learners.erase(learnerId)
    expect((await rows()).map(({ address }) => address)).toEqual(['owner@example.test'])
    expect(await addressChanges.find(3)).toBeNull()
  })
})

describe('a data key', () => {
  test('is made once, and is what was stored', async () => {
    const { id } = await ensure('ada@example.test', 'ada')
    const made = Buffer.from('a wrapped key')
    expect(await parts.store.learners.dataKey(id, () => made)).toBe(made)
    const again = await parts.store.learners.dataKey(id, () => {
      throw new Error('made twice')
    })
    expect(Buffer.from(again)).toEqual(made)
  })

  test('is one for all who find none at the same moment, in this process and in another', async () => {
    const { id } = await ensure('ada@example.test', 'ada')
    const other = parts.openAgain()
    const there = createStore(other).learners
    // Opened, so that its first question waits for nothing.
    await there.byId(id)
    const here = parts.store.learners
    let made = 0
    const fresh = () => {
      made += 1
      return Buffer.from(`key ${made}`)
    }
    const keys = await Promise.all([here, there, here, there].map((learners) => learners.dataKey(id, fresh)))
    await other.close()
    // Otherwise somebody found a key, and nothing was seen of the race. On Postgres the four may come one after the other.
    if (process.env.TEST_DATABASE !== 'postgres') expect(made).toBe(4)
    const [row] = await rows()
    expect(keys.map((key) => Buffer.from(key))).toEqual(keys.map(() => row?.data_key))
  })

  test('is not made up for a learner who is gone', async () => {
    await expect(parts.store.learners.dataKey(1, () => Buffer.from('a wrapped key'))).rejects.toThrow('is gone')
  })
})

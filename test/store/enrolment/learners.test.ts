import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
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

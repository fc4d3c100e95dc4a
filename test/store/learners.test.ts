import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createTestStore, type TestStore } from '../support/test-store.ts'

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

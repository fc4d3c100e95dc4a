import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { openSqlite } from '../../../src/store/database/database.ts'
import { createStore } from '../../../src/store/store.ts'
import { createTestStore, type TestStore } from '../../support/test-store.ts'
import { waitFor } from '../../support/wait-for.ts'

const NOW = 1_800_000_000_000

let parts: TestStore
beforeEach(async () => {
  parts = await createTestStore()
})
afterEach(() => parts.close())

const state = async () => (await parts.store.sendingState.status()).state

test('what this process changes is seen at once', async () => {
  expect(await state()).toBe('open')
  await parts.store.sendingState.pause('the relay is away', 'relay', NOW, NOW + 1)
  expect(await state()).toBe('paused')
  await parts.store.sendingState.open('paused', NOW)
  expect(await state()).toBe('open')
})

test('what a transaction changes is seen once it has ended, and not when it is undone', async () => {
  expect(await state()).toBe('open')
  await parts.store.transaction(async (unit) => {
    await unit.sendingState.hold('restored', NOW)
    expect((await unit.sendingState.status()).state).toBe('held')
    expect(await state()).toBe('open')
  })
  expect(await state()).toBe('held')
  const undone = parts.store.transaction(async (unit) => {
    await unit.sendingState.open('held', NOW)
    throw new Error('changed its mind')
  })
  await expect(undone).rejects.toThrow('changed its mind')
  expect(await state()).toBe('held')
})

test('what another process changes is seen within a moment', async () => {
  expect(await state()).toBe('open')
  const other = openSqlite(parts.file)
  await createStore(other).sendingState.pause('the relay is away', 'relay', NOW, NOW + 1)
  await waitFor(async () => (await state()) === 'paused', 'the pause to be seen', 1_000)
  await other.close()
})

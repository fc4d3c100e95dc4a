import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { SendingStatus } from '../../../src/flow/ports/sending-ports.ts'
import { cacheSendingState } from '../../../src/store/sending/cached-sending-state.ts'
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
    await unit.sendingState.hold('restored', 'restored', NOW)
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
  const other = parts.openAgain()
  await createStore(other).sendingState.pause('the relay is away', 'relay', NOW, NOW + 1)
  await waitFor(async () => (await state()) === 'paused', 'the pause to be seen', 1_000)
  await other.close()
})

describe('those who ask at the same moment', () => {
  const open = { state: 'open' } as SendingStatus
  const cached = (status: () => Promise<SendingStatus>) =>
    cacheSendingState({ ...parts.store.sendingState, status }).outside

  test('share one query', async () => {
    let queries = 0
    const sendingState = cached(async () => {
      queries += 1
      return open
    })
    expect(await Promise.all([sendingState.status(), sendingState.status()])).toEqual([open, open])
    expect(queries).toBe(1)
  })

  test('share its error, which the next one does not get', async () => {
    const answers = [Promise.reject(new Error('busy')), Promise.resolve(open)]
    const sendingState = cached(() => answers.shift() as Promise<SendingStatus>)
    const both = [sendingState.status(), sendingState.status()]
    for (const one of both) await expect(one).rejects.toThrow('busy')
    expect(await sendingState.status()).toBe(open)
  })
})

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Role } from '../../../src/core/desk/roles.ts'
import { createTestStore, type TestStore } from '../../support/test-store.ts'

let parts: TestStore
beforeAll(async () => {
  parts = await createTestStore()
})
afterAll(() => parts?.close())

const NOW = 1_800_000_000_000
const add = (name: string, role: Role) =>
  parts.store.transaction((unit) =>
    unit.operators.add({ address: `${name}@example.test`, addressKey: `key of ${name}`, role, now: NOW }),
  )

test('two owners cannot remove each other at the same time', async () => {
  const [one, other] = [await add('one', 'owner'), await add('other', 'owner')]
  const removed = await Promise.all(
    [one, other].map(({ id }) => parts.store.transaction((unit) => unit.operators.remove(id, NOW))),
  )
  expect(removed.toSorted()).toEqual([false, true])
  const [left] = await parts.store.operators.all()
  expect(left?.role).toBe('owner')
  expect(await parts.store.operators.setRole(left?.id ?? 0, 'author')).toBe(false)
})

test('an address has one operator, and an id is used once', async () => {
  const { id } = await add('somebody', 'author')
  await expect(add('somebody', 'author')).rejects.toThrow()
  await parts.store.operators.remove(id, NOW)
  expect(await parts.store.operators.byKey('key of somebody')).toBeNull()
  expect((await add('somebody', 'author')).id).toBeGreaterThan(id)
})

test('a link and a challenge of a passkey are used once, by one of those who try together', async () => {
  const { id } = await add('reader', 'author')
  const { operatorSessions, passkeys } = parts.store
  await operatorSessions.addLink({ hash: 'h', operatorId: id, now: NOW, expiresAt: NOW + 10 })
  expect(await operatorSessions.useLink('h', NOW + 10)).toBe(false)
  const used = await Promise.all([operatorSessions.useLink('h', NOW), operatorSessions.useLink('h', NOW)])
  expect(used.toSorted()).toEqual([false, true])
  await passkeys.addChallenge('c', id, NOW)
  expect(await passkeys.takeChallenge('c', null, NOW - 1)).toBe(false)
  expect(await passkeys.takeChallenge('c', id, NOW)).toBe(false)
  const taken = await Promise.all([passkeys.takeChallenge('c', id, NOW - 1), passkeys.takeChallenge('c', id, NOW - 1)])
  expect(taken.toSorted()).toEqual([false, true])
})

test('removing an operator ends sessions, links and passkeys', async () => {
  const { id } = await add('leaver', 'operator')
  const { operatorSessions, passkeys, operators } = parts.store
  const times = { openedAt: NOW, lastUsedAt: NOW }
  await operatorSessions.open({ hash: 's', id: 'i', operatorId: id, means: 'passkey', ...times })
  await operatorSessions.addLink({ hash: 'l', operatorId: id, now: NOW, expiresAt: NOW + 10 })
  await passkeys.add({ id: 'p', operatorId: id, publicKey: 'k', counter: 0, transports: ['usb'], now: NOW })
  expect(await passkeys.byId('p')).toMatchObject({ transports: ['usb'], counter: 0, lastUsedAt: null })
  expect(await operators.remove(id, NOW)).toBe(true)
  expect([await operatorSessions.find('s'), await operatorSessions.findLink('l'), await passkeys.byId('p')]).toEqual([
    null,
    null,
    null,
  ])
})

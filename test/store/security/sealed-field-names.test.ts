import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { deriveKeys } from '../../../src/core/security/keys.ts'
import { createNameSealer } from '../../../src/core/security/sealer.ts'
import type { AnswerKey, StoredAnswer } from '../../../src/flow/ports/exercise-ports.ts'
import type { Store } from '../../../src/flow/ports/store-ports.ts'
import { createStore } from '../../../src/store/store.ts'
import { createTestStore, enrolForTest, PREFERENCES, type TestStore } from '../../support/test-store.ts'

const keys = deriveKeys('a secret for the tests')
const names = createNameSealer(keys.fieldNames, keys.fieldNonces)
const NOW = 1_772_000_000_000
const FIELD = 'only-for-zebras'
let parts: TestStore
let store: Store
let key: AnswerKey

beforeEach(async () => {
  parts = await createTestStore()
  store = createStore(parts.database, names)
  const { enrolment } = await enrolForTest(store, { now: NOW, days: 1 })
  key = { enrolmentId: enrolment.id, day: 1, session: 'a session' }
})
afterEach(() => parts.close())

const answer = (version: number, field = FIELD): StoredAnswer => ({
  field,
  version,
  sealed: Buffer.from(`text ${version}`),
  savedAt: NOW + version,
})
const newestOf = (of: AnswerKey) => readableOf(of, false)
const replacedOf = (of: AnswerKey) => readableOf(of, true)
async function readableOf({ enrolmentId, day, session }: AnswerKey, isKept: boolean): Promise<StoredAnswer[]> {
  const rows = await store.answers.readable(enrolmentId, day, session)
  return rows
    .filter(({ kept }) => kept === isKept)
    .map(({ field, version, sealed, savedAt }) => ({ field, version, sealed, savedAt }))
}
const fieldsStored = async () =>
  (await parts.database.db.selectFrom('answer').select('field').orderBy('id').execute()).map(({ field }) => field)

describe('a sealed name', () => {
  test('is the same for the same context, another for another, of one size, and opens', () => {
    const sealed = names.seal('a', FIELD)
    expect(names.seal('a', FIELD)).toBe(sealed)
    expect(names.seal('b', FIELD)).not.toBe(sealed)
    expect(names.seal('a', 'x').length).toBe(sealed.length)
    for (const name of ['x', FIELD, 'y'.repeat(48), 'z'.repeat(200)])
      expect(names.open('a', names.seal('a', name))).toBe(name)
  })

  test('opens for no other context and no other secret', () => {
    const sealed = names.seal('a', FIELD)
    expect(() => names.open('b', sealed)).toThrow('cannot be decrypted')
    const other = deriveKeys('another secret')
    expect(() => createNameSealer(other.fieldNames, other.fieldNonces).open('a', sealed)).toThrow('cannot be decrypted')
  })
})

describe('a field', () => {
  test('is stored under a name that says nothing, and read under its own', async () => {
    await store.answers.put(key, answer(1), 'writer')
    await store.answers.keep(key, answer(1))
    await store.answers.put(key, answer(2), 'writer')
    await store.answers.put(key, answer(3), 'writer')
    expect(await newestOf(key)).toEqual([answer(3)])
    expect(await replacedOf(key)).toEqual([answer(1)])
    const readable = await store.answers.readable(key.enrolmentId, key.day, key.session)
    expect(readable.map(({ field, version }) => [field, version])).toEqual([
      [FIELD, 1],
      [FIELD, 3],
    ])
    expect(new Set(await fieldsStored()).size).toBe(1)
    if (process.env.TEST_DATABASE === 'postgres') return
    for (const suffix of ['', '-wal']) expect(readFileSync(parts.file + suffix, 'latin1')).not.toContain(FIELD)
  })

  test('of before, in clear, is read, replaced and kept as one sealed', async () => {
    const before = createStore(parts.database)
    await before.answers.put(key, answer(1), 'writer')
    expect(await newestOf(key)).toEqual([answer(1)])
    await store.transaction(async (unit) => {
      await unit.answers.keep(key, answer(1))
      await unit.answers.put(key, answer(2), 'writer')
    })
    expect(await newestOf(key)).toEqual([answer(2)])
    expect(await replacedOf(key)).toEqual([answer(1)])
    expect((await fieldsStored()).every((field) => field.startsWith('.'))).toBe(true)
  })

  test('of before is sealed in slices, but for one that an older version wrote beside a newer one’s', async () => {
    const before = createStore(parts.database)
    for (let number = 0; number < 5; number += 1) await before.answers.put(key, answer(1, `field-${number}`), 'writer')
    await store.answers.put({ ...key, session: 'other' }, answer(1), 'writer')
    await before.answers.put({ ...key, session: 'other' }, answer(1), 'writer')
    const first = await store.unsealed.sealFields(0, 3)
    expect(first.sealed).toBe(3)
    expect(await store.unsealed.sealFields(first.last ?? 0, 3)).toMatchObject({ sealed: 2 })
    expect((await newestOf(key)).map(({ field }) => field)).toEqual([0, 1, 2, 3, 4].map((n) => `field-${n}`))
    expect(await newestOf({ ...key, session: 'other' })).toEqual([answer(1), answer(1)])
    expect((await fieldsStored()).filter((field) => !field.startsWith('.'))).toEqual([FIELD])
    expect((await store.unsealed.sealFields(7, 3)).last).toBeNull()
  })

  test('is removed with every text of it, sealed or of before, and nothing beside it', async () => {
    const before = createStore(parts.database)
    await before.answers.put(key, answer(1), 'writer')
    await store.answers.put({ ...key, session: 'other' }, answer(2), 'own')
    await store.answers.put(key, answer(3, 'another'), 'writer')
    await store.answers.put({ ...key, day: 2 }, answer(4), 'writer')
    await store.answers.remove(key.enrolmentId, key.day, FIELD)
    expect(await store.answers.readable(key.enrolmentId, key.day, null)).toMatchObject([{ field: 'another' }])
    expect(await newestOf({ ...key, day: 2 })).toEqual([answer(4)])
  })
})

test('the last save of a learner is that of any of their courses, and of nobody else', async () => {
  const { learner, enrolment } = await enrolForTest(store, { now: NOW, days: 1, address: 'two@example.test' })
  expect(await store.answers.lastSavedAt(learner.id)).toBe(0)
  await store.answers.put({ ...key, enrolmentId: enrolment.id }, answer(7), 'writer')
  await store.answers.put(key, answer(9), 'writer')
  expect(await store.answers.lastSavedAt(learner.id)).toBe(NOW + 7)
  const other = await store.enrolments.add({
    ...PREFERENCES,
    learnerId: learner.id,
    course: 'other',
    days: null,
    now: NOW,
  })
  await store.answers.put({ ...key, enrolmentId: other.id, day: 0 }, answer(8), 'own')
  expect(await store.answers.lastSavedAt(learner.id)).toBe(NOW + 8)
})

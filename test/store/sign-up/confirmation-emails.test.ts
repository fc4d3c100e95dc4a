import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createTestStore, type TestStore } from '../../support/test-store.ts'

const NOW = 1_800_000_000_000
const FORM = { hash: 'form', packed: Uint8Array.of(1, 2) }
const WORDING = { hash: 'wording', packed: Uint8Array.of(3) }
let parts: TestStore
let signUps = 0

beforeEach(async () => {
  parts = await createTestStore()
})
afterEach(() => parts.close())

async function signUp(): Promise<{ id: number; learnerId: number }> {
  signUps += 1
  const name = `person-${signUps}@example.test`
  const { id: learnerId } = await parts.store.learners.ensure({ address: name, addressKey: name, now: NOW })
  const preferences = { name: '', timeZone: 'UTC', hour: 7, discreet: false, language: null, webOnly: false } as const
  const id = await parts.store.signUps.add({
    ...{ learnerId, course: 'three-days', wording: 'x', nonce: name, tokenHash: name, now: NOW },
    preferences: { ...preferences, shortEmails: false, pace: 'daily', reminderHour: null },
  })
  return { id, learnerId }
}

const bytes = (...values: number[]) => Buffer.from(values)
const found = async (id: number) => {
  const row = await parts.store.confirmationEmails.find(id)
  return (
    row && { form: bytes(...row.form), wording: row.wording && bytes(...row.wording), sealed: bytes(...row.sealed) }
  )
}

test('several share a text; a later attempt replaces an earlier one, and a second copy does not', async () => {
  const { confirmationEmails } = parts.store
  const [{ id: one }, { id: other }] = [await signUp(), await signUp()]
  expect(await found(one)).toBeNull()
  await confirmationEmails.keep(one, { form: FORM, wording: WORDING, sealed: bytes(7) }, { replaces: true })
  await confirmationEmails.keep(other, { form: FORM, wording: null, sealed: bytes(8) }, { replaces: false })
  expect(await found(other)).toEqual({ form: bytes(1, 2), wording: null, sealed: bytes(8) })
  await confirmationEmails.keep(one, { form: WORDING, wording: null, sealed: bytes(9) }, { replaces: false })
  expect(await found(one)).toEqual({ form: bytes(1, 2), wording: bytes(3), sealed: bytes(7) })
  await confirmationEmails.keep(one, { form: WORDING, wording: null, sealed: bytes(9) }, { replaces: true })
  expect(await found(one)).toEqual({ form: bytes(3), wording: null, sealed: bytes(9) })
})

test('is deleted with its learner, and the shared text stays', async () => {
  const { confirmationEmails, learners } = parts.store
  const [one, other] = [await signUp(), await signUp()]
  for (const { id } of [one, other])
    await confirmationEmails.keep(id, { form: FORM, wording: WORDING, sealed: bytes(7) }, { replaces: true })
  await learners.erase(one.learnerId)
  expect([await found(one.id), await found(other.id)]).toEqual([null, expect.objectContaining({ form: bytes(1, 2) })])
})

test('the limit of links is kept, lifted, and belongs to one learner', async () => {
  const { learners } = parts.store
  const [one, other] = [await signUp(), await signUp()]
  expect(await learners.linksReadFrom(one.learnerId)).toBeNull()
  await learners.setLinksReadFrom(one.learnerId, NOW)
  expect([await learners.linksReadFrom(one.learnerId), await learners.linksReadFrom(other.learnerId)]).toEqual([
    NOW,
    null,
  ])
  await learners.setLinksReadFrom(one.learnerId, null)
  expect(await learners.linksReadFrom(one.learnerId)).toBeNull()
})

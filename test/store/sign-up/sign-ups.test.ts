import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Preferences } from '../../../src/core/model.ts'
import { createTestStore, type TestStore } from '../../support/test-store.ts'

const NOW = 1_800_000_000_000
const CHOSEN: Preferences = {
  name: 'Zoë',
  timeZone: 'America/Sao_Paulo',
  hour: 22,
  discreet: true,
  webOnly: false,
  shortEmails: true,
  language: null,
  pace: 'daily' as const,
  reminderHour: null,
}

let parts: TestStore
let learnerId: number
beforeEach(async () => {
  parts = await createTestStore()
  const learner = await parts.store.learners.ensure({ address: 'zoe@example.test', addressKey: 'zoe', now: NOW })
  learnerId = learner.id
})
afterEach(() => parts.close())

const signUp = (tokenHash: string) =>
  parts.store.signUps.add({
    learnerId,
    course: 'three-days',
    preferences: CHOSEN,
    wording: 'first',
    nonce: `nonce of ${tokenHash}`,
    tokenHash,
    now: NOW,
  })

const enrol = (course: string) => parts.store.enrolments.add({ ...CHOSEN, learnerId, course, days: null, now: NOW })

describe('a sign-up', () => {
  test('is found by its number and by its token, as it was written', async () => {
    const { signUps } = parts.store
    const [one, other] = [await signUp('one'), await signUp('other')]
    const written = {
      id: one,
      learnerId,
      course: 'three-days',
      preferences: CHOSEN,
      wording: 'first',
      nonce: 'nonce of one',
      createdAt: NOW,
      confirmedAt: null,
      declinedAt: null,
      enrolmentId: null,
    }
    expect(await signUps.byId(one)).toEqual(written)
    expect(await signUps.byTokenHash('one')).toEqual(written)
    expect((await signUps.byTokenHash('other'))?.id).toBe(other)
    expect(await signUps.byId(other + 1)).toBeNull()
    expect(await signUps.byTokenHash('none')).toBeNull()
  })

  test('is confirmed once, and by that alone', async () => {
    const { signUps } = parts.store
    const [one, other] = [await signUp('one'), await signUp('other')]
    const { id: enrolmentId } = await enrol('three-days')
    expect(await signUps.confirm(one, { now: NOW + 1, how: 'button', enrolmentId })).toBe(true)
    expect(await signUps.confirm(one, { now: NOW + 2, how: 'button', enrolmentId })).toBe(false)
    expect(await signUps.byId(one)).toMatchObject({ confirmedAt: NOW + 1, enrolmentId })
    expect(await signUps.byId(other)).toMatchObject({ confirmedAt: null, enrolmentId: null })
  })

  test('is declined, and takes it back', async () => {
    const { signUps } = parts.store
    const [one, other] = [await signUp('one'), await signUp('other')]
    await signUps.decline(one, NOW + 1)
    expect((await signUps.byId(one))?.declinedAt).toBe(NOW + 1)
    expect((await signUps.byId(other))?.declinedAt).toBeNull()
    await signUps.decline(one, null)
    expect((await signUps.byId(one))?.declinedAt).toBeNull()
  })

  test('keeps its own starting point, as an enrolment does', async () => {
    const { enrolments, signUps } = parts.store
    const [one, other] = [await signUp('one'), await signUp('other')]
    const { id: enrolmentId } = await enrol('three-days')
    await signUps.setStartingPoint(one, Buffer.from('sealed'))
    await enrolments.setStartingPoint(enrolmentId, Buffer.from('sealed anew'))
    expect(await signUps.startingPoint(one)).toEqual({ sealed: Buffer.from('sealed'), plain: null })
    expect(await signUps.startingPoint(other)).toEqual({ sealed: null, plain: null })
    expect(await enrolments.startingPoint(enrolmentId)).toEqual({ sealed: Buffer.from('sealed anew'), plain: null })
  })
})

test('what a learner agreed to is listed with when and how, oldest first, and nobody else’s', async () => {
  const { learners, signUps } = parts.store
  const [one, other] = [await signUp('one'), await signUp('other')]
  const { id: enrolmentId } = await enrol('three-days')
  await signUps.confirm(one, { now: NOW + 5, how: 'button', enrolmentId })
  await signUps.decline(other, NOW + 9)
  const preferences = expect.objectContaining({ name: 'Zoë', timeZone: 'America/Sao_Paulo', hour: 22 })
  const record = { course: 'three-days', language: null, wording: 'first', askedAt: NOW, preferences }
  expect(await signUps.consentsOf(learnerId)).toEqual([
    { ...record, confirmedAt: NOW + 5, confirmedHow: 'button', declinedAt: null },
    { ...record, confirmedAt: null, confirmedHow: null, declinedAt: NOW + 9 },
  ])
  const somebody = await learners.ensure({ address: 'else@example.test', addressKey: 'else', now: NOW })
  expect(await signUps.consentsOf(somebody.id)).toEqual([])
})

describe('an enrolment', () => {
  test('begins active, with what was chosen', async () => {
    const enrolment = await enrol('three-days')
    const { id } = enrolment
    expect(enrolment).toEqual({
      ...CHOSEN,
      id,
      days: null,
      learnerId,
      course: 'three-days',
      state: 'active',
      confirmedAt: NOW,
      checkInsStoppedAt: null,
      pause: null,
    })
    expect(await parts.store.enrolments.byId(id)).toEqual(enrolment)
  })

  test('is the latest of its learner and course alone', async () => {
    const { enrolments } = parts.store
    expect(await enrolments.latest(learnerId, 'three-days')).toBeNull()
    const first = await enrol('three-days')
    await enrolments.move(first.id, 'active', 'finished', NOW)
    const second = await enrol('three-days')
    const elsewhere = await enrol('steady-week')
    expect(await enrolments.latest(learnerId, 'three-days')).toEqual(second)
    expect(await enrolments.latest(learnerId, 'steady-week')).toEqual(elsewhere)
    expect(await enrolments.latest(learnerId + 1, 'three-days')).toBeNull()
  })
})

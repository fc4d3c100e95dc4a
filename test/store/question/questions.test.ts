import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { Delivery } from '../../../src/core/model.ts'
import type { NewQuestion } from '../../../src/flow/ports/question-ports.ts'
import { createTestStore, enrolForTest, type TestStore } from '../../support/test-store.ts'

const NOW = Date.parse('2026-03-02T09:00:00Z')
const BYTES = new Uint8Array([1, 2, 3])

let parts: TestStore
beforeEach(async () => {
  parts = await createTestStore()
})
afterEach(() => parts.close())

const questions = () => parts.store.questions

async function person(address = 'mara@example.test') {
  return enrolForTest(parts.store, { now: NOW, days: 1, address })
}

async function ask({ learner, enrolment }: Awaited<ReturnType<typeof person>>, more: Partial<NewQuestion> = {}) {
  const row = { learnerId: learner.id, enrolmentId: enrolment.id, course: 'three-days', language: 'en', day: 1 }
  const question = await questions().add({
    ...row,
    via: 'form',
    state: 'waiting',
    urgent: false,
    allowsName: false,
    askedAt: NOW,
    ...more,
  })
  await write(question.id, learner.id, question.askedAt)
  return question
}

function write(questionId: number, learnerId: number, at: number, by: 'learner' | 'author' = 'learner') {
  const operatorId = by === 'author' ? 7 : null
  return questions().addMessage({
    ...{ questionId, learnerId, by, operatorId, at },
    sealed: BYTES,
    via: 'form',
    deliveryId: by === 'author' ? at : null,
  })
}

test('a question is found with its messages in their order, by enrolment, learner and email', async () => {
  const mara = await person()
  const asked = await ask(mara, { urgent: true, allowsName: true, day: null, via: 'email' })
  await write(asked.id, mara.learner.id, NOW + 5, 'author')
  expect(asked).toEqual({
    id: asked.id,
    learnerId: mara.learner.id,
    enrolmentId: mara.enrolment.id,
    course: 'three-days',
    language: 'en',
    day: null,
    via: 'email',
    state: 'waiting',
    urgent: true,
    allowsName: true,
    askedAt: NOW,
    waitingSince: NOW,
    answeredAt: null,
    closedAt: null,
    touchedAt: NOW,
    assignedTo: null,
    followUpAskedAt: null,
    followUpDeliveryId: null,
  })
  expect(await questions().byId(asked.id)).toEqual(asked)
  expect(await questions().byId(asked.id + 1)).toBeNull()
  expect(await questions().ofEnrolment(mara.enrolment.id)).toEqual([asked])
  expect(await questions().ofLearner(mara.learner.id)).toEqual([asked])
  expect(await questions().ofLearner(mara.learner.id + 1)).toEqual([])
  const messages = await questions().messages(asked.id)
  expect(messages.map(({ by, operatorId, at, deliveryId }) => [by, operatorId, at, deliveryId])).toEqual([
    ['learner', null, NOW, null],
    ['author', 7, NOW + 5, NOW + 5],
  ])
  expect(messages.map(({ sealed }) => [...sealed])).toEqual([
    [1, 2, 3],
    [1, 2, 3],
  ])
  expect(await questions().ofDelivery(NOW + 5)).toEqual(asked)
  const [followUp] = mara.deliveries as [Delivery]
  await questions().set(asked.id, ['waiting'], { followUpDeliveryId: followUp.id })
  expect(await questions().ofDelivery(followUp.id)).toMatchObject({ id: asked.id, followUpAskedAt: null })
  expect(await questions().ofDelivery(followUp.id + 1)).toBeNull()
  await parts.database.db
    .updateTable('delivery')
    .set({ first_dot_at: NOW + 9 })
    .execute()
  expect((await questions().byId(asked.id))?.followUpAskedAt).toBe(NOW + 9)
})

test('a change is made only from the states it names', async () => {
  const { id } = await ask(await person())
  expect(await questions().set(id, ['answered', 'closed'], { state: 'spam' })).toBe(false)
  expect((await questions().byId(id))?.state).toBe('waiting')
  const changes = {
    state: 'answered' as const,
    ...{ urgent: true, waitingSince: null, answeredAt: 1, closedAt: 2 },
    ...{ touchedAt: 3, assignedTo: 4, followUpDeliveryId: 6 },
  }
  expect(await questions().set(id, ['waiting'], changes)).toBe(true)
  expect(await questions().byId(id)).toMatchObject(changes)
  // Of two authors who answer at once, one is told that it was answered.
  expect(await questions().set(id, ['waiting'], { state: 'answered' })).toBe(false)
})

test('the inbox has what is urgent first, then what waits the longest, page by page and each course apart', async () => {
  const mara = await person()
  const late = await ask(mara, { askedAt: NOW - 5_000 })
  const fresh = await ask(mara, { askedAt: NOW })
  const urgent = await ask(mara, { askedAt: NOW + 1, urgent: true })
  const twin = await ask(mara, { askedAt: NOW })
  const other = await ask(mara, { course: 'other', askedAt: NOW - 9_000 })
  await ask(mara, { state: 'unconfirmed' })
  const filter = { courses: ['three-days'], state: 'waiting' } as const
  const page = (after: Parameters<ReturnType<typeof questions>['inbox']>[1]) => questions().inbox(filter, after, 2)
  const first = await page(null)
  expect(first.map(({ id }) => id)).toEqual([urgent.id, late.id])
  const second = await page({ urgent: false, at: late.askedAt, id: late.id })
  expect(second.map(({ id }) => id)).toEqual([fresh.id, twin.id])
  expect(await page({ urgent: false, at: NOW, id: twin.id })).toEqual([])
  expect((await questions().inbox({ ...filter, courses: ['other'] }, null, 9)).map(({ id }) => id)).toEqual([other.id])
  expect(await questions().inbox({ ...filter, courses: [] }, null, 9)).toEqual([])

  await questions().set(late.id, ['waiting'], { assignedTo: 3 })
  const ids = async (assignedTo: number | null) =>
    (await questions().inbox({ ...filter, assignedTo }, null, 9)).map(({ id }) => id)
  expect(await ids(3)).toEqual([late.id])
  expect(await ids(null)).toEqual([urgent.id, fresh.id, twin.id])

  await questions().set(late.id, ['waiting'], { state: 'answered', touchedAt: NOW + 10 })
  await questions().set(fresh.id, ['waiting'], { state: 'answered', touchedAt: NOW + 20 })
  const answered = { courses: ['three-days'], state: 'answered' } as const
  expect((await questions().inbox(answered, null, 1)).map(({ id }) => id)).toEqual([fresh.id])
  const rest = await questions().inbox(answered, { urgent: false, at: NOW + 20, id: fresh.id }, 9)
  expect(rest.map(({ id }) => id)).toEqual([late.id])
})

test('what waits is counted for each course, and how long', async () => {
  const mara = await person()
  await ask(mara, { askedAt: NOW - 5_000, urgent: true })
  await ask(mara)
  await ask(mara, { course: 'other' })
  expect(await questions().countWaiting(['three-days', 'other', 'none'])).toEqual([
    { course: 'other', waiting: 1, urgent: 0, oldest: NOW },
    { course: 'three-days', waiting: 2, urgent: 1, oldest: NOW - 5_000 },
  ])
  expect(await questions().countWaiting(['three-days'], NOW)).toEqual([
    { course: 'three-days', waiting: 1, urgent: 1, oldest: NOW - 5_000 },
  ])
  expect(await questions().countWaiting([])).toEqual([])
})

test('messages of a learner are counted, those that wait for a yes apart', async () => {
  const mara = await person()
  const asked = await ask(mara)
  await write(asked.id, mara.learner.id, NOW + 10)
  await write(asked.id, mara.learner.id, NOW + 20, 'author')
  await ask(mara, { state: 'unconfirmed' })
  const count = (since: number, of: 'confirmed' | 'unconfirmed') => questions().countAsked(mara.learner.id, since, of)
  expect([await count(NOW, 'confirmed'), await count(NOW + 1, 'confirmed')]).toEqual([2, 1])
  expect(await count(NOW, 'unconfirmed')).toBe(1)
})

test('questions whose last message is old are deleted with every message, in slices and course by course', async () => {
  const mara = await person()
  const [one, two] = [await ask(mara, { askedAt: NOW - 10 }), await ask(mara, { askedAt: NOW - 10 })]
  const other = await ask(mara, { course: 'other', askedAt: NOW - 10 })
  const kept = await ask(mara)
  expect(await questions().courses()).toEqual(['other', 'three-days'])
  expect(await questions().forgetTouchedBefore('three-days', NOW, 1)).toBe(1)
  expect(await questions().forgetTouchedBefore('three-days', NOW, 9)).toBe(1)
  expect(await questions().forgetTouchedBefore('three-days', NOW, 9)).toBe(0)
  expect((await questions().ofLearner(mara.learner.id)).map(({ id }) => id)).toEqual([other.id, kept.id])
  expect([await questions().messages(one.id), await questions().messages(two.id)]).toEqual([[], []])
})

test('a learner is kept from asking in one course, once and until it is lifted', async () => {
  const { learner } = await person()
  const row = { learnerId: learner.id, course: 'three-days', operatorId: 2, at: NOW }
  await questions().block(row)
  await questions().block({ ...row, at: NOW + 1 })
  expect(await questions().isBlocked(learner.id, 'three-days')).toBe(true)
  expect(await questions().isBlocked(learner.id, 'other')).toBe(false)
  await questions().unblock(learner.id, 'three-days')
  expect(await questions().isBlocked(learner.id, 'three-days')).toBe(false)
})

test('a question is removed with its messages, and everything of an erased learner with the learner', async () => {
  const mara = await person()
  const [gone, kept] = [await ask(mara), await ask(mara)]
  await questions().remove(gone.id)
  expect(await questions().byId(gone.id)).toBeNull()
  expect(await questions().messages(gone.id)).toEqual([])
  expect(await questions().messages(kept.id)).toHaveLength(1)
  expect(await parts.store.isRewriteDue()).toBe(true)
  await questions().block({ learnerId: mara.learner.id, course: 'three-days', operatorId: null, at: NOW })
  await parts.store.learners.erase(mara.learner.id)
  for (const table of ['question', 'question_message', 'question_block'] as const)
    expect(await parts.database.db.selectFrom(table).selectAll().execute()).toEqual([])
})

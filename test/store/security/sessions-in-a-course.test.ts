import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTestStore, enrolForTest, type TestStore } from '../../support/test-store.ts'

const NOW = Date.parse('2026-03-02T09:00:00Z')

let parts: TestStore
let learnerId: number
let enrolmentId: number
let course: string

beforeAll(async () => {
  parts = await createTestStore()
  const made = await enrolForTest(parts.store, { now: NOW, days: 2 })
  learnerId = made.learner.id
  enrolmentId = made.enrolment.id
  course = made.enrolment.course
  for (const [hash, kind] of [
    ['own', 'own'],
    ['wrote', 'writer'],
    ['wrote-nothing', 'writer'],
  ] as const)
    await parts.store.sessions.open({ hash, learnerId, kind, now: NOW })
  const answer = { field: 'sleep', version: 1, sealed: new Uint8Array([1]), savedAt: NOW }
  await parts.store.answers.put({ enrolmentId, day: 1, session: 'wrote' }, answer, 'writer')
})
afterAll(() => parts?.close())

test.each([
  ['own', true],
  ['wrote', true],
  ['wrote-nothing', false],
  ['unknown', false],
])('the session "%s" belongs to somebody of the course: %s', async (hash, belongs) => {
  const found = await parts.store.sessions.findInCourse(hash, course)
  expect(found?.hash).toBe(belongs ? hash : undefined)
  expect(await parts.store.sessions.findInCourse(hash, 'another')).toBeNull()
})

test.each(['finished', 'stopped'] as const)('also when the enrolment is %s', async (state) => {
  const before = (await parts.store.enrolments.byId(enrolmentId))?.state ?? 'active'
  await parts.store.enrolments.move(enrolmentId, before, state, NOW)
  expect((await parts.store.sessions.findInCourse('own', course))?.kind).toBe('own')
})

test('not once the session has ended', async () => {
  await parts.store.sessions.end('own')
  expect(await parts.store.sessions.findInCourse('own', course)).toBeNull()
})

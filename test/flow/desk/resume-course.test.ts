import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { actOnPerson } from '../../../src/flow/desk/act-on-person.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { enrolForTest } from '../../support/test-store.ts'

let parts: TestApp

beforeAll(async () => {
  parts = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } })
})
afterAll(() => parts?.close())

const ports = () => parts.app.ports
const act = (learnerId: number, enrolmentId: number, name: 'stop-course' | 'resume-course') =>
  actOnPerson(ports(), {
    ...{ operatorId: 1, learnerId, act: name, reason: 'asked', note: '', enrolmentId, value: '' },
  })
const stateOf = async (id: number) => (await ports().store.enrolments.byId(id))?.state
const linesAbout = async (learnerId: number) => (await ports().store.auditLog.page({ learnerId }, null, 10)).length

test('a course that was begun anew since is not resumed, and nothing is recorded', async () => {
  const now = parts.clock.now()
  const { enrolment, learner } = await enrolForTest(ports().store, { now, days: 3, address: 'anew@example.test' })
  await act(learner.id, enrolment.id, 'stop-course')
  const newer = await enrolForTest(ports().store, { now, days: 3, address: 'anew@example.test' })
  await expect(act(learner.id, enrolment.id, 'resume-course')).rejects.toMatchObject({
    ...{ code: 'bad-input', message: 'desk.errors.newer-round' },
  })
  expect([await stateOf(enrolment.id), await stateOf(newer.enrolment.id)]).toEqual(['stopped', 'active'])
  expect(await linesAbout(learner.id)).toBe(1)
})

test('after an undone change of address only the new address makes the course go on', async () => {
  const now = parts.clock.now()
  const { store } = ports()
  const { enrolment, learner } = await enrolForTest(store, { now, days: 3, address: 'old@example.test' })
  const other = await store.learners.ensure({ address: 'new@example.test', addressKey: 'key of new@example.test', now })
  const asked = { enrolmentId: null, signUpId: null, day: null, dueAt: now, learnerId: other.id } as const
  const [row] = await store.deliveries.plan([{ ...asked, kind: 'address-link' }], now)
  const id = row?.id ?? 0
  await store.addressChanges.ask({ id, learnerId: learner.id, otherId: other.id, now })
  await store.addressChanges.make(id, now)
  await act(learner.id, enrolment.id, 'stop-course')
  await store.addressChanges.undo(id, { now, changedAfter: now - 1 })
  await expect(act(learner.id, enrolment.id, 'resume-course')).rejects.toMatchObject({
    ...{ code: 'bad-input', message: 'desk.errors.address-undone' },
  })
  expect(await stateOf(enrolment.id)).toBe('stopped')
  await store.addressChanges.confirmAgain(id, now)
  await act(learner.id, enrolment.id, 'resume-course')
  expect(await stateOf(enrolment.id)).toBe('active')
})

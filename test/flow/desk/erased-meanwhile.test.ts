import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { actOnPerson } from '../../../src/flow/desk/act-on-person.ts'
import { inviteOperator, removeOperator } from '../../../src/flow/desk/manage-operators.ts'
import { exportConfirmation } from '../../../src/flow/desk/person/view-consent.ts'
import { eraseLearner } from '../../../src/flow/enrolment/erase.ts'
import type { Ports } from '../../../src/flow/ports/ports.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'

/** Between the page that somebody reads and the act, another operator erases the person, or removes the colleague. */
let parts: TestApp
let learnerId: number
let signUpId: number

beforeAll(async () => {
  parts = await createTestApp({
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
})
afterAll(() => parts?.close())

let people = 0
beforeEach(async () => {
  people += 1
  await join(parts, `learner-${people}@example.test`)
  learnerId = people
  signUpId = (await ports().store.people.signUps(learnerId))[0]?.id ?? 0
})

const ports = () => parts.app.ports
const linesOf = async (act: 'erase' | 'export-consent' | 'remove-operator') =>
  (await ports().store.auditLog.page({ act, ...(act !== 'remove-operator' && { learnerId }) }, null, 10)).length

/** The same service, in which this happens just before the next transaction. */
function justBefore(happens: () => Promise<unknown>): Ports {
  const { store } = ports()
  let isDone = false
  return {
    ...ports(),
    store: {
      ...store,
      async transaction(work) {
        if (!isDone) await happens()
        isDone = true
        return store.transaction(work)
      },
    },
  }
}

const erase = (service: Ports) =>
  actOnPerson(service, {
    ...{ operatorId: 1, learnerId, act: 'erase', reason: 'asked', note: 'asked on the phone' },
    ...{ enrolmentId: null, value: '' },
  })

test('a person is erased once, and the second request says that there is nobody', async () => {
  await expect(erase(justBefore(() => erase(ports())))).rejects.toMatchObject({ code: 'not-found' })
  expect(await linesOf('erase')).toBe(1)
})

test('no email of a consent leaves after everything was deleted, nor a line that says so', async () => {
  const service = justBefore(() => eraseLearner(ports(), learnerId))
  await expect(exportConfirmation(service, 1, { signUpId, reason: 'law' })).rejects.toMatchObject({ code: 'not-found' })
  expect(await linesOf('export-consent')).toBe(0)
})

test('an operator is removed once, and the second request does not speak of the last owner', async () => {
  const { operator } = await inviteOperator(ports(), null, { address: 'colleague@example.test', role: 'author' })
  const remove = (service: Ports) => removeOperator(service, null, operator.id)
  await expect(remove(justBefore(() => remove(ports())))).rejects.toMatchObject({ code: 'not-found' })
  expect(await linesOf('remove-operator')).toBe(1)
})

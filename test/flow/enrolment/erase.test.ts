import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Delivery } from '../../../src/core/model.ts'
import { LINKS } from '../../../src/core/security/links.ts'
import { newSession, sessionHash } from '../../../src/core/security/session-hash.ts'
import { deliver } from '../../../src/flow/delivery/deliver.ts'
import { recordResult } from '../../../src/flow/delivery/record-result.ts'
import { requestErasure } from '../../../src/flow/enrolment/erase.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { enrolForTest } from '../../support/test-store.ts'

let parts: TestApp
let learners = 0

beforeAll(async () => {
  parts = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } })
})
afterAll(() => parts?.close())

const ports = () => parts.app.ports

/** Somebody in a fresh session of their own, whose first lesson a worker has just taken. */
async function beingSent() {
  learners += 1
  const now = parts.clock.now()
  const address = `erased-${learners}@example.test`
  const { enrolment, learner, deliveries } = await enrolForTest(ports().store, { now, days: 3, address })
  const secret = newSession(ports().randomBytes)
  await ports().store.sessions.open({ hash: sessionHash(secret), learnerId: learner.id, kind: 'own', now })
  const first = deliveries[0] as Delivery
  const request = { now, leaseUntil: now + 120_000, owner: 'test', messageId: `${first.id}@test`, day: null }
  const taken = (await ports().store.deliveries.claim(first.id, request)) as Delivery
  const erase = () => requestErasure(ports(), LINKS.stop.make(ports().keys, { enrolmentId: enrolment.id }), secret)
  return { taken, erase, rest: deliveries.slice(1), learner }
}

describe('everything is deleted while a lesson is being sent', () => {
  test('before its handover: it does not leave, and no result is left over', async () => {
    const { taken, erase, rest, learner } = await beingSent()
    expect((await erase()).state).toBe('erased')
    const { deliveries, learners: people } = ports().store
    expect(await deliveries.markHandedOver(taken.id, taken.fence, parts.clock.now())).toBe(false)
    expect(await recordResult(ports(), taken, { kind: 'withdrawn' }, 'open')).toEqual({ kind: 'taken' })
    expect(await people.byId(learner.id)).toBeNull()
    for (const row of [taken, ...rest]) expect(await deliver(ports(), row.id)).toEqual({ kind: 'settled' })
  })

  test('after its handover: it has left, and its result brings nothing back', async () => {
    const { taken, erase, learner } = await beingSent()
    const { deliveries, learners: people } = ports().store
    expect(await deliveries.markHandedOver(taken.id, taken.fence, parts.clock.now())).toBe(true)
    expect((await erase()).state).toBe('erased')
    const result = { kind: 'accepted', reply: '250 ok' } as const
    expect(await recordResult(ports(), taken, result, 'open')).toEqual({ kind: 'sent' })
    expect([await deliveries.byId(taken.id), await people.byId(learner.id)]).toEqual([null, null])
    expect(await deliver(ports(), taken.id)).toEqual({ kind: 'settled' })
  })
})

import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { DELIVERY_KINDS } from '../../../src/core/delivery/email-kinds.ts'
import type { DeliveryKind } from '../../../src/core/model.ts'
import { createTestStore, enrolForTest, type TestStore } from '../../support/test-store.ts'

const NOW = Date.parse('2026-03-02T09:00:00Z')
const SITUATIONS = [
  'active',
  'paused',
  'finished',
  'stopped',
  'check-ins stopped',
  'complaint',
  'dead-address',
] as const

/** In which of these situations a row of each kind may be sent. */
const ALLOWED: Readonly<Record<DeliveryKind, readonly (typeof SITUATIONS)[number][]>> = {
  'sign-up': ['active', 'paused', 'finished', 'stopped', 'check-ins stopped'],
  lesson: ['active', 'check-ins stopped'],
  closing: ['active', 'check-ins stopped'],
  'check-in': ['active', 'finished'],
  'pause-ending': ['paused'],
  reminder: ['active', 'check-ins stopped'],
  resend: ['active', 'finished', 'check-ins stopped'],
  'reading-link': ['active', 'paused', 'finished', 'stopped', 'check-ins stopped'],
  'way-back': ['active', 'paused', 'finished', 'stopped', 'check-ins stopped'],
  'address-link': ['active', 'paused', 'finished', 'stopped', 'check-ins stopped'],
  'address-changed': ['active', 'paused', 'finished', 'stopped', 'check-ins stopped'],
  'erase-link': ['active', 'paused', 'finished', 'stopped', 'check-ins stopped', 'complaint'],
  answer: ['active', 'paused', 'finished', 'check-ins stopped'],
  'question-received': ['active', 'paused', 'finished', 'check-ins stopped'],
  'follow-up': ['active', 'paused', 'finished', 'check-ins stopped'],
  publication: ['active', 'paused', 'finished', 'check-ins stopped'],
}

let parts: TestStore
beforeEach(async () => {
  parts = await createTestStore()
})
afterEach(() => parts.close())

test.each(Object.keys(ALLOWED) as DeliveryKind[])('when a %s may be sent', async (kind) => {
  const { store } = parts
  const { enrolment, learner } = await enrolForTest(store, { now: NOW, days: 1 })
  const { schedule } = DELIVERY_KINDS[kind]
  const row = { learnerId: learner.id, kind, signUpId: null, dueAt: NOW }
  const [planned] = await store.deliveries.plan(
    [{ ...row, enrolmentId: kind === 'sign-up' ? null : enrolment.id, day: schedule === null ? null : 9 }],
    NOW,
  )
  const allowed: string[] = []
  const look = async (situation: (typeof SITUATIONS)[number]) => {
    if (await store.deliveries.mayBeSent(planned?.id ?? 0)) allowed.push(situation)
  }
  await look('active')
  await store.enrolments.move(enrolment.id, 'active', 'paused', NOW)
  await look('paused')
  await store.enrolments.move(enrolment.id, 'paused', 'active', NOW)
  await store.enrolments.move(enrolment.id, 'active', 'finished', NOW)
  await look('finished')
  await store.enrolments.move(enrolment.id, 'finished', 'stopped', NOW)
  await look('stopped')
  await store.enrolments.move(enrolment.id, 'stopped', 'active', NOW)
  await store.enrolments.setCheckIns(enrolment.id, NOW)
  await look('check-ins stopped')
  await store.enrolments.setCheckIns(enrolment.id, null)
  await store.suppressions.add(learner.id, 'complaint', NOW)
  await look('complaint')
  await parts.database.db.deleteFrom('suppression').execute()
  await store.suppressions.add(learner.id, 'dead-address', NOW)
  await look('dead-address')
  expect(allowed).toEqual(ALLOWED[kind])
})

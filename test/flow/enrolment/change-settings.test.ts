import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { LINKS } from '../../../src/core/security/links.ts'
import { changeSettings } from '../../../src/flow/enrolment/change-settings.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { enrolForTest } from '../../support/test-store.ts'

const HOUR_MS = 3_600_000
const BERLIN = { timeZone: 'Europe/Berlin' }
let parts: TestApp

beforeAll(async () => {
  parts = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } })
})

afterAll(() => parts?.close())

test('while a lesson is due and not sent yet, the next one is not promised for the same day', async () => {
  const { ports } = parts.app
  const confirmed = Date.parse('2026-03-02T05:00:00Z')
  const { enrolment, deliveries } = await enrolForTest(ports.store, { now: confirmed, days: 3 })
  // Due at 07:00, 07:00 a day later, and so on; the first one waits although it is 08:00.
  const dues = [6, 30, 54].map((hours) => Date.parse('2026-03-02T00:00:00Z') + hours * HOUR_MS)
  for (const [index, row] of deliveries.entries()) await ports.store.deliveries.postpone(row.id, dues[index] as number)
  parts.clock.set('2026-03-02T07:00:00Z')

  await changeSettings(ports, LINKS.lesson.make(ports.keys, { enrolmentId: enrolment.id, day: 1 }), null, {
    ...BERLIN,
    hour: 20,
  })

  const after = await ports.store.deliveries.ofEnrolment(enrolment.id)
  expect(after.map((row) => new Date(row.dueAt).toISOString())).toEqual([
    '2026-03-02T06:00:00.000Z',
    '2026-03-03T19:00:00.000Z',
    '2026-03-04T19:00:00.000Z',
  ])
})

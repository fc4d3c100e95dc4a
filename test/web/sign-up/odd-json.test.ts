import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { LINKS } from '../../../src/core/security/links.ts'
import { deliver } from '../../../src/flow/delivery/deliver.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { enrolForTest } from '../../support/test-store.ts'

let parts: TestApp
let token: string

beforeAll(async () => {
  parts = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } })
  const { ports } = parts.app
  const { enrolment, deliveries } = await enrolForTest(ports.store, { now: parts.clock.now(), days: 3 })
  await deliver(ports, deliveries[0]?.id as number)
  token = LINKS.lesson.make(ports.keys, { enrolmentId: enrolment.id, day: 1 })
})

afterAll(() => parts.close())

/** None of them is text, and the first two cannot even be made into some. */
const ODD: readonly unknown[] = [
  { toString: 1, valueOf: 1 },
  [{ toString: 1 }],
  { __proto__: null },
  [[[]]],
  [],
  true,
  null,
  1e300,
]

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  '/sign-up': [
    'email',
    'name',
    'course',
    'timeZone',
    'hour',
    'discreet',
    'webOnly',
    'shortEmails',
    'track',
    'overlays',
    'start',
    'mailPlan',
    'without',
    'website',
  ],
  '/l/TOKEN/settings': [
    'timeZone',
    'hour',
    'track',
    'overlays',
    'discreet',
    'webOnly',
    'checkIns',
    'shortEmails',
    'all',
    'own',
  ],
  '/l/TOKEN/draft': ['f.note', 'v.note', 'f.tasks', 'v.tasks', 'effort'],
}

test.each(Object.entries(FIELDS))('%s answers anything in place of text without failing', async (path, fields) => {
  const failed = jest.spyOn(parts.app.log, 'error')
  for (const field of fields)
    for (const odd of ODD) {
      const response = await fetch(parts.url + path.replace('TOKEN', token), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json', Origin: parts.url },
        body: JSON.stringify({ email: 'ada@example.test', [field]: odd }),
      })
      expect([field, JSON.stringify(odd), response.status < 500]).toEqual([field, JSON.stringify(odd), true])
    }
  expect(failed).not.toHaveBeenCalled()
  failed.mockRestore()
})

test('a version that is no number counts as none', async () => {
  const fields = parts.app.ports.courses.get('three-days')?.lessons[0]?.exercise.fields ?? []
  const id = fields.find(({ type }) => type === 'long' || type === 'text')?.id as string
  const response = await fetch(`${parts.url}/l/${token}/draft`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: parts.url },
    body: JSON.stringify({ [`f.${id}`]: 'a text', [`v.${id}`]: { toString: 1 } }),
  })
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ versions: { [id]: 1 } })
})

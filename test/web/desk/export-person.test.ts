import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { StartingPoint } from '../../../src/core/assessment/starting-point.ts'
import type { Lesson } from '../../../src/core/course/course.ts'
import { viewAuditLog } from '../../../src/flow/desk/read-audit-log.ts'
import { switchOnShortEmails } from '../../../src/flow/enrolment/short-emails.ts'
import { keepStartingPoint } from '../../../src/flow/enrolment/starting-point.ts'
import { changeDatabase, queryRows } from '../../support/database/database-rows.ts'
import { writingFieldOf } from '../../support/fill-exercise.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import type { Visitor } from '../visitor.ts'
import { signedIn } from './signed-in.ts'

const CANARY = 'Zwitscherkanarie4711'
const NOTE = 'a private note 8812'
let app: TestApp
let operator: Visitor

beforeAll(async () => {
  app = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  operator = await signedIn(app, 'operator')
})
afterAll(() => app?.close())

const idOf = (address: string) =>
  Number(queryRows(app.dataDir, `select id from learner where address = '${address}'`)[0]?.id)
const pathOf = (id: number) => `/desk/people/${id}/export`
const fileOf = async (id: number) => (await operator.post(pathOf(id), { reason: 'asked', note: NOTE })).text

/** Restricted by an answer that also chose a track, or not. */
async function startWith(learnerId: number, start: Partial<StartingPoint>) {
  const { ports } = app.app
  const [enrolment] = await ports.store.enrolments.ofLearner(learnerId)
  if (enrolment === undefined) throw new Error('no enrolment')
  await ports.store.transaction(async (unit) => {
    const common = { variant: { track: null, overlays: [] }, holds: [], plan: null, planDay: null }
    await keepStartingPoint(ports, unit, enrolment, { ...common, ...start })
    await switchOnShortEmails(unit, enrolment.id)
  })
}

test('has everything that is known of a person, and a line in the audit log', async () => {
  await join(app, 'ada@example.test', { name: 'Ada' })
  const id = idOf('ada@example.test')
  expect((await operator.get(pathOf(id))).text).toContain('Export what is known of this person?')
  const answer = await operator.post(pathOf(id), { reason: 'law', note: NOTE })
  expect(answer.headers.get('Content-Disposition')).toBe(`attachment; filename=person-${id}.json`)
  expect(answer.headers.get('Cache-Control')).toContain('no-store')
  expect(JSON.parse(answer.text)).toEqual({
    ...{ format: 'person', version: 1, savedAt: '2026-03-02T09:00:00.000Z', number: id, email: 'ada@example.test' },
    ...{ knownSince: '2026-03-02T09:00:00.000Z', noEmailSince: null, wayBackEmail: false },
    consents: [
      expect.objectContaining({
        ...{ course: 'three-days', confirmedAt: '2026-03-02T09:00:00.000Z', declinedAt: null },
        settings: expect.objectContaining({ name: 'Ada', timeZone: 'Europe/Berlin', hour: 7 }),
      }),
    ],
    courses: [
      expect.objectContaining({
        ...{ course: 'three-days', state: 'active', pause: null },
        settings: expect.objectContaining({ name: 'Ada', hour: 7, pace: 'daily', checkIns: true }),
        emails: [
          expect.objectContaining({ kind: 'lesson', day: 1, state: 'sent', reply: '250 accepted', reports: [] }),
          expect.objectContaining({ kind: 'lesson', day: 2, state: 'planned', sentAt: null }),
          expect.objectContaining({ kind: 'lesson', day: 3, state: 'planned' }),
        ],
      }),
    ],
    otherEmails: [expect.objectContaining({ kind: 'sign-up', state: 'sent' })],
    acts: [{ at: '2026-03-02T09:00:00.000Z', by: 'operator', act: 'export-person', reason: 'law', details: {} }],
  })
  const { lines } = await viewAuditLog(app.app.ports, {}, null)
  expect(lines[0]).toMatchObject({ act: 'export-person', learnerId: id, operatorId: 1, reason: 'law', note: NOTE })
})

test('has nothing that was written, answered or follows from answers, and no note', async () => {
  const joined = await join(app, 'bea@example.test')
  const id = idOf('bea@example.test')
  const field = writingFieldOf(app.app.ports.courses.get('three-days')?.lessons[0] as Lesson)
  await joined.visitor.post(joined.lessonLink, { [`f.${field}`]: CANARY, effort: 'full' })
  await joined.visitor.post(joined.lessonLink, { [`f.${field}`]: CANARY, keep: '1' })
  expect(
    queryRows(
      app.dataDir,
      `select 1 from answer where enrolment_id in (select id from enrolment where learner_id = ${id})`,
    ),
  ).not.toEqual([])
  await startWith(id, {
    variant: { track: 'bridge', overlays: ['lighter'] },
    holds: [{ access: 'paused', off: ['letters'], until: null }],
    plan: { line: CANARY, steps: [CANARY] },
  })
  changeDatabase(
    app.dataDir,
    `update enrolment set track = 'bridge', overlays = '["lighter"]' where learner_id = ${id}`,
  )
  const first = await fileOf(id)
  // The second one has the act of the first.
  const file = await fileOf(id)
  for (const text of [first, file]) {
    expect(text).not.toMatch(
      new RegExp(`${CANARY}|${NOTE}|bridge|lighter|"letters|effort|answer|variant|sealed|nonce|token`, 'i'),
    )
  }
  expect(JSON.parse(file).acts).toHaveLength(2)
})

test('of somebody whom answers restrict, it is like that of somebody who chose short emails', async () => {
  await join(app, 'cleo@example.test')
  await join(app, 'dora@example.test')
  const [restricted, other] = [idOf('cleo@example.test'), idOf('dora@example.test')]
  await startWith(restricted, { holds: [{ access: 'first-day', off: ['letters', 'sharing'], until: null }] })
  await startWith(other, {})
  const neutral = (text: string) => text.replaceAll(/cleo|dora/g, 'x').replaceAll(/"number": \d+/g, '"number": n')
  expect(neutral(await fileOf(restricted))).toBe(neutral(await fileOf(other)))
})

test('needs a reason that fits, a person, and a fresh sign-in', async () => {
  const id = idOf('ada@example.test')
  const lines = async () => (await viewAuditLog(app.app.ports, {}, null)).lines[0]?.number
  const before = await lines()
  expect((await operator.post(pathOf(id))).status).toBe(400)
  expect((await operator.post(pathOf(id), { reason: 'abuse' })).status).toBe(400)
  expect((await operator.post(pathOf(999_999), { reason: 'asked' })).status).toBe(404)
  app.clock.advance(15 * 60_000)
  expect((await operator.post(pathOf(id), { reason: 'asked' })).status).toBe(403)
  expect(await lines()).toBe(before)
})

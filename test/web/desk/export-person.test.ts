import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { StartingPoint } from '../../../src/core/assessment/starting-point.ts'
import type { Lesson } from '../../../src/core/course/course.ts'
import { viewAuditLog } from '../../../src/flow/desk/read-audit-log.ts'
import { recordAct } from '../../../src/flow/desk/record-act.ts'
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

/** Somebody with a question, what is written about it at the desk, and a text of it in the library, all with the canary. */
async function asks(address: string) {
  await join(app, address)
  const learnerId = idOf(address)
  const { store } = app.app.ports
  const [enrolment] = await store.enrolments.ofLearner(learnerId)
  if (enrolment === undefined) throw new Error('no enrolment')
  const course = enrolment.course
  const { id: questionId } = await store.questions.add({
    ...{ learnerId, enrolmentId: enrolment.id, course, language: 'en', day: 1 },
    ...{ via: 'form', state: 'waiting', urgent: true, allowsName: true, askedAt: 0 },
  })
  const text = { question: CANARY, answer: CANARY, followUp: '', secondAnswer: '' }
  const more = { situation: null, language: 'en', article: null }
  await store.publishedQuestions.add({
    ...{ id: 'canary', code: 'canary', questionId, staysWhenErased: false, course, now: 0 },
    ...{ text: { ...text, ...more }, library: 'open', textHash: 'hash' },
  })
  const sealed = `x'${Buffer.from(CANARY).toString('hex')}'`
  changeDatabase(
    app.dataDir,
    `insert into question_message (question_id, learner_id, written_by, sealed, via, at)
      values (${questionId}, ${learnerId}, 'learner', ${sealed}, 'form', 0);
    insert into question_draft (question_id, operator_id, sealed, at) values (${questionId}, 1, ${sealed}, 0);
    insert into question_note (id, question_id, asked_by, asked_of, at, sealed) values (1, ${questionId}, 1, 1, 0, ${sealed});
    insert into publication (question_id, version, state, sealed, proposed_at)
      values (${questionId}, 1, 'accepted', ${sealed}, 0)`,
  )
  return learnerId
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

test('has nothing of their questions: no text, number, draft, note, proposal or published text', async () => {
  const learnerId = await asks('gil@example.test')
  const { ports } = app.app
  const acts = ['open-question', 'send-answer', 'block-questions', 'propose-publication'] as const
  await ports.store.transaction(async (unit) => {
    for (const act of acts) await recordAct(ports, unit, { operatorId: 1, act, learnerId, details: { question: 4711 } })
    await recordAct(ports, unit, { operatorId: 1, act: 'pause-course', learnerId, reason: 'asked', details: {} })
  })
  const file = await fileOf(learnerId)
  expect(file).not.toMatch(new RegExp(`${CANARY}|4711|sealed|draft|"questions?"|publi|message|urgent`, 'i'))
  expect(JSON.parse(file).acts.map(({ act }: { act: string }) => act)).toEqual(['pause-course', 'export-person'])
})

test('has what the relay said to each attempt, without the addresses and links that it quotes', async () => {
  await join(app, 'ivo@example.test')
  const id = idOf('ivo@example.test')
  const delivery = queryRows(app.dataDir, `select id from delivery where learner_id = ${id} and day = 2`)[0]?.id
  const reply = '451 4.2.1 <ivo@example.test> try later, see https://relay.example/l/secret'
  changeDatabase(
    app.dataDir,
    `insert into delivery_attempt (delivery_id, number, at, outcome, reply) values (${delivery}, 1, 0, 'deferred', '${reply}')`,
  )
  const [course] = JSON.parse(await fileOf(id)).courses
  const email = course.emails.find(({ day }: { day: number }) => day === 2)
  expect(email.refusals).toEqual([
    { attempt: 1, at: '1970-01-01T00:00:00.000Z', reply: expect.stringContaining('451 4.2.1') },
  ])
  expect(email.refusals[0].reply).not.toMatch(/ivo|relay\.example|secret/)
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

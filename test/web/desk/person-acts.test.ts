import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { checkAuditLog, viewAuditLog } from '../../../src/flow/desk/read-audit-log.ts'
import { queryRows, waitUntilIdle } from '../../support/database/database-rows.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import type { Visitor } from '../visitor.ts'
import { signedIn } from './signed-in.ts'

const DAY = 86_400_000
let app: TestApp
let operator: Visitor
let learner: number
let enrolment: number

beforeAll(async () => {
  app = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  operator = await signedIn(app, 'operator')
  await join(app, 'ada@example.test')
  await join(app, 'bob@example.test')
  learner = Number(queryRows(app.dataDir, "select id from learner where address = 'ada@example.test'")[0]?.id)
  enrolment = Number(queryRows(app.dataDir, `select id from enrolment where learner_id = ${learner}`)[0]?.id)
})
afterAll(() => app?.close())

const act = (name: string, fields: Record<string, string> = {}) =>
  operator.post(`/desk/people/${learner}/act`, { act: name, enrolment: String(enrolment), reason: 'asked', ...fields })
const stateNow = () => queryRows(app.dataDir, `select state from enrolment where id = ${enrolment}`)[0]?.state
const lessons = () =>
  queryRows(
    app.dataDir,
    `select state, due_at from delivery where enrolment_id = ${enrolment} and kind = 'lesson' order by day`,
  )
const lastLine = async () => (await viewAuditLog(app.app.ports, {}, null)).lines[0]

describe('what an operator does for a person', () => {
  test('pauses a course until a date, as the learner would, with a reason and a note', async () => {
    expect((await act('pause-course', { value: '2026-03-10', note: 'wrote on Monday' })).status).toBe(303)
    expect(stateNow()).toBe('paused')
    expect(await lastLine()).toMatchObject({
      ...{ act: 'pause-course', learnerId: learner, operatorId: 1, reason: 'asked', note: 'wrote on Monday' },
      details: { enrolment },
    })
    expect((await operator.get(`/desk/people/${learner}`)).text).toContain('The course is paused.')
  })

  test('ends the pause: the next lesson comes at the next sending hour', async () => {
    const answer = await act('resume-course')
    expect(answer.headers.get('Location')).toBe(`/desk/people/${learner}?done=resume-course`)
    expect((await operator.get(answer.headers.get('Location') ?? '')).text).toContain('Done. You resumed a course')
    expect([stateNow(), lessons()[1]?.due_at]).toEqual(['active', Date.parse('2026-03-03T06:00:00Z')])
  })

  test('stops a course and resumes it', async () => {
    expect((await act('stop-course', { reason: 'abuse' })).status).toBe(303)
    expect([stateNow(), lessons().map(({ state }) => state)]).toEqual(['stopped', ['sent', 'cancelled', 'cancelled']])
    expect((await operator.get(`/desk/people/${learner}`)).text).toContain('<q>stopped by an operator</q>')
    expect((await act('resume-course')).status).toBe(303)
    expect([stateNow(), lessons().map(({ state }) => state)]).toEqual(['active', ['sent', 'planned', 'planned']])
  })

  test('changes hour, time zone and pace as their settings page does, and undoes each with one click', async () => {
    const due = () =>
      lessons()
        .slice(1)
        .map(({ due_at: at }) => new Date(Number(at)).toISOString().slice(5, 16))
    const undo = async (name: string) => {
      const { text } = await operator.get(`/desk/people/${learner}`)
      const forms = text.split('<form').map((form) => form.split('</form>')[0] ?? '')
      const html = forms.find((form) => form.includes('Undo: back to') && form.includes(`value="${name}"`)) ?? ''
      const fields = [...html.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value])
      expect((await operator.post(`/desk/people/${learner}/act`, Object.fromEntries(fields))).status).toBe(303)
    }
    expect(due()).toEqual(['03-03T06:00', '03-04T06:00'])
    expect((await act('change-hour', { value: '20' })).status).toBe(303)
    expect(due()).toEqual(['03-03T19:00', '03-04T19:00'])
    expect(await lastLine()).toMatchObject({ act: 'change-hour', details: { enrolment, from: 7, to: 20 } })
    await undo('change-hour')
    expect(due()).toEqual(['03-03T06:00', '03-04T06:00'])
    expect(await lastLine()).toMatchObject({ reason: 'mistake', details: { enrolment, from: 20, to: 7 } })
    expect((await act('change-zone', { value: 'America/New_York' })).status).toBe(303)
    expect(due()).toEqual(['03-03T12:00', '03-04T12:00'])
    await undo('change-zone')
    expect((await act('change-pace', { value: 'second-day' })).status).toBe(303)
    expect(due()).toEqual(['03-04T06:00', '03-06T06:00'])
    await undo('change-pace')
    expect(due()).toEqual(['03-03T06:00', '03-04T06:00'])
  })

  test('withholds every email to an address and allows them again', async () => {
    expect((await act('suppress')).status).toBe(303)
    const { text } = await operator.get(`/desk/people/${learner}`)
    expect(text).toContain('No email goes to this address since')
    expect(text).not.toContain('value="suppress"')
    app.clock.advance(DAY)
    operator = await signedIn(app, 'operator')
    await waitUntilIdle(app.dataDir, app.clock.now())
    expect(app.mail.accepted.filter(({ to }) => to === 'ada@example.test')).toHaveLength(2)
    expect((await act('lift-suppression', { reason: 'mistake' })).status).toBe(303)
    expect((await act('resume-course')).status).toBe(303)
    app.clock.advance(DAY)
    operator = await signedIn(app, 'operator')
    await app.mail.waitForMail('ada@example.test', 3)
  })
})

describe('is refused, and changes and records nothing', () => {
  const refused = async (name: string, fields: Record<string, string>, status: number) => {
    // A lesson that is due by the clock of the test before.
    await waitUntilIdle(app.dataDir, app.clock.now())
    const before = [stateNow(), lessons(), (await lastLine())?.number]
    expect((await act(name, fields)).status).toBe(status)
    expect([stateNow(), lessons(), (await lastLine())?.number]).toEqual(before)
  }

  test.each([
    ['without a reason', 'stop-course', { reason: '' }, 400],
    ['for a reason that does not fit', 'lift-suppression', { reason: 'abuse' }, 400],
    ['where it would change nothing', 'resume-course', {}, 400],
    ['until a date that cannot be chosen', 'pause-course', { value: '2020-01-01' }, 400],
    ['until no date', 'pause-course', {}, 400],
    ['for an hour that is none', 'change-hour', { value: '24' }, 400],
    ['for the hour that it has', 'change-hour', { value: '7' }, 400],
    ['for a time zone that is none', 'change-zone', { value: '+01:00' }, 400],
    ['for a pace that is none', 'change-pace', { value: 'never' }, 400],
    ['for a reason that does not fit a setting', 'change-hour', { value: '8', reason: 'abuse' }, 400],
    ['to a day that is none', 'move-lesson', { value: 'tomorrow' }, 400],
    ['to move back what was not moved', 'move-lesson', {}, 400],
    ['about a setting of somebody else', 'change-hour', { enrolment: '2', value: '8' }, 404],
    ['about a lesson of somebody else', 'move-lesson', { enrolment: '2', value: '2026-03-05' }, 404],
    ['if there is no such act', 'promote', {}, 400],
    ['if it is to erase by this way', 'erase', {}, 400],
    ['about a course of somebody else', 'stop-course', { enrolment: '2' }, 404],
    ['about no course', 'stop-course', { enrolment: '' }, 404],
  ])('%s', (_, name, fields, status) => refused(name, fields as Record<string, string>, status))

  test('with what is wrong, in the page', async () => {
    expect((await act('pause-course', { value: '2020-01-01' })).text).toMatch(/role="alert">.*90 days/)
  })
})

test('erasing asks first, deletes everything, and leaves a line with a number', async () => {
  const path = `/desk/people/${learner}/erase`
  expect((await operator.get(path)).text).toContain('It cannot be undone.')
  expect((await operator.post(path)).status).toBe(400)
  expect((await operator.post(path, { reason: 'asked' })).text).toContain('Everything of this person was deleted.')
  for (const table of ['enrolment', 'delivery', 'sign_up'])
    expect(queryRows(app.dataDir, `select 1 from ${table} where learner_id = ${learner}`)).toEqual([])
  expect(queryRows(app.dataDir, `select 1 from learner where id = ${learner}`)).toEqual([])
  expect((await operator.get(`/desk/people/${learner}`)).status).toBe(404)
  expect((await operator.post(path, { reason: 'asked' })).status).toBe(404)
  const { lines } = await viewAuditLog(app.app.ports, { learnerId: learner }, null)
  expect(lines[0]).toMatchObject({ act: 'erase', reason: 'asked', note: null })
  expect(lines.at(-1)).toMatchObject({ act: 'pause-course', note: null, noteHash: expect.any(String) })
  expect(await checkAuditLog(app.app.ports)).toMatchObject({ ok: true })
})

test('erasing needs a fresh sign-in', async () => {
  app.clock.advance(15 * 60_000)
  expect((await operator.get('/desk/people/2/erase')).status).toBe(403)
  expect((await operator.post('/desk/people/2/erase', { reason: 'asked' })).status).toBe(403)
  expect((await operator.get('/desk/people/2')).status).toBe(200)
})

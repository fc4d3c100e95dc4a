import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { viewAuditLog } from '../../../src/flow/desk/read-audit-log.ts'
import { viewDays } from '../../../src/flow/desk/view-today.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { enrolForTest } from '../../support/test-store.ts'
import { waitFor } from '../../support/wait-for.ts'
import type { Visitor } from '../visitor.ts'
import { signedIn } from './signed-in.ts'

const DAY = 86_400_000
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

/** A session does not last so long without use. */
async function passDay(): Promise<void> {
  app.clock.advance(DAY)
  operator = await signedIn(app, 'operator')
}

/** The figures by their names, as the page shows them. */
async function countsOf(path = '/desk/figures'): Promise<Record<string, string>> {
  const { text } = await operator.get(path)
  return Object.fromEntries(
    [...text.matchAll(/<dt>(.*?)<\/dt><dd>(?:<a [^>]*>)?(.*?)(?:<\/a>)?<\/dd>/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  )
}

test('counts what is due, sent and waiting, in the page and in the part that is asked for again', async () => {
  const ada = await join(app, 'ada@example.test')
  await join(app, 'bob@example.test')
  // The next lesson comes at seven the next morning, Berlin time.
  const counts = {
    'sent today (UTC)': '4',
    'due now': '0',
    'due in the next 24 hours': '2',
    'deferred by a server': '0',
  }
  expect(await countsOf()).toMatchObject(counts)
  expect(await countsOf('/desk')).toMatchObject(counts)
  await ada.visitor.post(ada.stopLink)
  expect(await countsOf()).toMatchObject({ 'due in the next 24 hours': '1' })
})

test('names nobody', async () => {
  const { text } = await operator.get('/desk')
  expect(text).not.toContain('example.test')
  expect(text).toContain('Email is going out.')
})

test('the last thirty days as charts, with the numbers in a table', async () => {
  await passDay()
  await waitFor(async () => (await countsOf())['sent today (UTC)'] === '1', 'the lesson of the next day')
  const days = await viewDays(app.app.ports)
  expect(days).toHaveLength(30)
  expect(days.slice(-2)).toMatchObject([
    { sent: 4, signedUp: 2, confirmed: 2, stopped: 1 },
    { sent: 1, signedUp: 0, confirmed: 0, stopped: 0 },
  ])
  const { text } = await operator.get('/desk')
  expect(text.match(/<svg viewBox="0 0 300 60"/g)).toHaveLength(6)
  expect(text).toMatch(
    /<td role="cell" data-heading="Sent"><div><a [^>]*>4<span class="away"> Sent, March 2, 2026<\/span>/,
  )
  expect(text).toContain('5 in all, 4 at most a day')
})

test('an author sees the numbers, and pauses nothing', async () => {
  const author = await signedIn(app, 'author')
  const { text } = await author.get('/desk')
  expect(text).toContain('due now')
  expect(text).not.toContain('Pause all sending')
  expect((await author.post('/desk/sending/pause', { reason: 'test' })).status).toBe(403)
})

test('pausing and resuming needs a reason, holds the lessons, and is in the audit log', async () => {
  expect((await operator.post('/desk/sending/pause')).status).toBe(400)
  expect((await operator.post('/desk/sending/resume', { reason: 'test' })).status).toBe(400)
  expect((await operator.post('/desk/sending/pause', { reason: 'trouble' })).status).toBe(303)
  expect((await operator.post('/desk/sending/pause', { reason: 'trouble' })).status).toBe(400)
  const paused = await operator.get('/desk')
  expect(paused.text).toContain('Sending is paused')
  expect(paused.text).toContain('an operator paused sending at the desk')
  expect(paused.text).toContain('Nothing is sent until somebody resumes.')

  const before = app.mail.accepted.length
  await passDay()
  await waitFor(async () => (await countsOf())['due now'] === '1', 'the lesson to wait')
  expect(app.mail.accepted).toHaveLength(before)
  expect((await operator.post('/desk/sending/resume', { reason: 'mistake' })).status).toBe(303)
  await app.mail.waitForMail('bob@example.test', 4)

  const { lines } = await viewAuditLog(app.app.ports, {}, null)
  expect(lines.filter(({ act }) => act.endsWith('-sending'))).toMatchObject([
    { act: 'resume-sending', reason: 'mistake', operatorId: 1 },
    { act: 'pause-sending', reason: 'trouble', operatorId: 1 },
  ])
})

test('what the last attempts say about the relay is a line of its own', async () => {
  const { sendingState } = app.app.ports.store
  expect((await operator.get('/desk')).text).toContain('nothing was refused since it last accepted an email')
  await sendingState.countFailure()
  expect((await operator.get('/desk')).text).toContain('One attempt in a row did not reach it')
  await sendingState.clearFailures()
  await sendingState.recordRefusal(app.clock.now())
  expect((await operator.get('/desk')).text).toContain('it has refused recipients, and accepted nothing, since')
  await sendingState.clearRefusals()
})

test('without a worker the page does not say that email goes out', async () => {
  const idle = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } })
  try {
    await enrolForTest(idle.app.ports.store, { now: idle.clock.now() - 120_000, days: 1 })
    const { text } = await (await signedIn(idle, 'operator')).get('/desk')
    expect(text).not.toContain('Email is going out.')
    expect(text).toContain('<b>Sending is on, but nothing goes out</b>: deliveries have been overdue for 120 s')
    expect(text).toContain('Start one on the host: npm run worker')
  } finally {
    await idle.close()
  }
})

test('a hold after a restore names the command, and has no switch', async () => {
  await app.app.ports.store.sendingState.hold('restored from a backup', 'restored', app.clock.now())
  const { text } = await operator.get('/desk')
  expect(text).toContain('npm run mail -- release')
  expect(text).not.toContain('action="/desk/sending')
})

import { afterEach, expect, test } from '@jest/globals'
import { runMail } from '../../../src/cli/mail.ts'
import { AppError } from '../../../src/core/errors.ts'
import type { Composer } from '../../../src/flow/ports/ports.ts'
import { checkReadiness } from '../../../src/flow/sending/readiness.ts'
import { queryRows, waitUntilIdle } from '../../support/database/database-rows.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor } from '../../support/visitor.ts'
import { waitFor } from '../../support/wait-for.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
let parts: TestApp | null = null
afterEach(async () => {
  await parts?.close()
  parts = null
})

/** The service with a composer that cannot build the lesson of one day as long as it is broken. */
async function start(brokenDay: number) {
  const state = {
    broken: true,
    address: null as string | null,
    error: new AppError('misconfigured', 'The mail has 90 KB.') as Error,
  }
  let real: Composer | null = null
  const composer: Composer = {
    async compose(mail) {
      if (state.broken && mail.kind === 'lesson' && mail.day === brokenDay) throw state.error
      const message = await (real as Composer).compose(mail)
      return state.address !== null && mail.day === brokenDay ? { ...message, to: state.address } : message
    },
    show: (mail) => (real as Composer).show(mail),
  }
  const options = { env: { COURSE: 'three-days' }, start: '2026-03-02T09:00:00Z' }
  const plain = await createTestApp({ ...options, overrides: { lessonsDir: FIXTURE_COURSES } })
  real = plain.app.ports.composer
  await plain.close()
  const app = await createTestApp({
    ...options,
    worker: true,
    overrides: { lessonsDir: FIXTURE_COURSES, composer, random: () => 0 },
  })
  parts = app
  return { app, state }
}

const stateOf = (app: TestApp, day: number) =>
  queryRows(app.dataDir, 'select state, attempt, reply from delivery where day = ?', day)[0]

/** Moves the clock on and waits until nothing is due. */
async function pass(app: TestApp, ms: number): Promise<void> {
  app.clock.advance(ms)
  await waitUntilIdle(app.dataDir, app.clock.now())
}

test('a lesson that cannot be built is set aside, is seen, and the next ones come on their days', async () => {
  const { app } = await start(2)
  await join(app, 'mara@example.test')
  expect((await checkReadiness(app.app.ports)).checks.messages.ok).toBe(true)
  await pass(app, DAY)
  await waitFor(() => stateOf(app, 2)?.state === 'deferred', 'the first attempt')
  for (const wait of [MINUTE, 5 * MINUTE, 15 * MINUTE]) await pass(app, wait)
  expect(stateOf(app, 2)).toMatchObject({
    state: 'failed',
    attempt: 4,
    reply: 'the message could not be built: The mail has 90 KB.',
  })
  const { ok, checks } = await checkReadiness(app.app.ports)
  expect(ok).toBe(false)
  expect(checks.messages.say).toMatch(/1 message .* could not be built: The mail has 90 KB\. Fix/)
  expect((await runMail(app.app.ports, ['status'])).text).toContain('could not be built: The mail has 90 KB.')

  await pass(app, DAY - 21 * MINUTE)
  expect((await app.mail.waitForMail('mara@example.test', 3)).length).toBe(3)
  expect(stateOf(app, 3)?.state).toBe('sent')
  await pass(app, DAY)
  await app.mail.waitForMail('mara@example.test', 4)
  expect(stateOf(app, 4)?.state).toBe('sent')
  expect((await checkReadiness(app.app.ports)).checks.messages.ok).toBe(true)
})

test('a fix and a restart send what was set aside, once and in its turn', async () => {
  const { app, state } = await start(2)
  await join(app, 'mara@example.test')
  await pass(app, DAY)
  for (const wait of [MINUTE, 5 * MINUTE, 15 * MINUTE]) await pass(app, wait)
  expect(stateOf(app, 2)?.state).toBe('failed')
  state.broken = false
  await app.restart()
  await app.mail.waitForMail('mara@example.test', 3)
  await waitUntilIdle(app.dataDir, app.clock.now())
  expect(stateOf(app, 2)?.state).toBe('sent')
  expect((await checkReadiness(app.app.ports)).checks.messages.ok).toBe(true)
  await pass(app, DAY)
  await app.mail.waitForMail('mara@example.test', 4)
  expect(stateOf(app, 3)?.state).toBe('sent')
  expect(queryRows(app.dataDir, 'select * from unbuilt_message')).toEqual([])
})

test('after a later lesson has gone out a restart sends nothing out of order', async () => {
  const { app, state } = await start(2)
  await join(app, 'mara@example.test')
  await pass(app, DAY)
  for (const wait of [MINUTE, 5 * MINUTE, 15 * MINUTE]) await pass(app, wait)
  await pass(app, DAY)
  await app.mail.waitForMail('mara@example.test', 3)
  state.broken = false
  await app.restart()
  await pass(app, HOUR)
  expect(stateOf(app, 2)?.state).toBe('failed')
})

test('one that is built at a later attempt is forgotten, and an unexpected error is kept without its words', async () => {
  const { app, state } = await start(1)
  state.error = new TypeError('something about mara@example.test')
  const visitor = join(app, 'mara@example.test')
  await waitFor(() => stateOf(app, 1)?.state === 'deferred', 'the first attempt')
  expect(String(stateOf(app, 1)?.reply)).toMatch(/could not be built: unexpected TypeError at /)
  expect(JSON.stringify(queryRows(app.dataDir, 'select * from unbuilt_message'))).not.toContain('mara')
  state.broken = false
  app.clock.advance(MINUTE)
  await visitor
  await waitFor(() => queryRows(app.dataDir, 'select * from unbuilt_message').length === 0, 'it to be forgotten')
})

test('one that is built later and fails for another reason is not tried again at the next start', async () => {
  const { app, state } = await start(2)
  await join(app, 'mara@example.test')
  await pass(app, DAY)
  await waitFor(() => stateOf(app, 2)?.state === 'deferred', 'the first attempt')
  state.broken = false
  state.address = 'ma>ra@example.test'
  await pass(app, MINUTE)
  expect(stateOf(app, 2)).toMatchObject({ state: 'failed', reply: expect.stringContaining('cannot be written') })
  expect(queryRows(app.dataDir, 'select * from unbuilt_message')).toEqual([])
  state.address = null
  await app.restart()
  await waitUntilIdle(app.dataDir, app.clock.now())
  expect(stateOf(app, 2)?.state).toBe('failed')
  expect(app.mail.accepted).toHaveLength(2)
})

test('while sending is paused, one that cannot be built uses up no probe: the next message probes', async () => {
  const { app } = await start(2)
  await join(app, 'mara@example.test')
  const { sendingState } = app.app.ports.store
  const tomorrow = app.clock.now() + DAY
  await sendingState.pause('the relay is away', 'relay', app.clock.now(), tomorrow)
  await pass(app, DAY)
  await waitFor(() => stateOf(app, 2)?.state === 'deferred', 'the first attempt')
  expect((await sendingState.status()).state).toBe('paused')
  await createVisitor(app.url).post('/sign-up', { email: 'nora@example.test', timeZone: 'UTC', hour: '7' })
  await app.mail.waitForMail('nora@example.test')
  await waitFor(async () => (await sendingState.status()).state === 'open', 'sending to resume')
  expect(stateOf(app, 2)).toMatchObject({ state: 'deferred', attempt: 1 })
})

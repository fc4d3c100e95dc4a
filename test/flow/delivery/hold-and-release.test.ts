import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { runMail } from '../../../src/cli/mail.ts'
import { queryRows, waitUntilIdle } from '../../support/database/database-rows.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { waitFor } from '../../support/wait-for.ts'

const DAY = 86_400_000

let parts: TestApp
beforeEach(async () => {
  parts = await createTestApp({
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
})
afterEach(() => parts.close())

const mail = (...words: string[]) => runMail(parts.app.ports, words)
const states = () =>
  queryRows(parts.dataDir, "select state from delivery where kind = 'lesson' order by day").map(({ state }) => state)

/** A learner with one lesson sent; the next is due a day later, and sending is held by then. */
async function holdWithALessonDue(hold: () => Promise<unknown>): Promise<void> {
  await join(parts, 'ada@example.test')
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  await hold()
  parts.clock.advance(DAY)
}

test('a hold by the operator keeps everything; released, what was due is sent and nothing is set aside', async () => {
  await holdWithALessonDue(() => mail('hold'))
  expect((await mail('hold')).text).toContain('held already')
  expect(states()).toEqual(['sent', 'planned', 'planned'])
  expect(await mail('release')).toEqual({
    text: 'Sending has resumed. Due deliveries start within a minute.',
    status: 0,
  })
  await waitFor(() => states()[1] === 'sent', 'the second lesson')
})

test('so it is after a move, unless the database turns out to be older than the last email sent', async () => {
  const hold = () => parts.app.ports.store.sendingState.hold('moved', 'moved-here', parts.clock.now())
  await holdWithALessonDue(hold)
  expect((await mail('release')).text).not.toContain('set aside')
  await waitFor(() => states()[1] === 'sent', 'the second lesson')

  await hold()
  parts.clock.advance(DAY)
  parts.app.ports.handoverLog.note({ deliveryId: 1_000_000, fence: 1, at: parts.clock.now() })
  expect((await mail('release')).text).toContain('set aside')
  expect(states()[2]).toBe('unconfirmed')
})

test('after a restore, a record of an email that the copy knows does not say that nothing was sent since', async () => {
  await holdWithALessonDue(() => mail('hold'))
  expect(await parts.app.ports.handoverLog.last()).not.toEqual([])
  await parts.app.ports.store.sendingState.hold('restored', 'restored', parts.clock.now())
  expect((await mail('release')).text).toContain('1 deliveries that may have been sent')
  expect(states()).toEqual(['sent', 'unconfirmed', 'planned'])
})

test.each(['moving', 'moved-away'] as const)(
  'a database that is held as %s is not released by mistake',
  async (cause) => {
    const hold = () => parts.app.ports.store.sendingState.hold('moved to another one', cause, parts.clock.now())
    await holdWithALessonDue(hold)
    expect(await mail('release')).toEqual({ text: 'Mail stays on hold: moved to another one', status: 1 })
    // Not even by a worker that starts, and finds that the other database has sent emails since.
    parts.app.ports.handoverLog.note({ deliveryId: 1_000_000, fence: 1, at: parts.clock.now() })
    await parts.restart()
    expect(await parts.app.ports.store.sendingState.status()).toMatchObject({ state: 'held', cause })
    expect(await mail('release', '--anyway')).toMatchObject({ status: 0, text: expect.stringContaining('set aside') })
    expect(states()[1]).toBe('unconfirmed')
  },
)

test('a word that release does not know is answered with the usage', async () => {
  expect(await mail('release', 'now')).toMatchObject({ status: 2 })
})

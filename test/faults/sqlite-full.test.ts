import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { withWakeUps } from '../../src/flow/with-wake-ups.ts'
import type { OpenDatabase } from '../../src/store/database/database.ts'
import { openSqlite } from '../../src/store/sqlite/open-sqlite.ts'
import { createStore } from '../../src/store/store.ts'
import { waitFor } from '../support/wait-for.ts'
import { createInProcessHarness, type InProcessHarness } from './support/in-process-harness.ts'
import { report } from './support/report-trial.ts'

let harness: InProcessHarness
let database: OpenDatabase
beforeEach(async () => {
  harness = await createInProcessHarness()
  const app = await harness.start()
  database = openSqlite(harness.databaseFile)
  Object.assign(app.ports, { store: withWakeUps(createStore(database), app.ports.wakeUps) })
})
afterEach(async () => {
  await harness.close()
  await database.close()
})

/** SQLite's own limit on the file gives the same SQLITE_FULL as the end of a disk, on any machine and without its rights. */
async function limitPages(more: number | null): Promise<void> {
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(database.db)
  const pages = more === null ? 1_000_000_000 : (rows[0]?.page_count ?? 0) + more
  await sql.raw(`pragma max_page_count = ${pages}`).execute(database.db)
}

async function counts(): Promise<Record<string, number>> {
  const { rows } = await sql<Record<string, number>>`select
    (select count(*) from sign_up) as "signUps",
    (select count(*) from delivery where kind = 'sign-up') as mails,
    (select count(*) from learner) as learners`.execute(database.db)
  return rows[0] ?? {}
}

async function unsettled(): Promise<readonly string[]> {
  const { rows } = await sql<{ state: string }>`select state from delivery where state <> 'sent'`.execute(database.db)
  return rows.map(({ state }) => state)
}

test('the disk full: a clear 503, nothing half-written, and with room again everything goes on', async () => {
  const signUp = (n: number) =>
    harness.visitor.postJson('/sign-up', { email: `person-${n}@example.test`, timeZone: 'UTC', hour: 7 })
  expect((await signUp(0)).status).toBe(200)
  await limitPages(0)
  let taken = 1
  let answer = await signUp(taken)
  // What room the last pages have left is used up first.
  while (answer.status === 200 && taken < 200) {
    taken += 1
    answer = await signUp(taken)
  }
  expect(answer.status).toBe(503)
  expect(JSON.parse(answer.text)).toMatchObject({
    ok: false,
    code: 'busy',
    message: expect.stringContaining('Nothing can be saved'),
  })
  expect(await counts()).toEqual({ signUps: taken, mails: taken, learners: taken })
  expect((await signUp(taken)).status).toBe(503)
  expect(await counts()).toEqual({ signUps: taken, mails: taken, learners: taken })

  await limitPages(null)
  const freed = performance.now()
  expect((await signUp(taken)).status).toBe(200)
  const mails = () => new Set(harness.receiver.taken.map((message) => message.to)).size
  // One that met the full disk while it was prepared is tried again after a minute, by the clock of the test.
  await waitFor(async () => (await unsettled()).every((state) => state === 'deferred'), 'no email to be under way')
  harness.clock.advance(2 * 60_000)
  await waitFor(
    () => mails() === taken + 1,
    () => `${taken + 1} mails, have ${mails()}`,
    20_000,
  )
  expect(harness.receiver.taken).toHaveLength(taken + 1)
  report({
    row: 12,
    what: 'the disk full',
    sends: taken + 1,
    lost: 0,
    twice: 0,
    recoveryMs: Math.round(performance.now() - freed),
  })
}, 180_000)

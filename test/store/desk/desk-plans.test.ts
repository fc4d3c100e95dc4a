import { afterAll, beforeAll, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import { type KyselyPlugin, type RootOperationNode, SqliteQueryCompiler } from 'kysely'
import type { Store } from '../../../src/flow/ports/store-ports.ts'
import { setQueryHandle } from '../../../src/store/database/database.ts'
import { openSqlite } from '../../../src/store/sqlite/open-sqlite.ts'
import { sqliteEngine } from '../../../src/store/sqlite/sqlite-engine.ts'
import { createStore } from '../../../src/store/store.ts'
import { createTempFolder } from '../../support/temp-folder.ts'

const NOW = 1_800_000_000_000
const CURSOR = { at: NOW, id: 5 }

/** What operators look at while lessons are sent: it must not read whole tables. */
const QUESTIONS: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  'what waits': ({ deskFigures }) => deskFigures.countWaiting(NOW, 100),
  'the days': ({ deskFigures }) => deskFigures.days(20_000, 20_001, NOW),
  'the first people': ({ people }) => people.page({}, null, 25),
  'the next people': ({ people }) => people.page({}, CURSOR, 25),
  'people of a state': ({ people }) => people.page({ state: 'paused', course: 'x', day: 2, bounced: true }, CURSOR, 25),
  'people of a week': ({ people }) => people.page({ within: { start: 0, end: NOW } }, CURSOR, 25),
  'people who wait': ({ people }) => people.page({ state: 'pending' }, CURSOR, 25),
  'an address by its beginning': ({ people }) => people.startingWith('ada', null, 25),
  'the next addresses': ({ people }) => people.startingWith('ada', 5, 25),
  'one person': async ({ attempts, people }) => [
    await attempts.ofLearner(1),
    await people.signUps(1),
    await people.deliveries(1),
    await people.reports(1),
    await people.signedUpAt(1),
  ],
  'the attempts of a delivery': ({ attempts }) => attempts.ofDelivery(1),
  'what was due': ({ deskDeliveries }) => deskDeliveries.page({}, NOW, CURSOR, 25),
  'what was sent': ({ deskDeliveries }) => deskDeliveries.page({ state: 'sent', course: 'x', day: 2 }, NOW, null, 25),
  'what is planned': ({ deskDeliveries }) => deskDeliveries.page({ state: 'planned', course: 'x' }, NOW, CURSOR, 25),
  'what is deferred': ({ deskDeliveries }) => deskDeliveries.page({ state: 'deferred' }, NOW, null, 25),
  'what is unconfirmed': ({ deskDeliveries }) => deskDeliveries.page({ state: 'unconfirmed' }, NOW, CURSOR, 25),
  'what is being sent': ({ deskDeliveries }) => deskDeliveries.page({ state: 'leased' }, NOW, null, 25),
  'what is due': ({ deskDeliveries }) => deskDeliveries.page({ state: 'due' }, NOW, CURSOR, 25),
  'what is due soon': ({ deskDeliveries }) => deskDeliveries.page({ state: 'soon' }, NOW, CURSOR, 25),
  'what was accepted on a day': ({ deskDeliveries }) =>
    deskDeliveries.page({ state: 'accepted', within: { start: 0, end: NOW } }, NOW, CURSOR, 25),
  'what bounced on a day': ({ deskDeliveries }) =>
    deskDeliveries.page({ state: 'bounced', within: { start: 0, end: NOW } }, NOW, CURSOR, 25),
  'who signed up on a day': ({ people }) =>
    people.page({ event: 'signed-up', state: 'active', within: { start: 0, end: NOW } }, CURSOR, 25),
  'who stopped on a day': ({ people }) => people.page({ event: 'stopped', within: { start: 0, end: NOW } }, CURSOR, 25),
  'what failed on a day': ({ deskDeliveries }) =>
    deskDeliveries.page({ state: 'failed', within: { start: 0, end: NOW } }, NOW, CURSOR, 25),
  'the audit log of a learner': ({ auditLog }) => auditLog.page({ learnerId: 1 }, 9, 50),
  'the audit log of an act': ({ auditLog }) => auditLog.page({ act: 'erase' }, null, 50),
}

let folder: Awaited<ReturnType<typeof createTempFolder>>
let database: ReturnType<typeof openSqlite>

beforeAll(async () => {
  folder = await createTempFolder()
  database = openSqlite(`${folder.path}/test.db`)
  await database.migrate()
})
afterAll(async () => {
  await database.close()
  await folder.remove()
})

test.each(Object.keys(QUESTIONS))('%s: through indexes, and sorted by them', async (name) => {
  const asked: RootOperationNode[] = []
  const listen: KyselyPlugin = {
    transformQuery: ({ node }) => {
      asked.push(node)
      return node
    },
    transformResult: async ({ result }) => result,
  }
  const db = database.db.withPlugin(listen)
  setQueryHandle(db, { engine: sqliteEngine, run: (query) => db.executeQuery(query) as never, isTransactional: false })
  await QUESTIONS[name]?.(createStore({ ...database, db }))
  expect(asked).not.toHaveLength(0)

  const file = new Sqlite(`${folder.path}/test.db`, { readonly: true })
  for (const node of asked) {
    const { sql, parameters } = new SqliteQueryCompiler().compileQuery(node, { queryId: 'plan' })
    const steps = (file.prepare(`explain query plan ${sql}`).all(...parameters) as { detail: string }[]).map(
      ({ detail }) => detail,
    )
    const scans = steps.filter((step) =>
      /^SCAN (delivery|delivery_attempt|enrolment|sign_up|learner|setback|audit_entry)(?! USING)/.test(step),
    )
    expect({ sql, scans }).toEqual({ sql, scans: [] })
  }
  file.close()
})

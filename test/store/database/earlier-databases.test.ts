import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import { sql } from 'kysely'
import { migrations } from '../../../db/migrations/index.ts'
import { addressKey, deriveKeys } from '../../../src/core/security/keys.ts'
import { createNameSealer, createSealer } from '../../../src/core/security/sealer.ts'
import { readFields } from '../../../src/flow/exercise/readable-answers.ts'
import { learnerSealer } from '../../../src/flow/security/learner-sealer.ts'
import { openSqlite } from '../../../src/store/sqlite/open-sqlite.ts'
import { createStore } from '../../../src/store/store.ts'
import { createTempFolder } from '../../support/temp-folder.ts'
import { createTestApp, FIXTURE_COURSES } from '../../support/test-app.ts'
import { waitFor } from '../../support/wait-for.ts'
import { keptDatabases, restoreKeptDatabase } from './kept-databases.ts'

const SECRET = 'a secret that only tests know, 0123456789'
const STATES = ['cancelled', 'deferred', 'expired', 'failed', 'leased', 'planned', 'sent', 'unconfirmed']
const OF_QUESTIONS = [
  ...['question', 'question_message', 'question_draft', 'question_note', 'question_notice', 'reply', 'publication'],
  ...['published_question', 'saved_passage', 'answers_for', 'operator'],
]
const names = Object.keys(migrations).sort()
const keys = deriveKeys(SECRET)

let folder: { path: string; remove(): Promise<void> }
let newest: unknown
beforeAll(async () => {
  folder = await createTempFolder()
  const database = openSqlite(join(folder.path, 'fresh.db'))
  await database.migrate()
  newest = await schemaOf(database)
  await database.close()
})
afterAll(() => folder?.remove())

/** Tables with their columns, by name, and the names of indexes. */
async function schemaOf({ db }: ReturnType<typeof openSqlite>): Promise<unknown> {
  const tables = await db.introspection.getTables()
  const { rows } = await sql<{
    name: string
  }>`select name from sqlite_master where type = 'index' order by name`.execute(db)
  return {
    indexes: rows.map(({ name }) => name),
    tables: tables.map(({ name, columns }) => [
      name,
      columns.map((column) => [column.name, column.isNullable, column.dataType.toLowerCase()]).sort(),
    ]),
  }
}

function count(file: string, sql: string): readonly unknown[] {
  const sqlite = new Sqlite(file)
  try {
    return sqlite.prepare(sql).all()
  } finally {
    sqlite.close()
  }
}

const deliveries = (file: string) =>
  count(file, 'select state, count(*) as n from delivery group by state order by state')

/** Of what is asked, answered and published: how many rows each table has, of those that are there. */
function countsOfQuestions(file: string): readonly unknown[] {
  const there = count(file, "select name from sqlite_master where type = 'table'") as readonly { name: string }[]
  return OF_QUESTIONS.filter((table) => there.some(({ name }) => name === table)).map((table) => [
    table,
    count(file, `select * from ${table}`).length,
  ])
}

/** What Ada has written, as her own session reads it. */
async function writtenByAda(file: string): Promise<readonly unknown[]> {
  const database = openSqlite(file)
  try {
    const store = createStore(database, createNameSealer(keys.fieldNames, keys.fieldNonces))
    const ada = (await store.enrolments.byId(1))?.learnerId as number
    const sealer = learnerSealer({ sealer: createSealer(keys.wrapping, randomBytes) }, store, ada)
    const own = { kind: 'own', hash: '' } as Parameters<typeof readFields>[3]
    return [...(await readFields({ sealer, answers: store.answers }, 1, 1, own)).values()].map(({ value }) => value)
  } finally {
    await database.close()
  }
}

describe.each(names)('a database of migration %s', (name) => {
  test('is migrated to the newest, and keeps every row and what was sealed', async () => {
    const file = join(folder.path, `${name}.db`)
    const before = keptDatabases.filter((one) => one <= name).at(-1)
    if (before !== undefined) restoreKeptDatabase(before, file)
    const database = openSqlite(file)
    await database.migrate(name)
    await database.close()
    if (before === undefined) fillByHand(file)

    const found = deliveries(file)
    expect(found.map((row) => (row as { state: string }).state)).toEqual(STATES)
    const [learners, written] = [
      count(file, 'select id, address from learner'),
      count(file, 'select id, sealed from answer'),
    ]
    const questions = countsOfQuestions(file)
    expect(learners).toHaveLength(before === undefined ? 1 : 8)
    const again = openSqlite(file)
    expect(await again.migrate()).toEqual(names.filter((one) => one > name))
    expect(await schemaOf(again)).toEqual(newest)
    const { suppressions } = createStore(again)
    expect(await suppressions.byKey(addressKey(keys, 'hal@example.test'))).not.toBeNull()
    await again.close()
    expect(deliveries(file)).toEqual(found)
    expect(count(file, 'select id, address from learner')).toEqual(learners)
    expect(count(file, 'select id, sealed from answer')).toEqual(written)
    expect(countsOfQuestions(file)).toEqual(expect.arrayContaining([...questions]))
    expect(count(file, 'pragma foreign_key_check')).toEqual([])
    expect(count(file, 'pragma integrity_check')).toEqual([{ integrity_check: 'ok' }])
    expect(await writtenByAda(file)).toContain('A walk before breakfast.')
  })
})

test('the newest of the kept ones has rows about questions in every table', () => {
  const file = join(folder.path, 'questions.db')
  restoreKeptDatabase('029-publishing', file)
  const counts = countsOfQuestions(file)
  expect(counts).toHaveLength(OF_QUESTIONS.length)
  for (const [, rows] of counts as readonly [string, number][]) expect(rows).toBeGreaterThan(0)
})

test.each([keptDatabases[0], keptDatabases.at(-1)])('the service goes on with a database of %s', async (name) => {
  const file = join(folder.path, `run-${name}.db`)
  restoreKeptDatabase(name as string, file)
  const parts = await createTestApp({
    start: '2026-11-29T12:00:00Z',
    env: { COURSE: 'three-days', DATABASE_URL: `sqlite:${file}` },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  try {
    const to = (who: string) => parts.mail.accepted.filter((message) => message.to === `${who}@example.test`)
    await waitFor(() => to('ada').length > 0, 'the second lesson of Ada')
    parts.clock.advance(3_600_000)
    await waitFor(
      async () => (await parts.app.ports.store.deliveries.oldestDue(parts.clock.now())) === null,
      'what is due',
    )
    expect(to('ada')).toHaveLength(1)
    for (const who of ['cleo', 'hal', 'ben']) expect(to(who)).toEqual([])
  } finally {
    await parts.close()
  }
})

/** A learner with deliveries in every state, a sealed answer and a suppression, in tables that the first versions had. */
function fillByHand(file: string): void {
  const db = new Sqlite(file)
  const sealer = createSealer(keys.wrapping, randomBytes)
  const dataKey = sealer.newDataKey(1)
  const preferences = "'Ada', 'Europe/Berlin', 7, 0, 0"
  db.prepare('insert into learner (id, address, address_key, data_key, created_at) values (1, ?, ?, ?, 0)').run(
    'ada@example.test',
    addressKey(keys, 'ada@example.test'),
    dataKey,
  )
  db.exec(`insert into enrolment (id, learner_id, course, state, name, time_zone, hour, discreet, web_only, overlays, confirmed_at)
    values (1, 1, 'three-days', 'active', ${preferences}, '[]', 0);
    insert into sign_up (learner_id, course, name, time_zone, hour, discreet, web_only, overlays, wording, nonce, token_hash, created_at)
    values (1, 'three-days', ${preferences}, '[]', 'v', 'n', 't', 0)`)
  for (const [index, state] of STATES.entries())
    db.prepare(
      `insert into delivery (learner_id, kind, enrolment_id, day, state, due_at, created_at) values (1, 'lesson', 1, ?, ?, 0, 0)`,
    ).run(index + 1, state)
  const context = JSON.stringify(['answer', 1, 1, 's', 'first', 1])
  const sealed = sealer.seal(dataKey, 1, context, JSON.stringify('A walk before breakfast.'))
  db.prepare(
    `insert into answer (enrolment_id, day, session, field, version, sealed, saved_at) values (1, 1, 's', 'first', 1, ?, 0)`,
  ).run(sealed)
  db.prepare(`insert into suppression (address_key, reason, created_at) values (?, 'operator', 0)`).run(
    addressKey(keys, 'hal@example.test'),
  )
  db.close()
}

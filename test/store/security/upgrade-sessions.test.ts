import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Migrator } from 'kysely/migration'
import { migrations } from '../../../db/migrations/index.ts'
import type { OpenDatabase } from '../../../src/store/database/database.ts'
import { openSqlite } from '../../../src/store/sqlite/open-sqlite.ts'
import { createStore } from '../../../src/store/store.ts'
import { changeDatabase, queryRows } from '../../support/database/database-rows.ts'
import { createTempFolder } from '../../support/temp-folder.ts'

const NOW = 1_800_000_000_000
const DAY = 86_400_000
let folder: Awaited<ReturnType<typeof createTempFolder>>
let database: OpenDatabase

beforeEach(async () => {
  folder = await createTempFolder()
  database = openSqlite(join(folder.path, 'bootcamp.db'))
  const migrator = new Migrator({ db: database.db, provider: { getMigrations: async () => ({ ...migrations }) } })
  const { error } = await migrator.migrateTo('007-due-index-covers')
  if (error) throw error
  changeDatabase(
    folder.path,
    `insert into learner (id, address, address_key, created_at) values (1, 'a@example.test', 'a', 0);
     insert into enrolment (id, learner_id, course, state, name, time_zone, hour, discreet, web_only, overlays, confirmed_at)
       values (1, 1, 'three-days', 'active', '', 'UTC', 7, 0, 0, '[]', 0);
     insert into session (hash, learner_id, opened_at, ended_at) values
       ('writes', 1, ${NOW - 20 * DAY}, null), ('reads', 1, ${NOW - DAY}, null), ('ended', 1, ${NOW}, ${NOW}),
       ('old', 1, ${NOW - 400 * DAY}, null);
     insert into answer (enrolment_id, day, session, field, version, sealed, saved_at)
       values (1, 1, 'writes', 'f', 1, x'00', ${NOW - 2 * DAY});
     insert into reading (session, enrolment_id, opened_at) values ('reads', 1, ${NOW - DAY})`,
  )
})

afterEach(async () => {
  await database.close()
  await folder.remove()
})

test('sessions go on by what they wrote last, and none of them reads what others wrote', async () => {
  await database.migrate()
  const { sessions } = createStore(database)
  expect(await sessions.find('writes', 1)).toEqual({
    hash: 'writes',
    kind: 'writer',
    openedAt: NOW - 20 * DAY,
    lastUsedAt: NOW - 2 * DAY,
    readsFrom: null,
  })
  expect((await sessions.find('reads', 1))?.kind).toBe('writer')
  expect(await sessions.find('ended', 1)).toBeNull()
  expect(await sessions.forget({ openedBefore: NOW - 21 * DAY, usedBefore: NOW - 10 * DAY }, 10)).toBe(1)
  expect(await sessions.find('old', 1)).toBeNull()
  expect(queryRows(folder.path, 'select field from answer')).toEqual([{ field: 'f' }])
})

test('an enrolment of before is known to be looked at, and one is settled once', async () => {
  await database.migrate()
  const { enrolments } = createStore(database)
  expect((await enrolments.withoutShortEmails(0, 10)).map(({ id, shortEmails }) => [id, shortEmails])).toEqual([
    [1, null],
  ])
  expect(await enrolments.withoutShortEmails(1, 10)).toEqual([])
  await enrolments.settleShortEmails(1, true)
  // Another process that looked earlier changes nothing any more.
  await enrolments.settleShortEmails(1, false)
  expect((await enrolments.byId(1))?.shortEmails).toBe(true)
  expect(await enrolments.withoutShortEmails(0, 10)).toEqual([])
})

test('what the version before writes meanwhile still fits', async () => {
  await database.migrate()
  changeDatabase(
    folder.path,
    `insert into session (hash, learner_id, opened_at, ended_at) values ('late', 1, ${NOW}, null);
     insert into reading (session, enrolment_id, opened_at) values ('late', 1, ${NOW});
     insert into sign_up (learner_id, course, name, time_zone, hour, discreet, web_only, overlays, wording, nonce, token_hash, created_at)
       values (1, 'three-days', '', 'UTC', 7, 0, 0, '[]', 'w', 'n', 't', 0);
     update session set ended_at = ${NOW} where hash = 'writes'`,
  )
  const { sessions, signUps } = createStore(database)
  expect(await sessions.find('late', 1)).toMatchObject({
    hash: 'late',
    kind: 'writer',
    openedAt: NOW,
    lastUsedAt: NOW,
    readsFrom: null,
  })
  expect(await sessions.find('writes', 1)).toBeNull()
  expect((await signUps.byTokenHash('t'))?.preferences.shortEmails).toBe(false)
})

import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { migrations } from '../../db/migrations/index.ts'
import { returnPathOf } from '../../src/core/reports/return-address.ts'
import { openSqlite } from '../../src/store/sqlite/open-sqlite.ts'
import { changeDatabase, queryRows } from '../support/database/database-rows.ts'
import { rowsOf, suppressionOf } from '../support/database/delivery-rows.ts'
import { headerOf } from '../support/mail-links.ts'
import { deliverReport, deliveryReport } from '../support/sample-reports.ts'
import { join } from '../support/sign-up-and-confirm.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { waitFor } from '../support/wait-for.ts'

const DOMAIN = 'bounces.course.example'
const LOGIN = 'reports:a-password-of-length'
let parts: TestApp
let port: number

beforeAll(async () => {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days', RETURN_PATH_DOMAIN: DOMAIN, BOUNCE_PORT: '0', POSTMARK_WEBHOOK_LOGIN: LOGIN },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  port = (await parts.app.listenForReports())?.port ?? 0
})

afterAll(() => parts?.close())

const applied = () =>
  waitFor(
    () => queryRows(parts.dataDir, 'select id from mail_event where applied_at is null').length === 0,
    'every report applied',
  )

/** The files under the data folder that hold these bytes. */
function filesWith(text: string, folder = parts.dataDir): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => joinPath(folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() && readFileSync(file).includes(text))
}

test('of an email that asks to stop nothing is kept but that it did, and nothing of it was ever written in clear', async () => {
  const { address } = await join(parts, 'stops@example.test')
  const [, lesson] = await parts.mail.waitForMail(address, 2)
  const to = /<mailto:([^?>]+)/.exec(headerOf(lesson as never, 'List-Unsubscribe') ?? '')?.[1] ?? ''
  const raw = `From: ${address}\r\nSubject: stop\r\n\r\nSIGNATURECANARY +49 170 1234567\r\n`
  expect(await deliverReport(port, to, raw, address)).toBe(250)
  // Also before it is applied.
  expect(filesWith('SIGNATURECANARY')).toEqual([])
  expect(filesWith(to.split('@')[0] as string)).toEqual([])
  await applied()
  const learner = queryRows(parts.dataDir, 'select id from learner where address = ?', address)[0]
  const row = queryRows(parts.dataDir, 'select * from mail_event where learner_id = ?', learner?.id)[0]
  expect(row).toMatchObject({ outcome: 'unsubscribed by mail', recipient: null, address_key: null })
  expect(row?.raw).toHaveLength(0)
})

test('of a report its outcome is kept, and no address, diagnostic or returned message is ever written in clear', async () => {
  const { address } = await join(parts, 'bounces@example.test')
  const [row] = rowsOf(parts, address)
  const to = returnPathOf(parts.app.ports.keys, Number(row?.id), DOMAIN)
  const raw = deliveryReport({ to, diagnostic: '550 5.1.1 DIAGNOSTICCANARY' })
  expect(await deliverReport(port, to, `${raw}RETURNEDCANARY`)).toBe(250)
  await applied()
  expect(suppressionOf(parts, address)).toEqual(['dead-address'])
  for (const canary of ['DIAGNOSTICCANARY', 'RETURNEDCANARY', to, to.split('@')[0] as string])
    expect(filesWith(canary)).toEqual([])
})

test('of a webhook its outcome is kept, and no address or subject is ever written in clear', async () => {
  const headers = { Authorization: `Basic ${Buffer.from(LOGIN).toString('base64')}` }
  const body = JSON.stringify({
    RecordType: 'Bounce',
    ID: 1,
    Type: 'SoftBounce',
    Email: 'hook-canary@example.test',
    Subject: 'SUBJECTCANARY',
  })
  const response = await fetch(`${parts.url}/hooks/postmark`, { method: 'POST', body, headers })
  expect(response.status).toBe(200)
  await applied()
  for (const canary of ['hook-canary', 'SUBJECTCANARY']) expect(filesWith(canary)).toEqual([])
})

test('every event of a learner goes with them, in whatever state it is', async () => {
  const { address } = await join(parts, 'leaves@example.test')
  const { store, clock } = parts.app.ports
  const learner = queryRows(parts.dataDir, 'select id, address_key from learner where address = ?', address)[0]
  const hold = (key: string) =>
    changeDatabase(parts.dataDir, `update mail_event set try_at = ${clock.now() + 1e9} where event_key = '${key}'`)
  const id = Number(learner?.id)
  for (const [key, learnerId, addressKey] of [
    ['waiting', id, null],
    ['aside', id, null],
    ['applied', id, null],
    ['unmatched', null, String(learner?.address_key)],
    ['of somebody else', null, 'another key'],
  ] as const) {
    await store.transaction(async (unit) =>
      unit.mailEvents.add(
        { source: 'postmark', key, nonce: null, sealed: randomBytes(40), learnerId, addressKey },
        clock.now(),
      ),
    )
    hold(key)
  }
  const idOf = (key: string) =>
    Number(queryRows(parts.dataDir, 'select id from mail_event where event_key = ?', key)[0]?.id)
  await store.mailEvents.setAside(idOf('aside'), clock.now())
  await store.mailEvents.settle(idOf('applied'), 'bounced userunknown', id, clock.now())
  await store.transaction((unit) => unit.learners.erase(id))
  const left = queryRows(
    parts.dataDir,
    "select event_key from mail_event where event_key in ('waiting', 'aside', 'applied', 'unmatched', 'of somebody else')",
  )
  expect(left).toEqual([{ event_key: 'of somebody else' }])
  changeDatabase(parts.dataDir, "delete from mail_event where event_key = 'of somebody else'")
})

test('a report about a learner who was erased meanwhile is kept under nobody, and changes nothing', async () => {
  const { address } = await join(parts, 'gone@example.test')
  const [row] = rowsOf(parts, address)
  const to = returnPathOf(parts.app.ports.keys, Number(row?.id), DOMAIN)
  await parts.app.ports.store.transaction((unit) => unit.learners.erase(Number(row?.learner_id)))
  expect(await deliverReport(port, to, deliveryReport({ to }))).toBe(250)
  await applied()
  expect(queryRows(parts.dataDir, 'select outcome, learner_id from mail_event order by id desc limit 1')).toEqual([
    { outcome: 'unknown delivery', learner_id: null },
  ])
})

test('the upgrade takes what was applied out of the rows, the free pages and the recovery log', async () => {
  const folder = await createTempFolder()
  try {
    const file = joinPath(folder.path, 'bootcamp.db')
    const database = openSqlite(file)
    // As the version before left it.
    const migrator = new Migrator({ db: database.db, provider: { getMigrations: async () => ({ ...migrations }) } })
    const { error } = await migrator.migrateTo('007-due-index-covers')
    expect(error).toBeUndefined()
    const text = `OLDCANARY ${'x'.repeat(20_000)}`
    for (const [key, at] of [
      ['done', 1],
      ['waits', null],
    ] as const)
      await sql`insert into mail_event (source, event_key, recipient, raw, received_at, applied_at) values ('smtp', ${key}, 'bounce+1-x@y', ${Buffer.from(key === 'done' ? text : 'WAITINGCANARY')}, 1, ${at})`.execute(
        database.db,
      )
    await database.close()
    expect(filesWith('OLDCANARY', folder.path)).not.toEqual([])

    const upgraded = openSqlite(file)
    expect(await upgraded.migrate()).toContain('008-report-queue')
    const rows = (
      await sql<{
        event_key: string
        recipient: string | null
        size: number
        sealed: number
      }>`select event_key, recipient, length(raw) as size, sealed from mail_event order by id`.execute(upgraded.db)
    ).rows
    expect(rows).toEqual([
      { event_key: 'done', recipient: null, size: 0, sealed: 0 },
      { event_key: 'waits', recipient: 'bounce+1-x@y', size: 13, sealed: 0 },
    ])
    await upgraded.close()
    expect(filesWith('OLDCANARY', folder.path)).toEqual([])
  } finally {
    await folder.remove()
  }
})

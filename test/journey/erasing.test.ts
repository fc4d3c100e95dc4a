import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { queryRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { redisContents } from '../support/redis-contents.ts'
import { join, type SignedUpLearner } from '../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'

const ADDRESS = 'Mara.Quendolin@example.test'
const CANARY = 'canary-51f0c2'
let parts: TestApp
let joined: SignedUpLearner

beforeAll(async () => {
  parts = await createTestApp({
    ownRedis: true,
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  joined = await join(parts, ADDRESS, { name: CANARY })
  await join(parts, 'someone.else@example.test')
})

afterAll(() => parts?.close())

/** Every byte of the database: its file and what lies beside it. */
function databaseBytes(): string {
  return readdirSync(parts.dataDir)
    .filter((name) => name.startsWith('bootcamp.db'))
    .map((name) => joinPath(parts.dataDir, name))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'latin1'))
    .join('')
}

const holds = (text: string) => [ADDRESS, ADDRESS.toLowerCase(), CANARY].filter((secret) => text.includes(secret))

test('the page to delete is one press away from stopping and from the settings, and changes nothing by itself', async () => {
  const stop = await joined.visitor.get(joined.stopLink)
  const settings = await joined.visitor.get(`${joined.lessonLink}/settings`)
  expect(stop.text).toContain('/delete"')
  expect(settings.text).toContain('/delete"')
  expect(holds(databaseBytes())).not.toEqual([])
  const page = await joined.visitor.get(`${joined.stopLink}/delete`)
  expect(page.text).toContain(`<form method="post" action="${new URL(joined.stopLink).pathname}/delete">`)
  expect(queryRows(parts.dataDir, 'select id from learner')).toHaveLength(2)
})

test('in the browser that has just confirmed, one press deletes the learner, the answers and every record, and nobody else’s', async () => {
  const answer = await joined.visitor.post(`${joined.stopLink}/delete`)
  expect(answer.status).toBe(200)
  for (const table of ['learner', 'enrolment', 'sign_up']) {
    expect({ table, rows: queryRows(parts.dataDir, `select count(*) as n from ${table}`) }).toEqual({
      table,
      rows: [{ n: 1 }],
    })
  }
  expect(queryRows(parts.dataDir, 'select distinct learner_id from delivery')).toHaveLength(1)
  expect(queryRows(parts.dataDir, 'select count(*) as n from answer')).toEqual([{ n: 0 }])
  expect(queryRows(parts.dataDir, 'select count(*) as n from suppression')).toEqual([{ n: 0 }])
})

test('neither the address nor the name is left in any byte of the database, its log, or Redis', async () => {
  expect(databaseBytes()).toContain('someone.else@example.test')
  expect(holds(databaseBytes())).toEqual([])
  expect(holds(await redisContents(parts.redis.url))).toEqual([])
})

test('no link of theirs opens anything, and nothing is sent any more', async () => {
  for (const link of [joined.lessonLink, joined.stopLink]) expect((await joined.visitor.get(link)).status).toBe(410)
  parts.clock.set('2026-03-05T09:00:00Z')
  await parts.mail.waitForMail('someone.else@example.test', 3)
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  expect(parts.mail.accepted.filter((message) => message.to === ADDRESS)).toHaveLength(2)
})

test('an address that bounced stays suppressed by its keyed hash, and by nothing that says who it is', async () => {
  const address = 'bounced@example.test'
  const second = await join(parts, address)
  const learner = queryRows(parts.dataDir, 'select id from learner where address = ?', address)[0]?.id as number
  await parts.app.ports.store.suppressions.add(learner, 'dead-address', parts.clock.now())
  await second.visitor.post(`${second.stopLink}/delete`)
  expect(queryRows(parts.dataDir, 'select reason from suppression')).toEqual([{ reason: 'dead-address' }])
  expect(databaseBytes()).not.toContain(address)

  await second.visitor.post('/sign-up', { email: address, timeZone: 'Europe/Berlin', hour: '7' })
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  expect(parts.mail.accepted.filter((message) => message.to === address)).toHaveLength(2)
})

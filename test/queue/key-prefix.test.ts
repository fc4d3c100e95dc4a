import { rm } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { checkReadiness } from '../../src/flow/sending/readiness.ts'
import { jobIdOf } from '../../src/queue/queue-names.ts'
import { changeDatabase, queryRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { redisAt } from '../support/parse-servers.ts'
import { redisContents } from '../support/redis-contents.ts'
import { type RedisProcess, startRedisProcess } from '../support/redis-process.ts'
import { join } from '../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { waitFor } from '../support/wait-for.ts'

const DAY = 86_400_000
let server: RedisProcess
let url: string
let redis: Redis
const apps: TestApp[] = []

beforeEach(async () => {
  server = await startRedisProcess()
  url = `redis://127.0.0.1:${server.port}`
  redis = new Redis(url, { maxRetriesPerRequest: null })
})
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close()
  redis.disconnect()
  await server.close()
})

async function install(env: Readonly<Record<string, string>> = {}, sweepEveryMs = 100): Promise<TestApp> {
  const app = await createTestApp({
    worker: true,
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days', ...env },
    overrides: { lessonsDir: FIXTURE_COURSES, sweepEveryMs },
    redis: redisAt(url),
  })
  apps.push(app)
  return app
}

const mailState = async (app: TestApp) => (await checkReadiness(app.app.ports)).checks.mail

describe('two installations on one Redis', () => {
  test('send their own lessons, by their own queues, and hold nothing of one another', async () => {
    const [one, other] = [await install(), await install()]
    expect(one.app.queuePrefix).not.toBe(other.app.queuePrefix)
    await join(one, 'mara@example.test')
    await waitFor(async () => (await redis.exists(`${one.app.queuePrefix}:last-dot`)) === 1, 'the last mark in Redis')
    await join(other, 'nora@example.test')
    await one.restart()
    await other.restart()
    for (const [app, address] of [
      [one, 'mara@example.test'],
      [other, 'nora@example.test'],
    ] as const) {
      app.clock.advance(DAY)
      await app.mail.waitForMail(address, 3)
      expect((await mailState(app)).ok).toBe(true)
      expect(new Set(app.mail.accepted.map(({ to }) => to))).toEqual(new Set([address]))
    }
    const keys = await redis.keys('*')
    const prefixes = [one.app.queuePrefix, other.app.queuePrefix]
    expect(keys.filter((key) => !prefixes.some((prefix) => key.startsWith(`${prefix}:`)))).toEqual([])
    expect(await redisContents(url)).not.toContain('example.test')
  })

  test('that are given the same prefix are told at start, and the first goes on', async () => {
    const one = await install({ QUEUE_PREFIX: 'course' })
    await expect(install({ QUEUE_PREFIX: 'course' })).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringMatching(/^Another installation uses QUEUE_PREFIX course .*Choose another prefix/),
    })
    await join(one, 'mara@example.test')
    await one.restart()
    expect((await mailState(one)).ok).toBe(true)
  })
})

test('a copy of the database is the same installation: restored, it holds', async () => {
  const app = await install()
  await join(app, 'mara@example.test')
  const prefix = app.app.queuePrefix
  await waitFor(async () => (await redis.exists(`${prefix}:last-dot`)) === 1, 'the last mark in Redis')
  // A later message than this database knows of, and the data folder's own memory lost with the machine.
  await app.app.close()
  await rm(joinPath(app.dataDir, 'last-dot'), { force: true })
  await redis.set(`${prefix}:last-dot`, `9999 1 ${app.clock.now()}`)
  await app.restart().catch(() => {})
  expect(app.app.queuePrefix).toBe(prefix)
  expect((await mailState(app)).say).toMatch(/held.*restored from a backup/)
})

describe('an upgrade from keys without a prefix', () => {
  /** Leaves Redis as the last version would: jobs for what waits, the last mark and the marker. */
  async function asBefore(app: TestApp): Promise<void> {
    await app.app.close()
    await redis.flushall()
    const rows = queryRows(app.dataDir, "select id, due_at from delivery where state = 'planned'")
    const queue = new Queue('lessons', { connection: redis })
    for (const { id, due_at: dueAt } of rows) {
      const delivery = { id: Number(id), dueAt: Number(dueAt) }
      const opts = { jobId: jobIdOf(delivery), delay: 3_600_000 }
      await queue.add('deliver', { deliveryId: delivery.id }, opts)
    }
    await queue.close()
    const sweep = new Queue('sweep', { connection: redis })
    await sweep.upsertJobScheduler('sweep', { every: 15_000 })
    await sweep.close()
    const [last] = queryRows(
      app.dataDir,
      'select id, fence, dot_at from delivery where dot_at is not null order by dot_at desc',
    )
    await redis.set('bootcamp:last-dot', `${last?.id} ${last?.fence} ${last?.dot_at}`)
    await redis.set('bootcamp:planned-until', `${app.clock.now() + DAY} x`)
  }

  const rest = () => redis.keys('bull:*').then((keys) => keys.sort())

  test('moves the last mark, plans every job anew, leaves nothing behind and sends nothing twice', async () => {
    const app = await install({}, 3_600_000)
    await join(app, 'mara@example.test')
    await asBefore(app)
    await app.restart()
    const prefix = app.app.queuePrefix
    await waitFor(async () => (await rest()).length === 0, 'the old queues to be gone')
    await waitFor(async () => (await redis.exists(`${prefix}:moved`)) === 1, 'the move to be done')
    expect(await redis.exists('bootcamp:last-dot', 'bootcamp:planned-until')).toBe(0)
    expect(await redis.get(`${prefix}:last-dot`)).toMatch(/^\d+ \d+ \d+$/)
    expect((await mailState(app)).ok).toBe(true)
    await waitFor(async () => (await redis.zcard(`${prefix}:lessons:delayed`)) > 0, 'the jobs under the new prefix')
    await app.restart()
    app.clock.advance(DAY)
    await app.mail.waitForMail('mara@example.test', 3)
    await waitUntilIdle(app.dataDir, app.clock.now())
    expect(app.mail.accepted).toHaveLength(3)
  })

  test('leaves alone what is of another installation that still has none, and does not hold for its last mark', async () => {
    const app = await install()
    await join(app, 'mara@example.test')
    await asBefore(app)
    const queue = new Queue('lessons', { connection: redis })
    await queue.add('deliver', { deliveryId: 7 }, { jobId: 'delivery-7-12345', delay: 3_600_000 })
    await queue.close()
    await redis.set('bootcamp:last-dot', `9999 1 ${app.clock.now()}`)
    await app.restart()
    expect((await mailState(app)).ok).toBe(true)
    await waitFor(async () => (await redis.exists(`${app.app.queuePrefix}:moved`)) === 1, 'the move to be done')
    expect(await redis.exists('bull:lessons:delivery-7-12345')).toBe(1)
    expect(await redis.get('bootcamp:last-dot')).toMatch(/^9999 /)
    expect((await redis.keys('bull:lessons:delivery-*')).length).toBe(1)
  })

  test('holds where the upgrade meets a restored copy whose data folder is lost too', async () => {
    const app = await install()
    await join(app, 'mara@example.test')
    await asBefore(app)
    await redis.set('bootcamp:last-dot', `9999 1 ${app.clock.now()}`)
    await rm(joinPath(app.dataDir, 'last-dot'))
    await app.restart()
    expect((await mailState(app)).say).toMatch(/held/)
  })

  test('of a database that is restored after it gives the same installation', async () => {
    const app = await install()
    await join(app, 'mara@example.test')
    await app.app.close()
    const undo = `drop table published_question; drop table publication;
      drop table installation; drop table unbuilt_message; drop table field_look;
      alter table answer drop column own;
      alter table enrolment drop column language; alter table sign_up drop column language;
      alter table enrolment drop column pace; alter table sign_up drop column pace;
      alter table enrolment drop column reminder_hour; alter table sign_up drop column reminder_hour;
      alter table enrolment drop column paused_at; alter table enrolment drop column paused_until;
      alter table enrolment drop column days; drop index learner_recovery;
      alter table learner drop column recovery_round; alter table learner drop column recovery_hash;
      alter table learner drop column mails_way_back; alter table session drop column reads_from;
      alter table learner drop column links_read_from; drop table confirmation_email; drop table shared_text;
      drop table address_change;
      drop table answers_for; drop table saved_passage; drop table question_draft; drop table question_note;
      drop table question_notice; drop table author_notice;
      drop table passkey; drop table passkey_challenge; drop table operator_link; drop table operator_session;
      drop table operator; drop table audit_entry; drop table audit_note;
      drop index learner_address; drop index enrolment_confirmed; drop index enrolment_state; drop index enrolment_ended;
      drop index sign_up_created; drop index delivery_deferred;
      drop index delivery_resend; drop index delivery_by_due; drop index delivery_not_sent;
      alter table delivery drop column resend_of;
      drop table delivery_attempt;
      drop table reply; drop table question_message; drop table question; drop table question_block;
      create table relay_slot (slot integer); create table relay_wish (owner text);
      delete from kysely_migration where name >= '013'`
    changeDatabase(app.dataDir, undo)
    await app.restart()
    const first = app.app.queuePrefix
    await app.app.close()
    changeDatabase(app.dataDir, undo)
    await app.restart()
    expect(app.app.queuePrefix).toBe(first)
  })
})

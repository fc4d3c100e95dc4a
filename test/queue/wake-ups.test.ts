import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type Job, Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { tokenOf } from '../../src/core/security/confirmation-token.ts'
import { LINKS } from '../../src/core/security/links.ts'
import { allRows, queryRows } from '../support/database/database-rows.ts'
import { redisContents } from '../support/redis-contents.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { createVisitor } from '../support/visitor.ts'
import { waitFor } from '../support/wait-for.ts'

const ADDRESS = 'queued@example.test'
let parts: TestApp
let redis: Redis
let lessons: Queue

beforeEach(async () => {
  // The sweep stays away, so that what happens here the queue does.
  parts = await createTestApp({
    ownRedis: true,
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES, sweepEveryMs: 3_600_000 },
  })
  redis = new Redis(parts.redis.url, { maxRetriesPerRequest: null })
  lessons = new Queue('lessons', { connection: redis, prefix: parts.app.queuePrefix })
})

afterEach(async () => {
  await lessons.close()
  redis.disconnect()
  await parts.close()
})

/** Signs up and confirms; no mail has to be read for that, and so no worker has to run. */
async function enrol(): Promise<number> {
  const visitor = createVisitor(parts.url)
  await visitor.post('/sign-up', { email: ADDRESS, name: 'Quentin', timeZone: 'Europe/Berlin', hour: '7' })
  const [row] = queryRows(parts.dataDir, 'select nonce from sign_up')
  const answer = await visitor.post(`/confirm/${tokenOf(parts.app.ports.keys, row?.nonce as string)}`)
  expect(answer.status).toBe(200)
  return queryRows(parts.dataDir, 'select id from enrolment')[0]?.id as number
}

const rows = () =>
  queryRows(parts.dataDir, "select id, day, state, due_at from delivery where kind = 'lesson' order by day") as {
    id: number
    day: number
    state: string
    due_at: number
  }[]

async function jobOf(delivery: number): Promise<Job> {
  const found = (await lessons.getJobs()).filter((job) => job.data.deliveryId === delivery)
  if (found.length !== 1)
    throw new Error(`There should be one job for delivery ${delivery}, and there are ${found.length}.`)
  return found[0] as Job
}

test('right after confirming there is one job for each planned delivery, and it holds the id alone', async () => {
  await enrol()
  const jobs = await lessons.getJobs()
  expect(jobs.map((job) => job.data).toSorted((one, other) => one.deliveryId - other.deliveryId)).toEqual(
    rows().map(({ id }) => ({ deliveryId: id })),
  )
  for (const row of rows()) {
    const job = await jobOf(row.id)
    expect(job.opts.delay).toBe(row.due_at - parts.clock.now())
    expect(await job.getState()).toBe(row.day === 1 ? 'waiting' : 'delayed')
  }
  const [signUp] = queryRows(parts.dataDir, 'select nonce, token_hash from sign_up')
  const contents = await redisContents(parts.redis.url)
  for (const secret of [ADDRESS, 'Quentin', signUp?.nonce, signUp?.token_hash]) expect(contents).not.toContain(secret)
})

test('the job of a lesson that is due sends it, without the help of a sweep', async () => {
  await enrol()
  await parts.app.startWorker()
  await waitFor(() => rows()[0]?.state === 'sent', 'the first lesson to be sent')
  await parts.mail.waitForMail(ADDRESS)
})

test('a worker that fires early puts the job back until the lesson is due', async () => {
  await enrol()
  await parts.app.startWorker()
  await waitFor(() => rows()[0]?.state === 'sent', 'the first lesson to be sent')
  const second = rows()[1] as ReturnType<typeof rows>[number]
  const before = allRows(parts.dataDir).delivery
  const mails = parts.mail.accepted.length

  const early = await jobOf(second.id)
  await early.promote()
  await waitFor(async () => (await (await jobOf(second.id)).getState()) === 'delayed', 'the job to be put back')
  const back = await jobOf(second.id)
  expect(back.attemptsStarted).toBeGreaterThan(0)
  expect(back.data).toEqual({ deliveryId: second.id })
  // As long as the lesson has to wait, give or take what this test took.
  expect(Math.abs(back.delay - (second.due_at - parts.clock.now()))).toBeLessThan(30_000)
  expect(allRows(parts.dataDir).delivery).toEqual(before)
  expect(parts.mail.accepted).toHaveLength(mails)

  parts.clock.set(second.due_at)
  await (await jobOf(second.id)).promote()
  await waitFor(() => rows()[1]?.state === 'sent', 'the second lesson to be sent')
})

test('a worker that fires for a cancelled delivery does nothing', async () => {
  const enrolment = await enrol()
  await parts.app.startWorker()
  await waitFor(() => rows()[0]?.state === 'sent', 'the first lesson to be sent')
  await createVisitor(parts.url).post(`/stop/${LINKS.stop.make(parts.app.ports.keys, { enrolmentId: enrolment })}`)
  const second = rows()[1] as ReturnType<typeof rows>[number]
  expect(second.state).toBe('cancelled')
  const before = allRows(parts.dataDir)
  const mails = parts.mail.accepted.length

  parts.clock.set(second.due_at)
  await (await jobOf(second.id)).promote()
  const isGone = async () => !(await lessons.getJobs()).some((job) => job.data.deliveryId === second.id)
  await waitFor(isGone, 'the job to end, after which it leaves Redis')
  expect(allRows(parts.dataDir)).toEqual(before)
  expect(parts.mail.accepted).toHaveLength(mails)
})

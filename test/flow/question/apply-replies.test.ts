import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { replyAddress } from '../../../src/core/question/reply-address.ts'
import { applyReplies, forgetReplies } from '../../../src/flow/question/apply-replies.ts'
import { MAX_REPLIES_PER_DAY, receiveReply } from '../../../src/flow/question/receive-reply.ts'
import { queryRows } from '../../support/database/database-rows.ts'
import { courseWithQuestions } from '../../support/question/course-with-questions.ts'
import { dnsOfSigners, replyEmail } from '../../support/question/sample-replies.ts'
import { threadsOf } from '../../support/question/threads.ts'
import { createTestApp, type TestApp, type TestAppOptions } from '../../support/test-app.ts'

const REPLIES = 'reply.course.example'
const MINUTE = 60_000
const DAY = 86_400_000
const ENDS = fileURLToPath(new URL('../../fixtures/threads/ending.mjs', import.meta.url))
const signers = dnsOfSigners('example.test')
let parts: TestApp
let course: Awaited<ReturnType<typeof courseWithQuestions>>
let isDnsAway = false

beforeEach(async () => {
  course = await courseWithQuestions()
  isDnsAway = false
})
afterEach(async () => {
  await parts?.close()
  await course?.remove()
})

async function start(overrides: TestAppOptions['overrides'] = {}, lessonsDir = course.lessonsDir): Promise<void> {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days', REPLY_DOMAIN: REPLIES },
    overrides: {
      lessonsDir,
      async resolveDns(name, type) {
        if (isDnsAway) throw Object.assign(new Error('ETIMEOUT'), { code: 'ETIMEOUT' })
        return signers(name, type)
      },
      ...overrides,
    },
  })
}

const ports = () => parts.app.ports
const rows = () => queryRows(parts.dataDir, 'select outcome, attempts, length(sealed) as size from reply order by id')

/** Somebody who has had a lesson. */
async function person() {
  const { store, clock, keys } = ports()
  const now = clock.now()
  const address = 'mara@example.test'
  const learner = await store.learners.ensure({ address, addressKey: 'key', now })
  const preferences = { name: 'Mara', timeZone: 'Europe/Berlin', hour: 7, discreet: false, language: null }
  const enrolment = await store.enrolments.add({
    ...preferences,
    ...{ webOnly: false, shortEmails: false, pace: 'daily', reminderHour: null, tracks: null, plan: null },
    ...{ learnerId: learner.id, course: 'three-days', days: null, now },
  } as never)
  const row = { learnerId: learner.id, kind: 'lesson', enrolmentId: enrolment.id, signUpId: null, day: 2 } as const
  const [delivery] = await store.deliveries.plan([{ ...row, dueAt: now + DAY }], now)
  return { id: learner.id, address, replyTo: replyAddress(keys, Number(delivery?.id), REPLIES) }
}

async function receive({ address, replyTo }: Awaited<ReturnType<typeof person>>, text: string) {
  const raw = await replyEmail({ from: address, to: replyTo, text })
  const client = { ip: '192.0.2.1', helo: 'out.example.test', mailFrom: address }
  return receiveReply(ports(), { recipient: replyTo, client, isOriginal: true, raw })
}

test('a reply becomes a question in one transaction, and what is left of it after a week is deleted', async () => {
  await start()
  const mara = await person()
  expect(await receive(mara, 'Hello')).toBe('kept')
  expect(await receive(mara, 'Hello')).toBe('kept')
  expect(await applyReplies(ports())).toBe(2)
  expect(await threadsOf(parts, mara.id)).toMatchObject([{ day: 2, texts: ['Hello'] }, { texts: ['Hello'] }])
  expect(rows()).toMatchObject([
    { outcome: 'question', size: 0 },
    { outcome: 'question', size: 0 },
  ])
  parts.clock.advance(6 * DAY)
  await forgetReplies(ports())
  expect(rows()).toHaveLength(2)
  parts.clock.advance(2 * DAY)
  await forgetReplies(ports())
  expect(rows()).toEqual([])
})

test('while DNS is away it is tried again, and after the third time it waits for a yes', async () => {
  await start()
  const mara = await person()
  await receive(mara, 'Hello')
  isDnsAway = true
  expect(await applyReplies(ports())).toBe(0)
  expect(await threadsOf(parts, mara.id)).toEqual([])
  parts.clock.advance(MINUTE)
  isDnsAway = false
  expect(await applyReplies(ports())).toBe(1)
  expect(await threadsOf(parts, mara.id)).toMatchObject([{ state: 'waiting' }])
  await receive(mara, 'Once more')
  isDnsAway = true
  for (const wait of [MINUTE, 10 * MINUTE, DAY]) {
    await applyReplies(ports())
    parts.clock.advance(wait)
  }
  expect((await threadsOf(parts, mara.id))[1]).toMatchObject({ state: 'unconfirmed', texts: ['Once more'] })
})

test('a process that was killed while reading one loses nothing, and two at once ask once', async () => {
  await start()
  const mara = await person()
  await receive(mara, 'Hello')
  const { replies } = ports().store
  const [waiting] = await replies.waiting(1, ports().clock.now())
  // As the process that was killed leaves it.
  await replies.claim(waiting as never, ports().clock.now(), ports().clock.now() + 2 * MINUTE)
  expect(await applyReplies(ports())).toBe(0)
  parts.clock.advance(2 * MINUTE)
  const settled = await Promise.all([applyReplies(ports()), applyReplies(ports())])
  expect(settled.reduce((sum, count) => sum + count, 0)).toBe(1)
  expect(await threadsOf(parts, mara.id)).toHaveLength(1)
})

test('one that ends its reader is deleted after the third time', async () => {
  await start({ replyReader: { thread: ENDS } })
  const mara = await person()
  await receive(mara, 'Hello')
  for (const wait of [MINUTE, 10 * MINUTE, DAY]) {
    await applyReplies(ports())
    parts.clock.advance(wait)
  }
  expect(rows()).toEqual([{ outcome: 'failed', attempts: 3, size: 0 }])
  expect(await threadsOf(parts, mara.id)).toEqual([])
})

describe('limits', () => {
  test('beyond so many replies a day, servers are asked to come back', async () => {
    await start()
    const mara = await person()
    for (let n = 0; n < MAX_REPLIES_PER_DAY; n += 1) expect(await receive(mara, `Number ${n}`)).toBe('kept')
    expect(await receive(mara, 'One more')).toBe('too-many')
    await applyReplies(ports())
    expect(await receive(mara, 'One more')).toBe('too-many')
    parts.clock.advance(DAY + 1)
    expect(await receive(mara, 'One more')).toBe('kept')
  })

  test('what nobody vouches for waits for a yes three times a day; more is counted and dropped', async () => {
    await start()
    const mara = await person()
    for (let n = 0; n < 5; n += 1) {
      const raw = Buffer.from(`From: x@y.test\r\nTo: ${mara.replyTo}\r\n\r\nNumber ${n}\r\n`)
      await receiveReply(ports(), { recipient: mara.replyTo, client: null, isOriginal: true, raw })
    }
    await applyReplies(ports())
    expect(rows().map(({ outcome }) => outcome)).toEqual([...Array(3).fill('unconfirmed'), 'limit', 'limit'])
  })
})

test('a course that takes no questions any more, and a learner who may ask no more, get the same: nothing', async () => {
  await start()
  const mara = await person()
  await ports().store.questions.block({ learnerId: mara.id, course: 'three-days', operatorId: null, at: 1 })
  await receive(mara, 'Hello')
  await applyReplies(ports())
  expect(rows()).toMatchObject([{ outcome: 'refused', size: 0 }])
  expect(queryRows(parts.dataDir, "select id from delivery where kind = 'question-received'")).toEqual([])
})

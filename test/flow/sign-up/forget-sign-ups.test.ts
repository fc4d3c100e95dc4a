import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { UNCONFIRMED_SIGN_UP_MS } from '../../../src/core/retention.ts'
import { confirm } from '../../../src/flow/sign-up/confirm.ts'
import { forgetSignUps } from '../../../src/flow/sign-up/forget-sign-ups.ts'
import { signUp } from '../../../src/flow/sign-up/sign-up.ts'
import { runUpkeep } from '../../../src/flow/upkeep/run-upkeep.ts'
import { queryRows } from '../../support/database/database-rows.ts'
import { linkOf } from '../../support/mail-links.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor } from '../../support/visitor.ts'
import { waitFor } from '../../support/wait-for.ts'

const HOUR_MS = 3_600_000
const never = new AbortController().signal
let parts: TestApp

afterEach(() => parts?.close())

async function start(options: { worker: boolean }): Promise<void> {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    ...options,
  })
}

const forget = () => forgetSignUps(parts.app.ports, never)
const count = (table: string) => Number(queryRows(parts.dataDir, `select count(*) as n from ${table}`)[0]?.n)
const counts = () => [count('learner'), count('sign_up'), count('enrolment'), count('delivery')]

async function ask(address: string, number = 1): Promise<string> {
  await signUp(parts.app.ports, {
    course: 'three-days',
    email: address,
    name: 'Quendolin',
    timeZone: 'Europe/Berlin',
    hour: 7,
    discreet: false,
    webOnly: false,
    shortEmails: false,
    language: null,
    pace: 'daily' as const,
    reminderHour: null,
    track: null,
    overlays: [],
    start: null,
  })
  const mail = (await parts.mail.waitForMail(address, number))[number - 1]
  if (!mail) throw new Error('no confirmation mail')
  await waitFor(
    () => queryRows(parts.dataDir, "select id from delivery where state <> 'sent' and kind = 'sign-up'").length === 0,
    'the mail to be recorded',
  )
  return linkOf(mail, '/confirm/')
}

describe('a sign-up that nobody confirmed', () => {
  beforeEach(() => start({ worker: true }))

  test('stays for its time, and then goes with its learner and its mail, to the last byte', async () => {
    await ask('mara.quendolin@example.test')
    parts.clock.advance(UNCONFIRMED_SIGN_UP_MS)
    expect(await forget()).toBe(0)
    expect(counts()).toEqual([1, 1, 0, 1])
    parts.clock.advance(1)
    expect(await forget()).toBe(1)
    expect(counts()).toEqual([0, 0, 0, 0])
    await runUpkeep(parts.app.ports, never)
    const bytes = readdirSync(parts.dataDir)
      .filter((name) => name.startsWith('bootcamp.db'))
      .map((name) => readFileSync(join(parts.dataDir, name), 'latin1'))
      .join('')
    expect(bytes.toLowerCase()).not.toContain('quendolin')
  })

  test('can be confirmed for as long as its link says, and then stays', async () => {
    const link = await ask('ada@example.test')
    parts.clock.advance(48 * HOUR_MS - 1)
    expect(await forget()).toBe(0)
    expect((await createVisitor(parts.url).post(link)).status).toBe(200)
    parts.clock.advance(UNCONFIRMED_SIGN_UP_MS)
    expect(await forget()).toBe(0)
    expect([count('learner'), count('sign_up'), count('enrolment')]).toEqual([1, 1, 1])
  })

  test('goes the same way when it was declined', async () => {
    const link = await ask('ada@example.test')
    expect((await createVisitor(parts.url).get(link)).status).toBe(200)
    await parts.app.ports.store.signUps.decline(1, parts.clock.now())
    parts.clock.advance(UNCONFIRMED_SIGN_UP_MS + 1)
    expect(await forget()).toBe(1)
    expect(count('learner')).toBe(0)
    expect((await createVisitor(parts.url).get(link)).status).toBe(404)
  })

  test('leaves the learner who is enrolled by another one', async () => {
    const { ports } = parts.app
    const first = await ask('ada@example.test')
    await ask('ada@example.test', 2)
    await confirm(ports, first.split('/').at(-1) as string, null)
    parts.clock.advance(UNCONFIRMED_SIGN_UP_MS + 1)
    expect(await forget()).toBe(1)
    expect([count('learner'), count('sign_up'), count('enrolment')]).toEqual([1, 1, 1])
  })

  test('leaves the learner whose newer one may still be confirmed', async () => {
    await ask('ada@example.test')
    parts.clock.advance(UNCONFIRMED_SIGN_UP_MS - HOUR_MS)
    const link = await ask('ada@example.test', 2)
    parts.clock.advance(HOUR_MS + 1)
    expect(await forget()).toBe(1)
    expect([count('learner'), count('sign_up')]).toEqual([1, 1])
    expect((await createVisitor(parts.url).post(link)).status).toBe(200)
  })

  test('leaves the keyed hash of a suppressed address, and no address', async () => {
    const { ports } = parts.app
    await ask('ada@example.test')
    await ports.store.suppressions.add(1, 'dead-address', parts.clock.now())
    parts.clock.advance(UNCONFIRMED_SIGN_UP_MS + 1)
    expect(await forget()).toBe(1)
    expect(counts()).toEqual([0, 0, 0, 0])
    expect(count('suppression')).toBe(1)
  })
})

describe('many of them, as an upgrade finds them', () => {
  const MANY = 1_050
  beforeEach(async () => {
    await start({ worker: false })
    const { store } = parts.app.ports
    await store.transaction(async (unit) => {
      for (let number = 0; number < MANY; number += 1) {
        const now = parts.clock.now() - UNCONFIRMED_SIGN_UP_MS - 1 - number
        const learner = await unit.learners.ensure({ address: `${number}@old.test`, addressKey: `k${number}`, now })
        await unit.signUps.add({
          learnerId: learner.id,
          course: 'three-days',
          preferences: {
            name: '',
            timeZone: 'UTC',
            hour: 7,
            discreet: false,
            webOnly: false,
            shortEmails: false,
            language: null,
            pace: 'daily' as const,
            reminderHour: null,
          },
          wording: 'v',
          nonce: `n${number}`,
          tokenHash: `t${number}`,
          now,
        })
      }
    })
  })

  test('go in slices, so that nobody else waits long, and by two at once each goes once', async () => {
    const { store } = parts.app.ports
    let slowest = 0
    let isOver = false
    const others = (async () => {
      while (!isOver) {
        const start = performance.now()
        await store.heartbeats.beat('probe', parts.clock.now())
        slowest = Math.max(slowest, performance.now() - start)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    })()
    const forgotten = await Promise.all([forget(), forget()])
    isOver = true
    await others
    expect(forgotten.reduce((sum, one) => sum + one)).toBe(MANY)
    expect(counts()).toEqual([0, 0, 0, 0])
    expect(slowest).toBeLessThan(1_000)
  })

  test('stop when called off, and go on the next time', async () => {
    const called = new AbortController()
    const first = forgetSignUps(parts.app.ports, called.signal)
    await waitFor(() => count('sign_up') < MANY, 'the first slice')
    called.abort()
    const forgotten = await first
    expect(forgotten).toBeLessThan(MANY)
    expect(count('sign_up')).toBe(MANY - forgotten)
    expect(await forget()).toBe(MANY - forgotten)
  })

  test('go by themselves while a worker runs', async () => {
    await parts.app.startWorker()
    await waitFor(() => count('learner') === 0, 'the old ones to be gone', 20_000)
  })
})

test('the privacy page says how long', async () => {
  await start({ worker: false })
  const { text } = await createVisitor(parts.url).get('/privacy')
  expect(text).toContain(`${UNCONFIRMED_SIGN_UP_MS / 24 / HOUR_MS} days later`)
})

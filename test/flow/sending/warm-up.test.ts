import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { runMail } from '../../../src/cli/mail.ts'
import { queryRows, waitUntilIdle } from '../../support/database/database-rows.ts'
import { linkOf } from '../../support/mail-links.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor } from '../../support/visitor.ts'
import { waitFor } from '../../support/wait-for.ts'

const DAY = 86_400_000
const PEOPLE = 4
let parts: TestApp

beforeAll(async () => {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    // Two messages for each who joins first; the rest of day one waits.
    env: { COURSE: 'three-days', WARM_UP: '6,10,12' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
})

afterAll(() => parts?.close())

const rows = () =>
  queryRows(parts.dataDir, "select kind, day, state, due_at from delivery where kind <> 'sign-up' order by id")
const mailsSince = (count: number) => parts.mail.accepted.slice(count)
const status = async () => (await runMail(parts.app.ports, ['status'])).text

test('what finds no place waits for another day, nothing is lost, and what was asked for this minute always goes', async () => {
  for (let person = 1; person <= 3; person += 1) await join(parts, `early-${person}@example.test`)
  expect(parts.mail.accepted).toHaveLength(6)
  expect(await status()).toContain(
    'Warm-up: day 1 of 3, 6 of 6 messages taken; what else is due waits for another day.',
  )

  // The confirmation comes at once, the lesson tomorrow.
  const visitor = createVisitor(parts.url)
  await visitor.post('/sign-up', { email: 'late@example.test', timeZone: 'Europe/Berlin', hour: '7' })
  const [confirmation] = await parts.mail.waitForMail('late@example.test')
  await visitor.post(linkOf(confirmation as never, '/confirm/'))
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  expect(parts.mail.accepted).toHaveLength(7)
  const late = rows().filter((row) => row.day === 1 && row.state === 'planned')
  expect(late).toHaveLength(1)
  // At the learner's hour, which is 6:00 UTC.
  expect(new Date(Number(late[0]?.due_at)).toISOString()).toBe('2026-03-03T06:00:00.000Z')

  const heldBack = () => queryRows(parts.dataDir, 'select outcome, next_at from delivery_attempt')
  await waitFor(() => heldBack().length > 0, 'the reason to be noted')
  expect(heldBack()).toEqual([{ outcome: 'warm-up', next_at: late[0]?.due_at }])

  // Day two: everybody's lesson fits, one each.
  parts.clock.set('2026-03-03T06:30:00Z')
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  expect(mailsSince(7)).toHaveLength(PEOPLE)
  expect(await status()).toContain('Warm-up: day 2 of 3, 4 of 10 messages taken; the rest is available.')

  // After the plan there is no limit, and everybody gets every lesson.
  for (let day = 0; day < 6; day += 1) {
    parts.clock.advance(DAY)
    await waitUntilIdle(parts.dataDir, parts.clock.now())
  }
  expect(
    rows()
      .filter((row) => row.kind === 'lesson')
      .map((row) => row.state),
  ).toEqual(Array(PEOPLE * 3).fill('sent'))
  expect(await status()).toContain('finished, no limit applies')
  const metrics = await (await fetch(`${parts.url}/metrics`)).text()
  expect(metrics).not.toMatch(/bootcamp_warm_up_places\{/)
})

test('many due at the same moment never take more places than there are', async () => {
  const { reputation } = parts.app.ports.store
  const taken = await Promise.all(Array.from({ length: 30 }, () => reputation.takeQuota(1, 7)))
  expect(taken.filter(Boolean)).toHaveLength(7)
  await reputation.returnQuota(1)
  expect(await reputation.takeQuota(1, 7)).toBe(true)
  expect(await reputation.takeQuota(1, 7)).toBe(false)
})

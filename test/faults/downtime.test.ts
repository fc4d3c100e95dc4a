import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { waitFor } from '../support/wait-for.ts'
import { createInProcessHarness, type InProcessHarness } from './support/in-process-harness.ts'
import { report } from './support/report-trial.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

let harness: InProcessHarness
beforeEach(async () => {
  harness = await createInProcessHarness({ start: '2026-03-02T09:00:00Z' })
})
afterEach(() => harness.close())

const arrived = (count: number) =>
  waitFor(
    () => harness.receiver.taken.length >= count,
    () => `${count} mails, have ${harness.receiver.taken.length}`,
  )

test('after three days with everything stopped: one lesson a day, no burst', async () => {
  const names = Array.from({ length: 10 }, (_, index) => `learner-${index}`)
  await harness.start()
  await harness.enrol(names)
  await arrived(10)
  await harness.stop()
  await harness.redis.kill()
  harness.clock.advance(3 * DAY)

  await harness.redis.start()
  await harness.start()
  const counts: number[] = []
  for (let hour = 0; hour < 4 * 24; hour += 6) {
    await arrived(10 + 10 * Math.min(3, Math.floor((hour + 3) / 24) + 1))
    counts.push(harness.receiver.taken.length)
    harness.clock.advance(6 * HOUR)
    await sleep(150)
  }
  // Lesson 2 at once, the others at the learner's hour (07:00 in Berlin) of the following days, then the closing mail.
  expect(harness.receiver.taken).toHaveLength(40)
  const rows = await harness.rows()
  for (const name of names) {
    const mine = rows.filter((row) => harness.taken(name).includes(row.messageId ?? ''))
    expect(mine.map((row) => row.day)).toEqual([1, 2, 3, 4])
    const days = mine.map((row) => new Date((row.firstHandoverAt ?? 0) + HOUR).toISOString().slice(0, 10))
    expect(days).toEqual(['2026-03-02', '2026-03-05', '2026-03-06', '2026-03-07'])
  }
  report({
    row: 15,
    what: 'three days of downtime',
    sends: 40,
    lost: 0,
    twice: 0,
    note: `mails every 6 h: ${counts.join(' ')}`,
  })
}, 180_000)

test('a lesson that is late by an evening takes the next one neither along nor away', async () => {
  await harness.start()
  await harness.enrol(['ada'])
  await arrived(1)
  await harness.stop()
  // Lesson 2 was due on the 3rd at 07:00 in Berlin; the service is back at 23:30.
  harness.clock.set('2026-03-03T22:30:00Z')
  await harness.start()
  await arrived(2)
  harness.clock.set('2026-03-04T05:59:00Z')
  await sleep(300)
  expect(harness.receiver.taken).toHaveLength(2)
  harness.clock.set('2026-03-04T06:00:00Z')
  await arrived(3)
})

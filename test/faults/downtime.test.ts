import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { waitFor } from '../support/wait-for.ts'
import { createHouse, type House } from './support/in-process-harness.ts'
import { report } from './support/report-trial.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

let house: House
beforeEach(async () => {
  house = await createHouse({ start: '2026-03-02T09:00:00Z' })
})
afterEach(() => house.close())

const arrived = (count: number) =>
  waitFor(
    () => house.receiver.taken.length >= count,
    () => `${count} mails, have ${house.receiver.taken.length}`,
  )

test('after three days with everything stopped: one lesson a day, no burst', async () => {
  const names = Array.from({ length: 10 }, (_, index) => `learner-${index}`)
  await house.start()
  await house.enrol(names)
  await arrived(10)
  await house.stop()
  await house.redis.kill()
  house.clock.advance(3 * DAY)

  await house.redis.start()
  await house.start()
  const counts: number[] = []
  for (let hour = 0; hour < 4 * 24; hour += 6) {
    await arrived(10 + 10 * Math.min(3, Math.floor((hour + 3) / 24) + 1))
    counts.push(house.receiver.taken.length)
    house.clock.advance(6 * HOUR)
    await sleep(150)
  }
  // Lesson 2 at once, the others at the learner's hour (07:00 in Berlin) of the following days, then the closing mail.
  expect(house.receiver.taken).toHaveLength(40)
  const rows = await house.rows()
  for (const name of names) {
    const mine = rows.filter((row) => house.taken(name).includes(row.messageId ?? ''))
    expect(mine.map((row) => row.day)).toEqual([1, 2, 3, 4])
    const days = mine.map((row) => new Date((row.firstDotAt ?? 0) + HOUR).toISOString().slice(0, 10))
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
  await house.start()
  await house.enrol(['ada'])
  await arrived(1)
  await house.stop()
  // Lesson 2 was due on the 3rd at 07:00 in Berlin; the service is back at 23:30.
  house.clock.set('2026-03-03T22:30:00Z')
  await house.start()
  await arrived(2)
  house.clock.set('2026-03-04T05:59:00Z')
  await sleep(300)
  expect(house.receiver.taken).toHaveLength(2)
  house.clock.set('2026-03-04T06:00:00Z')
  await arrived(3)
})

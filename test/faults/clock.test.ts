import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createSteadyClock, type MachineClocks } from '../../src/clock.ts'
import type { Clock } from '../../src/flow/ports/ports.ts'
import { waitFor } from '../support/wait-for.ts'
import { createInProcessHarness, type InProcessHarness } from './support/in-process-harness.ts'
import { report } from './support/report-trial.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** The machine's clocks, each moved by hand. */
function createMachine(start: number) {
  let wall = start
  let monotonic = 1_000
  let uptime = 50_000
  const machine: MachineClocks = { wall: () => wall, monotonic: () => monotonic, uptime: () => uptime }
  return {
    machine,
    pass(ms: number) {
      wall += ms
      monotonic += ms
      uptime += ms
    },
    /** Somebody, or a time service, sets the clock. */
    jump(ms: number) {
      wall += ms
    },
    /** The machine sleeps: nothing runs, and the wall clock is right afterwards. */
    doze(ms: number) {
      wall += ms
      uptime += ms
    },
  }
}

const START = Date.parse('2026-03-02T09:00:00Z')

describe('the steady clock', () => {
  test.each([5 * MINUTE, -5 * MINUTE, DAY, -DAY])(
    'is not moved by a jump of %i ms, and believes it after half an hour',
    (by) => {
      const hand = createMachine(START)
      const clock = createSteadyClock(hand.machine, silent)
      hand.pass(HOUR)
      hand.jump(by)
      expect(clock.now()).toBe(START + HOUR)
      hand.pass(29 * MINUTE)
      expect(clock.now()).toBe(START + HOUR + 29 * MINUTE)
      hand.pass(2 * MINUTE)
      expect(clock.now()).toBe(START + HOUR + 31 * MINUTE + by)
    },
  )

  test('a jump that is taken back leaves no trace', () => {
    const hand = createMachine(START)
    const clock = createSteadyClock(hand.machine, silent)
    hand.jump(DAY)
    expect(clock.now()).toBe(START)
    hand.pass(20 * MINUTE)
    hand.jump(-DAY)
    expect(clock.now()).toBe(START + 20 * MINUTE)
    hand.pass(HOUR)
    expect(clock.now()).toBe(START + HOUR + 20 * MINUTE)
  })

  test('each further jump has a half hour of its own', () => {
    const hand = createMachine(START)
    const clock = createSteadyClock(hand.machine, silent)
    hand.jump(5 * MINUTE)
    clock.now()
    hand.pass(25 * MINUTE)
    hand.jump(DAY)
    expect(clock.now()).toBe(START + 25 * MINUTE)
    hand.pass(10 * MINUTE)
    expect(clock.now()).toBe(START + 35 * MINUTE)
  })

  test('a machine that slept is believed at once', () => {
    const hand = createMachine(START)
    const clock = createSteadyClock(hand.machine, silent)
    hand.doze(8 * HOUR)
    expect(clock.now()).toBe(START + 8 * HOUR)
  })

  test('small corrections are taken at once forwards and waited out backwards, and never add up to a jump', () => {
    const hand = createMachine(START)
    const clock = createSteadyClock(hand.machine, silent)
    hand.jump(20_000)
    expect(clock.now()).toBe(START + 20_000)
    hand.jump(-10_000)
    expect(clock.now()).toBe(START + 20_000)
    hand.pass(10_000)
    expect(clock.now()).toBe(START + 20_000)
    for (let step = 0; step < 20; step += 1) {
      hand.pass(MINUTE)
      hand.jump(-10_000)
      clock.now()
    }
    hand.pass(MINUTE)
    expect(clock.now()).toBe(hand.machine.wall())
  })
})

describe('the service on a clock that jumps', () => {
  let harness: InProcessHarness
  beforeEach(async () => {
    harness = await createInProcessHarness()
  })
  afterEach(() => harness.close())

  test.each([5 * MINUTE, -5 * MINUTE, DAY, -DAY])('by %i ms: no burst, no repeat, every lesson on time', async (by) => {
    const hand = createMachine(START)
    await harness.start({ clock: createSteadyClock(hand.machine, silent) })
    const names = ['ada', 'ben', 'cleo']
    await harness.enrol(names)
    await arrived(3)
    // At 06:50 in Berlin, ten minutes before the second lesson.
    hand.pass(Date.parse('2026-03-03T05:50:00Z') - START)
    hand.jump(by)
    await sleep(180)
    expect(harness.receiver.taken).toHaveLength(3)
    hand.pass(10 * MINUTE)
    await arrived(6)
    hand.pass(MINUTE)
    hand.jump(-by)
    await sleep(180)
    expect(harness.receiver.taken).toHaveLength(6)
    hand.pass(DAY - 2 * MINUTE)
    await sleep(180)
    expect(harness.receiver.taken).toHaveLength(6)
    hand.pass(MINUTE)
    await arrived(9)
    expect(new Set(harness.receiver.taken.map((message) => message.messageId)).size).toBe(9)
    report({ row: 16, what: `clock jumps by ${by / MINUTE} min and back`, sends: 9, lost: 0, twice: 0, latestMs: 0 })
  })

  /** Every due instant is reached; a minute before it nothing is sent, at it each lesson once. */
  const zones = [
    // Berlin: 02:00 does not exist on 29 March; on 25 October it comes twice, and the earlier counts.
    ['Europe/Berlin', 2, '2026-03-28T12:00:00Z', ['2026-03-29T01:00:00Z', '2026-03-30T00:00:00Z']],
    ['Europe/Berlin', 2, '2026-10-24T12:00:00Z', ['2026-10-25T00:00:00Z', '2026-10-26T01:00:00Z']],
    // Cairo skips midnight to one o'clock on Friday 24 April, and repeats 23:00 on Thursday 29 October.
    ['Africa/Cairo', 0, '2026-04-23T12:00:00Z', ['2026-04-23T22:00:00Z', '2026-04-24T21:00:00Z']],
    ['Africa/Cairo', 23, '2026-10-28T12:00:00Z', ['2026-10-29T20:00:00Z', '2026-10-30T21:00:00Z']],
    // Lord Howe moves by half an hour: on 4 October 02:00 does not exist, 02:30 does.
    ['Australia/Lord_Howe', 2, '2026-10-03T03:00:00Z', ['2026-10-03T15:30:00Z', '2026-10-04T15:00:00Z']],
    ['Australia/Lord_Howe', 2, '2026-04-04T03:00:00Z', ['2026-04-04T15:30:00Z', '2026-04-05T15:30:00Z']],
    // Apia had no 30 December 2011: the day after the 29th is the 31st.
    ['Pacific/Apia', 7, '2011-12-29T00:00:00Z', ['2011-12-29T17:00:00Z', '2011-12-30T17:00:00Z']],
    ['Pacific/Apia', 7, '2011-12-29T20:00:00Z', ['2011-12-30T17:00:00Z', '2011-12-31T17:00:00Z']],
  ] as const

  test.each(zones)('%s at %i:00, enrolled %s: due once, on time', async (timeZone, hour, start, dues) => {
    const hand = createMachine(Date.parse(start))
    const clock: Clock = createSteadyClock(hand.machine, silent)
    await harness.start({ clock })
    await harness.enrol(['ada'], { timeZone, hour })
    await arrived(1)
    for (const [index, due] of dues.entries()) {
      hand.pass(Date.parse(due) - MINUTE - hand.machine.wall())
      await sleep(150)
      expect(harness.receiver.taken).toHaveLength(1 + index)
      hand.pass(MINUTE)
      await arrived(2 + index)
    }
    await sleep(150)
    expect(harness.receiver.taken).toHaveLength(3)
    report({
      row: 16,
      what: `${timeZone} at ${hour}:00 from ${start.slice(0, 10)}`,
      sends: 3,
      lost: 0,
      twice: 0,
      latestMs: 0,
    })
  })

  const arrived = (count: number) =>
    waitFor(
      () => harness.receiver.taken.length >= count,
      () => `${count} mails, have ${harness.receiver.taken.length}`,
    )
})

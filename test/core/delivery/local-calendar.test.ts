import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import type { Schedule } from '../../../src/core/delivery/calendar.ts'
import { createLocalCalendar } from '../../../src/core/delivery/local-calendar.ts'
import type { Pace } from '../../../src/core/pace.ts'

const calendar = createLocalCalendar()
const ZONES = Intl.supportedValuesOf('timeZone')
const DAY_MS = 86_400_000

function at(timeZone: string, wall: string): number {
  return Temporal.PlainDateTime.from(wall).toZonedDateTime(timeZone).epochMilliseconds
}

function wall(timeZone: string, instant: number): string {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone).toPlainDateTime().toString()
}

function week(timeZone: string, confirmed: string, hour: number, days = 4): string[] {
  const schedule = { confirmedAt: at(timeZone, confirmed), timeZone, hour }
  return Array.from({ length: days }, (_, index) => wall(timeZone, calendar.dueAt(schedule, index + 1)))
}

/** Zones of every kind, with instants close to a clock change, where mistakes are likely. */
const nearAChange = fc
  .record({
    timeZone: fc.oneof(
      fc.constantFrom('Europe/Berlin', 'Africa/Cairo', 'Australia/Lord_Howe', 'Pacific/Apia', 'Africa/Casablanca'),
      fc.constantFrom('Antarctica/Troll', 'America/Nuuk', 'America/Scoresbysund', 'America/St_Johns', 'Asia/Gaza'),
      fc.constantFrom(...ZONES),
    ),
    around: fc.integer({ min: Date.UTC(1970, 0, 5), max: Date.UTC(2037, 11, 1) }),
    before: fc.integer({ min: 0, max: 8 * DAY_MS }),
    hour: fc.integer({ min: 0, max: 23 }),
  })
  .map(({ timeZone, around, before, hour }): Schedule => {
    const zoned = Temporal.Instant.fromEpochMilliseconds(around).toZonedDateTimeISO(timeZone)
    const change = zoned.getTimeZoneTransition('next') ?? zoned.getTimeZoneTransition('previous') ?? zoned
    return { confirmedAt: change.epochMilliseconds - before, timeZone, hour }
  })

function dues(schedule: Schedule, days: number): number[] {
  return Array.from({ length: days }, (_, index) => calendar.dueAt(schedule, index + 1))
}

describe('a pace', () => {
  /** The dates of five lessons after one on this date, for seven in the morning. */
  const dates = (pace: Pace, timeZone: string, after: string) => {
    const schedule = { confirmedAt: at(timeZone, after), timeZone, hour: 7, pace }
    const times = [schedule.confirmedAt]
    for (let lesson = 0; lesson < 4; lesson += 1) times.push(calendar.nextSendTime(schedule, times.at(-1) as number))
    return times.slice(1).map((time) => wall(timeZone, time).slice(5, 10))
  }

  test.each([
    // Wednesday, April 1, 2026.
    ['daily', 'Europe/Berlin', '2026-04-01T12:00', ['04-02', '04-03', '04-04', '04-05']],
    ['weekdays', 'Europe/Berlin', '2026-04-01T12:00', ['04-02', '04-03', '04-06', '04-07']],
    ['weekdays', 'Europe/Berlin', '2026-04-04T12:00', ['04-06', '04-07', '04-08', '04-09']],
    ['second-day', 'Europe/Berlin', '2026-04-01T12:00', ['04-03', '04-05', '04-07', '04-09']],
    ['weekly', 'Europe/Berlin', '2026-04-01T12:00', ['04-08', '04-15', '04-22', '04-29']],
    // Across the clock change of March 29, and the end of a leap year's February.
    ['second-day', 'Europe/Berlin', '2026-03-28T12:00', ['03-30', '04-01', '04-03', '04-05']],
    ['second-day', 'America/New_York', '2028-02-27T12:00', ['02-29', '03-02', '03-04', '03-06']],
    // December 30, 2011 never was in Apia: the day after the 29th, a Thursday, is Saturday, the 31st.
    ['daily', 'Pacific/Apia', '2011-12-28T12:00', ['12-29', '12-31', '01-01', '01-02']],
    ['weekdays', 'Pacific/Apia', '2011-12-28T12:00', ['12-29', '01-02', '01-03', '01-04']],
    ['second-day', 'Pacific/Apia', '2011-12-28T12:00', ['12-31', '01-02', '01-04', '01-06']],
    ['weekly', 'Pacific/Apia', '2011-12-28T12:00', ['01-04', '01-11', '01-18', '01-25']],
    // The very date of the next lesson is the one that never was: the weeks count on from the day after it.
    ['weekly', 'Pacific/Apia', '2011-12-23T12:00', ['12-31', '01-07', '01-14', '01-21']],
  ] as const)('%s in %s after %s', (pace, timeZone, after, expected) => {
    expect(dates(pace, timeZone, after)).toEqual(expected)
  })
})

describe('the local calendar', () => {
  test('sends the first lesson at confirmation and the others at the hour on the following dates', () => {
    expect(week('Europe/Berlin', '2026-11-22T14:05:09', 7)).toEqual([
      '2026-11-22T14:05:09',
      '2026-11-23T07:00:00',
      '2026-11-24T07:00:00',
      '2026-11-25T07:00:00',
    ])
  })

  test('keeps the hour across clock changes in Berlin and Cairo', () => {
    expect(week('Europe/Berlin', '2026-03-27T20:00', 7).slice(1)).toEqual([
      '2026-03-28T07:00:00',
      '2026-03-29T07:00:00',
      '2026-03-30T07:00:00',
    ])
    expect(week('Africa/Cairo', '2026-04-22T20:00', 0).slice(1)).toEqual([
      '2026-04-23T00:00:00',
      '2026-04-24T01:00:00',
      '2026-04-25T00:00:00',
    ])
  })

  test('skips the date that Apia never had', () => {
    expect(week('Pacific/Apia', '2011-12-28T12:00', 7)).toEqual([
      '2011-12-28T12:00:00',
      '2011-12-29T07:00:00',
      '2011-12-31T07:00:00',
      '2012-01-01T07:00:00',
    ])
  })

  test('moves a skipped hour to the next valid instant, whatever the length of the gap', () => {
    expect(week('Australia/Lord_Howe', '2025-10-04T12:00', 2, 2)[1]).toBe('2025-10-05T02:30:00')
    expect(week('Antarctica/Troll', '2025-03-29T12:00', 2, 2)[1]).toBe('2025-03-30T03:00:00')
    expect(week('America/Toronto', '1919-03-29T12:00', 0, 3)[2]).toBe('1919-03-31T00:30:00')
  })

  test('uses the first of a repeated hour', () => {
    const schedule = { confirmedAt: at('Europe/Berlin', '2026-10-24T12:00'), timeZone: 'Europe/Berlin', hour: 2 }
    expect(new Date(calendar.dueAt(schedule, 2)).toISOString()).toBe('2026-10-25T00:00:00.000Z')
    expect(new Date(calendar.dueAt(schedule, 3)).toISOString()).toBe('2026-10-26T01:00:00.000Z')
  })

  test('stays on the date where the gap reaches midnight, so that every day gets exactly one lesson', () => {
    expect(week('America/Nuuk', '2025-03-28T12:00', 23).slice(1)).toEqual([
      '2025-03-29T22:59:00',
      '2025-03-30T23:00:00',
      '2025-03-31T23:00:00',
    ])
  })

  test('begins days when their date is first reached, even if the clock goes back across midnight', () => {
    const timeZone = 'America/St_Johns'
    const repeated = at(timeZone, '2010-11-07T00:00') + 10 * 60_000
    expect(wall(timeZone, repeated)).toBe('2010-11-06T23:10:00')
    const window = calendar.localDayWindow({ confirmedAt: 0, timeZone, hour: 7 }, repeated)
    expect(wall(timeZone, window.start)).toBe('2010-11-07T00:00:00')
    expect(wall(timeZone, window.end)).toBe('2010-11-08T00:00:00')
  })

  test('gives the day containing an instant, 23 or 25 hours long when the clocks change', () => {
    const schedule = { confirmedAt: 0, timeZone: 'Europe/Berlin', hour: 7 }
    const spring = calendar.localDayWindow(schedule, at('Europe/Berlin', '2026-03-29T12:00'))
    const autumn = calendar.localDayWindow(schedule, at('Europe/Berlin', '2026-10-25T12:00'))
    expect(spring.end - spring.start).toBe(23 * 3_600_000)
    expect(autumn.end - autumn.start).toBe(25 * 3_600_000)
  })

  test('falls back to another zone where one is unknown, and reports it once', () => {
    const told: string[] = []
    const patient = createLocalCalendar((zone, used) => told.push(`${zone} ${used}`))
    const at = (timeZone: string) => patient.dueAt({ confirmedAt: 0, timeZone, hour: 7 }, 2)
    expect(at('Mars/Olympus')).toBe(at('UTC'))
    expect(at('IST')).toBe(at('Asia/Kolkata'))
    for (const timeZone of ['Mars/Olympus', 'IST', '']) {
      patient.nextSendTime({ confirmedAt: 0, timeZone, hour: 7 }, 0)
      patient.localDayWindow({ confirmedAt: 0, timeZone, hour: 7 }, 0)
    }
    expect(told).toEqual(['Mars/Olympus UTC', 'IST Asia/Calcutta', ' UTC'])
  })

  test('gives increasing instants, one on each consecutive local day', () => {
    fc.assert(
      fc.property(nearAChange, (schedule) => {
        const instants = dues(schedule, 9)
        let window = calendar.localDayWindow(schedule, instants[0] as number)
        for (const instant of instants.slice(1)) {
          const next = calendar.localDayWindow(schedule, instant)
          expect(next.start).toBe(window.end)
          expect(instant).toBeGreaterThanOrEqual(next.start)
          expect(instant).toBeLessThan(next.end)
          window = next
        }
      }),
      { numRuns: 150 },
    )
  })

  test('keeps the hour on every date that has it, and is never early or late by more than the gap otherwise', () => {
    const clocks = new Map<string, Intl.DateTimeFormat>()
    function clockOf(timeZone: string): Intl.DateTimeFormat {
      const known = clocks.get(timeZone)
      if (known) return known
      const options = { timeZone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const
      const made = new Intl.DateTimeFormat('en-GB', options)
      clocks.set(timeZone, made)
      return made
    }
    fc.assert(
      fc.property(nearAChange, (schedule) => {
        const clock = clockOf(schedule.timeZone)
        const wanted = `${String(schedule.hour).padStart(2, '0')}:00:00`
        for (const instant of dues(schedule, 9).slice(1)) {
          const shown = clock.format(instant)
          if (shown === wanted) continue
          const { start, end } = calendar.localDayWindow(schedule, instant)
          let exists = false
          for (let moment = start; moment < end; moment += 60_000) exists ||= clock.format(moment) === wanted
          expect(exists).toBe(false)
          if (shown > wanted) expect(instant === start || clock.format(instant - 1) < wanted).toBe(true)
          else expect(end - instant).toBe(60_000)
        }
      }),
      { numRuns: 100 },
    )
  })

  test('keeps one lesson per local day when the zone or the hour changes mid-course', () => {
    const switches = fc.array(
      fc.record({ day: fc.integer({ min: 2, max: 8 }), timeZone: fc.constantFrom(...ZONES), hour: fc.nat(23) }),
      { minLength: 1, maxLength: 3 },
    )
    fc.assert(
      fc.property(nearAChange, switches, fc.nat(3 * DAY_MS), (original, changes, outage) => {
        let schedule = original
        let sent = schedule.confirmedAt
        for (let day = 2; day <= 8; day += 1) {
          for (const change of changes.filter((one) => one.day === day)) schedule = { ...schedule, ...change }
          const awake = day === 4 ? sent + outage : sent
          let now = Math.max(calendar.dueAt(schedule, day), awake)
          const taken = calendar.localDayWindow(schedule, sent)
          if (now < taken.end) now = calendar.nextSendTime(schedule, now)
          expect(now).toBeGreaterThanOrEqual(taken.end)
          sent = now
        }
      }),
      { numRuns: 80 },
    )
  })

  test('names the next slot at the hour of the following day', () => {
    fc.assert(
      fc.property(nearAChange, (schedule) => {
        const day = calendar.localDayWindow(schedule, schedule.confirmedAt)
        expect(calendar.nextSendTime(schedule, schedule.confirmedAt)).toBe(calendar.dueAt(schedule, 2))
        expect(calendar.localDayWindow(schedule, calendar.nextSendTime(schedule, schedule.confirmedAt)).start).toBe(
          day.end,
        )
      }),
      { numRuns: 50 },
    )
  })
})

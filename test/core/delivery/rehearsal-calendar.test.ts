import { describe, expect, test } from '@jest/globals'
import { createRehearsalCalendar } from '../../../src/core/delivery/rehearsal-calendar.ts'

const schedule = { confirmedAt: 1_000_003, timeZone: 'Europe/Berlin', hour: 7 }

describe('the rehearsal calendar', () => {
  const calendar = createRehearsalCalendar(20_000)

  test('sends lesson n n-1 course days after confirmation, regardless of zone and hour', () => {
    expect(calendar.dueAt(schedule, 1)).toBe(1_000_003)
    expect(calendar.dueAt(schedule, 7)).toBe(1_120_003)
    expect(calendar.dueAt({ ...schedule, timeZone: 'Asia/Tokyo', hour: 3 }, 7)).toBe(1_120_003)
  })

  test('counts days from confirmation, half-open', () => {
    expect(calendar.localDayWindow(schedule, 1_000_003)).toEqual({ start: 1_000_003, end: 1_020_003 })
    expect(calendar.localDayWindow(schedule, 1_020_002)).toEqual({ start: 1_000_003, end: 1_020_003 })
    expect(calendar.localDayWindow(schedule, 1_020_003)).toEqual({ start: 1_020_003, end: 1_040_003 })
    expect(calendar.localDayWindow(schedule, 1_000_002)).toEqual({ start: 980_003, end: 1_000_003 })
  })

  test('offers the start of the next day as the next send time', () => {
    expect(calendar.nextSendTime(schedule, 1_000_003)).toBe(1_020_003)
    expect(calendar.nextSendTime(schedule, 1_020_002)).toBe(1_020_003)
  })

  test('rejects a day of zero length', () => {
    expect(() => createRehearsalCalendar(0)).toThrow(RangeError)
  })
})

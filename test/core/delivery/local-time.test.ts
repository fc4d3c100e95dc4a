import { describe, expect, jest, test } from '@jest/globals'
import { formatWhen, weekdayOf } from '../../../src/core/delivery/local-time.ts'

const at = (iso: string) => Date.parse(iso)

describe('saying when something comes', () => {
  test.each([
    ['2026-11-23T19:00:00Z', 'UTC', '2026-11-23T08:00:00Z', 'today at 19:00'],
    ['2026-11-24T07:00:00Z', 'UTC', '2026-11-23T23:59:00Z', 'tomorrow, Tuesday, at 07:00'],
    ['2026-11-24T00:00:00Z', 'UTC', '2026-11-23T23:59:00Z', 'tomorrow, Tuesday, at 00:00'],
    ['2026-11-27T07:00:00Z', 'UTC', '2026-11-23T08:00:00Z', 'on Friday at 07:00'],
    ['2026-11-30T07:00:00Z', 'UTC', '2026-11-23T08:00:00Z', 'on Monday, 30 November, at 07:00'],
    ['2027-01-04T07:00:00Z', 'UTC', '2026-11-23T08:00:00Z', 'on Monday, 4 January 2027, at 07:00'],
    ['2026-11-20T07:00:00Z', 'UTC', '2026-11-23T08:00:00Z', 'on Friday, 20 November, at 07:00'],
  ])('%s in %s, said at %s, is "%s"', (instant, zone, now, words) => {
    expect(formatWhen(at(instant), zone, at(now))).toBe(words)
  })

  test('the day is the local one: the same instant is tomorrow in Auckland and today in Honolulu', () => {
    const now = at('2026-11-23T09:00:00Z')
    const instant = at('2026-11-23T18:00:00Z')
    expect(formatWhen(instant, 'Pacific/Auckland', now)).toBe('tomorrow, Tuesday, at 07:00')
    expect(formatWhen(instant, 'America/New_York', now)).toBe('today at 13:00')
    expect(formatWhen(instant, 'Asia/Kathmandu', now)).toBe('today at 23:45')
  })

  test('the short day of a clock change is still a day: 23 hours later is tomorrow', () => {
    const now = at('2026-03-28T06:00:00Z') // 07:00 in Berlin, the day before summer time
    expect(formatWhen(at('2026-03-29T05:00:00Z'), 'Europe/Berlin', now)).toBe('tomorrow, Sunday, at 07:00')
  })

  test('an unknown zone is treated as in the calendar', () => {
    expect(formatWhen(0, 'Mars/Olympus', 0)).toBe(formatWhen(0, 'UTC', 0))
    expect(formatWhen(0, 'IST', 0)).toBe(formatWhen(0, 'Asia/Kolkata', 0))
  })

  test('the weekday is the local one', () => {
    expect(weekdayOf(at('2026-11-22T23:30:00Z'), 'Europe/Berlin')).toBe('Monday')
    expect(weekdayOf(at('2026-11-22T23:30:00Z'), 'America/New_York')).toBe('Sunday')
  })
})

test('a zone is cached once, whatever its case', () => {
  const name = 'america/argentina/buenos_aires'
  const mixed = Array.from({ length: 64 }, (_, n) =>
    [...name].map((letter, at) => ((n >> (at % 6)) & 1 ? letter.toUpperCase() : letter)).join(''),
  )
  const format = jest.spyOn(Intl, 'DateTimeFormat')
  for (const zone of mixed) weekdayOf(0, zone)
  expect(format.mock.calls.length).toBeLessThan(5)
  format.mockRestore()
})

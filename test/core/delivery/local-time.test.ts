import { describe, expect, jest, test } from '@jest/globals'
import {
  formatDate,
  formatHour,
  formatInstant,
  formatList,
  formatNumber,
  formatWeekday,
  formatWhen,
} from '../../../src/core/delivery/local-time.ts'
import { ENGLISH, GERMAN, locales } from '../language/sample-words.ts'

const at = (iso: string) => Date.parse(iso)
/** The space before AM and PM does not break. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('saying when something comes', () => {
  test.each([
    ['2026-11-23T19:00:00Z', '2026-11-23T08:00:00Z', 'today at 7:00 PM', 'heute um 19:00 Uhr'],
    ['2026-11-24T07:00:00Z', '2026-11-23T23:59:00Z', 'tomorrow, Tuesday, at 7:00 AM', 'morgen, Dienstag, um 07:00 Uhr'],
    [
      '2026-11-24T00:00:00Z',
      '2026-11-23T23:59:00Z',
      'tomorrow, Tuesday, at 12:00 AM',
      'morgen, Dienstag, um 00:00 Uhr',
    ],
    ['2026-11-27T07:00:00Z', '2026-11-23T08:00:00Z', 'on Friday at 7:00 AM', 'am Freitag um 07:00 Uhr'],
    [
      '2026-11-30T07:00:00Z',
      '2026-11-23T08:00:00Z',
      'on Monday, November 30, at 7:00 AM',
      'am Montag, 30. November, um 07:00 Uhr',
    ],
    [
      '2027-01-04T07:00:00Z',
      '2026-11-23T08:00:00Z',
      'on Monday, January 4, 2027, at 7:00 AM',
      'am Montag, 4. Januar 2027, um 07:00 Uhr',
    ],
    [
      '2026-11-20T07:00:00Z',
      '2026-11-23T08:00:00Z',
      'on Friday, November 20, at 7:00 AM',
      'am Freitag, 20. November, um 07:00 Uhr',
    ],
  ])('%s, said at %s, is "%s" and "%s"', (instant, now, english, german) => {
    expect(plain(formatWhen(ENGLISH, at(instant), 'UTC', at(now)))).toBe(english)
    expect(formatWhen(GERMAN, at(instant), 'UTC', at(now))).toBe(german)
  })

  test('the day is the local one: the same instant is tomorrow in Auckland and today in Honolulu', () => {
    const now = at('2026-11-23T09:00:00Z')
    const instant = at('2026-11-23T18:00:00Z')
    const said = (zone: string) => plain(formatWhen(ENGLISH, instant, zone, now))
    expect(said('Pacific/Auckland')).toBe('tomorrow, Tuesday, at 7:00 AM')
    expect(said('America/New_York')).toBe('today at 1:00 PM')
    expect(said('Asia/Kathmandu')).toBe('today at 11:45 PM')
  })

  test('the short day of a clock change is still a day: 23 hours later is tomorrow', () => {
    const now = at('2026-03-28T06:00:00Z') // 07:00 in Berlin, the day before summer time
    const said = formatWhen(GERMAN, at('2026-03-29T05:00:00Z'), 'Europe/Berlin', now)
    expect(said).toBe('morgen, Sonntag, um 07:00 Uhr')
  })

  test('an unknown zone is treated as in the calendar', () => {
    const said = (zone: string) => formatWhen(ENGLISH, 0, zone, 0)
    expect(said('Mars/Olympus')).toBe(said('UTC'))
    expect(said('IST')).toBe(said('Asia/Kolkata'))
  })

  test('the weekday is the local one', () => {
    expect(formatWeekday(ENGLISH, at('2026-11-22T23:30:00Z'), 'Europe/Berlin')).toBe('Monday')
    expect(formatWeekday(GERMAN, at('2026-11-22T23:30:00Z'), 'America/New_York')).toBe('Sonntag')
  })
})

describe('other forms', () => {
  test('a past time has its year if it is another one', () => {
    const past = at('2026-05-03T14:10:00Z')
    expect(plain(formatInstant(ENGLISH, past, 'UTC', at('2026-06-01T00:00:00Z')))).toBe('May 3, 2:10 PM')
    expect(formatInstant(GERMAN, past, 'UTC', at('2027-06-01T00:00:00Z'))).toBe('3. Mai 2026, 14:10')
  })

  test('a date has its year, and no hour', () => {
    const past = at('2026-05-03T14:10:00Z')
    expect([formatDate(ENGLISH, past, 'UTC'), formatDate(GERMAN, past, 'UTC')]).toEqual(['May 3, 2026', '3. Mai 2026'])
  })

  test('a region of the language has its own hours, dates and numbers', () => {
    const british = locales.wordsFor({ language: 'en-GB' })
    expect(formatHour(british, 19)).toBe('19:00')
    expect(plain(formatHour(ENGLISH, 19))).toBe('7:00 PM')
    expect(formatNumber(locales.wordsFor({ language: 'de-CH' }), 1234567)).toBe("1'234'567")
    expect(formatWhen(british, at('2026-12-24T07:00:00Z'), 'UTC', at('2026-11-23T08:00:00Z'))).toBe(
      'on Thursday 24 December, at 07:00',
    )
  })

  test('a list', () => {
    expect(formatList(ENGLISH, ['a', 'b', 'c'], 'disjunction')).toBe('a, b, or c')
    expect(formatList(GERMAN, ['a', 'b', 'c'], 'conjunction')).toBe('a, b und c')
  })
})

test('a zone is cached once, whatever its case', () => {
  const name = 'america/argentina/buenos_aires'
  const mixed = Array.from({ length: 64 }, (_, n) =>
    [...name].map((letter, at) => ((n >> (at % 6)) & 1 ? letter.toUpperCase() : letter)).join(''),
  )
  const format = jest.spyOn(Intl, 'DateTimeFormat')
  for (const zone of mixed) formatWeekday(ENGLISH, 0, zone)
  expect(format.mock.calls.length).toBeLessThan(5)
  format.mockRestore()
})

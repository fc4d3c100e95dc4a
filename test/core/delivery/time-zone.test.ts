import { describe, expect, test } from '@jest/globals'
import { createLocalCalendar } from '../../../src/core/delivery/local-calendar.ts'
import { formatWeekday } from '../../../src/core/delivery/local-time.ts'
import { isKnownZone, usableZone, zonesMeantBy } from '../../../src/core/delivery/time-zone.ts'
import { ENGLISH } from '../language/sample-words.ts'

describe('a time zone is one that the calendar knows', () => {
  test.each([
    ...Intl.supportedValuesOf('timeZone'),
    ...['UTC', 'GMT', 'Etc/GMT+5', 'EST5EDT', 'EST', 'CET', 'europe/berlin', 'EUROPE/BERLIN', 'Asia/Calcutta'],
    ...['Asia/Kolkata', 'US/Pacific', 'Europe/Kiev', 'Europe/Kyiv', 'America/Argentina/Buenos_Aires', 'GB'],
  ])('%s', (zone) => {
    const told: string[] = []
    expect(isKnownZone(zone)).toBe(true)
    const calendar = createLocalCalendar((name) => told.push(name))
    expect(calendar.dueAt({ confirmedAt: 1e12, timeZone: zone, hour: 7 }, 3)).toBeGreaterThan(1e12)
    expect(formatWeekday(ENGLISH, 1e12, zone)).toMatch(/day$/)
    expect(told).toEqual([])
  })

  test.each([
    ...['IST', 'PST', 'JST', 'BST', 'CST', 'AST', 'ist', 'PDT', 'CEST', '+01:00', 'UTC+1', 'GMT+5', 'Z', '', ' '],
    ...[
      'Mars/Olympus',
      'localtime',
      'Factory',
      'Europe/Berlin ',
      '../etc/passwd',
      'Europe/Berlin\n',
      'x'.repeat(10_000),
    ],
  ])('and %j is not one', (zone) => expect(isKnownZone(zone)).toBe(false))
})

test('abbreviations lead to the places they may mean, each of them known', () => {
  for (const name of ['IST', 'PST', 'JST', 'BST', 'cst', 'CEST']) {
    expect(zonesMeantBy(name).length).toBeGreaterThan(0)
    for (const zone of zonesMeantBy(name)) expect(isKnownZone(zone)).toBe(true)
  }
  expect(zonesMeantBy('Mars/Olympus')).toEqual([])
})

test('a name accepted earlier is calculated as the runtime interprets it, or as UTC', () => {
  expect(usableZone('Europe/Berlin')).toBe('Europe/Berlin')
  expect(usableZone('IST')).toBe('Asia/Calcutta')
  expect(usableZone('Mars/Olympus')).toBe('UTC')
})

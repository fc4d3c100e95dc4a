import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { dialled, type HelpNumbers, isReviewDue, parseHelpNumbers } from '../../../src/core/course/help-numbers.ts'

const FILE = 'lessons/steady-week/help-numbers.yaml'
const TEXT = readFileSync(FILE, 'utf8')
const DAY = 86_400_000

const numbers = parseHelpNumbers(FILE, TEXT).value as HelpNumbers
const faultsOf = (text: string) => parseHelpNumbers(FILE, text).problems

test('every place has an emergency line, a line about abuse and a crisis line', () => {
  expect(faultsOf(TEXT)).toEqual([])
  expect(numbers.places.map((place) => place.id)).toEqual(['us', 'uk', 'ie', 'ca', 'au', 'nz', 'in', 'eu', 'elsewhere'])
})

test.each([
  ['us', 'emergency', '911'],
  ['us', 'abuse', '18007997233'],
  ['us', 'crisis', '988'],
  ['us', 'birth', '18338526262'],
  ['uk', 'emergency', '999'],
  ['uk', 'own-behaviour', '08088024040'],
  ['uk', 'crisis', '116123'],
  ['ie', 'abuse', '1800341900'],
  ['au', 'emergency', '000'],
  ['au', 'abuse', '1800737732'],
  ['au', 'own-behaviour', '1300766491'],
  ['nz', 'abuse', '0800733843'],
  ['in', 'crisis', '14416'],
  ['eu', 'abuse', '116016'],
])('%s, %s: %s', (place, kind, number) => {
  const lines = numbers.places.find((candidate) => candidate.id === place)?.lines ?? []
  expect(lines.filter((line) => line.kind === kind).map((line) => dialled(line.phone))).toContain(number)
})

test('numbers that are less than certain are marked', () => {
  const unsure = numbers.places.flatMap((place) =>
    place.lines.filter((line) => line.certainty !== 'high').map((line) => `${place.id} ${line.kind}`),
  )
  expect(unsure).toEqual([
    'us own-behaviour',
    'ie abuse',
    'ie abuse',
    'ie own-behaviour',
    'ca abuse',
    'ca own-behaviour',
    'in abuse',
    'eu abuse',
    'eu crisis',
    'elsewhere crisis',
  ])
})

test('a review is due after a quarter, and when its date is in the future', () => {
  const reviewed = Date.parse(`${numbers.reviewed}T00:00:00Z`)
  expect(isReviewDue(numbers, reviewed)).toBe(false)
  expect(isReviewDue(numbers, reviewed + 92 * DAY)).toBe(false)
  expect(isReviewDue(numbers, reviewed + 92 * DAY + 1)).toBe(true)
  // West of Greenwich it may still be the day before.
  expect(isReviewDue(numbers, reviewed - DAY)).toBe(false)
  expect(isReviewDue(numbers, reviewed - DAY - 1)).toBe(true)
})

describe('a file with problems', () => {
  test.each<[string, string, string, RegExp]>([
    ['a day that does not exist', 'reviewed: 2026-11-27', 'reviewed: 2026-02-30', /not a day/],
    ['a day in another form', 'reviewed: 2026-11-27', 'reviewed: 22 November', /not a day/],
    ['a number that cannot be dialled', 'phone: 116 016', 'phone: call us', /cannot be dialled/],
    ['a link with a scheme', 'web: sheltersafe.ca', 'web: https://sheltersafe.ca', /not a host name/],
    ['an unknown purpose', '{ for: abuse, name: Women Helpline', '{ for: women, name: Women Helpline', /"women"/],
    [
      'a place without a crisis line',
      '{ for: crisis, name: Lifeline',
      '{ for: abuse, name: Lifeline',
      /no line for "crisis"/,
    ],
    [
      'an unknown certainty',
      'name: Shelters near you, web: sheltersafe.ca, note: "For women. Men can ask 211, by phone, which service is for them.", certainty: medium',
      'name: Shelters near you, web: sheltersafe.ca, certainty: sure',
      /"sure"/,
    ],
    ['a check without its day', 'checked: { on: 2026-11-27, source: ntv', 'checked: { source: ntv', /"on"/],
    ['a check on no day', 'checked: { on: 2026-11-27, source: ntv', 'checked: { on: lately, source: ntv', /not a day/],
    ['a number read as a number', 'phone: "14416"', 'phone: 14416', /not text/],
    ['a line nobody can reach', ', web: befrienders.org', '', /cannot be reached/],
    ['a doubled place', 'id: nz', 'id: au', /Two places/],
  ])('names %s with its line', (_name, from, to, what) => {
    expect(TEXT).toContain(from)
    const problems = faultsOf(TEXT.replace(from, to))
    expect(problems.map((problem) => problem.what).join('\n')).toMatch(what)
    for (const problem of problems) expect(problem.line).toBeGreaterThan(0)
  })
})

import { beforeAll, expect, test } from '@jest/globals'
import { loadCourses } from '../../../src/content/load-courses.ts'
import { loadLocales } from '../../../src/content/load-locales.ts'
import type { Course } from '../../../src/core/course/course.ts'
import type { Locales } from '../../../src/core/locales.ts'
import { checkSignUp } from '../../../src/web/sign-up/check-sign-up.ts'
import { FIXTURE_COURSES } from '../../support/test-app.ts'

const ODD: readonly unknown[] = [
  {},
  [[]],
  [{}],
  Array.from({ length: 21 }, () => 'a'),
  null,
  1e300,
  -1,
  1.5,
  'x'.repeat(999),
]
const FIELDS = [
  'email',
  'name',
  'timeZone',
  'hour',
  'discreet',
  'webOnly',
  'shortEmails',
  'track',
  'language',
  'overlays',
]

let course: Course
let locales: Locales
beforeAll(async () => {
  course = (await loadCourses(FIXTURE_COURSES)).get('three-days') as Course
  locales = await loadLocales()
})

test.each(FIELDS)('whatever is wrong with %s is said in a sentence of the catalogue, not in one of zod’s', (field) => {
  const words = locales.wordsFor({ language: 'de' })
  for (const source of ['form', 'json'] as const) {
    for (const odd of ODD) {
      const checked = checkSignUp(course, { email: 'ada@example.test', timeZone: 'UTC', [field]: odd }, source)
      const fault = 'faults' in checked ? checked.faults[field] : undefined
      if (fault === undefined) continue
      expect(fault.key).toMatch(/^sign-up\./)
      expect(words.of(fault)).not.toMatch(/expected|invalid|received|too (big|small)|\{/i)
    }
  }
})

test.each([null, undefined, 'text', [], 1])('a body that is %p asks for an address', (body) => {
  const checked = checkSignUp(course, body)
  expect(checked).toMatchObject({ faults: { email: { key: expect.stringMatching(/^sign-up\.email-/) } } })
})

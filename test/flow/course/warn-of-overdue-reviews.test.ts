import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { loadCourses } from '../../../src/content/load-courses.ts'
import { warnOfOverdueReviews } from '../../../src/flow/course/warn-of-overdue-reviews.ts'

const DAY_MS = 86_400_000

test('the start says when a course’s help numbers were not looked at for a quarter, and how to mend it', async () => {
  const courses = await loadCourses(fileURLToPath(new URL('../../../lessons', import.meta.url)))
  const reviewed = Date.parse(courses.resourcesOf('steady-week').helpNumbers?.reviewed ?? '')
  const said: string[] = []
  const hear = (_: object, sentence: string) => void said.push(sentence)
  const log = { debug: hear, info: hear, warn: hear, error: hear }

  warnOfOverdueReviews(courses, reviewed + 91 * DAY_MS, log)
  expect(said).toEqual([])
  warnOfOverdueReviews(courses, reviewed + 94 * DAY_MS, log)
  expect(said).toHaveLength(1)
  expect(said[0]).toMatch(/are due for review.*"reviewed:" in .*help-numbers\.yaml/)
})

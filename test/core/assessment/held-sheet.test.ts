import { expect, test } from '@jest/globals'
import { NO_STARTING_POINT, type StartingPoint } from '../../../src/core/assessment/starting-point.ts'
import { NO_RESOURCES } from '../../../src/core/course/parse/parse-resources.ts'
import { lessonAsRestricted } from '../../../src/core/course/restricted-lesson.ts'
import { parsed } from '../course/small-course.ts'

const course = parsed()
const lesson = (() => {
  const first = course.lessons[0]
  if (!first) throw new Error('the small course has no lesson')
  return { ...first, exercise: { ...first.exercise, sheet: 'Speak, say back, swap.' } }
})()

test('a sheet for two is offered unless sheets are disabled for the learner', () => {
  const held: StartingPoint = { ...NO_STARTING_POINT, holds: [{ access: 'open', off: ['sheets'], until: 1_000 }] }
  const shownTo = (start: StartingPoint, at: number) =>
    lessonAsRestricted(lesson, { course, resources: NO_RESOURCES, start, at })
  expect(shownTo(NO_STARTING_POINT, 0).exercise.sheet).toBe('Speak, say back, swap.')
  const shown = shownTo(held, 999)
  expect('sheet' in shown.exercise).toBe(false)
  expect(shown.exercise.fields).toEqual(lesson.exercise.fields)
  // A lifted restriction applies only to days sent before.
  expect('sheet' in shownTo(held, 1_000).exercise).toBe(true)
})

import { describe, expect, test } from '@jest/globals'
import type { Exercise } from '../../../src/core/course/course.ts'
import type { Answers } from '../../../src/core/course/fields/field-definition.ts'
import { missingFor } from '../../../src/core/exercise/completion.ts'
import { COMMON_VARIANT } from '../../../src/core/model.ts'
import { parsed, spoil } from '../course/small-course.ts'

const course = parsed()
const first = course.lessons[0]?.exercise as Exercise
const second = course.lessons[1]?.exercise as Exercise
const walk = { track: 'walk', overlays: [] }
const done: Answers = { sleep: 0, rest: 3, basics: ['eat', 'drink'], line: 'x' }

function without(id: string): Answers {
  return Object.fromEntries(Object.entries(done).filter(([key]) => key !== id))
}

describe('what is still missing', () => {
  test('is nothing once every requirement is met; a slider at nought counts', () => {
    expect(missingFor(first, walk, 'full', done)).toEqual([])
  })

  test('is everything asked for, each requirement once, when nothing is given', () => {
    expect(missingFor(first, walk, 'full', {})).toEqual(['sleep', 'rest', 'basics', 'line'])
  })

  test('does not include fields this reader does not see', () => {
    expect(missingFor(first, COMMON_VARIANT, 'full', without('rest'))).toEqual([])
    expect(missingFor(first, walk, 'full', without('rest'))).toEqual(['rest'])
  })

  test('counts ticks', () => {
    expect(missingFor(first, walk, 'full', { ...done, basics: ['eat'] })).toEqual(['basics'])
    expect(missingFor(first, walk, 'full', { ...done, basics: [] })).toEqual(['basics'])
  })

  test('takes any one of several, and white space for nothing', () => {
    expect(missingFor(first, walk, 'full', { ...without('line'), letter: 'Dear you' })).toEqual([])
    expect(missingFor(first, walk, 'full', { ...done, line: ' \n' })).toEqual(['line'])
  })

  test('counts sorted items and filled blanks', () => {
    expect(missingFor(second, COMMON_VARIANT, 'full', { sort: { tea: 'hot' } })).toEqual(['sort'])
    expect(missingFor(second, COMMON_VARIANT, 'full', { sort: { tea: 'cold', ice: 'cold' } })).toEqual([])
    const plan = parsed(spoil('day-2.md', 'field: sort, at-least: 2', 'field: plan, at-least: 2')).lessons[1]?.exercise
    expect(missingFor(plan as Exercise, COMMON_VARIANT, 'full', { plan: { when: 'now', do: ' ' } })).toEqual(['plan'])
    expect(missingFor(plan as Exercise, COMMON_VARIANT, 'full', { plan: { when: 'now', do: 'rest' } })).toEqual([])
  })

  test('is less for the small form and nothing for not today', () => {
    expect(missingFor(first, walk, 'small', {})).toEqual(['sleep'])
    expect(missingFor(second, walk, 'small', {})).toEqual([])
    expect(missingFor(first, walk, 'not-today', {})).toEqual([])
  })

  test('is not fooled by a field named like a property of every object', () => {
    const renamed = (parsedText: string) => parsedText.replaceAll('sleep', 'constructor')
    const files = { 'day-1.md': renamed(spoil('day-1.md', 'sleep', 'sleep')['day-1.md'] ?? '') }
    const day2 = spoil('day-2.md', '[sleep, rest]', '[rest]')
    const exercise = parsed({ ...files, ...day2 }).lessons[0]?.exercise as Exercise
    expect(missingFor(exercise, COMMON_VARIANT, 'small', {})).toEqual(['constructor'])
  })
})

import { describe, expect, test } from '@jest/globals'
import { faultsOf, parsed, SMALL_COURSE } from '../course/small-course.ts'

const LEAST = ['answered-by: Mira Holt, couples counsellor', 'usual-days: 3', 'do-not-send: Please leave out names.']

function withQuestions(...lines: readonly string[]) {
  return { 'course.yaml': `${SMALL_COURSE['course.yaml']}questions:\n${lines.map((line) => `  ${line}\n`).join('')}` }
}

function without(key: string): readonly string[] {
  return LEAST.filter((line) => !line.startsWith(key))
}

test('a course takes no questions unless it says who answers them', () => {
  expect(parsed().questions).toBeNull()
  expect(parsed(withQuestions(...LEAST)).questions).toEqual({
    answeredBy: 'Mira Holt, couples counsellor',
    usualDays: 3,
    doNotSend: 'Please leave out names.',
    followUpAfterDays: null,
    deleteAfterDays: 365,
    dangerWords: [],
  })
})

test('a course may ask how it is, delete sooner and name words of its own', () => {
  const more = ['follow-up-after-days: 21', 'delete-after-days: 90', 'danger-words: [locks me in, stalk*, he .. knife]']
  expect(parsed(withQuestions(...LEAST, ...more)).questions).toMatchObject({
    followUpAfterDays: 21,
    deleteAfterDays: 90,
    dangerWords: ['locks me in', 'stalk*', 'he .. knife'],
  })
})

describe('questions in course.yaml are refused', () => {
  test.each(['answered-by', 'usual-days', 'do-not-send'])('without %s', (key) => {
    expect(faultsOf(withQuestions(...without(key))).join('\n')).toContain(`questions has no "${key}". Add "${key}:".`)
  })

  test.each([
    ['an unknown key', [...LEAST, 'usual-day: 4'], 'questions has an unknown key "usual-day".'],
    ['no days at all', [...without('usual-days'), 'usual-days: 0'], 'usual-days is not a whole number from 1 to 60.'],
    ['words for a number', [...without('usual-days'), 'usual-days: soon'], 'usual-days is not a whole number'],
    ['a follow-up after half a year', [...LEAST, 'follow-up-after-days: 181'], 'from 1 to 180.'],
    [
      'deleting at once',
      [...LEAST, 'delete-after-days: 1'],
      'delete-after-days is not a whole number from 30 to 3650.',
    ],
    [
      'deleting before the follow-up',
      [...LEAST, 'follow-up-after-days: 40', 'delete-after-days: 40'],
      'Make delete-after-days longer than follow-up-after-days.',
    ],
    ['a placeholder', [...without('do-not-send'), 'do-not-send: "No names, {{name}}."'], 'has a placeholder'],
    ['an author of two lines', [...without('answered-by'), 'answered-by: "A\\nB"'], 'has more than one line.'],
    ['danger words that are no list', [...LEAST, 'danger-words: stalks'], 'danger-words is not a list.'],
    ['a pattern', [...LEAST, 'danger-words: ["(a+)+$"]'], '"(a+)+$" cannot be looked for.'],
    ['a gap at the end', [...LEAST, 'danger-words: ["he .."]'], '"he .." cannot be looked for.'],
  ])('with %s', (_, lines, what) => {
    expect(faultsOf(withQuestions(...lines)).join('\n')).toContain(what)
  })

  test('where nothing is below the key', () => {
    const text = `${SMALL_COURSE['course.yaml']}questions:\n`
    expect(faultsOf({ 'course.yaml': text }).join('\n')).toContain('questions is empty.')
  })
})
